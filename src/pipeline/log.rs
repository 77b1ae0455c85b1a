//! What a build reports while it is at work: diagnostics, and how long its stages take.

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

    /// Notes that a stage is done.
    pub(crate) fn stage(&self, stage: &'static str) -> &Self {
        let now = Instant::now();
        let mut entries = self.entries();
        let time = now - entries.since;
        entries.stages.push(StageTime { stage, time });
        entries.since = now;
        self
    }

    /// Ends the build if there is an error so far.
    pub(crate) fn fail_on_errors(&self) -> Result<(), Error> {
        let mut entries = self.entries();
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

    /// Takes out the diagnostics, sorted.
    pub(crate) fn take_diagnostics(&self) -> Vec<Diagnostic> {
        let diagnostics = std::mem::take(&mut self.entries().diagnostics);
        sorted(diagnostics, self.django_order)
    }

    /// Takes out the times of the stages.
    pub(crate) fn take_stages(&self) -> Vec<StageTime> {
        std::mem::take(&mut self.entries().stages)
    }
}

/// By path and position. In `django_order`, errors go first and in the order in which Django would have come to them:
/// the deepest files first, those of one level as they were found, and cycles at the end.
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
