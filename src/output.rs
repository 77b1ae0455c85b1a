//! What becomes of one asset in the static root.

use std::time::SystemTime;

use crate::digest::Digest;
use crate::error::Error;
use crate::options::HashAlgorithm;
use crate::plan::PlannedAsset;
use crate::static_root::{Staged, StaticRoot, Written};

/// Identifies some bytes across the whole tree, whatever the names: their BLAKE3.
pub(crate) type ContentKey = [u8; 32];

/// A file of this build in the static root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) key: ContentKey,
    /// Bytes.
    pub(crate) length: u64,
}

impl Content {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            key: *blake3::hash(bytes).as_bytes(),
            length: bytes.len() as u64,
        }
    }
}

/// The plain-named copy of an asset.
#[derive(Debug)]
pub(crate) enum Plain {
    /// Not wanted.
    None,
    /// There already, with the right bytes (in place: the source itself).
    Unchanged(Content),
    /// Staged; its bytes differ from the hashed file's.
    Staged(Staged, Content),
    /// To be made from the hashed file, whose bytes it shares.
    Twin,
}

/// An asset with its digest and its hashed file in place.
#[derive(Debug)]
pub(crate) struct Output {
    /// The hashed path, as a name in the static root.
    pub(crate) hashed: String,
    /// The digest in that name.
    pub(crate) digest: String,
    pub(crate) content: Content,
    pub(crate) written: Written,
    pub(crate) plain: Plain,
    pub(crate) modified: SystemTime,
}

/// The part of the options that decides how an asset's files are stored.
#[derive(Clone, Copy)]
pub(crate) struct Store<'a> {
    pub(crate) root: &'a StaticRoot,
    pub(crate) hash: HashAlgorithm,
    pub(crate) hash_length: usize,
    /// The source root is the static root: plain files are the user's own.
    pub(crate) in_place: bool,
    /// The manifest's name in the static root: no plain file may take it.
    pub(crate) manifest: &'a str,
}

impl Store<'_> {
    /// The digest of `bytes` as it stands in names.
    pub(crate) fn digest(&self, bytes: &[u8]) -> String {
        Digest::of(self.hash, bytes).hex(self.hash_length)
    }

    /// Whether the static root shall have the asset's plain file.
    pub(crate) fn keeps_plain(&self, asset: &PlannedAsset) -> bool {
        asset.keep_plain && asset.plain.as_str() != self.manifest
    }

    /// Puts the hashed file in place and sees to the plain one. `plain` are the source's bytes where they differ.
    pub(crate) fn store(
        &self,
        asset: &PlannedAsset,
        hashed: String,
        digest: String,
        bytes: &[u8],
        plain: Option<&[u8]>,
    ) -> Result<Output, Error> {
        let modified = asset.source.modified;
        let content = Content::of(bytes);
        let written = self.root.put(&hashed, bytes, modified)?;
        let name = asset.plain.as_str();
        let plain = if !self.keeps_plain(asset) {
            Plain::None
        } else if self.in_place {
            Plain::Unchanged(plain.map_or(content, Content::of))
        } else if let Some(plain) = plain {
            let content = Content::of(plain);
            if self.root.matches(name, plain, modified)? {
                Plain::Unchanged(content)
            } else {
                Plain::Staged(self.root.stage(name, plain, modified)?, content)
            }
        } else if written == Written::Unchanged && self.root.is_linked(&hashed, name)
            || self.root.matches(name, bytes, modified)?
        {
            Plain::Unchanged(content)
        } else {
            Plain::Twin
        };
        Ok(Output {
            hashed,
            digest,
            content,
            written,
            plain,
            modified,
        })
    }
}
