//! Explains one asset: everything that a static root shows about it.

use std::path::PathBuf;

use serde::Serialize;

use super::{Entry, FinishedRoot};
use crate::diagnostic::{Location, Locator, shown};
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::options::{DEFAULT_MANIFEST, ReferenceOverrides};
use crate::parallel::{map_in_order, pool};
use crate::text::resolve::Target;

/// The options of [`crate::explain`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExplainOptions {
    /// The static root.
    pub static_root: PathBuf,
    /// The asset: its logical path, or its hashed path.
    pub asset: String,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// The options about references that override those of the build. Default: none; what the record of the build lacks
    /// has its default.
    pub references: ReferenceOverrides,
}

impl ExplainOptions {
    /// Default options for `asset` in `static_root`.
    pub fn new(static_root: PathBuf, asset: String) -> Self {
        Self {
            static_root,
            asset,
            manifest: DEFAULT_MANIFEST.into(),
            references: ReferenceOverrides::default(),
        }
    }
}

/// A file of the asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssetFile {
    /// The path in the static root.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
    /// The variants beside the file.
    pub variants: Vec<AssetVariant>,
}

/// A variant beside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssetVariant {
    /// The content coding: `gzip`, `br` or `zstd`.
    pub encoding: &'static str,
    /// The path in the static root.
    pub path: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// A reference in the hashed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssetReference {
    /// The place of the reference in the hashed file.
    pub location: Location,
    /// The URL as written, with its escapes decoded.
    pub url: String,
    /// The logical path of the target; `None`: no asset.
    pub asset: Option<String>,
    /// Where the reference leads.
    pub leads: Leads,
}

/// Where a reference leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Leads {
    /// To a file of the static root.
    Inside,
    /// Elsewhere: another host, a fragment, data.
    Outside,
    /// To nothing.
    Nowhere,
}

/// How an asset is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AssetNaming {
    /// With a digest.
    Hashed,
    /// As a bundler has named it: its bytes never change under this name.
    Prehashed,
    /// With its own name, under which its bytes may change: `--unhashed`.
    Unhashed,
}

/// The result of [`crate::explain`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The logical path.
    pub asset: String,
    /// How the asset is named.
    pub naming: AssetNaming,
    /// The digest in the hashed path; empty if there is none.
    pub digest: String,
    /// Whether `digest` is that of the hashed file's own bytes. For members of a reference cycle, it is not.
    pub own_digest: bool,
    /// The hashed file; `None` if it is not there.
    pub hashed: Option<AssetFile>,
    /// The plain copy; `None` if there is none.
    pub plain: Option<AssetFile>,
    /// The references in the hashed file.
    pub references: Vec<AssetReference>,
    /// The logical paths of the assets that refer to this one.
    pub referrers: Vec<String>,
}

/// Explains one asset.
pub(crate) fn explain(options: &ExplainOptions) -> Result<Explanation, Error> {
    options.references.validate()?;
    let (root, _) =
        FinishedRoot::open(&options.static_root, &options.manifest, &options.references)?;
    let is_asked = |entry: &&Entry| {
        entry.logical.as_str() == options.asset || entry.hashed.as_str() == options.asset
    };
    let Some(entry) = root.entries.iter().find(is_asked) else {
        return Err(Error::StaticRoot(unknown(&root, &options.asset)));
    };
    let hashed = root.files.find(entry.hashed.as_str());
    let examined = match hashed {
        Some(id) => Some(root.examine(id, |_, found| found.collect())?),
        None => None,
    };
    let text = examined.as_ref().and_then(|e| e.bytes.as_deref());
    let mut locator = Locator::new(text.unwrap_or_default());
    let found = examined.iter().flat_map(|examined| &examined.references);
    Ok(Explanation {
        asset: entry.logical.as_str().to_owned(),
        naming: if entry.logical != entry.hashed {
            AssetNaming::Hashed
        } else if root.is_prehashed(&entry.hashed) {
            AssetNaming::Prehashed
        } else {
            AssetNaming::Unhashed
        },
        digest: entry.digest().unwrap_or_default().to_owned(),
        own_digest: examined.as_ref().is_some_and(|e| e.digest_matches),
        hashed: hashed.map(|id| root.asset_file(id)),
        plain: root
            .files
            .find(entry.logical.as_str())
            .filter(|id| Some(*id) != hashed)
            .map(|id| root.asset_file(id)),
        references: found
            .map(|found| AssetReference {
                location: locator.at(found.offset),
                url: found.url.clone().into_owned(),
                asset: match &found.target {
                    Target::Asset { id, .. } => root.logical(*id),
                    _ => None,
                },
                leads: match &found.target {
                    Target::Asset { .. } => Leads::Inside,
                    Target::External | Target::Directory(_) | Target::Uncertain(_) => {
                        Leads::Outside
                    }
                    Target::Missing(_) | Target::Outside => Leads::Nowhere,
                },
            })
            .collect(),
        referrers: match hashed {
            Some(id) => referrers(&root, id)?,
            None => Vec::new(),
        },
    })
}

/// The assets whose hashed files refer to `target`.
fn referrers(root: &FinishedRoot, target: AssetId) -> Result<Vec<String>, Error> {
    let refers = |entry: &Entry| {
        let id = root.files.find(entry.hashed.as_str());
        let Some(id) = id.filter(|id| root.syntax(*id).is_text()) else {
            return Ok(None);
        };
        let examined = root.examine(id, |_, found| found.collect())?;
        let mut edges = examined
            .references
            .iter()
            .filter_map(|found| found.edge.as_ref());
        Ok(edges
            .any(|edge| edge.target == target)
            .then(|| entry.logical.as_str().to_owned()))
    };
    let found: Result<Vec<Option<String>>, Error> =
        pool(0)?.install(|| map_in_order(&root.entries, refers));
    Ok(found?.into_iter().flatten().collect())
}

fn unknown(root: &FinishedRoot, asset: &str) -> String {
    let nearest = root
        .entries
        .iter()
        .map(|entry| (strsim::osa_distance(entry.logical.as_str(), asset), entry))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 1 + asset.len() / 4);
    match nearest {
        Some((_, entry)) => format!(
            "{} is not in the manifest; did you mean {}?",
            shown(asset),
            shown(entry.logical.as_str())
        ),
        None => format!("{} is not in the manifest", shown(asset)),
    }
}

impl FinishedRoot {
    /// The logical path of the asset that a file belongs to.
    fn logical(&self, id: AssetId) -> Option<String> {
        let name = self.files.name(id);
        let entry = self
            .entry_of_hashed(name)
            .or_else(|| self.entry(name.as_str()))?;
        Some(entry.logical.as_str().to_owned())
    }

    fn asset_file(&self, id: AssetId) -> AssetFile {
        let file = |id: AssetId| {
            let length = self.files.get(id).length;
            (self.files.name(id).as_str().to_owned(), length)
        };
        let (path, bytes) = file(id);
        let variants = self.variants(id).map(|(encoding, variant)| {
            let (path, bytes) = file(variant);
            AssetVariant {
                encoding: encoding.token(),
                path,
                bytes,
            }
        });
        AssetFile {
            path,
            bytes,
            variants: variants.collect(),
        }
    }
}
