//! Stage 1, walk: finds the source files and, at the same time, lists what the static root holds.

use super::job::Job;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::static_root::{Finished, JOURNAL};
use crate::walk::{SourceFile, Walked, walk};

/// Finds the source files and lists the static root. In place, both are one directory, and the walk comes second: by
/// then, the temporary files of a killed run are removed.
pub(super) fn find(job: &Job<'_>) -> Result<Vec<SourceFile>, Error> {
    recover(job)?;
    let look = || job.root.look();
    let walk = || walk(job.options, job.root.dir());
    let (looked, walked) = if job.in_place {
        (look(), walk())
    } else {
        rayon::join(look, walk)
    };
    looked?;
    let Walked { files, diagnostics } = walked?;
    job.log.extend(diagnostics);
    Ok(files)
}

/// Finishes or undoes what a killed run has begun. Warns where the file system has no locks.
fn recover(job: &Job<'_>) -> Result<(), Error> {
    if !job.root.is_locked() && !job.options.run.dry_run {
        let dir = job.root.dir().display().to_string();
        let what =
            "the file system has no locks: nothing keeps another build out of this static root";
        job.log.push(
            Diagnostic::new(Severity::Warning, Code::NoLock, dir, what)
                .help("see to it that no two builds run here at the same time"),
        );
    }
    if job.root.recover()? == Finished::Unreadable {
        let what = "what an earlier build has left to do there is not readable";
        job.log.push(
            Diagnostic::new(Severity::Warning, Code::UnreadableManifest, JOURNAL, what)
                .help("files that it was to remove may still be there"),
        );
    }
    Ok(())
}
