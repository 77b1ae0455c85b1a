//! Places in texts.

use serde::{Deserialize, Serialize};

/// A place in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Line, 1-based.
    pub line: usize,
    /// Column, 1-based, in characters (Unicode scalar values).
    pub column: usize,
}

impl Location {
    /// Returns the location of the byte `offset` in `text`. Bytes that are not UTF-8 count one column each.
    pub fn of(text: &[u8], offset: usize) -> Self {
        Locator::new(text).at(offset)
    }
}

/// Finds the locations of many byte offsets in one text. Ascending offsets take one pass over the text in total.
pub(crate) struct Locator<'t> {
    text: &'t [u8],
    /// Byte offset that the fields below describe.
    offset: usize,
    line: usize,
    line_start: usize,
    /// Characters of the line so far; `None`: the line is not UTF-8.
    chars: Option<usize>,
}

impl<'t> Locator<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
            line_start: 0,
            chars: Some(0),
        }
    }

    pub(crate) fn at(&mut self, offset: usize) -> Location {
        let offset = offset.min(self.text.len());
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        let mut passed = &self.text[self.offset..offset];
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            self.line += memchr::memchr_iter(b'\n', passed).count();
            self.line_start = self.offset + last + 1;
            self.chars = Some(0);
            passed = &passed[last + 1..];
        }
        self.offset = offset;
        let more = std::str::from_utf8(passed).map(|text| text.chars().count());
        self.chars = self.chars.zip(more.ok()).map(|(chars, more)| chars + more);
        Location {
            line: self.line,
            column: self.chars.unwrap_or(offset - self.line_start) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_count_from_one_and_in_characters() {
        let text = "a\né{}x".as_bytes();
        assert_eq!(Location::of(text, 0), Location { line: 1, column: 1 });
        assert_eq!(Location::of(text, 2), Location { line: 2, column: 1 });
        assert_eq!(Location::of(text, 4), Location { line: 2, column: 2 });
        assert_eq!(Location::of(text, 99), Location { line: 2, column: 5 });
    }
}
