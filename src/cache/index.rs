//! An index of the entries that the last build of a static root used, in one entry. A repeated build asks the index
//! instead of opening thousands of entries, as it needs no payloads where the variants are in place.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Key, USED};
use crate::name::digest::Content;

/// Length of a record in bytes: key, whether there is a payload, its length, its BLAKE3.
const RECORD: usize = 32 + 1 + 8 + 32;

/// The result of a lookup: the content of the payload, `None` for no useful result.
type Found = Option<Content>;
/// Results by key.
type Known = HashMap<[u8; 32], Found, ahash::RandomState>;

/// The index of one static root.
pub(super) struct Index {
    pub(super) key: Key,
    /// When the entries of the index were last marked as used.
    marked: SystemTime,
    known: Known,
    /// Entries that this build has found or added.
    used: Mutex<Vec<([u8; 32], Found)>>,
}

impl Index {
    /// Reads an index from its payload. Without a valid payload, it is empty.
    pub(super) fn new(key: Key, payload: Option<&[u8]>) -> Self {
        let (marked, known) = payload.and_then(parse).unwrap_or_default();
        Self {
            key,
            marked: UNIX_EPOCH + std::time::Duration::from_secs(marked),
            known,
            used: Mutex::default(),
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<Found> {
        self.known.get(&key.0).copied()
    }

    /// Records that this build uses an entry.
    pub(super) fn note(&self, key: Key, found: Found) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.push((key.0, found));
    }

    /// Ends a build. Returns the keys of the entries to mark as used, which is done once an hour, and the new payload,
    /// if it has changed.
    pub(super) fn finish(&self) -> (Vec<Key>, Option<Vec<u8>>) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.sort_unstable_by_key(|(key, _)| *key);
        used.dedup_by_key(|(key, _)| *key);
        let same = |(key, found): &([u8; 32], Found)| self.known.get(key) == Some(found);
        let is_same = used.len() == self.known.len() && used.iter().all(same);
        // A time in the future is not reliable.
        let is_marked = self.marked.elapsed().is_ok_and(|age| age <= USED);
        if is_same && is_marked {
            return (Vec::new(), None);
        }
        let mut marked = self.marked;
        let mut to_mark = Vec::new();
        if !is_marked {
            marked = SystemTime::now();
            // The others have been opened, which marks them.
            let keys = used.iter().map(|(key, _)| *key);
            to_mark = keys
                .filter(|key| self.known.contains_key(key))
                .map(Key)
                .collect();
        }
        (to_mark, Some(payload(marked, &used)))
    }
}

fn payload(marked: SystemTime, used: &[([u8; 32], Found)]) -> Vec<u8> {
    let seconds = marked.duration_since(UNIX_EPOCH).map_or(0, |t| t.as_secs());
    let mut bytes = Vec::with_capacity(8 + used.len() * RECORD);
    bytes.extend(seconds.to_le_bytes());
    for (key, found) in used {
        let content = found.unwrap_or(Content {
            key: [0; 32],
            length: 0,
        });
        bytes.extend(key);
        bytes.push(found.is_some().into());
        bytes.extend(content.length.to_le_bytes());
        bytes.extend(content.key);
    }
    bytes
}

fn parse(payload: &[u8]) -> Option<(u64, Known)> {
    let (seconds, records) = payload.split_first_chunk()?;
    let (records, rest) = records.as_chunks::<RECORD>();
    let known = records.iter().filter_map(|record| {
        let (key, rest) = record.split_first_chunk()?;
        let (&[has_payload], rest) = rest.split_first_chunk()?;
        let (length, content) = rest.split_first_chunk()?;
        let content = Content {
            key: content.try_into().ok()?,
            length: u64::from_le_bytes(*length),
        };
        Some((*key, (has_payload != 0).then_some(content)))
    });
    rest.is_empty()
        .then(|| (u64::from_le_bytes(*seconds), known.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_used_by_one_build_are_in_the_index_of_the_next() {
        let key = |n| Key([n; 32]);
        let first = Index::new(key(0), None);
        first.note(key(2), Some(Content::of(b"two")));
        first.note(key(1), None);
        first.note(key(1), None);
        let (marked, payload) = first.finish();
        assert!(marked.is_empty());
        let payload = payload.unwrap();

        let second = Index::new(key(0), Some(&payload));
        assert_eq!(second.get(key(1)), Some(None));
        assert_eq!(second.get(key(2)), Some(Some(Content::of(b"two"))));
        assert_eq!(second.get(key(3)), None);
        second.note(key(1), None);
        second.note(key(2), Some(Content::of(b"two")));
        let (marked, same) = second.finish();
        assert!(marked.is_empty() && same.is_none());
        second.note(key(3), None);
        let (marked, other) = second.finish();
        assert!(marked.is_empty() && other.is_some());

        for bad in [&payload[..7], &payload[..payload.len() - 1], b""] {
            assert_eq!(Index::new(key(0), Some(bad)).get(key(1)), None);
        }
    }

    #[test]
    fn entries_are_marked_again_after_an_hour() {
        let used = [([1; 32], None)];
        let long_ago = SystemTime::now() - 2 * USED;
        let index = Index::new(Key([0; 32]), Some(&payload(long_ago, &used)));
        index.note(Key([1; 32]), None);
        let (marked, payload) = index.finish();
        assert_eq!(marked.len(), 1);
        let next = Index::new(Key([0; 32]), payload.as_deref());
        next.note(Key([1; 32]), None);
        assert!(next.finish().1.is_none());
    }
}
