//! Compresses one content, and puts its variants beside every file that has it.

use std::time::SystemTime;

use super::encoders;
use super::pieces::{Beside, Piece, Source};
use crate::cache::{Entry, Key, Stored};
use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::name::digest::Content;
use crate::name::logical_path::LONGEST_NAME;
use crate::pipeline::asset::{PendingVariant, Variant};
use crate::pipeline::job::Job;
use crate::static_root::Written;
use crate::static_root::built_file::Role;
use crate::static_root::encoding::Encoding;

/// A piece that is being compressed.
pub(super) struct Work<'w, 'b> {
    /// The names that no variant may take.
    reserved: Option<&'w Catalog>,
    job: &'w Job<'w>,
    piece: &'w Piece<'w>,
    /// The content's bytes, once they were read.
    bytes: Option<Vec<u8>>,
    /// The Brotli stream of [`Piece::common`], once it was made, for this piece or the one before it.
    beginning: &'b mut Option<Vec<u8>>,
}

/// A variant's content. Its bytes are loaded only if the variant is not in place already.
struct Encoded {
    content: Content,
    bytes: Option<Vec<u8>>,
    stored: Option<Stored>,
}

impl<'w, 'b> Work<'w, 'b> {
    pub(super) fn new(
        job: &'w Job<'w>,
        reserved: Option<&'w Catalog>,
        piece: &'w Piece<'w>,
        beginning: &'b mut Option<Vec<u8>>,
    ) -> Self {
        Self {
            reserved,
            job,
            piece,
            bytes: None,
            beginning,
        }
    }

    /// Makes the variants worth having, by WhiteNoise's rules (`whitenoise.compress.Compressor.compress`): where Brotli
    /// does not pay, there are none.
    pub(super) fn run(
        mut self,
        wanted: &[(Encoding, u8)],
    ) -> Result<Vec<(&'w Beside<'w>, Variant)>, Error> {
        let mut made = Vec::new();
        for &(encoding, level) in wanted {
            let Some(encoded) = self.encode(encoding, level)? else {
                if encoding == Encoding::Brotli {
                    break;
                }
                continue;
            };
            made.append(&mut self.store(encoding, level, encoded)?);
        }
        Ok(made)
    }

    fn key(&self, encoding: Encoding, level: u8) -> Key {
        let common = self.piece.common.filter(|_| encoding == Encoding::Brotli);
        let behind = common.map_or_else(String::new, |common| format!(" behind {common}"));
        let made_by = format!("{} {level}{behind}", encoding.token());
        Key::new(&made_by, self.piece.content.key)
    }

    fn encode(&mut self, encoding: Encoding, level: u8) -> Result<Option<Encoded>, Error> {
        match self
            .job
            .cache
            .as_ref()
            .and_then(|c| c.get(self.key(encoding, level)))
        {
            Some(Entry::Nothing) => Ok(None),
            Some(Entry::Stored(stored)) => Ok(Some(Encoded {
                content: stored.content,
                bytes: None,
                stored: Some(stored),
            })),
            None => self.compute(encoding, level),
        }
    }

    /// Compresses the content. `None`, too, if the file has changed since the build read it: a variant of its new bytes
    /// belongs neither in the cache nor beside the file.
    fn compute(&mut self, encoding: Encoding, level: u8) -> Result<Option<Encoded>, Error> {
        if self.bytes.is_none() {
            self.bytes = self.read()?;
        }
        let Some(bytes) = &self.bytes else {
            return Ok(None);
        };
        let encoded = match (encoding, self.piece.common) {
            (Encoding::Brotli, Some(common)) => {
                encoders::brotli_behind(self.beginning, common, bytes, level)
            }
            _ => encoders::encode(bytes, encoding, level),
        };
        if let Some(cache) = &self.job.cache {
            cache.put(self.key(encoding, level), encoded.as_deref());
        }
        Ok(encoded.map(|bytes| Encoded {
            content: Content::of(&bytes),
            bytes: Some(bytes),
            stored: None,
        }))
    }

