//! The catalog of assets, by name.

use std::path::{Path, PathBuf};

use super::left_out::LeftOut;
use super::logical_path::LogicalPath;
use super::name_map::NameMap;

/// Index of an asset in a [`Catalog`] and in the assets of the build.
pub(crate) type AssetId = usize;

/// How an asset gets its hashed path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Naming {
    /// The logical path with the digest of the asset's bytes inserted.
    Digest,
    /// The logical path: a bundler has hashed the name. References to the asset stay as they are.
    Prehashed,
    /// The logical path: the asset is wanted under its own name, whatever its bytes (`--unhashed`). References to it stay
    /// as they are.
    Unhashed,
    /// The hashed path of an earlier build, unless the asset's references change.
    Carried,
}

impl Naming {
    /// Whether the hashed path is the logical path.
    pub(crate) fn keeps_name(self) -> bool {
        matches!(self, Self::Prehashed | Self::Unhashed)
    }
}

/// An asset as a target of references.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) name: LogicalPath,
    /// The file with the asset's bytes, for messages.
    pub(crate) path: PathBuf,
    /// Length of the file in bytes, when it was found.
    pub(crate) length: u64,
    pub(crate) naming: Naming,
    /// Rank in the order in which the files were found.
    pub(crate) order: usize,
}

/// All assets, sorted by name, each name once.
#[derive(Debug, Default)]
pub(crate) struct Catalog {
    named: Vec<Named>,
    by_name: NameMap<AssetId, LogicalPath>,
    /// What would be an asset if no rule left it out.
    pub(crate) left_out: LeftOut,
}

impl Catalog {
    /// Makes a catalog. Of several entries with one name, the first is kept.
    pub(crate) fn new(mut named: Vec<Named>) -> Self {
        named.sort_by(|a, b| a.name.cmp(&b.name));
        named.dedup_by(|a, b| a.name == b.name);
        let by_name = named
            .iter()
            .enumerate()
            .map(|(id, named)| (named.name.clone(), id))
            .collect();
        Self {
            named,
            by_name,
            left_out: LeftOut::default(),
        }
    }

    /// Adds what the rules for sources have left out.
    pub(crate) fn leaving_out(self, left_out: LeftOut) -> Self {
        Self { left_out, ..self }
    }

    /// Makes a catalog of names without files. Names that are not logical paths are left out.
    pub(crate) fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let named = |(order, name): (usize, &str)| {
            Some(Named {
                name: LogicalPath::new(name).ok()?,
                path: name.into(),
                length: 1,
                naming: Naming::Digest,
                order,
            })
        };
        Self::new(names.into_iter().enumerate().filter_map(named).collect())
    }

    /// The number of names.
    pub(crate) fn len(&self) -> usize {
        self.named.len()
    }

    /// Iterates over all entries, sorted by name.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &Named> {
        self.named.iter()
    }

    /// Returns the asset with that name.
    pub(crate) fn find(&self, name: &str) -> Option<AssetId> {
        self.by_name.get(name).copied()
    }

    /// Whether some asset is below `directory` (no trailing slash; empty: the static root itself).
    pub(crate) fn has_directory(&self, directory: &str) -> bool {
        if directory.is_empty() {
            return true;
        }
        let below = format!("{directory}/");
        let at = self
            .named
            .partition_point(|named| named.name.as_str() < below.as_str());
        self.named
            .get(at)
            .is_some_and(|named| named.name.as_str().starts_with(&below))
    }

    /// The entry of an asset.
    pub(crate) fn get(&self, id: AssetId) -> &Named {
        &self.named[id]
    }

    /// The name of an asset.
    pub(crate) fn name(&self, id: AssetId) -> &LogicalPath {
        &self.named[id].name
    }

    /// The file with an asset's bytes.
    pub(crate) fn path(&self, id: AssetId) -> &Path {
        &self.named[id].path
    }
}
