//! Names and digests for dry conversions.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use super::digest_places::NO_DIGEST;
use super::exact::{Exact, Names};
use super::names::level;
use crate::name::catalog::AssetId;

/// Records which assets a conversion asks for. All digests are zeros.
pub(super) struct Recorder<'a> {
    pub(super) exact: &'a Exact<'a>,
    /// The asset that is being converted.
    pub(super) id: AssetId,
    pub(super) seen: RefCell<BTreeSet<AssetId>>,
    /// Whether something was asked that depends on more than the names of assets.
    pub(super) asked_more: Cell<bool>,
    /// Whether digests are those of source files instead of zeros, for the message of a failure.
    pub(super) true_digests: bool,
    /// The digests of source files read so far.
    pub(super) read: RefCell<BTreeMap<AssetId, String>>,
}

impl Recorder<'_> {
    fn digest(&self, id: AssetId) -> String {
        if !self.true_digests {
            return NO_DIGEST.into();
        }
        let read = || {
            let digest = self.exact.disk.source_digest(self.exact.catalog.path(id));
            digest.unwrap_or_else(|| NO_DIGEST.into())
        };
        let mut read_before = self.read.borrow_mut();
        read_before.entry(id).or_insert_with(read).clone()
    }
}

/// Longest path in bytes (`PATH_MAX`).
const LONGEST_PATH: usize = 4_096;

impl Names for Recorder<'_> {
    fn hashed(&self, id: AssetId) -> String {
        self.seen.borrow_mut().insert(id);
        let name = self.exact.catalog.name(id).as_str();
        self.exact
            .hashed_name(name, &self.digest(id))
            .unwrap_or_else(|_| name.to_owned())
    }

    /// Django processes the deepest files first, and those of one depth in the order in which they were found.
    fn is_hashed_yet(&self, id: AssetId) -> bool {
        let rank = |id: AssetId| {
            let asset = self.exact.catalog.get(id);
            (std::cmp::Reverse(level(asset.name.as_str())), asset.order)
        };
        rank(id) < rank(self.id)
    }

    fn plain_digest(&self, id: AssetId) -> String {
        self.asked_more.set(true);
        self.digest(id)
    }

    fn output_digest(&self, hashed: &str) -> Option<String> {
        self.asked_more.set(true);
        if hashed.len() > LONGEST_PATH {
            return None;
        }
        // Without a part that looks like a digest, is this the name of an asset whose output has this hashed path?
        let quick = hashed.match_indices('.').find_map(|(at, _)| {
            let digest = hashed.get(at + 1..at + 1 + NO_DIGEST.len())?;
            let is_hex = digest.bytes().all(|b| b.is_ascii_hexdigit());
            let rest = &hashed[at + 1 + digest.len()..];
            let id = self
                .exact
                .catalog
                .find(&format!("{}{rest}", &hashed[..at]))?;
            let is_output = is_hex && self.is_hashed_yet(id) && self.digest(id) == digest;
            is_output.then(|| digest.to_owned())
        });
        // For names with a `%` or the like, the hashed path without the digest is another name.
        quick.or_else(|| {
            let odd = self.exact.odd_names().iter().copied();
            odd.filter(|id| self.is_hashed_yet(*id)).find_map(|id| {
                let name = self.exact.catalog.name(id).as_str();
                let digest = self.digest(id);
                let output = self.exact.hashed_name(name, &digest).ok()?;
                (output == hashed).then_some(digest)
            })
        })
    }
}
