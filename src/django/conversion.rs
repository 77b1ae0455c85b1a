//! The results of conversions.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::failures::Failures;
use crate::name::catalog::{AssetId, Catalog, Naming};

/// The result of converting a text.
pub(crate) struct Converted {
    /// `None`: unchanged.
    pub(crate) text: Option<String>,
    /// Number of references replaced.
    pub(crate) replaced: usize,
    /// Byte offsets in the text at which a dry conversion wrote zeros for the digests of assets, ascending; `None` if
    /// one is unknown.
    pub(super) digests: Option<Vec<(usize, AssetId)>>,
    pub(crate) failures: Failures,
}

/// The result of a dry conversion.
pub(crate) struct Scanned {
    /// The assets that the text refers to.
    pub(crate) targets: BTreeSet<AssetId>,
    /// Whether the conversion depends only on the names of `targets`.
    pub(crate) names_only: bool,
    pub(crate) converted: Converted,
}

impl Scanned {
    /// Returns the conversion without its digests, if the dry conversion determines it.
    pub(crate) fn draft(self, catalog: &Catalog) -> Option<Draft> {
        let has_digest = |id: &AssetId| catalog.get(*id).naming == Naming::Digest;
        let Converted {
            text,
            replaced,
            digests,
            failures,
        } = self.converted;
        if !self.names_only || !failures.is_empty() || !self.targets.iter().all(has_digest) {
            return None;
        }
        Some(Draft::new(text?, digests?, replaced))
    }
}
