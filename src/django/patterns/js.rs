//! The patterns of JavaScript modules (`_js_module_import_aggregation_patterns`).

use std::ops::Range;

use memchr::{memchr, memchr2_iter};

use super::scan::{Match, Scan, found, is_letter};
use crate::django::python::{is_space, is_word};
use crate::options::DjangoVersion;

/// `from "…"`, the end of a static `import … from` or `export … from`.
pub(super) struct Tail {
    /// Byte offset of the white space before `from`.
    space: usize,
    /// Byte offset of `from`.
    from: usize,
    url: Range<usize>,
    end: usize,
}

impl Scan<'_> {
    /// Finds every `import`: (start, end of the word).
    pub(super) fn imports(&self) -> impl Iterator<Item = (usize, usize)> {
        // `p` is the rarest letter of the word whose only other case is ASCII.
        let bytes = self.text.as_bytes();
        memchr2_iter(b'p', b'P', bytes)
            .filter(|&at| is_letter(at.checked_sub(1).and_then(|at| bytes.get(at)), b'm'))
            .filter_map(|at| Some((self.word_before(at, "im")?, self.word(at, "port")?)))
    }

    /// Finds every `export`: (start, end of the word).
    pub(super) fn exports(&self) -> impl Iterator<Item = (usize, usize)> {
        let bytes = self.text.as_bytes();
        memchr2_iter(b'x', b'X', bytes)
            .filter(|&at| is_letter(bytes.get(at + 1), b'p'))
            .filter_map(|at| Some((self.word_before(at, "e")?, self.word(at, "xport")?)))
    }

    /// `['"](?P<url>[./].*?)["']`, in 5.2 with `\s*;` after it: the URL and the end of the match.
    pub(super) fn specifier(&self, at: usize) -> Option<(Range<usize>, usize)> {
        self.quote(at)?;
        let bytes = self.text.as_bytes();
        let url = at + 1;
        if !matches!(bytes.get(url), Some(b'.' | b'/')) {
            return None;
        }
        if self.version >= DjangoVersion::V6_1 {
            let end = self.next_quote(url + 1)?;
            return Some((url..end, end + 1));
        }
        let end = self.statement_end(url + 1)?;
        Some((url..end, self.skip_space(end + 1) + 1))
    }

    /// Finds every `from\s*` that a specifier follows.
    pub(super) fn all_tails(&self) -> Vec<Tail> {
        let bytes = self.text.as_bytes();
        memchr2_iter(b'f', b'F', bytes)
            .filter(|&at| is_letter(bytes.get(at + 1), b'r'))
            .filter_map(|from| {
                let (url, end) = self.specifier(self.skip_space(self.word(from, "from")?))?;
                Some(Tail {
                    space: self.text[..from].trim_end_matches(is_space).len(),
                    from,
                    url,
                    end,
                })
            })
            .collect()
    }

    /// `import(?P<import>[\s\{][^;]*?|\*\s*as\s*\w+)\s*from…` (5.2: `[\s\{].*?` over lines)
    pub(super) fn import_from(&self, start: usize, at: usize, tails: &[Tail]) -> Option<Match> {
        // 4.2 has no pattern for `import* as`.
        if self.text.as_bytes().get(at) == Some(&b'*') && self.version > DjangoVersion::V4_2 {
            self.namespace_from(start, at, tails)
        } else {
            self.named_from(start, at, tails)
        }
    }

    /// `[\s\{][^;]*?` and the tail (5.2: `[\s\{].*?`, which matches `;` too).
    pub(super) fn named_from(&self, start: usize, at: usize, tails: &[Tail]) -> Option<Match> {
        let first = self.text[at..].chars().next()?;
        if first != '{' && !is_space(first) {
            return None;
        }
        let lazy = at + first.len_utf8();
        let tail = &tails[tails.partition_point(|tail| tail.from < lazy)..].first()?;
        // The lazy group ends as early as `\s*from` can begin.
        let names_end = tail.space.max(lazy);
        if self.version >= DjangoVersion::V6_1 {
            let bytes = self.text.as_bytes();
            let semicolon = self
                .semicolon
                .at_or_after(lazy, |at| memchr(b';', &bytes[at..]));
            if semicolon.is_some_and(|semicolon| semicolon < names_end) {
                return None;
            }
        }
        Some(found(start..tail.end, tail.url.clone(), at..names_end))
    }

    /// `\*\s*as\s*\w+` and the tail; `\w+` gives back characters until `\s*from` fits.
    fn namespace_from(&self, start: usize, at: usize, tails: &[Tail]) -> Option<Match> {
        let name = self.skip_space(self.word(self.skip_space(at + 1), "as")?);
        let rest = &self.text[name..];
        let longest = name + rest.len() - rest.trim_start_matches(is_word).len();
        let mut ends = self.text[name..longest]
            .char_indices()
            .map(|(index, c)| name + index + c.len_utf8())
            .rev();
        ends.find_map(|end| {
            let from = self.skip_space(end);
            let tail = tails.binary_search_by_key(&from, |tail| tail.from).ok()?;
            let tail = &tails[tail];
            Some(found(start..tail.end, tail.url.clone(), at..end))
        })
    }

    /// 6.1: `import\(["'](?P<url>[./].*?)["']\)`; 5.2: any URL.
    pub(super) fn dynamic_import(&self, start: usize, at: usize) -> Option<Match> {
        let bytes = self.text.as_bytes();
        if bytes.get(at) != Some(&b'(') {
            return None;
        }
        self.quote(at + 1)?;
        let url = at + 2;
        let mut first = url;
        if self.version >= DjangoVersion::V6_1 {
            if !matches!(bytes.get(url), Some(b'.' | b'/')) {
                return None;
            }
            first += 1;
        }
        let end = self.closing(first, None)?;
        Some(found(start..end + 2, url..end, 0..0))
    }
}
