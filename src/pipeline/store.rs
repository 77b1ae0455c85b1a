//! What becomes of one asset in the static root.

use std::sync::OnceLock;
use std::time::SystemTime;

use crate::django::Exact;
use crate::error::Error;
use crate::name::digest::{Content, Digest, Held, digest_and_content};
use crate::options::HashAlgorithm;
use crate::pipeline::plan::PlannedAsset;
use crate::static_root::{Staged, StaticRoot, Written};

/// The plain-named copy of an asset.
#[derive(Debug)]
pub(crate) enum Plain {
    /// Not wanted.
    None,
    /// There already, with the right bytes (in place: the source itself).
    Unchanged(Held),
    /// Staged; its bytes differ from the hashed file's.
    Staged(Staged, Held),
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
    pub(crate) content: Held,
    pub(crate) written: Written,
    pub(crate) plain: Plain,
    /// With how many bytes both files begin, where they are not the same.
    pub(crate) common: usize,
    pub(crate) modified: SystemTime,
}

/// The outputs of all assets so far; each is set once.
pub(crate) type Outputs = [OnceLock<Output>];

/// Of so many assets, no output yet.
pub(crate) fn none_of(assets: usize) -> Vec<OnceLock<Output>> {
    let mut outputs = Vec::new();
    outputs.resize_with(assets, OnceLock::new);
    outputs
}

/// The part of the options that decides how an asset's files are stored.
#[derive(Clone, Copy)]
pub(crate) struct Store<'a> {
    pub(crate) root: &'a StaticRoot,
    pub(crate) hash: HashAlgorithm,
    pub(crate) hash_length: usize,
    /// The source root is the static root: plain files are the user's own.
    pub(crate) in_place: bool,
    /// Variants are wanted.
    pub(crate) compresses: bool,
    /// Somebody is going to ask which files hold the same.
    pub(crate) compares: bool,
    /// The manifest's name in the static root: no plain file may take it.
    pub(crate) manifest: &'a str,
    /// Names are written into the manifest as Django does.
    pub(crate) django_exact: bool,
}

impl Store<'_> {
    /// A name as the manifest has it.
    pub(crate) fn manifest_entry(&self, name: &str) -> String {
        if self.django_exact {
            Exact::manifest_name(name)
        } else {
            name.to_owned()
        }
    }

    /// The digest of `bytes` as it stands in names.
    pub(crate) fn digest(&self, bytes: &[u8]) -> String {
        Digest::of(self.hash, bytes).hex(self.hash_length)
    }

    /// That digest, and the content.
    pub(crate) fn hash(&self, bytes: &[u8]) -> (String, Held) {
        if !self.compares {
            return (self.digest(bytes), Held::uncompared(bytes));
        }
        let (digest, content) = digest_and_content(self.hash, bytes);
        (digest.hex(self.hash_length), content.into())
    }

    /// The content of bytes that give no name.
    fn content(&self, bytes: &[u8]) -> Held {
        if self.compares {
            Content::of(bytes).into()
        } else {
            Held::uncompared(bytes)
        }
    }

    /// Whether the static root shall have the asset's plain file.
    pub(crate) fn keeps_plain(&self, asset: &PlannedAsset) -> bool {
        asset.keep_plain && !asset.prehashed && asset.plain.as_str() != self.manifest
    }

    /// Whether the asset's plain file is somebody else's: neither written nor changed.
    pub(crate) fn leaves_plain(&self, asset: &PlannedAsset) -> bool {
        self.in_place || asset.source.leave_plain
    }

    /// A plain file that is left alone. `source` is what the source holds: in place, the same file. Otherwise the two
    /// may differ, which only matters for variants.
    fn left(&self, asset: &PlannedAsset, source: Held) -> Plain {
        if !self.in_place && self.compresses {
            return match self.root.content(asset.plain.as_str()) {
                Ok((content, _)) => Plain::Unchanged(content.into()),
                Err(_) => Plain::None, // not there
            };
        }
        Plain::Unchanged(source)
    }

    /// Puts the hashed file in place and sees to the plain one. `plain` are the source's bytes where they differ.
    pub(crate) fn store(
        &self,
        asset: &PlannedAsset,
        hashed: String,
        (digest, content): (String, Held),
        bytes: &[u8],
        plain: Option<&[u8]>,
    ) -> Result<Output, Error> {
        let modified = asset.source.modified;
        let written = self.root.put(&hashed, bytes, modified)?;
        let name = asset.plain.as_str();
        let common = plain
            .filter(|_| self.compresses && (self.in_place || !self.leaves_plain(asset)))
            .map_or(0, |plain| common(bytes, plain));
        let plain = match plain {
            Some(plain) if self.keeps_plain(asset) => {
                let content = self.content(plain);
                if self.leaves_plain(asset) {
                    self.left(asset, content)
                } else if self.root.matches(name, plain, modified)?.is_some() {
                    Plain::Unchanged(content)
                } else {
                    Plain::Staged(self.root.stage(name, plain, modified)?, content)
                }
            }
            _ => self.twin(asset, content, written, || {
                Ok(self.root.matches(name, bytes, modified)?.is_some())
            })?,
        };
        Ok(Output {
            hashed,
            digest,
            content,
            written,
            plain,
            common,
            modified,
        })
    }

    /// The plain file of an asset whose hashed file has the same bytes. `is_right` looks whether it is there already,
    /// which one link to the hashed file answers without reading.
    pub(crate) fn twin(
        &self,
        asset: &PlannedAsset,
        content: Held,
        written: Written,
        is_right: impl FnOnce() -> Result<bool, Error>,
    ) -> Result<Plain, Error> {
        if !self.keeps_plain(asset) {
            return Ok(Plain::None);
        }
        let is_linked = || match written {
            Written::Unchanged(id) => self.root.is_linked(asset.plain.as_str(), id),
            Written::New => false,
        };
        Ok(if self.leaves_plain(asset) {
            self.left(asset, content)
        } else if is_linked() || is_right()? {
            Plain::Unchanged(content)
        } else {
            Plain::Twin
        })
    }
}

/// With how many bytes both begin.
fn common(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let same = |block: &(&[u8], &[u8])| block.0 == block.1;
    let blocks = a.chunks(BLOCK).zip(b.chunks(BLOCK)).take_while(same);
    let from = blocks.map(|(block, _)| block.len()).sum::<usize>();
    let rest = a[from..].iter().zip(&b[from..]);
    from + rest.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::common;

    #[test]
    fn common_beginnings() {
        let long = vec![b'x'; 10_000];
        for length in [0, 1, 4095, 4096, 4097, 9999] {
            let mut other = long.clone();
            other[length] = b'y';
            assert_eq!(common(&long, &other), length);
            assert_eq!(common(&other, &long[..length]), length);
        }
        assert_eq!(common(&long, &long), 10_000);
    }
}
