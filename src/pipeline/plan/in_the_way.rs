//! Files of the static root where directories have to go, and directories where plain files have to go.

use std::collections::HashSet;

use super::earlier::Earlier;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::logical_path::LogicalPath;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::pipeline::ways::inside;
use crate::static_root::encoding::Encoding;

/// Reports what is in the way and was not made by builds: only what they have made is replaced, unless everything is to be
/// cleared.
pub(super) fn check(job: &Job<'_>, assets: &[Planned], earlier: &Earlier) -> Result<(), Error> {
    let inside = inside(job, assets.iter());
    let displaced = job.root.displaced();
    if (inside.is_empty() && displaced.is_empty()) || job.options.root.clear {
        return Ok(());
    }
    let others = job.root.other_manifests(&job.manifest)?;
    let paths = &earlier.manifest.paths;
    let mut ours: HashSet<&str> = paths.iter().flat_map(|(a, b)| [a.as_str(), b]).collect();
    ours.extend(earlier.generations.files());
    let is_ours = |name: &str| {
        let mut behind = Encoding::files_behind(name);
        (ours.contains(name) || behind.any(|file| ours.contains(file))) && !others.need(name)
    };
    let report = |name: &str, what: String| {
        let diagnostic = Diagnostic::new(Severity::Error, Code::PathConflict, name, what);
        job.log
            .push(diagnostic.help("remove it from the static root, or pass --clear"));
    };
    for name in displaced.iter().filter(|name| !is_ours(name)) {
        let what = "is a file in the static root, made by no build, where a directory has to go";
        report(name, what.into());
    }
    for name in inside.into_iter().filter(|name| !is_ours(name)) {
        let file = assets
            .iter()
            .map(|asset| &asset.plain)
            .find(|plain| is_below(name, plain));
        let what = format!(
            "lies in the static root, made by no build, where the file {} has to go",
            file.map_or("", LogicalPath::as_str)
        );
        report(name, what);
    }
    Ok(())
}

fn is_below(name: &str, directory: &LogicalPath) -> bool {
    let below = name.strip_prefix(directory.as_str());
    below.is_some_and(|below| below.starts_with('/'))
}
