//! The record that a build keeps beside its manifest, for the builds after it and for `clean`.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::SystemTime;

use crate::error::Error;
use crate::options::Options;
use crate::pipeline::asset::{Built, Planned};
use crate::pipeline::job::Job;
use crate::pipeline::plan::{Earlier, Inventory};
use crate::static_root::generations::{Generations, OnlyHashed, RecordedOptions};
use crate::static_root::manifest::Manifest;

/// Records for `clean` which files the old manifest names and the new one does not. Comes before the manifest: if the
/// run is killed in between, the record lists files that are in use, which `clean` leaves alone; the other order would
/// leave files that no record lists.
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
    let clear = job.options.root.clear;
    let mut generations = Generations {
        // With `--clear`, the files of earlier generations are removed too.
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
                // A file that has had its own name is a plain copy now, if its asset is still there.
                let hashed = Some(hashed).filter(|hashed| *hashed != logical || is_gone(logical));
                [hashed, Some(logical).filter(|name| is_gone(name))]
            })
            .flatten()
            .filter(|name| job.root.snapshot.had(name))
            .cloned()
            .collect();
        generations.supersede(files, &current, SystemTime::now());
    }
    let earlier: HashSet<&str> = generations.files().collect();
    let unhashed = was.unhashed.iter();
    let unhashed: Vec<String> = unhashed
        .filter(|name| earlier.contains(name.as_str()))
        .cloned()
        .collect();
    generations.unhashed.extend(unhashed);
    if generations != *was && !(clear && generations.is_empty()) {
        let name = Generations::name(&job.manifest);
        job.root.put_record(&name, &generations.to_bytes())?;
    }
    Ok(())
}

/// The record of this build, without the generations before it.
pub(super) fn of_build(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: &[Built],
    manifest: &Manifest,
) -> Generations {
    let source_variants = inventory.source_variants.iter().filter(|_| job.in_place);
    Generations {
        replaced: Vec::new(),
        only_hashed: only_hashed(job, assets),
        source_variants: source_variants.cloned().collect(),
        contents: contents(assets),
        unhashed: unhashed(assets),
        plain_for_some: has_plain_for_some(job, assets),
        options: options(job, manifest),
    }
}

/// The options that `verify` must know; `None` if all have their defaults. Also `None` in exact mode, whose first build
/// leaves no file that Django does not: there, `verify` tries what Django does.
fn options(job: &Job<'_>, manifest: &Manifest) -> Option<RecordedOptions> {
    let Options {
        references, minify, ..
    } = job.options;
    let defaults = Options::default();
    let is_default = (references, minify) == (&defaults.references, &defaults.minify);
    if is_default || job.options.naming.django_exact.is_some() {
        return None;
    }
    Some(RecordedOptions {
        manifest: manifest.identity(),
        references: references.clone(),
        minify: minify.clone(),
    })
}

/// The files that the manifest names by their logical paths, with their content hashes.
fn contents(assets: &[Built]) -> BTreeMap<String, String> {
    assets
        .iter()
        .filter(|asset| asset.asset.name().as_str() == asset.file.name)
        .filter_map(|asset| Some((asset.file.name.clone(), asset.file.content.content()?.hex())))
        .collect()
}

fn unhashed(assets: &[Built]) -> BTreeSet<String> {
    let unhashed = assets.iter().filter(|built| built.asset.is_unhashed());
    unhashed.map(|built| built.file.name.clone()).collect()
}

/// Whether some of the hashed assets have plain copies and others none, as exceptions from `--keep-only-hashed` have it.
fn has_plain_for_some(job: &Job<'_>, assets: &[Built]) -> bool {
    let is_hashed = |built: &&Built| !built.asset.naming.keeps_name();
    let mut hashed = assets.iter().filter(is_hashed);
    job.options.root.keep_only_hashed && hashed.any(|built| built.asset.keep_plain)
}

/// In place: the assets that have no plain file once this build is done, with the content hash of their hashed file.
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
