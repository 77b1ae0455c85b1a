//! Everything that a build publishes.

use std::collections::HashSet;

use super::plain_files::PlainFile;
use super::publication::Publication;
use super::removals::{is_manifest, others};
use crate::error::Error;
use crate::parallel::map_in_batches;
use crate::pipeline::asset::Built;
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::pipeline::ways;
use crate::report::{BuiltAsset, Totals};
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::{JOURNAL, MANIFESTS};

/// Assets that one thread publishes at a time: writes to one directory wait for one another.
const BATCH: usize = 32;

/// Everything that is to be published, all of it on disk beside its place, or one link away.
pub(super) struct Publications {
    assets: Vec<Publication>,
    /// The entry of each asset in the report.
    pub(super) built: Vec<BuiltAsset>,
    /// The totals of the build once all is published.
    pub(super) totals: Totals,
    /// The old files to remove once the manifest is in place.
    pub(super) removals: Vec<String>,
    /// In place: the plain files, which are checked for changes at the end.
    pub(super) plain: Vec<PlainFile>,
}

impl Publications {
    /// Decides what is to be done for each asset, and prepares it. With `--clear`, everything else in the static root
    /// is to be removed.
    pub(super) fn prepare(
        job: &Job<'_>,
        inventory: &Inventory,
        assets: Vec<Built>,
        record: &Generations,
    ) -> Result<Self, Error> {
        let clear = job.options.root.clear;
        let variant_names = if clear || assets.iter().any(is_named_like_variant) {
            variant_names(&assets)
        } else {
            HashSet::new()
        };
        let record_name = Generations::name(&job.manifest);
        let mut removals = Vec::new();
        if clear {
            removals = others(job, inventory, &assets, &variant_names);
            removals.retain(|name| record.is_empty() || *name != record_name);
        }
        let in_the_way = ways::inside(job, assets.iter().map(|built| &built.asset));
        removals.extend(in_the_way.into_iter().map(str::to_owned));
        let mut publications = Self {
            built: Vec::with_capacity(assets.len()),
            totals: Totals {
                duplicates: inventory.duplicates,
                references: assets.iter().map(|asset| asset.file.references).sum(),
                ..Totals::default()
            },
            assets: Vec::with_capacity(assets.len()),
            removals: Vec::new(),
            plain: Vec::new(),
        };
        for built in assets {
            publications.totals.assets.count(built.asset.source.length);
            let is_overridden = variant_names.contains(built.asset.plain.as_str());
            let mut publication = Publication::new(built, is_overridden);
            publications.built.push(publication.account(job));
            publications.plain.extend(publication.plain(job));
            removals.extend(publication.decide(job, inventory, &mut publications.totals));
            publications.assets.push(publication);
        }
        publications.removals = publications.allowed(job, removals)?;
        publications.totals.removed += publications.removals.len();
        map_in_batches(&mut publications.assets, BATCH, |publication| {
            publication.stage(job)
        })?;
        Ok(publications)
    }

    /// The removals without files that another manifest needs, or this build: assets may be named like what a build
    /// writes.
    fn allowed(&self, job: &Job<'_>, mut removals: Vec<String>) -> Result<Vec<String>, Error> {
        let clear = job.options.root.clear;
        if !clear && !removals.is_empty() {
            let others = job.root.other_manifests(&job.manifest)?;
            removals.retain(|name| !others.need(name));
        }
        if removals.is_empty() {
            return Ok(removals);
        }
        let record = Generations::name(&job.manifest);
        let kept = [JOURNAL, MANIFESTS, &job.manifest];
        let written: HashSet<String> = self
            .assets
            .iter()
            .flat_map(Publication::hashed_names)
            .collect();
        removals.sort_unstable_by_key(|name| (!is_manifest(name), name.clone()));
        removals.dedup();
        removals.retain(|name| !written.contains(name));
        removals.retain(|name| !kept.contains(&name.as_str()) && (clear || *name != record));
        Ok(removals)
    }

    /// Adds files to remove.
    pub(super) fn remove(&mut self, names: Vec<String>) {
        self.totals.removed += names.len();
        self.removals.extend(names);
    }

    /// Whether anything was, or is to be, written or removed.
    pub(super) fn has_changes(&self) -> bool {
        (self.totals.written, self.totals.removed) != (0, 0)
    }

    /// Gives every file its place; only names change any more. After that, every file that the manifest will name is
    /// complete (in place: once [`StaticRoot::prepare`](crate::static_root::StaticRoot::prepare) has given the files
    /// their names).
    pub(super) fn publish(&mut self, job: &Job<'_>) -> Result<(), Error> {
        map_in_batches(&mut self.assets, BATCH, |publication| publication.run(job)).map(drop)
    }
}

/// Whether the name of an asset could be that of a variant.
fn is_named_like_variant(built: &Built) -> bool {
    Encoding::files_behind(built.asset.plain.as_str())
        .next()
        .is_some()
}

/// The names of all variants.
fn variant_names(assets: &[Built]) -> HashSet<String> {
    let files = assets.iter().flat_map(Built::files);
    files
        .filter(|file| file.encoding.is_some())
        .map(|file| file.name.into_owned())
        .collect()
}
