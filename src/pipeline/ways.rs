//! Files of the static root where directories have to go, and directories where plain files have to go.

use std::collections::{BTreeSet, HashSet};

use super::asset::Planned;
use super::job::Job;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::logical_path::LogicalPath;
use crate::pipeline::plan::Earlier;
use crate::static_root::Snapshot;
use crate::static_root::encoding::Encoding;
use crate::walk::SourceFile;

/// The files that stand where the sources need a directory.
pub(super) fn displaced(sources: &[SourceFile], snapshot: &Snapshot) -> Vec<String> {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut displaced = BTreeSet::new();
    for source in sources {
        let mut name = source.logical.as_str();
        while let Some(slash) = name.rfind('/') {
            name = &name[..slash];
            if !seen.insert(name) {
                break;
            }
            if snapshot.had(name) {
                displaced.insert(name.to_owned());
            }
        }
    }
    displaced.into_iter().collect()
}

/// Whether the plain file of an asset has the name of a directory.
fn needs_directory(job: &Job<'_>, asset: &Planned) -> bool {
    let name = asset.plain.as_str();
    job.keeps_plain(asset) && !job.leaves_plain(asset) && job.root.snapshot.had_directory(name)
}

/// The files in directories that have to go.
pub(super) fn inside<'j>(
    job: &'j Job<'_>,
    assets: impl Iterator<Item = &'j Planned>,
) -> Vec<&'j str> {
    let plain = assets.filter(|asset| needs_directory(job, asset));
    let directories: BTreeSet<String> = plain.map(|asset| format!("{}/", asset.plain)).collect();
    if directories.is_empty() {
        return Vec::new();
    }
    let is_inside = |name: &&str| directories.iter().any(|dir| name.starts_with(dir));
    job.root.snapshot.names().filter(is_inside).collect()
}

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
