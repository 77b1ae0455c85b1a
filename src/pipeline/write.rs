//! Stages 8 and 9, write and manifest: moves plain files and their variants to their places, publishes the manifest, last,
//! and lists what no longer belongs in the static root: that is removed after the manifest.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::time::SystemTime;

use crate::error::Error;
use crate::headers::{HeadersFile, file_name, file_names};
use crate::options::HeadersFormat;
use crate::parallel::map_in_batches;
use crate::pipeline::compress::{Pending, Variant, Variants};
use crate::pipeline::in_place::Earlier;
use crate::pipeline::plain_files::PlainFile;
use crate::pipeline::plan::{Plan, PlannedAsset};
use crate::pipeline::store::{Output, Plain, Store};
use crate::report::{BuiltAsset, Totals};
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::{Generations, OnlyHashed};
use crate::static_root::manifest::Manifest;
use crate::static_root::{JOURNAL, MANIFESTS};

/// Assets that one thread publishes at a time: those of one directory wait for one another.
const BATCH: usize = 32;

/// An asset with everything that is to be published of it.
struct Publication<'a> {
    asset: &'a PlannedAsset,
    output: Output,
    variants: Variants,
    /// Beside its plain file, before that changes: variants of the old bytes.
    outdated: Vec<String>,
    /// The name of its plain file is another asset's variant.
    is_overridden: bool,
}

/// Everything that is to be published, all of it on disk beside its place, or one link away.
pub(crate) struct Publications<'a> {
    assets: Vec<Publication<'a>>,
    /// The account of each asset.
    pub(crate) built: Vec<BuiltAsset>,
    /// What will have been done.
    pub(crate) totals: Totals,
    /// What was there before and is to go, once the manifest is in place.
    pub(crate) removals: Vec<String>,
    /// In place: the plain files, to be looked at once more at the end.
    pub(crate) plain: Vec<PlainFile>,
}

/// Decides what is to be done for each output, and prepares it. With `clear`, everything else in the static root is to be
/// removed.
pub(crate) fn prepare<'a>(
    store: Store<'_>,
    plan: &'a Plan,
    outputs: Vec<Output>,
    variants: Vec<Variants>,
    (clear, remembered): (bool, &Generations),
) -> Result<Publications<'a>, Error> {
    let variant_names = if clear || plan.assets.iter().any(is_named_like_variant) {
        variant_names(plan, &outputs, &variants)
    } else {
        HashSet::new()
    };
    let mut removals = if clear {
        let mut others = others(store, plan, &outputs, &variant_names);
        let record = Generations::name(store.manifest);
        others.retain(|name| remembered.is_empty() || *name != record);
        others
    } else {
        Vec::new()
    };
    let mut totals = Totals {
        duplicates: plan.duplicates,
        ..Totals::default()
    };
    let mut built = Vec::with_capacity(plan.assets.len());
    let mut plain = Vec::new();
    let mut assets = Vec::with_capacity(plan.assets.len());
    for (asset, (output, variants)) in plan.assets.iter().zip(outputs.into_iter().zip(variants)) {
        totals.assets.count(asset.source.length);
        let mut publication = Publication {
            asset,
            output,
            variants,
            outdated: Vec::new(),
            is_overridden: variant_names.contains(asset.plain.as_str()),
        };
        built.push(publication.account(store));
        plain.extend(publication.plain(store));
        removals.extend(publication.decide(store, plan, &mut totals));
        assets.push(publication);
    }
    if !clear && !removals.is_empty() {
        let others = store.root.other_manifests(store.manifest)?;
        removals.retain(|name| !others.need(name));
    }
    if !removals.is_empty() {
        // Assets may be named like what a build writes.
        let record = Generations::name(store.manifest);
        let kept = [JOURNAL, MANIFESTS, store.manifest];
        let written: HashSet<String> = assets.iter().flat_map(Publication::hashed_names).collect();
        removals.sort_unstable_by_key(|name| (!is_manifest(name), name.clone()));
        removals.dedup();
        removals.retain(|name| !written.contains(name));
        removals.retain(|name| !kept.contains(&name.as_str()) && (clear || *name != record));
    }
    totals.removed += removals.len();
    map_in_batches(&mut assets, BATCH, |publication| publication.stage(store))?;
    Ok(Publications {
        assets,
        built,
        totals,
        removals,
        plain,
    })
}

