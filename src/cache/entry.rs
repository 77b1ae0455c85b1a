//! An entry of the cache: a file with a check of its own integrity.

use std::fs::{File, FileTimes};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Key, USED, trust};
use crate::name::digest::Content;

/// The first bytes of every entry.
const MAGIC: [u8; 16] = *b"hashstatic cache";
/// Length of the header in bytes: magic, whether there is a payload, its length, its BLAKE3, and a check over all of
/// these and the key.
pub(super) const HEADER: usize = 16 + 1 + 8 + 32 + 16;

/// An entry that exists.
pub(crate) enum Entry {
    /// The job had no useful result.
    Nothing,
    /// The job had this result, which [`Stored::load`] reads.
    Stored(Stored),
}

/// A payload in the cache.
pub(crate) struct Stored {
    pub(crate) content: Content,
    from: From,
}

enum From {
    /// The open entry, at its payload.
    File(File),
    /// Known from an index: the entry has not been opened.
    Entry(PathBuf, Key),
}

impl Stored {
    pub(super) fn in_entry(content: Content, path: PathBuf, key: Key) -> Self {
        let from = From::Entry(path, key);
        Self { content, from }
    }

    /// Reads the payload; `None` if it is damaged or missing.
    pub(crate) fn load(self) -> Option<Vec<u8>> {
        let mut file = match self.from {
            From::File(file) => file,
            From::Entry(path, key) => match read_header(&path, key)? {
                Entry::Stored(Self {
                    content,
                    from: From::File(file),
                }) if content == self.content => file,
                _ => return None,
            },
        };
        let mut payload = Vec::new();
        let length = usize::try_from(self.content.length).ok()?;
        payload.try_reserve_exact(length.checked_add(1)?).ok()?;
        file.read_to_end(&mut payload).ok()?;
        (Content::of(&payload) == self.content).then_some(payload)
    }
}

/// Returns the header of an entry with this payload.
pub(super) fn header(key: Key, payload: Option<Content>) -> [u8; HEADER] {
    let content = payload.unwrap_or(Content::of(b""));
    let mut header = [0; HEADER];
    header[..16].copy_from_slice(&MAGIC);
    header[16] = payload.is_some().into();
    header[17..25].copy_from_slice(&content.length.to_le_bytes());
    header[25..57].copy_from_slice(&content.key);
    let check = blake3::keyed_hash(&key.0, &header[..57]);
    header[57..].copy_from_slice(&check.as_bytes()[..16]);
    header
}

/// Opens the entry at `path`; `None` if it is missing or its header is wrong.
pub(super) fn read_header(path: &Path, key: Key) -> Option<Entry> {
    let mut file = trust::open(path).ok()?;
    let mut found = [0; HEADER];
    file.read_exact(&mut found).ok()?;
    let content = Content {
        length: u64::from_le_bytes(found[17..25].try_into().ok()?),
        key: found[25..57].try_into().ok()?,
    };
    let payload = (found[16] != 0).then_some(content);
    let metadata = file.metadata().ok()?;
    if found != header(key, payload) || metadata.len() != HEADER as u64 + content.length {
        return None;
    }
    if metadata
        .modified()
        .is_ok_and(|used| used.elapsed().is_ok_and(|age| age > USED))
    {
        // The time only decides the order of removal, so a read-only cache works, too.
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
    }
    let from = From::File(file);
    Some(match payload {
        Some(content) => Entry::Stored(Stored { content, from }),
        None => Entry::Nothing,
    })
}
