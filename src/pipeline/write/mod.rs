//! Stage 6, write: moves plain files and their variants to their places, then publishes the manifest, then removes what
//! no longer belongs in the static root.

pub(crate) mod commit;
mod headers_files;
mod plain_files;
mod publication;
mod publications;
mod record;
mod removals;

use super::asset::Built;
use super::job::Job;
use super::plan::Inventory;
use super::repeat::Repeat;
use crate::cache::Cache;
use crate::error::Error;
use crate::report::Report;
use crate::static_root::manifest::Manifest;
use commit::Commit;
use publications::Publications;

/// Publishes the assets.
pub(crate) fn write(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: Vec<Built>,
    repeat: &Repeat<'_>,
) -> Result<Report, Error> {
    let manifest = manifest(job, &assets);
    let record = record::of_build(job, inventory, &assets, &manifest);
    let headers = headers_files::plan(job, inventory, &assets)?;
    let mut publications = Publications::prepare(job, inventory, assets, &record)?;
    publications.remove(headers_files::unwanted(job, &headers)?);

    record::write(job, inventory, &manifest, record)?;
    let commit = Commit::prepare(job, &manifest, publications.has_changes())?;
    job.log.stage("write");

    let headers = headers_files::publish(job, &headers, &mut publications.totals)?;
    let mut removals = Vec::new();
    if job.options.run.dry_run {
        removals.clone_from(&publications.removals);
        removals.sort();
    }
    let published = commit.run(publications)?;
    if job.options.root.write_manifest {
        job.log.stage("manifest");
    }
    let mut report = Report {
        totals: published.totals,
        assets: published.built,
        headers,
        pending: published.pending,
        cache: None,
        stages: job.log.take_stages(),
        dry_run: job.options.run.dry_run,
        removals,
        diagnostics: job.log.take_diagnostics(),
    };
    repeat.keep(&report);
    report.cache = job.cache.as_ref().map(Cache::finish);
    // Last of all, to catch edits for as long as possible.
    let outdated = plain_files::remove_outdated_variants(job, &published.plain)?;
    report.diagnostics.extend(outdated);
    Ok(report)
}

/// The manifest of these assets.
fn manifest(job: &Job<'_>, assets: &[Built]) -> Manifest {
    let entry = |Built { asset, file, .. }: &Built| {
        let logical = job.manifest_entry(asset.name().as_str());
        (logical, job.manifest_entry(&file.name))
    };
    Manifest {
        paths: assets.iter().map(entry).collect(),
    }
}