    /// The bytes of the piece. `None`: a plain file that was there before has changed. For a file of this build, that
    /// is an error.
    fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        let piece = self.piece;
        let bytes = match &piece.from {
            Source::Hashed(name) => self.job.root.read(name)?,
            Source::Staged(staged) => self.job.root.read_staged(staged)?,
            Source::Plain(name) => match self.job.root.read_if_there(name)? {
                Some(bytes) if Content::of(&bytes) == piece.content => return Ok(Some(bytes)),
                _ => return Ok(None),
            },
        };
        if Content::of(&bytes) == piece.content {
            return Ok(Some(bytes));
        }
        let name = piece.files.first().map_or("", |file| file.name);
        Err(Error::StaticRoot(format!(
            "{} was changed by somebody else during the build",
            self.job.root.dir().join(name).display()
        )))
    }

    /// Puts the variant beside every file of the piece; the others share the bytes of the first.
    fn store(
        &mut self,
        encoding: Encoding,
        level: u8,
        mut encoded: Encoded,
    ) -> Result<Vec<(&'w Beside<'w>, Variant)>, Error> {
        let mut stored = Vec::new();
        let mut twins: Vec<(SystemTime, String, Written)> = Vec::new();
        for file in &self.piece.files {
            let name = encoding.variant_of(file.name);
            if !has_room(&name)
                || self
                    .reserved
                    .is_some_and(|names| names.find(&name).is_some())
            {
                continue;
            }
            let modified = file.modified;
            let twin = twins.iter().find(|(time, ..)| *time == modified);
            let linked = twin.and_then(|(.., written)| match written {
                Written::Unchanged(id) if self.job.root.snapshot.is_linked(&name, *id) => Some(*id),
                _ => None,
            });
            let unchanged = match linked {
                Some(id) => Some(id),
                None => self
                    .job
                    .root
                    .has_content(&name, encoded.content, modified)?,
            };
            let mut pending = None;
            if unchanged.is_none() {
                let place = if let Some((_, twin, _)) = twin {
                    self.twin(file, twin, &name, modified)?
                } else if let Some(bytes) = self.payload(encoding, level, &mut encoded)? {
                    PendingVariant::Staged(self.job.root.stage(&name, bytes, modified)?)
                } else {
                    break; // a damaged entry of the cache, and the content has changed or does not pay
                };
                if file.role == Role::Hashed {
                    place.publish(&self.job.root, &name, modified)?;
                } else {
                    pending = Some(place);
                }
            }
            if file.role == Role::Hashed && twin.is_none() {
                let written = unchanged.map_or(Written::New, Written::Unchanged);
                twins.push((modified, name, written));
            }
            let staged = match &pending {
                Some(PendingVariant::Staged(staged)) => staged.id(),
                Some(PendingVariant::Twin(_)) | None => None,
            };
            let variant = Variant {
                encoding,
                length: encoded.content.length,
                new: unchanged.is_none(),
                id: unchanged.or(staged),
                pending,
            };
            stored.push((file, variant));
        }
        Ok(stored)
    }

    /// A variant with the bytes of `twin`. In place, all files are made before any gets its name.
    fn twin(
        &self,
        file: &Beside<'_>,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<PendingVariant, Error> {
        if file.role == Role::Hashed || !self.job.root.names_later() {
            return Ok(PendingVariant::Twin(twin.to_owned()));
        }
        let staged = self.job.root.stage_twin(twin, name, modified)?;
        Ok(PendingVariant::Staged(staged))
    }

    /// The variant's bytes. A damaged entry of the cache is computed anew.
    fn payload<'e>(
        &mut self,
        encoding: Encoding,
        level: u8,
        encoded: &'e mut Encoded,
    ) -> Result<Option<&'e [u8]>, Error> {
        if let Some(stored) = encoded.stored.take() {
            match stored.load() {
                Some(bytes) => encoded.bytes = Some(bytes),
                None => match self.compute(encoding, level)? {
                    Some(computed) => *encoded = computed,
                    None => return Ok(None),
                },
            }
        }
        Ok(encoded.bytes.as_deref())
    }
}

/// Whether file systems take a name. The file that the variant lies beside may use all bytes that they take.
fn has_room(name: &str) -> bool {
    name.rsplit('/').next().unwrap_or(name).len() <= LONGEST_NAME
}
