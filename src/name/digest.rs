//! Digests, and hashes that identify contents.

use md5::{Digest as _, Md5};

use crate::options::HashAlgorithm;

/// The hash of some bytes, 16 (MD5) or 32 bytes long.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest {
    bytes: [u8; 32],
    length: usize,
}

impl Digest {
    /// Hashes `bytes`.
    pub(crate) fn of(algorithm: HashAlgorithm, bytes: &[u8]) -> Self {
        match algorithm {
            HashAlgorithm::Blake3 => Self::blake3(Content::of(bytes).key),
            HashAlgorithm::Md5 => Self::md5(&Md5::digest(bytes)),
        }
    }

    fn blake3(bytes: [u8; 32]) -> Self {
        Self { bytes, length: 32 }
    }

    fn md5(digest: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(digest);
        Self { bytes, length: 16 }
    }

    /// The first `digits` hex digits.
    pub(crate) fn hex(&self, digits: usize) -> String {
        let nibbles = self.bytes[..self.length]
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15]);
        let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
        nibbles.take(digits).map(digit).collect()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.hex(64))
    }
}

/// Whether `text` consists of lower-case hex digits, as digests do.
pub(crate) fn is_hex(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Whether `name` could be a hashed path with a digest of `digits` hex digits: they occur in it, after a dot.
pub(crate) fn may_be_hashed(name: &str, digits: usize) -> bool {
    name.match_indices('.')
        .filter_map(|(dot, _)| name.get(dot + 1..dot + 1 + digits))
        .any(is_hex)
}

/// BLAKE3 of some bytes. Identifies a content whatever its name.
pub(crate) type ContentKey = [u8; 32];

/// A content: its key and its length.
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

    /// The key in hex.
    pub(crate) fn hex(&self) -> String {
        blake3::Hash::from_bytes(self.key).to_hex().to_string()
    }
}

/// The length of a file of this build, and its content key if it is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Held {
    /// Bytes.
    pub(crate) length: u64,
    key: Option<ContentKey>,
}

impl Held {
    /// Holds only the length of `bytes`. With MD5, the content key would cost a second hash.
    pub(crate) fn uncompared(bytes: &[u8]) -> Self {
        Self {
            length: bytes.len() as u64,
            key: None,
        }
    }

    /// The content, if its key is known.
    pub(crate) fn content(self) -> Option<Content> {
        let length = self.length;
        self.key.map(|key| Content { key, length })
    }
}

impl From<Content> for Held {
    fn from(content: Content) -> Self {
        Self {
            length: content.length,
            key: Some(content.key),
        }
    }
}

/// Returns the digest of some bytes for their hashed path, and their content.
pub(crate) fn digest_and_content(algorithm: HashAlgorithm, bytes: &[u8]) -> (Digest, Content) {
    let content = Content::of(bytes);
    let digest = match algorithm {
        HashAlgorithm::Blake3 => Digest::blake3(content.key),
        HashAlgorithm::Md5 => Digest::of(algorithm, bytes),
    };
    (digest, content)
}

/// Hashes a stream of bytes for its hashed path and its content key at once. With the default hash, these are one
/// computation.
pub(crate) struct ContentHasher {
    name: Hasher,
    key: Option<Box<blake3::Hasher>>,
    length: u64,
}

impl ContentHasher {
    pub(crate) fn new(algorithm: HashAlgorithm) -> Self {
        Self {
            name: Hasher::new(algorithm),
            key: (algorithm != HashAlgorithm::Blake3).then(Box::default),
            length: 0,
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.name.update(bytes);
        if let Some(key) = &mut self.key {
            key.update(bytes);
        }
        self.length += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> (Digest, Content) {
        let digest = self.name.finish();
        let key = match self.key {
            Some(key) => *key.finalize().as_bytes(),
            None => digest.bytes,
        };
        let content = Content {
            key,
            length: self.length,
        };
        (digest, content)
    }
}

/// Hashes a stream of bytes.
pub(crate) enum Hasher {
    Blake3(Box<blake3::Hasher>),
    Md5(Md5),
}

impl Hasher {
    pub(crate) fn new(algorithm: HashAlgorithm) -> Self {
        match algorithm {
            HashAlgorithm::Blake3 => Self::Blake3(Box::default()),
            HashAlgorithm::Md5 => Self::Md5(Md5::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Blake3(hasher) => {
                hasher.update(bytes);
            }
            Self::Md5(hasher) => hasher.update(bytes),
        }
    }

    /// Hashes the length of `bytes`, then `bytes`, so that different sequences of parts have different hashes.
    pub(crate) fn update_part(&mut self, bytes: &[u8]) {
        self.update(&(bytes.len() as u64).to_le_bytes());
        self.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        match self {
            Self::Blake3(hasher) => Digest::blake3(*hasher.finalize().as_bytes()),
            Self::Md5(hasher) => Digest::md5(&hasher.finalize()),
        }
    }
}

/// Returns the digest that all `members` of a reference cycle share: the hash of their logical paths and contents,
/// sorted by logical path, in which references to members name the logical path. The digest changes with the content of
/// any member and with anything a member refers to; it does not depend on where the cycle is entered.
pub(crate) fn cycle_digest(algorithm: HashAlgorithm, members: &[(&str, Vec<u8>)]) -> Digest {
    let mut hasher = Hasher::new(algorithm);
    for (logical, content) in members {
        hasher.update_part(logical.as_bytes());
        hasher.update_part(content);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_digests() {
        assert_eq!(
            Digest::of(HashAlgorithm::Md5, b"png-bytes").hex(12),
            "e8c0e28b42bd"
        );
        assert_eq!(
            Digest::of(HashAlgorithm::Blake3, b"").hex(12),
            "af1349b9f5f9"
        );
    }

    #[test]
    fn names_of_hashed_files() {
        assert!(may_be_hashed("a/b.0123456789ab.css", 12));
        assert!(may_be_hashed(".0123456789abé", 12));
        assert!(!may_be_hashed("a.b/c.0123456789a.é.css", 12));
        assert!(!may_be_hashed("a0123456789ab.css", 12));
    }
}
