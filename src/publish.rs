//! Stages 8 and 9, write and manifest: moves plain files and their variants to their places, takes away what no longer
//! belongs beside the files of this build, and publishes the manifest, last.

use std::collections::HashSet;
use std::time::SystemTime;

use crate::compress::{Encoding, Variant, Variants};
use crate::earlier::Earlier;
use crate::error::Error;
use crate::generations::Generations;
use crate::headers::{HeadersFile, file_name, file_names};
use crate::manifest::Manifest;
use crate::options::HeadersFormat;
use crate::output::{Output, Plain, Store};
use crate::parallel::map_in_batches;
use crate::plan::{Plan, PlannedAsset};
use crate::report::{BuiltAsset, Totals};

/// Assets that one thread publishes at a time: those of one directory wait for one another.
const BATCH: usize = 32;

/// An asset with everything that is to be published of it.
struct Publication<'a> {
    asset: &'a PlannedAsset,
    output: Output,
    variants: Variants,
}

/// Publishes the outputs, after which every name that their manifest will have is complete. With `clear`, everything
/// else in the static root is removed. Returns the account of each asset, and of all.
pub(crate) fn publish(
    store: Store<'_>,
    plan: &Plan,
    outputs: Vec<Output>,
    variants: Vec<Variants>,
    clear: bool,
) -> Result<(Vec<BuiltAsset>, Totals), Error> {
    let variant_names = if clear || plan.assets.iter().any(is_named_like_variant) {
        variant_names(plan, &outputs, &variants)
    } else {
        HashSet::new()
    };
    let others = if clear {
        others(store, plan, &outputs, &variant_names)
    } else {
        Vec::new()
    };
    let assets = plan.assets.iter().zip(outputs.into_iter().zip(variants));
    let done = map_in_batches(assets, BATCH, |(asset, (output, variants))| {
        let publication = Publication {
            asset,
            output,
            variants,
        };
        let built = publication.account(store);
        let totals = publication.run(store, plan, &variant_names)?;
        Ok((built, totals))
    })?;
    let mut totals = Totals {
        duplicates: plan.duplicates,
        ..Totals::default()
    };
    for asset in &plan.assets {
        totals.assets.count(asset.source.length);
    }
    let mut built = Vec::with_capacity(done.len());
    for (asset, part) in done {
        built.push(asset);
        totals.add(&part);
    }
    for name in others {
        store.root.remove(&name)?;
        store.root.remove_empty_directories(&name);
        totals.removed += 1;
    }
    Ok((built, totals))
}

/// Whether an asset could be in the way of a variant.
fn is_named_like_variant(asset: &PlannedAsset) -> bool {
    Encoding::files_behind(asset.plain.as_str())
        .next()
        .is_some()
}

/// The names of all variants.
fn variant_names(plan: &Plan, outputs: &[Output], variants: &[Variants]) -> HashSet<String> {
    let mut names = HashSet::new();
    for ((asset, output), variants) in plan.assets.iter().zip(outputs).zip(variants) {
        let beside = [
            (output.hashed.as_str(), &variants.hashed),
            (asset.plain.as_str(), &variants.plain),
        ];
        for (file, variants) in beside {
            names.extend(variants.iter().map(|variant| variant.name(file)));
        }
    }
    names
}

/// What lay in the static root that this build does not write.
fn others(
    store: Store<'_>,
    plan: &Plan,
    outputs: &[Output],
    variant_names: &HashSet<String>,
) -> Vec<String> {
    let hashed: HashSet<&str> = outputs
        .iter()
        .map(|output| output.hashed.as_str())
        .collect();
    let headers = file_names(store.manifest);
    let ours = |name: &str| {
        name == store.manifest
            || headers.iter().any(|file| file == name) // see `publish_headers`
            || hashed.contains(name)
            || variant_names.contains(name)
            || plan
                .find(name)
                .is_some_and(|id| store.keeps_plain(&plan.assets[id]))
    };
    let existing = store.root.existing();
    existing
        .filter(|name| !ours(name))
        .map(str::to_owned)
        .collect()
}

