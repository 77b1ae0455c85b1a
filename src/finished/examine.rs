//! Examines one file of a finished static root: reads it once, for all checks.

use std::io::Read as _;

use super::{Entry, FinishedRoot};
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::name::digest::{Content, ContentHasher};
use crate::options::HashAlgorithm;
use crate::platform::regular_file;
use crate::platform::regular_file::CHUNK;
use crate::static_root::decode::decode;
use crate::static_root::encoding::Encoding;
use crate::text::Syntax;
use crate::text::edges::{Resolved, edges};
use crate::text::resolve::UrlSpace;
use crate::text::{NotParsed, Scan};

/// A reference in a text file.
pub(crate) type Found = Resolved<'static>;

/// The contents of one file, as far as they are needed.
pub(crate) struct Examined {
    pub(crate) content: Content,
    /// Whether the digest in the file's name is that of its bytes. `true` if the file is no hashed file.
    pub(crate) digest_matches: bool,
    /// The references that `wanted` has chosen.
    pub(crate) references: Vec<Found>,
    /// The reason why module specifiers are not among `references`.
    pub(crate) not_parsed: Option<NotParsed>,
    /// The variants that do not decode to the file, with the reason.
    pub(crate) bad_variants: Vec<(Encoding, AssetId, String)>,
    /// The assets that are only named like variants of the file, with the reason.
    pub(crate) lookalikes: Vec<(AssetId, String)>,
    /// The bytes of a text.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Examined {
    /// Drops the text and its references, unless they are needed to decide whether the file is a member of a reference
    /// cycle. In all files, there can be gigabytes of them.
    pub(crate) fn settle(&mut self) {
        if self.digest_matches {
            self.bytes = None;
            self.references = Vec::new();
        }
    }
}

impl FinishedRoot {
    /// Reads a file, its references and its variants. `wanted` chooses the references that are kept: there may be
    /// millions, all of them broken.
    pub(crate) fn examine(
        &self,
        id: AssetId,
        wanted: impl FnOnce(&[u8], &mut dyn Iterator<Item = Found>) -> Vec<Found>,
    ) -> Result<Examined, Error> {
        let name = self.files.name(id);
        let entry = self.entry_of_hashed(name);
        let syntax = if self.is_named(name) {
            self.syntax(id)
        } else {
            Syntax::Opaque // a file of an earlier generation
        };
        let bytes = if syntax.is_text() {
            Some(self.read(id)?)
        } else {
            None
        };
        let (content, digest_matches) = match &bytes {
            Some(bytes) => self.hash(entry, |hasher| {
                hasher.update(bytes);
                Ok(())
            })?,
            None => self.hash(entry, |hasher| self.stream(id, hasher))?,
        };
        let bad_variants = self.bad_variants(id, content)?;
        let lookalikes = self.lookalikes(id, content)?;
        let text = bytes.as_deref().unwrap_or_default();
        let Scan {
            references,
            not_parsed,
            unread: _,
        } = syntax.scan(text);
        let space = UrlSpace {
            catalog: &self.files,
            static_url: &self.static_url,
            uses: self.uses(&references)?,
        };
        let references = wanted(
            text,
            &mut edges(&references, text, space, name).map(Resolved::into_owned),
        );
        Ok(Examined {
            content,
            digest_matches,
            references,
            not_parsed,
            bad_variants,
            lookalikes,
            bytes,
        })
    }

    /// Hashes what `feed` passes: the content, and whether the entry's hashed path carries its digest, by either
    /// algorithm.
    fn hash(
        &self,
        entry: Option<&Entry>,
        feed: impl Fn(&mut ContentHasher) -> Result<(), Error>,
    ) -> Result<(Content, bool), Error> {
        let other = match self.hash {
            HashAlgorithm::Blake3 => HashAlgorithm::Md5,
            HashAlgorithm::Md5 => HashAlgorithm::Blake3,
        };
        let mut hasher = ContentHasher::new(self.hash);
        feed(&mut hasher)?;
        let (digest, content) = hasher.finish();
        let Some(entry) = entry else {
            return Ok((content, true));
        };
        if has_digest(entry, &digest.hex(self.hash.hex_digits())) {
            return Ok((content, true));
        }
        let mut hasher = ContentHasher::new(other);
        feed(&mut hasher)?;
        let (digest, _) = hasher.finish();
        Ok((content, has_digest(entry, &digest.hex(other.hex_digits()))))
    }

    fn stream(&self, id: AssetId, hasher: &mut ContentHasher) -> Result<(), Error> {
        let path = &self.files.path(id);
        let mut file = regular_file::open(path).map_err(Error::io("read", path))?;
        let length = self.files.get(id).length;
        let mut buffer = vec![0; CHUNK.min(usize::try_from(length).unwrap_or(CHUNK) + 1)];
        loop {
            match file.read(&mut buffer).map_err(Error::io("read", path))? {
                0 => return Ok(()),
                count => hasher.update(&buffer[..count]),
            }
        }
    }

    fn bad_variants(
        &self,
        id: AssetId,
        content: Content,
    ) -> Result<Vec<(Encoding, AssetId, String)>, Error> {
        let mut bad = Vec::new();
        for (encoding, variant) in self.variants(id) {
            if let Some(why) = self.is_no_variant(encoding, variant, content)? {
                bad.push((encoding, variant, why));
            }
        }
        Ok(bad)
    }

    fn lookalikes(&self, id: AssetId, content: Content) -> Result<Vec<(AssetId, String)>, Error> {
        let name = self.files.name(id);
        let mut found = Vec::new();
        for encoding in Encoding::ALL {
            let other = self.files.find(&encoding.variant_of(name.as_str()));
            let is_asset = |id: &AssetId| self.is_named(self.files.name(*id));
            if let Some(other) = other.filter(|other| self.is_named(name) && is_asset(other))
                && let Some(why) = self.is_no_variant(encoding, other, content)?
            {
                found.push((other, why));
            }
        }
        Ok(found)
    }

    /// Why a file is no variant of a file with this content; `None` if it is one.
    fn is_no_variant(
        &self,
        encoding: Encoding,
        variant: AssetId,
        content: Content,
    ) -> Result<Option<String>, Error> {
        Ok(match decode(encoding, &self.read(variant)?) {
            Ok(decoded) if decoded == content => None,
            Ok(_) => Some("decodes to other bytes".into()),
            Err(why) => Some(why),
        })
    }

    /// Whether a file is named like a variant of a file beside it, and decodes to that file's content.
    pub(super) fn is_variant_of_neighbour(
        &self,
        id: AssetId,
        content: impl Fn(&str) -> Option<Content>,
    ) -> Result<bool, Error> {
        let name = self.files.name(id).as_str();
        for encoding in Encoding::ALL {
            let file = name.strip_suffix(encoding.suffix());
            let Some(content) = file.and_then(&content) else {
                continue;
            };
            let bytes = self.read(id)?;
            if decode(encoding, &bytes) == Ok(content) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether the entry's hashed path carries the beginning of this digest. A hashed path that equals the logical path
/// carries none, and counts as right. In the names that Django gives to names with `%` and the like, any part may be
/// the digest.
fn has_digest(entry: &Entry, digest: &str) -> bool {
    const FEWEST: usize = 4; // digits that `--hash-length` allows
    let is_it = |digits: &str| digits.len() >= FEWEST && digest.starts_with(digits);
    if entry.logical == entry.hashed {
        return true;
    }
    match entry.digest() {
        Some(digits) => is_it(digits),
        None => entry.hashed.file_name().split('.').any(is_it),
    }
}