/// Gives everything its place: nothing but names change any more. After that, every name that the manifest will have is
/// complete (in place: once [`StaticRoot::prepare`](crate::static_root::StaticRoot::prepare) has given the files theirs).
pub(crate) fn publish(store: Store<'_>, publications: &mut Publications<'_>) -> Result<(), Error> {
    let assets = &mut publications.assets;
    map_in_batches(assets, BATCH, |publication| publication.run(store)).map(drop)
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
            || name == JOURNAL
            || name == MANIFESTS
            || headers.iter().any(|file| file == name) // see `unwanted_headers`
            || hashed.contains(name)
            || variant_names.contains(name)
            || plan
                .catalog
                .find(name)
                .is_some_and(|id| store.keeps_plain(&plan.assets[id]))
    };
    let existing = store.root.existing();
    existing
        .filter(|name| !ours(name))
        .map(str::to_owned)
        .collect()
}

/// Whether a file could be a manifest: these go first, so that none names a file that is gone.
fn is_manifest(name: &str) -> bool {
    Path::new(name).extension() == Some("json".as_ref())
}

impl Publications<'_> {
    /// These names are to go, too.
    pub(crate) fn remove(&mut self, names: Vec<String>) {
        self.totals.removed += names.len();
        self.removals.extend(names);
    }

    /// Whether anything was, or is to be, written or removed.
    pub(crate) fn has_changes(&self) -> bool {
        (self.totals.written, self.totals.removed) != (0, 0)
    }
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

    /// The names of its hashed file and of the variants beside that.
    fn hashed_names(&self) -> impl Iterator<Item = String> {
        let hashed = &self.output.hashed;
        let variants = self.variants.hashed.iter();
        std::iter::once(hashed.clone()).chain(variants.map(|variant| variant.name(hashed)))
    }

    /// The plain file that is the user's own, if there is one.
    fn plain(&self, store: Store<'_>) -> Option<PlainFile> {
        let Plain::Unchanged(content) = &self.output.plain else {
            return None;
        };
        if !store.in_place {
            return None;
        }
        let name = self.asset.plain.as_str();
        let variants = self.variants.plain.iter();
        Some(PlainFile::new(
            &self.asset.source,
            *content,
            variants
                .filter_map(|variant| Some((variant.name(name), variant.id?)))
                .collect(),
        ))
    }

    /// Counts what is to be done, and returns what is to go once the manifest is in place.
    fn decide(&mut self, store: Store<'_>, plan: &Plan, totals: &mut Totals) -> Vec<String> {
        let name = self.asset.plain.as_str();
        totals.count_hashed(&self.output);
        for variant in &self.variants.hashed {
            totals.count_variant(variant);
        }
        let stays =
            |variants: &[Variant], encoding| variants.iter().any(|v| v.encoding == encoding);
        let mut removals = unwanted_variants(store, plan, &self.output.hashed, |encoding| {
            stays(&self.variants.hashed, encoding)
        });
        if self.is_overridden {
            return removals;
        }
        let (changed, plain_length) = match &self.output.plain {
            Plain::None => {
                let is_wanted = self.asset.keep_plain || self.asset.carried.is_some();
                if !is_wanted && store.root.had(name) {
                    removals.extend(variants_there(store, plan, name, |_| true));
                    removals.push(name.to_owned());
                }
                return removals;
            }
            Plain::Unchanged(content) => (false, content.length),
            Plain::Staged(_, content) => (true, content.length),
            Plain::Twin => (true, self.output.content.length),
        };
        if changed {
            let is_outdated = |v: &&Variant| v.pending.is_some();
            let replaced = self.variants.plain.iter().filter(is_outdated);
            let replaced = replaced.map(|v| v.name(name));
            self.outdated = unwanted_variants(store, plan, name, |encoding| {
                stays(&self.variants.plain, encoding)
            });
            totals.removed += self.outdated.len();
            let replaced = replaced.filter(|variant| store.root.had(variant));
            self.outdated.extend(replaced);
        } else {
            removals.extend(unwanted_variants(store, plan, name, |encoding| {
                stays(&self.variants.plain, encoding)
            }));
        }
        if !store.leaves_plain(self.asset) {
            totals.count_plain(changed, plain_length);
        }
        for variant in &self.variants.plain {
            totals.count_variant(variant);
        }
        removals
    }

    /// Writes everything that takes more than a link.
    fn stage(&mut self, store: Store<'_>) -> Result<(), Error> {
        let root = store.root;
        if self.is_overridden || root.tries_hard_link() {
            return Ok(());
        }
        let modified = self.output.modified;
        let name = self.asset.plain.as_str();
        if let Plain::Twin = self.output.plain
            && let Some(staged) = root.stage_clone(&self.output.hashed, name, modified)?
        {
            self.output.plain = Plain::Staged(staged, self.output.content);
        }
        for variant in &mut self.variants.plain {
            if let Some(Pending::Twin(twin)) = &variant.pending {
                let staged = root.stage_clone(twin, &variant.name(name), modified)?;
                if let Some(staged) = staged {
                    variant.pending = Some(Pending::Staged(staged));
                }
            }
        }
        Ok(())
    }

    fn run(&mut self, store: Store<'_>) -> Result<(), Error> {
        if self.is_overridden {
            return Ok(());
        }
        let root = store.root;
        let name = self.asset.plain.as_str();
        // A reader must never meet new plain bytes beside a variant of the old ones: such a variant goes first.
        for variant in &self.outdated {
            root.set_aside(variant)?;
        }
        match &self.output.plain {
            Plain::None | Plain::Unchanged(_) => {}
            Plain::Staged(staged, _) => root.publish(staged.clone(), name)?,
            Plain::Twin => root.put_twin(&self.output.hashed, name, self.output.modified)?,
        }
        for variant in &mut self.variants.plain {
            let variant_name = variant.name(name);
            if let Some(pending) = variant.pending.take() {
                pending.publish(root, &variant_name, self.output.modified)?;
            }
        }
        Ok(())
    }
}

