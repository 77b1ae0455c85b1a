//! Percent-decoded paths of URLs.

use crate::text::hex_pair;

/// A URL's path, percent-decoded once as servers do, with backslashes (unless encoded) replaced by slashes as browsers
/// do.
pub(super) struct DecodedPath {
    pub(super) text: String,
    /// For every byte of `text`, and for its end, the byte offset in the URL.
    offsets: Vec<usize>,
    /// If false, `text` has U+FFFD for bytes that are not UTF-8.
    pub(super) is_utf8: bool,
}

impl DecodedPath {
    pub(super) fn new(path: &str, start: usize) -> Self {
        let raw = path.as_bytes();
        let mut bytes = Vec::with_capacity(raw.len());
        let mut offsets = Vec::with_capacity(raw.len() + 1);
        let mut at = 0;
        while at < raw.len() {
            let (byte, length) = match hex_pair(raw.get(at + 1), raw.get(at + 2)) {
                Some(byte) if raw[at] == b'%' => (Some(byte), 3),
                _ if matches!(raw[at], b'\t' | b'\n' | b'\r') => (None, 1), // the URL standard removes them
                _ if raw[at] == b'\\' => (Some(b'/'), 1),
                _ => (Some(raw[at]), 1),
            };
            if let Some(byte) = byte {
                bytes.push(byte);
                offsets.push(start + at);
            }
            at += length;
        }
        offsets.push(start + raw.len());
        // A segment that is not UTF-8 names no asset, but `..` may remove it. The offsets after it must be right.
        match String::from_utf8(bytes) {
            Ok(text) => Self {
                text,
                offsets,
                is_utf8: true,
            },
            Err(error) => Self::lossy(error.as_bytes(), &offsets),
        }
    }

    /// Decodes bytes that are not UTF-8. A replacement character has the offset of the bytes that it replaces.
    fn lossy(bytes: &[u8], offsets: &[usize]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        let mut kept = Vec::with_capacity(offsets.len());
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            let end = at + chunk.valid().len();
            kept.extend_from_slice(&offsets[at..end]);
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                kept.resize(text.len(), offsets[end]);
            }
            at = end + chunk.invalid().len();
        }
        kept.push(offsets[at]);
        Self {
            text,
            offsets: kept,
            is_utf8: false,
        }
    }

    pub(super) fn offset(&self, at: usize) -> usize {
        self.offsets[at.min(self.offsets.len() - 1)]
    }
}
