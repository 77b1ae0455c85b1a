//! Django's storage, made from the assets of the build and the static root.

use super::exact::{Exact, Names};
use super::failures::Failure;
use super::names::manifest_name;
use super::storage::{StaticName, Storage};
use crate::name::catalog::AssetId;

/// `STATIC_ROOT` as Django sees it while it converts a file.
pub(super) struct AssetStorage<'a> {
    pub(super) exact: &'a Exact<'a>,
    pub(super) names: &'a dyn Names,
}

impl Storage for AssetStorage<'_> {
    fn hashed_file(&self, key: &str) -> Option<(String, AssetId)> {
        let id = self.exact.catalog.find(key)?;
        Some((manifest_name(&self.names.hashed(id)), id))
    }

    fn is_hashed_yet(&self, key: &str) -> bool {
        let id = self.exact.catalog.find(key);
        id.is_some_and(|id| self.names.is_hashed_yet(id))
    }

    /// Assets are found without their digests, so that a dry conversion depends on their names only.
    fn exists(&self, name: &str) -> Result<bool, Failure> {
        let inside = self.exact.inside(name)?;
        let is_asset = !inside.contains('\0') && self.exact.catalog.find(&inside).is_some();
        Ok(is_asset || self.look_up(name)? != StaticName::Missing)
    }

    fn look_up(&self, name: &str) -> Result<StaticName, Failure> {
        let inside = self.exact.inside(name)?;
        if inside.contains('\0') {
            return Ok(StaticName::Missing); // no file system has such a name
        }
        let catalog = self.exact.catalog;
        if let Some(id) = catalog.find(&inside) {
            return Ok(StaticName::File(self.names.plain_digest(id)));
        }
        if catalog.has_directory(&inside) {
            return Ok(StaticName::Directory);
        }
        if let Some(digest) = self.names.output_digest(&inside) {
            return Ok(StaticName::File(digest));
        }
        Ok(self.exact.disk.stale(&inside))
    }
}
