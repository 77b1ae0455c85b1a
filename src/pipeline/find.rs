//! Stage 1, walk: finds the source files and, at the same time, lists what the static root holds.

use std::collections::{BTreeSet, HashSet};

use super::log::Log;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::left_out::LeftOut;
use crate::options::Options;
use crate::static_root::{Finished, JOURNAL, Opened, Snapshot};
use crate::walk::{SourceFile, Walked, walk};

/// The source files, and what was left out of them.
pub(crate) struct Sources {
    pub(super) files: Vec<SourceFile>,
    pub(super) left_out: LeftOut,
}

/// The sources and the static root when a build begins.
pub(super) struct Found {
    pub(super) sources: Sources,
    /// The files in the static root.
    pub(super) snapshot: Snapshot,
}

impl Found {
    /// The files that stand where the sources need a directory.
    pub(super) fn displaced(&self) -> Vec<String> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut displaced = BTreeSet::new();
        for source in &self.sources.files {
            let mut name = source.logical.as_str();
            while let Some(slash) = name.rfind('/') {
                name = &name[..slash];
                if !seen.insert(name) {
                    break;
                }
                if self.snapshot.had(name) {
                    displaced.insert(name.to_owned());
                }
            }
        }
        displaced.into_iter().collect()
    }
}

/// Finds the source files and lists the static root. In place, both are one directory, and the walk comes second: by
/// then, the temporary files of a killed run are removed.
pub(super) fn find(
    options: &Options,
    root: &Opened,
    in_place: bool,
    log: &Log,
) -> Result<Found, Error> {
    recover(options, root, log)?;
    let look = || root.look();
    let walk = || walk(options, root.dir());
    let (looked, walked) = if in_place {
        (look(), walk())
    } else {
        rayon::join(look, walk)
    };
    let snapshot = looked?;
    let Walked {
        files,
        left_out,
        diagnostics,
    } = walked?;
    log.extend(diagnostics);
    Ok(Found {
        sources: Sources { files, left_out },
        snapshot,
    })
}

/// Finishes or undoes what a killed run has begun. Warns where the file system has no locks.
fn recover(options: &Options, root: &Opened, log: &Log) -> Result<(), Error> {
    if !root.is_locked() && !options.run.dry_run {
        let dir = root.dir().display().to_string();
        let what =
            "the file system has no locks: nothing keeps another build out of this static root";
        log.push(
            Diagnostic::new(Severity::Warning, Code::NoLock, dir, what)
                .help("see to it that no two builds run here at the same time"),
        );
    }
    if root.recover()? == Finished::Unreadable {
        let what = "what an earlier build has left to do there is not readable";
        log.push(
            Diagnostic::new(Severity::Warning, Code::UnreadableManifest, JOURNAL, what)
                .help("files that it was to remove may still be there"),
        );
    }
    Ok(())
}
