//! Directories of the static root where plain files have to go.

use std::collections::BTreeSet;

use super::asset::Planned;
use super::job::Job;

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
