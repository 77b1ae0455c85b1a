//! The assets stored so far, by id, while others are still being linked.

use std::sync::OnceLock;

use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::pipeline::asset::{Hashed, Planned, Stored};

/// A slot for each asset; each is filled once.
pub(super) struct Slots(Vec<OnceLock<Stored>>);

impl Slots {
    /// Empty slots for a number of assets.
    pub(super) fn new(assets: usize) -> Self {
        let mut slots = Vec::new();
        slots.resize_with(assets, OnceLock::new);
        Self(slots)
    }

    /// The file of an asset, if it is stored.
    pub(super) fn get(&self, id: AssetId) -> Option<&Stored> {
        self.0[id].get()
    }

    /// The file of an asset that must be stored by now.
    pub(super) fn linked(&self, id: AssetId) -> Result<&Stored, Error> {
        self.get(id).ok_or_else(not_linked)
    }

    /// Fills an asset's slot; the first filling counts.
    pub(super) fn fill(&self, id: AssetId, stored: Stored) {
        let _ = self.0[id].set(stored);
    }

    /// The files of all assets stored so far.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.0.iter().filter_map(OnceLock::get)
    }

    /// The assets, each with its file.
    pub(super) fn into_hashed(self, assets: Vec<Planned>) -> Result<Vec<Hashed>, Error> {
        let mut hashed = Vec::with_capacity(assets.len());
        for (asset, slot) in assets.into_iter().zip(self.0) {
            let file = slot.into_inner().ok_or_else(not_linked)?;
            hashed.push(Hashed { asset, file });
        }
        Ok(hashed)
    }
}

fn not_linked() -> Error {
    Error::Internal("an asset without a digest")
}
