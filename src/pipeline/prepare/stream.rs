//! Large files without references: hashed and written piece by piece, never held in memory.

use std::io::Read as _;

use super::{Prepare, Prepared};
use crate::diagnostic::Diagnostic;
use crate::error::Error;
use crate::name::digest::{Content, ContentHasher};
use crate::pipeline::asset::{Planned, Stored};
use crate::platform::regular_file;
use crate::platform::regular_file::CHUNK;
use crate::static_root::{FileId, Written};
use crate::text::notes::Notes;

/// A large file that was read to its end.
struct Streamed {
    hashed: String,
    digest: String,
    content: Content,
}

impl Prepare<'_> {
    /// Hashes and stores a large file.
    pub(super) fn stream<'t>(
        &self,
        asset: &Planned,
        notes: &mut Notes,
    ) -> Result<Prepared<'t>, Error> {
        let streamed = match self.stored(asset)? {
            Some((streamed, id)) => Ok((streamed, Written::Unchanged(id))),
            None => self.write(asset)?,
        };
        match streamed {
            Ok((streamed, written)) => self
                .streamed(asset, streamed, written)
                .map(Prepared::Stored),
            Err(diagnostic) => {
                notes.push(*diagnostic);
                Ok(Prepared::Failed)
            }
        }
    }

    /// The hashed file, if the static root has it already. In a new static root the source is not read for this: it is
    /// then read once only. Elsewhere, a file that is there needs no room for a second copy.
    fn stored(&self, asset: &Planned) -> Result<Option<(Streamed, FileId)>, Error> {
        let root = &self.job.root;
        if root.snapshot.is_new() {
            return Ok(None);
        }
        let Ok(streamed) = self.hash(asset, |_| Ok(()))? else {
            return Ok(None);
        };
        let Streamed {
            hashed, content, ..
        } = &streamed;
        let id = root.has_content(hashed, *content, asset.source.modified)?;
        Ok(id.map(|id| (streamed, id)))
    }

    /// Hashes and writes the file in one pass: the digest is that of the bytes written, even if the source changes
    /// meanwhile.
    fn write(
        &self,
        asset: &Planned,
    ) -> Result<Result<(Streamed, Written), Box<Diagnostic>>, Error> {
        let root = &self.job.root;
        let mut writer = root.writer(asset.plain.as_str())?;
        let streamed = match self.hash(asset, |bytes| writer.write(bytes))? {
            Ok(streamed) => streamed,
            Err(diagnostic) => {
                writer.discard();
                return Ok(Err(diagnostic));
            }
        };
        root.publish(writer.finish(asset.source.modified)?, &streamed.hashed)?;
        Ok(Ok((streamed, Written::New)))
    }

    /// Hashes the source to its end, and passes every piece to `see`.
    fn hash(
        &self,
        asset: &Planned,
        mut see: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<Result<Streamed, Box<Diagnostic>>, Error> {
        let path = &asset.source.path;
        let mut file = regular_file::open(path).map_err(Error::io("read", path))?;
        let mut hasher = ContentHasher::new(self.job.options.naming.hash);
        let mut buffer = vec![0; CHUNK];
        loop {
            let count = file.read(&mut buffer).map_err(Error::io("read", path))?;
            if count == 0 {
                break;
            }
            hasher.update(&buffer[..count]);
            see(&buffer[..count])?;
        }
        let (digest, content) = hasher.finish();
        let digest = digest.hex(self.job.options.naming.hash_length);
        Ok(self.hashed_name(asset, &digest).map(|hashed| Streamed {
            hashed,
            digest,
            content,
        }))
    }

    fn streamed(
        &self,
        asset: &Planned,
        streamed: Streamed,
        written: Written,
    ) -> Result<Stored, Error> {
        let Streamed {
            hashed,
            digest,
            content,
        } = streamed;
        let modified = asset.source.modified;
        let plain = self.store.twin(asset, content.into(), written, || {
            let plain = asset.plain.as_str();
            let there = self.job.root.has_content(plain, content, modified)?;
            Ok(there.is_some())
        })?;
        Ok(Stored {
            name: hashed,
            digest,
            content: content.into(),
            written: Some(written),
            plain,
            common: 0,
            references: 0,
        })
    }
}
