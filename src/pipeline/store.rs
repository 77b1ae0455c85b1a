//! Stores the files of an asset: the hashed file in its place, the plain file beside its place.

use super::asset::{Plain, Planned, Stored};
use super::job::Job;
use crate::error::Error;
use crate::name::digest::digest_and_content;
use crate::name::digest::{Content, Held, may_be_hashed};
use crate::static_root::Written;

/// Stores the files of a build.
#[derive(Clone, Copy)]
pub(crate) struct Store<'a> {
    job: &'a Job<'a>,
    /// Whether the content of every file is needed, to find files with the same bytes.
    compares: bool,
}

/// The bytes of an asset, ready to be stored.
pub(super) struct Ready<'b> {
    /// The hashed path.
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) content: Held,
    pub(super) bytes: &'b [u8],
    /// The source's bytes, if they differ from `bytes`.
    pub(super) plain: Option<&'b [u8]>,
    /// References rewritten in `bytes`.
    pub(super) references: usize,
}

impl<'a> Store<'a> {
    pub(crate) fn new(job: &'a Job<'a>, assets: &[Planned]) -> Self {
        Self {
            job,
            compares: compares(job, assets),
        }
    }

    /// Hashes bytes: the digest, as hashed paths carry it, and the content.
    pub(super) fn hash(&self, bytes: &[u8]) -> (String, Held) {
        let options = self.job.options;
        if !self.compares {
            return (self.job.digest(bytes), Held::uncompared(bytes));
        }
        let (digest, content) = digest_and_content(options.naming.hash, bytes);
        (digest.hex(options.naming.hash_length), content.into())
    }

    /// The content of bytes whose digest no hashed path carries.
    fn content(&self, bytes: &[u8]) -> Held {
        if self.compares {
            Content::of(bytes).into()
        } else {
            Held::uncompared(bytes)
        }
    }

    /// A plain file that is neither written nor changed. `source` is the content of the source: in place, of the same
    /// file. Otherwise the two may differ, which only matters for variants.
    fn left(&self, asset: &Planned, source: Held) -> Result<Plain, Error> {
        if self.job.in_place || !self.job.compresses() {
            return Ok(Plain::Unchanged(source));
        }
        let content = self.job.root.content_if_there(asset.plain.as_str())?;
        Ok(content.map_or(Plain::None, |content| Plain::Unchanged(content.into())))
    }

    /// Puts the hashed file in place, and stages the plain file if it needs bytes of its own.
    pub(super) fn store(&self, asset: &Planned, ready: Ready<'_>) -> Result<Stored, Error> {
        if asset.is_unhashed() {
            return self.store_unhashed(asset, ready);
        }
        let Ready {
            name: hashed,
            digest,
            content,
            bytes,
            plain,
            references,
        } = ready;
        let job = self.job;
        let modified = asset.source.modified;
        let written = job.root.put(&hashed, bytes, modified)?;
        let name = asset.plain.as_str();
        let leaves_plain = job.leaves_plain(asset);
        let common = plain
            .filter(|_| job.compresses() && (job.in_place || !leaves_plain))
            .map_or(0, |plain| common(bytes, plain));
        let plain = match plain {
            Some(plain) if job.keeps_plain(asset) => {
                let content = self.content(plain);
                if leaves_plain {
                    self.left(asset, content)?
                } else if job.root.matches(name, plain, modified)?.is_some() {
                    Plain::Unchanged(content)
                } else {
                    Plain::Staged(job.root.stage(name, plain, modified)?, content)
                }
            }
            _ => self.twin(asset, content, written, || {
                Ok(job.root.matches(name, bytes, modified)?.is_some())
            })?,
        };
        Ok(Stored {
            name: hashed,
            digest,
            content,
            written: Some(written),
            plain,
            common,
            references,
        })
    }

    /// Stages the only file of an unhashed asset. The last build has published another one under the same name: it stays
    /// until this build publishes its plain files.
    fn store_unhashed(&self, asset: &Planned, ready: Ready<'_>) -> Result<Stored, Error> {
        let Ready {
            name,
            digest,
            content,
            bytes,
            references,
            ..
        } = ready;
        let root = &self.job.root;
        let modified = asset.source.modified;
        let plain = if self.job.leaves_plain(asset) {
            self.left(asset, content)?
        } else if root.matches(&name, bytes, modified)?.is_some() {
            Plain::Unchanged(content)
        } else {
            Plain::Staged(root.stage(&name, bytes, modified)?, content)
        };
        Ok(Stored {
            name,
            digest,
            content,
            written: None,
            plain,
            common: 0,
            references,
        })
    }

    /// The plain file of an asset whose hashed file has the same bytes. `is_right` reads whether it is there already;
    /// if it is a hard link to the hashed file, nothing need be read.
    pub(super) fn twin(
        &self,
        asset: &Planned,
        content: Held,
        written: Written,
        is_right: impl FnOnce() -> Result<bool, Error>,
    ) -> Result<Plain, Error> {
        if !self.job.keeps_plain(asset) {
            return Ok(Plain::None);
        }
        let is_linked = || match written {
            Written::Unchanged(id) => self.job.root.snapshot.is_linked(asset.plain.as_str(), id),
            Written::New => false,
        };
        Ok(if self.job.leaves_plain(asset) {
            self.left(asset, content)?
        } else if is_linked() || is_right()? {
            Plain::Unchanged(content)
        } else {
            Plain::Twin
        })
    }
}

/// Whether files with the same bytes must be known: for variants, which are made once for each content, and where a
/// hashed path may be the name of another asset.
fn compares(job: &Job<'_>, assets: &[Planned]) -> bool {
    let is_hashed = |asset: &Planned| {
        may_be_hashed(asset.name().as_str(), job.options.naming.hash_length)
            || asset.carried.is_some()
            || asset.naming.keeps_name()
    };
    let keeps_hashes = job.in_place && job.options.root.keep_only_hashed;
    job.compresses() || keeps_hashes || assets.iter().any(is_hashed)
}

/// Length of the common beginning of `a` and `b`, in bytes.
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
