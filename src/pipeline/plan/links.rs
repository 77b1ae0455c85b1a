//! Symbolic links in the static root that lead among the sources: what is written below them would be written there.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::options::Input;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;

/// Reports links to directories that assets would be written below, and that lead into a source root or to one.
pub(super) fn check(job: &Job<'_>, assets: &[Planned]) -> Result<(), Error> {
    if job.in_place {
        return Ok(());
    }
    let mut roots: Option<Vec<PathBuf>> = None;
    for link in job.root.snapshot.links() {
        let is_below = |asset: &&Planned| {
            let below = asset.name().as_str().strip_prefix(link);
            below.is_some_and(|below| below.starts_with('/'))
        };
        if !assets.iter().any(|asset| is_below(&asset)) {
            continue;
        }
        let path = job.root.dir().join(link);
        let target = path.canonicalize().map_err(Error::io("read", &path))?;
        if roots.is_none() {
            roots = Some(source_roots(job)?);
        }
        let mut roots = roots.iter().flatten();
        let is_source = |asset: &Planned| asset.source.path.starts_with(&target);
        if roots.any(|root| target.starts_with(root)) || assets.iter().any(is_source) {
            let what = format!(
                "is a symbolic link in the static root that leads among the sources, to {}: what is written there would become a source",
                shown(&target)
            );
            job.log.push(
                Diagnostic::new(Severity::Error, Code::PathConflict, link, what)
                    .help("remove the link; the build makes a directory in its place"),
            );
        }
    }
    Ok(())
}

fn source_roots(job: &Job<'_>) -> Result<Vec<PathBuf>, Error> {
    let Input::Roots(roots) = &job.options.input.sources else {
        return Ok(Vec::new());
    };
    let canonical = |dir: &Path| dir.canonicalize().map_err(Error::io("read", dir));
    roots.iter().map(|root| canonical(&root.dir)).collect()
}
