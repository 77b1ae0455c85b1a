//! The files that were in the static root before and are to be removed.

use std::collections::HashSet;
use std::path::Path;

use crate::name::catalog::AssetId;
use crate::pipeline::asset::Built;
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::static_root::encoding::Encoding;
use crate::static_root::own_files::headers_names;
use crate::static_root::{JOURNAL, MANIFESTS};

/// The files in the static root that this build does not write.
pub(super) fn others(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: &[Built],
    variant_names: &HashSet<String>,
) -> Vec<String> {
    let hashed: HashSet<&str> = assets
        .iter()
        .map(|asset| asset.file.name.as_str())
        .collect();
    let headers = headers_names(&job.manifest);
    let keeps_plain = |id: AssetId| job.keeps_plain(&assets[id].asset);
    let ours = |name: &str| {
        name == job.manifest
            || name == JOURNAL
            || name == MANIFESTS
            || headers.iter().any(|file| file == name) // see `headers_files`
            || hashed.contains(name)
            || variant_names.contains(name)
            || inventory.catalog.find(name).is_some_and(keeps_plain)
    };
    let existing = job.root.snapshot.names();
    existing
        .filter(|name| !ours(name))
        .map(str::to_owned)
        .collect()
}

/// Whether a file could be a manifest: manifests are removed first, so that none names a file that is gone.
pub(super) fn is_manifest(name: &str) -> bool {
    Path::new(name).extension() == Some("json".as_ref())
}

/// The variants beside `name` that were there before and are to be removed. In place, those among the sources are the
/// user's own and stay.
pub(super) fn unwanted_variants(
    job: &Job<'_>,
    inventory: &Inventory,
    name: &str,
    stays: impl Fn(Encoding) -> bool,
) -> Vec<String> {
    if job.root.snapshot.is_new() {
        return Vec::new();
    }
    let is_kept = |variant: &String| job.in_place && inventory.source_variants.contains(variant);
    variants_there(job, inventory, name, |encoding| !stays(encoding))
        .filter(|variant| !is_kept(variant))
        .collect()
}

/// The variants beside `name` that were there before, of the encodings that are `chosen`. Assets that are only named
/// like variants are none.
pub(super) fn variants_there(
    job: &Job<'_>,
    inventory: &Inventory,
    name: &str,
    chosen: impl Fn(Encoding) -> bool,
) -> impl Iterator<Item = String> {
    Encoding::ALL
        .into_iter()
        .filter(move |encoding| chosen(*encoding))
        .map(move |encoding| encoding.variant_of(name))
        .filter(move |variant| {
            job.root.snapshot.had(variant) && inventory.catalog.find(variant).is_none()
        })
}