/// The variants beside `name` that were there before and are not to stay. In place, those that were among the sources are
/// the user's own.
fn unwanted_variants(
    store: Store<'_>,
    plan: &Plan,
    name: &str,
    stays: impl Fn(Encoding) -> bool,
) -> Vec<String> {
    if store.root.is_new() {
        return Vec::new();
    }
    let is_kept = |variant: &String| store.in_place && plan.variants.contains(variant);
    variants_there(store, plan, name, |encoding| !stays(encoding))
        .filter(|variant| !is_kept(variant))
        .collect()
}

/// The variants beside `name` that were there before, of the encodings that are `chosen`. Assets that only look like
/// variants are none.
fn variants_there(
    store: Store<'_>,
    plan: &Plan,
    name: &str,
    chosen: impl Fn(Encoding) -> bool,
) -> impl Iterator<Item = String> {
    Encoding::ALL
        .into_iter()
        .filter(move |encoding| chosen(*encoding))
        .map(move |encoding| encoding.variant_of(name))
        .filter(move |variant| store.root.had(variant) && plan.catalog.find(variant).is_none())
}

/// Records what the manifest that is about to be replaced has named and the new one does not, for `clean`. Before the
/// manifest: a run that is killed in between leaves names in the record that are in use, which `clean` leaves alone,
/// rather than files that nobody remembers.
pub(crate) fn record_generation(
    store: Store<'_>,
    plan: &Plan,
    earlier: Earlier,
    manifest: &Manifest,
    now: Generations,
    clear: bool,
) -> Result<(), Error> {
    let Earlier {
        manifest: last,
        mut generations,
        ..
    } = earlier;
    let was = generations.clone();
    if clear {
        generations.replaced.clear(); // their files go, too
    }
    generations = Generations {
        replaced: generations.replaced,
        ..now
    };
    if !clear && !last.paths.is_empty() && last != *manifest {
        let current: HashSet<&str> = manifest.paths.values().map(String::as_str).collect();
        let is_gone = |name: &str| !store.in_place && plan.catalog.find(name).is_none();
        let files = last
            .paths
            .iter()
            .flat_map(|(logical, hashed)| {
                [Some(hashed), Some(logical).filter(|name| is_gone(name))]
            })
            .flatten()
            .filter(|name| store.root.had(name))
            .cloned()
            .collect();
        generations.supersede(files, &current, SystemTime::now());
    }
    if generations != was && !(clear && generations.is_empty()) {
        let name = Generations::name(store.manifest);
        store.root.put_record(&name, &generations.to_bytes())?;
    }
    Ok(())
}

