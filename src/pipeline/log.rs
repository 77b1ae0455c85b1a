//! The log of a build: diagnostics, and the times of its stages.

use std::cmp::Reverse;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::diagnostic::{Diagnostic, Severity};
use crate::django;
use crate::error::Error;
use crate::report::StageTime;

/// The log of one build. Every stage writes to it, from any thread.
pub(crate) struct Log {
    django_order: bool,
    entries: Mutex<Entries>,
}

struct Entries {
    diagnostics: Vec<Diagnostic>,
    stages: Vec<StageTime>,
    /// The end of the last stage.
    since: Instant,
    /// Why the build stops at the end of this stage.
    failure: Option<Error>,
}

impl Log {
    /// An empty log. `django_order`: see [`sorted`].
    pub(crate) fn new(django_order: bool) -> Self {
        Self {
            django_order,
            entries: Mutex::new(Entries {
                diagnostics: Vec::new(),
                stages: Vec::new(),
                since: Instant::now(),
                failure: None,
            }),
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push(&self, diagnostic: Diagnostic) {
        self.entries().diagnostics.push(diagnostic);
    }

    pub(crate) fn extend(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.entries().diagnostics.extend(diagnostics);
    }

    /// Records an error where none can be returned: the build stops at the end of the stage. The first one counts.
    pub(crate) fn fail(&self, error: Error) {
        self.entries().failure.get_or_insert(error);
    }

    /// Records the end of a stage, with the time since the stage before.
    pub(crate) fn stage(&self, stage: &'static str) -> &Self {
        let now = Instant::now();
        let mut entries = self.entries();
        let time = now - entries.since;
        entries.stages.push(StageTime { stage, time });
        entries.since = now;
        self
    }

    /// Returns the recorded error, or the diagnostics so far, if one of them is an error.
    pub(crate) fn fail_on_errors(&self) -> Result<(), Error> {
        let mut entries = self.entries();
        if let Some(failure) = entries.failure.take() {
            return Err(failure);
        }
        let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
        if !entries.diagnostics.iter().any(is_error) {
            return Ok(());
        }
        let diagnostics = std::mem::take(&mut entries.diagnostics);
        Err(Error::Input(sorted(diagnostics, self.django_order)))
    }

    /// The diagnostics so far, in the order in which they came.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        self.entries().diagnostics.clone()
    }

    /// Takes the diagnostics, sorted.
    pub(crate) fn take_diagnostics(&self) -> Vec<Diagnostic> {
        let diagnostics = std::mem::take(&mut self.entries().diagnostics);
        sorted(diagnostics, self.django_order)
    }

    /// Takes the times of the stages.
    pub(crate) fn take_stages(&self) -> Vec<StageTime> {
        std::mem::take(&mut self.entries().stages)
    }
}

/// Sorts diagnostics by path and position. In `django_order`: errors first, in the order of Django's
/// `HashedFilesMixin._post_process`, which takes the deepest files first, files of one level as they were found, and
/// reports cycles at the end.
fn sorted(mut diagnostics: Vec<Diagnostic>, django_order: bool) -> Vec<Diagnostic> {
    if django_order {
        diagnostics.sort_by_key(|diagnostic| {
            (
                diagnostic.severity,
                diagnostic.location.is_none(),
                Reverse(django::level(&diagnostic.path)),
            )
        });
    } else {
        diagnostics.sort();
    }
    diagnostics.dedup();
    diagnostics
}