impl Publication<'_> {
    fn account(&self, store: Store<'_>) -> BuiltAsset {
        let beside = [
            (self.output.hashed.as_str(), &self.variants.hashed),
            (self.asset.plain.as_str(), &self.variants.plain),
        ];
        BuiltAsset {
            path: store.manifest_entry(self.asset.source.logical.as_str()),
            hashed: store.manifest_entry(&self.output.hashed),
            new: !store.root.had(&self.output.hashed),
            variants: beside
                .into_iter()
                .flat_map(|(file, variants)| variants.iter().map(|v| v.name(file)))
                .collect(),
        }
    }

    fn run(
        self,
        store: Store<'_>,
        plan: &Plan,
        variant_names: &HashSet<String>,
    ) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let root = store.root;
        let name = self.asset.plain.as_str();
        let hashed = &self.output.hashed;
        totals.count_hashed(&self.output);
        for variant in &self.variants.hashed {
            totals.count_variant(variant);
        }
        totals.removed += remove_variants(store, plan, hashed, |encoding| {
            self.variants.hashed.iter().any(|v| v.encoding == encoding)
        })?;

        if variant_names.contains(name) {
            return Ok(totals); // a variant of another asset has this name
        }
        let (changed, plain_length) = match &self.output.plain {
            Plain::None => {
                if !self.asset.keep_plain && self.asset.carried.is_none() && root.had(name) {
                    totals.removed += remove_variants(store, plan, name, |_| false)?;
                    root.remove(name)?;
                    totals.removed += 1;
                }
                return Ok(totals);
            }
            Plain::Unchanged(content) => (false, content.length),
            Plain::Staged(_, content) => (true, content.length),
            Plain::Twin => (true, self.output.content.length),
        };
        // A reader must never meet new plain bytes beside a variant of the old ones: such a variant goes first.
        totals.removed += remove_variants(store, plan, name, |encoding| {
            let stays = |v: &Variant| v.encoding == encoding && !(changed && v.pending.is_some());
            self.variants.plain.iter().any(stays)
        })?;
        match self.output.plain {
            Plain::None | Plain::Unchanged(_) => {}
            Plain::Staged(staged, _) => root.publish(staged, name)?,
            Plain::Twin => root.put_twin(hashed, name, self.output.modified)?,
        }
        if !store.leaves_plain(self.asset) {
            totals.count_plain(changed, plain_length);
        }
        for variant in self.variants.plain {
            totals.count_variant(&variant);
            let variant_name = variant.name(name);
            if let Some(pending) = variant.pending {
                pending.publish(root, &variant_name, self.output.modified)?;
            }
        }
        Ok(totals)
    }
}

/// Removes the variants beside `name` that were there before and are not to stay. Assets that only look like variants
/// are left alone.
fn remove_variants(
    store: Store<'_>,
    plan: &Plan,
    name: &str,
    stays: impl Fn(Encoding) -> bool,
) -> Result<usize, Error> {
    let mut removed = 0;
    for encoding in Encoding::ALL {
        let variant = encoding.variant_of(name);
        let is_asset = || {
            plan.find(&variant)
                .is_some_and(|id| plan.assets[id].keep_plain)
        };
        if store.root.had(&variant) && !stays(encoding) && !is_asset() {
            store.root.remove(&variant)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Records what the manifest that is about to be replaced has named and the new one does not, for `clean`. Before the
/// manifest: a run that is killed in between leaves names in the record that are in use, which `clean` leaves alone,
/// rather than files that nobody remembers.
pub(crate) fn record_generation(
    store: Store<'_>,
    plan: &Plan,
    earlier: Earlier,
    manifest: &Manifest,
    clear: bool,
) -> Result<(), Error> {
    let Earlier {
        manifest: last,
        mut generations,
    } = earlier;
    if clear || last.paths.is_empty() || last == *manifest {
        return Ok(());
    }
    let current: HashSet<&str> = manifest.paths.values().map(String::as_str).collect();
    let is_gone = |name: &str| !store.in_place && plan.find(name).is_none();
    let files = last
        .paths
        .iter()
        .flat_map(|(logical, hashed)| [Some(hashed), Some(logical).filter(|name| is_gone(name))])
        .flatten()
        .filter(|name| store.root.had(name))
        .cloned()
        .collect();
    generations.supersede(files, &current, SystemTime::now());
    let name = Generations::name(store.manifest);
    store.root.put_manifest(&name, &generations.to_bytes())?;
    Ok(())
}

/// Puts the files of `--headers` in their places, and takes away those that are not asked for (any more): what they say
/// was so of another build. Before the manifest: what is new in it is served right from the first request on. Their names.
pub(crate) fn publish_headers(
    store: Store<'_>,
    headers: &[HeadersFile],
    totals: &mut Totals,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for format in HeadersFormat::ALL {
        let name = file_name(store.manifest, *format);
        if let Some(file) = headers.iter().find(|file| file.format == *format) {
            let written = store.root.put_manifest(&name, &file.bytes)?;
            totals.count_written(written);
            names.push(name);
        } else if store.root.length(&name) > 0 {
            store.root.remove(&name)?;
            totals.removed += 1;
        }
    }
    Ok(names)
}

/// Puts the manifest in its place, unless it is there already.
pub(crate) fn publish_manifest(
    store: Store<'_>,
    manifest: &Manifest,
    totals: &mut Totals,
) -> Result<(), Error> {
    let bytes = manifest.to_bytes(store.hash);
    let written = store.root.put_manifest(store.manifest, &bytes)?;
    totals.count_written(written);
    Ok(())
}
