//! The record that a build keeps beside its manifest, for the builds after it and for `clean`.

use std::collections::{BTreeMap, HashSet};
use std::time::SystemTime;

use crate::error::Error;
use crate::pipeline::asset::{Built, Planned};
use crate::pipeline::job::Job;
use crate::pipeline::plan::{Earlier, Inventory};
use crate::static_root::generations::{Generations, OnlyHashed};
use crate::static_root::manifest::Manifest;

/// Records what the manifest that is about to be replaced has named and the new one does not, for `clean`. Before the
/// manifest: a run that is killed in between leaves names in the record that are in use, which `clean` leaves alone,
/// rather than files that no record lists.
pub(super) fn write(
    job: &Job<'_>,
    inventory: &Inventory,
    manifest: &Manifest,
    now: Generations,
) -> Result<(), Error> {
    let Earlier {
        manifest: last,
        generations: was,
    } = &inventory.earlier;
    let clear = job.options.clear;
    let mut generations = Generations {
        // With `--clear`, their files go, too.
        replaced: if clear {
            Vec::new()
        } else {
            was.replaced.clone()
        },
        ..now
    };
    if !clear && !last.paths.is_empty() && last != manifest {
        let current: HashSet<&str> = manifest.paths.values().map(String::as_str).collect();
        let is_gone = |name: &str| !job.in_place && inventory.catalog.find(name).is_none();
        let files = last
            .paths
            .iter()
            .flat_map(|(logical, hashed)| {
                [Some(hashed), Some(logical).filter(|name| is_gone(name))]
            })
            .flatten()
            .filter(|name| job.root.snapshot.had(name))
            .cloned()
            .collect();
        generations.supersede(files, &current, SystemTime::now());
    }
    if generations != *was && !(clear && generations.is_empty()) {
        let name = Generations::name(&job.manifest);
        job.root.put_record(&name, &generations.to_bytes())?;
    }
    Ok(())
}

/// The record of this build, but for the generations before it.
pub(super) fn of_build(job: &Job<'_>, inventory: &Inventory, assets: &[Built]) -> Generations {
    let source_variants = inventory.source_variants.iter().filter(|_| job.in_place);
    Generations {
        replaced: Vec::new(),
        only_hashed: only_hashed(job, assets),
        source_variants: source_variants.cloned().collect(),
        contents: contents(assets),
    }
}

/// The files that the manifest names by their logical paths, with their hashes: what a bundler has hashed.
fn contents(assets: &[Built]) -> BTreeMap<String, String> {
    assets
        .iter()
        .filter(|asset| asset.asset.name().as_str() == asset.file.name)
        .filter_map(|asset| Some((asset.file.name.clone(), asset.file.content.content()?.hex())))
        .collect()
}

/// In place, the assets that have no plain file, or will have none once this build is done, with the hash of their hashed
/// file.
fn only_hashed(job: &Job<'_>, assets: &[Built]) -> BTreeMap<String, OnlyHashed> {
    let is_only_hashed = |asset: &Planned| asset.carried.is_some() || !asset.keep_plain;
    assets
        .iter()
        .filter(|built| job.in_place && is_only_hashed(&built.asset))
        .filter_map(|Built { asset, file, .. }| {
            let only_hashed = OnlyHashed {
                hashed: file.name.clone(),
                content: file.content.content()?.hex(),
            };
            Some((asset.name().as_str().to_owned(), only_hashed))
        })
        .collect()
}
