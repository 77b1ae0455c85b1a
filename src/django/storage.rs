//! The questions of a conversion to Django's storage.

use super::failures::Failure;
use crate::name::catalog::AssetId;

/// The entry of `STATIC_ROOT` under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StaticName {
    Missing,
    Directory,
    /// A file with this MD5 (12 digits).
    File(String),
}

/// Django's storage, as a conversion asks it.
pub(super) trait Storage {
    /// `hashed_files.get(key)`, and the asset with that name.
    fn hashed_file(&self, key: &str) -> Option<(String, AssetId)>;
    /// Whether `hashed_files` has `key` already in the first pass.
    fn is_hashed_yet(&self, key: &str) -> bool;
    /// `exists(name)`; fails as `safe_join` fails.
    fn exists(&self, name: &str) -> Result<bool, Failure>;
    /// `exists(name)` and `open(name)`; fails as `safe_join` fails.
    fn look_up(&self, name: &str) -> Result<StaticName, Failure>;
}
