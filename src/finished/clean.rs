//! Removes the files of earlier generations from a static root.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::diagnostic::shown;
use crate::error::Error;
use crate::options::{DEFAULT_MANIFEST, LinkMode};
use crate::report::Tally;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;
use crate::static_root::must_be_there;
use crate::static_root::{Opened, Opening, StaticRoot};

/// The options of [`crate::clean`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CleanOptions {
    /// The static root.
    pub static_root: PathBuf,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// Generations to keep, the current one included; the current one is kept in any case. Default: 3.
    pub keep: usize,
    /// Also keep generations that were replaced less than this ago. Default: `None`.
    pub age: Option<Duration>,
    /// Only list what would be removed. Default: `false`.
    pub dry_run: bool,
    /// How long to wait for a build on the same static root. Default: 60 s.
    pub lock_timeout: Duration,
}

impl CleanOptions {
    /// Default options for `static_root`.
    pub fn new(static_root: PathBuf) -> Self {
        Self {
            static_root,
            manifest: DEFAULT_MANIFEST.into(),
            keep: 3,
            age: None,
            dry_run: false,
            lock_timeout: Duration::from_secs(60),
        }
    }
}

/// The result of [`crate::clean`]: what it has removed, or would remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cleaning {
    /// Whether nothing was to be removed.
    pub dry_run: bool,
    /// Generations that stay, the current one included.
    pub kept: usize,
    /// Generations that were removed.
    pub expired: usize,
    /// The files that were removed, variants included, sorted.
    pub files: Vec<String>,
    /// The number of these files, and their bytes.
    pub removed: Tally,
}

/// Removes the files of expired generations.
pub(crate) fn clean(options: &CleanOptions) -> Result<Cleaning, Error> {
    let dir = &options.static_root;
    must_be_there(dir)?;
    let opening = Opening::new(LinkMode::Auto, options.lock_timeout, options.dry_run);
    let opened = Opened::open(dir, &opening)?;
    opened.recover()?;
    let snapshot = opened.look()?;
    let root = StaticRoot::new(opened, snapshot);
    let manifest_name = root.manifest_name(&options.manifest)?;
    let manifest = Manifest::parse(&root.read(&manifest_name)?).map_err(|why| {
        Error::StaticRoot(format!(
            "the manifest {} is not readable: {why}; nothing was removed, as it says what is in use",
            shown(&manifest_name)
        ))
    })?;
    let record_name = Generations::name(&manifest_name);
    let mut record = match root.read_if_there(&record_name)? {
        Some(bytes) => Generations::parse(&bytes).map_err(|why| {
            Error::StaticRoot(format!(
                "the record of generations {} is not readable: {why}; nothing was removed",
                shown(&record_name)
            ))
        })?,
        None => Generations::default(), // there has been one generation only
    };
    let others = root.other_manifests(&manifest_name)?;
    let expired = record.take_expired(options.keep, options.age, SystemTime::now());

    let mut used: HashSet<String> = HashSet::from([manifest_name, record_name.clone()]);
    let named = manifest.paths.iter();
    for file in named
        .flat_map(|(logical, hashed)| [logical.as_str(), hashed])
        .chain(record.files())
    {
        used.extend(with_variants(file));
    }
    let mut cleaning = Cleaning {
        dry_run: options.dry_run,
        kept: record.replaced.len() + 1,
        expired: expired.len(),
        files: Vec::new(),
        removed: Tally::default(),
    };
    for file in expired.iter().flat_map(|generation| &generation.files) {
        for name in with_variants(file) {
            if root.snapshot.had(&name) && !used.contains(&name) && !others.need(&name) {
                cleaning.removed.count(root.length(&name));
                root.remove(&name)?;
                root.remove_empty_directories(&name)?;
                cleaning.files.push(name);
            }
        }
    }
    cleaning.files.sort();
    // Last, so that a run that is killed leaves a record of the files that are still to be removed.
    if expired.is_empty() {
        return Ok(cleaning);
    }
    if record.is_empty() {
        root.remove(&record_name)?;
    } else {
        root.put_record(&record_name, &record.to_bytes())?;
    }
    Ok(cleaning)
}

/// The names of a file and of the variants it may have.
fn with_variants(file: &str) -> impl Iterator<Item = String> {
    let variants = Encoding::ALL.map(|encoding| encoding.variant_of(file));
    std::iter::once(file.to_owned()).chain(variants)
}