/// What is to be remembered of this build, but for the generations before it.
pub(crate) fn remembered(store: Store<'_>, plan: &Plan, outputs: &[Output]) -> Generations {
    let source_variants = plan.variants.iter().filter(|_| store.in_place);
    Generations {
        replaced: Vec::new(),
        only_hashed: only_hashed(store, plan, outputs),
        source_variants: source_variants.cloned().collect(),
        contents: contents(plan, outputs),
    }
}

/// The files that the manifest names by their logical paths, with their hashes: what a bundler has hashed.
fn contents(plan: &Plan, outputs: &[Output]) -> BTreeMap<String, String> {
    let assets = plan.assets.iter().zip(outputs);
    assets
        .filter(|(asset, output)| asset.source.logical.as_str() == output.hashed)
        .filter_map(|(_, output)| Some((output.hashed.clone(), output.content.content()?.hex())))
        .collect()
}

/// In place, the assets that have no plain file, or will have none once this build is done, with the hash of their hashed
/// file.
fn only_hashed(store: Store<'_>, plan: &Plan, outputs: &[Output]) -> BTreeMap<String, OnlyHashed> {
    let is_only_hashed = |asset: &PlannedAsset| asset.carried.is_some() || !asset.keep_plain;
    let assets = plan.assets.iter().zip(outputs);
    assets
        .filter(|(asset, _)| store.in_place && is_only_hashed(asset))
        .filter_map(|(asset, output)| {
            let only_hashed = OnlyHashed {
                hashed: output.hashed.clone(),
                content: output.content.content()?.hex(),
            };
            Some((asset.source.logical.as_str().to_owned(), only_hashed))
        })
        .collect()
}

/// Puts the files of `--headers` in their places. Before the manifest: what is new in it is served right from the first
/// request on. Their names.
pub(crate) fn publish_headers(
    store: Store<'_>,
    headers: &[HeadersFile],
    totals: &mut Totals,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for file in headers {
        let name = file_name(store.manifest, file.format);
        let written = store.root.put_record(&name, &file.bytes)?;
        totals.count_written(written);
        names.push(name);
    }
    Ok(names)
}

/// The files of `--headers` that are not asked for (any more): what they say was so of another build.
pub(crate) fn unwanted_headers(
    store: Store<'_>,
    headers: &[HeadersFile],
) -> Result<Vec<String>, Error> {
    let mut unwanted = Vec::new();
    for format in HeadersFormat::ALL {
        let name = file_name(store.manifest, *format);
        let is_wanted = headers.iter().any(|file| file.format == *format);
        if !is_wanted && store.root.is_there(&name)? {
            unwanted.push(name);
        }
    }
    Ok(unwanted)
}

/// Puts the manifest in its place, unless it is there already.
pub(crate) fn publish_manifest(
    store: Store<'_>,
    bytes: &[u8],
    totals: &mut Totals,
) -> Result<(), Error> {
    let written = store.root.put_manifest(store.manifest, bytes)?;
    totals.count_written(written);
    Ok(())
}
