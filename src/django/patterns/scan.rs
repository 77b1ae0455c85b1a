//! Primitives of matching: words, white space, and the next of something.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr2_iter};

use super::next::Next;
use crate::django::python::is_space;
use crate::options::DjangoVersion;

/// A match of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::django) struct Match {
    /// Byte range of the whole match (Django's group `matched`).
    pub(in crate::django) span: Range<usize>,
    /// Byte range of the group `url`.
    pub(in crate::django) url: Range<usize>,
    /// Byte range of the group `import` or `exports`.
    pub(in crate::django) names: Range<usize>,
}

pub(super) fn found(span: Range<usize>, url: Range<usize>, names: Range<usize>) -> Match {
    Match { span, url, names }
}

/// A text, with caches of searches: most matches end at the next of something, which many consecutive candidates share.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) version: DjangoVersion,
    pub(super) line_break: Next,
    pub(super) parenthesis: Next,
    pub(super) semicolon: Next,
    pub(super) quote: Next,
    /// A quote and `)`: `"`, `'`, any.
    pub(super) closing: [Next; 3],
    /// A quote and `\s*;`
    pub(super) statement_end: Next,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str, version: DjangoVersion) -> Self {
        Self {
            text,
            version,
            line_break: Next::default(),
            parenthesis: Next::default(),
            semicolon: Next::default(),
            quote: Next::default(),
            closing: Default::default(),
            statement_end: Next::default(),
        }
    }

    /// Returns the leftmost matches that do not overlap. `candidates` are (start, offset after the fixed first word).
    pub(super) fn all(
        candidates: impl Iterator<Item = (usize, usize)>,
        mut matcher: impl FnMut(usize, usize) -> Option<Match>,
    ) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut free_from = 0;
        for (start, at) in candidates {
            if start >= free_from
                && let Some(found) = matcher(start, at)
            {
                free_from = found.span.end;
                matches.push(found);
            }
        }
        matches
    }

    /// Returns the end of an ASCII `word` that begins at `at`, in any case.
    pub(super) fn word(&self, at: usize, word: &str) -> Option<usize> {
        let mut chars = self.text.get(at..)?.char_indices();
        for expected in word.chars() {
            let (_, c) = chars.next()?;
            if !same_letter(c, expected) {
                return None;
            }
        }
        Some(at + chars.offset())
    }

    /// Returns the start of an ASCII `word` that ends at `end`, in any case.
    pub(super) fn word_before(&self, end: usize, word: &str) -> Option<usize> {
        let mut chars = self.text.get(..end)?.char_indices();
        let mut start = end;
        for expected in word.chars().rev() {
            let (at, c) = chars.next_back()?;
            if !same_letter(c, expected) {
                return None;
            }
            start = at;
        }
        Some(start)
    }

    /// `\s*`
    pub(super) fn skip_space(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(is_space).len()
    }

    /// Returns the end of the line that contains `at`, up to which `.*` matches.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let found = self
            .line_break
            .at_or_after(at, |at| memchr(b'\n', &bytes[at..]));
        found.unwrap_or(self.text.len())
    }

    /// Returns the first `)` at or after `at`, on the same line.
    pub(super) fn parenthesis(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self
            .parenthesis
            .at_or_after(at, |at| memchr(b')', &bytes[at..]));
        found.filter(|found| *found < self.line_end(at))
    }

    /// Returns the first quote at or after `at`, on the same line.
    pub(super) fn next_quote(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self
            .quote
            .at_or_after(at, |at| memchr2(b'"', b'\'', &bytes[at..]));
        found.filter(|found| *found < self.line_end(at))
    }

    /// Returns the first `quote` (`None`: any) at or after `at`, on the same line, that `)` follows.
    pub(super) fn closing(&self, at: usize, quote: Option<u8>) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (next, one, other) = match quote {
            Some(b'"') => (&self.closing[0], b'"', b'"'),
            Some(quote) => (&self.closing[1], quote, quote),
            None => (&self.closing[2], b'"', b'\''),
        };
        let found = next.at_or_after(at, |at| {
            memchr2_iter(one, other, &bytes[at..]).find(|n| bytes.get(at + n + 1) == Some(&b')'))
        });
        found.filter(|found| *found < self.line_end(at))
    }

    /// Returns the first quote at or after `at`, on the same line, that `\s*;` follows.
    pub(super) fn statement_end(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self.statement_end.at_or_after(at, |at| {
            memchr2_iter(b'"', b'\'', &bytes[at..])
                .find(|n| bytes.get(self.skip_space(at + n + 1)) == Some(&b';'))
        });
        found.filter(|found| *found < self.line_end(at))
    }

    /// Returns the quote at `at`, if there is one.
    pub(super) fn quote(&self, at: usize) -> Option<u8> {
        match self.text.as_bytes().get(at) {
            Some(&quote @ (b'"' | b'\'')) => Some(quote),
            _ => None,
        }
    }
}

/// Whether a byte is `letter` in either case. Only for letters without non-ASCII case variants.
pub(super) fn is_letter(byte: Option<&u8>, letter: u8) -> bool {
    byte.is_some_and(|byte| byte.to_ascii_lowercase() == letter)
}

/// Whether `c` matches the lower-case ASCII letter `letter` under Python's `re.IGNORECASE` for `str` patterns.
fn same_letter(c: char, letter: char) -> bool {
    c.to_ascii_lowercase() == letter
        || match letter {
            'i' => matches!(c, '\u{130}' | '\u{131}'),
            's' => c == '\u{17f}',
            _ => false,
        }
}
