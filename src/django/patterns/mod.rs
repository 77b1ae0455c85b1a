//! Django's regular expressions (`HashedFilesMixin.patterns` and `_js_module_import_aggregation_patterns` in
//! `django.contrib.staticfiles.storage`), matched by hand: same leftmost matches, same groups, in linear time.
//!
//! All are compiled by Django with `re.IGNORECASE`, for which Python's `i` and `s` have non-ASCII partners.

use std::cell::OnceCell;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memchr3, memmem};

use super::next::Next;
use super::python::{is_space, is_word};
use crate::options::DjangoVersion;
use crate::text::Syntax;

/// One of Django's regular expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `url(…)`
    CssUrl,
    /// `@import "…"`
    CssImport,
    /// `/*# sourceMappingURL=… */`
    CssSourceMap,
    /// `//# sourceMappingURL=…`
    JsSourceMap,
    /// `import … from "…"`
    JsImportFrom,
    /// `export … from "…"`
    JsExportFrom,
    /// `import "…"`
    JsImport,
    /// `import("…")`
    JsDynamicImport,
}

/// The syntax whose comments and strings Django 6.1 leaves alone (`_css_ignored_re`, `_js_ignored_re`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    Css,
    Js,
}

/// A match of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// The whole match (Django's group `matched`).
    pub(super) span: Range<usize>,
    /// Group `url`.
    pub(super) url: Range<usize>,
    /// Group `import` or `exports`.
    pub(super) names: Range<usize>,
}

impl Pattern {
    /// The patterns for a kind of file, in Django's sequence.
    pub(super) fn of(kind: Syntax, js_modules: bool) -> &'static [Self] {
        match kind {
            Syntax::Css => &[Self::CssUrl, Self::CssImport, Self::CssSourceMap],
            Syntax::Script | Syntax::Module if js_modules => &[
                Self::JsSourceMap,
                Self::JsImportFrom,
                Self::JsExportFrom,
                Self::JsImport,
                Self::JsDynamicImport,
            ],
            Syntax::Script | Syntax::Module => &[Self::JsSourceMap],
            Syntax::Opaque => &[],
        }
    }

    /// Whether a match that is left alone disappears: in 4.2, the patterns of source maps capture nothing as `matched`.
    pub(super) fn forgets_match(self, version: DjangoVersion) -> bool {
        version < DjangoVersion::V5_2 && matches!(self, Self::CssSourceMap | Self::JsSourceMap)
    }

    pub(super) fn ignored(self) -> Ignored {
        match self {
            Self::CssUrl | Self::CssImport | Self::CssSourceMap => Ignored::Css,
            _ => Ignored::Js,
        }
    }

    /// `template % groups`
    pub(super) fn replacement(self, version: DjangoVersion, names: &str, url: &str) -> String {
        let end = if version < DjangoVersion::V6_1 {
            ";"
        } else {
            ""
        };
        match self {
            Self::CssUrl => format!("url(\"{url}\")"),
            Self::CssImport => format!("@import url(\"{url}\")"),
            Self::CssSourceMap => format!("/*# sourceMappingURL={url} */"),
            Self::JsSourceMap => format!("//# sourceMappingURL={url}"),
            Self::JsImportFrom => format!("import{names} from \"{url}\"{end}"),
            Self::JsExportFrom => format!("export{names} from \"{url}\"{end}"),
            Self::JsImport => format!("import\"{url}\"{end}"),
            Self::JsDynamicImport => format!("import(\"{url}\")"),
        }
    }

    /// `re.finditer(pattern, text)`
    pub(super) fn find_all(self, version: DjangoVersion, text: &str, words: &Words) -> Vec<Match> {
        let bytes = text.as_bytes();
        let scan = Scan::new(text, version);
        match self {
            Self::CssUrl => Scan::all(
                memchr_iter(b'(', bytes)
                    .filter_map(|at| Some((scan.word_before(at, "url")?, at + 1))),
                |start, at| scan.css_url(start, at),
            ),
            Self::CssImport => Scan::all(
                memchr_iter(b'@', bytes).filter_map(|at| Some((at, scan.word(at + 1, "import")?))),
                |start, at| scan.css_import(start, at),
            ),
            Self::CssSourceMap => {
                Scan::all(scan.source_map_comments("/*#", b" \t"), |start, at| {
                    scan.css_source_map(start, at)
                })
            }
            Self::JsSourceMap => Scan::all(scan.source_map_comments("//#", b" "), |start, at| {
                let end = scan.line_end(at);
                Some(found(start..end, at..end, 0..0))
            }),
            Self::JsImportFrom => Scan::all(words.imports(&scan), |start, at| {
                scan.import_from(start, at, words.tails(&scan))
            }),
            Self::JsExportFrom => Scan::all(scan.exports(), |start, at| {
                scan.named_from(start, at, words.tails(&scan))
            }),
            Self::JsImport => Scan::all(words.imports(&scan), |start, at| {
                let (url, end) = scan.specifier(scan.skip_space(at))?;
                Some(found(start..end, url, 0..0))
            }),
            Self::JsDynamicImport => Scan::all(words.imports(&scan), |start, at| {
                scan.dynamic_import(start, at)
            }),
        }
    }
}

fn found(span: Range<usize>, url: Range<usize>, names: Range<usize>) -> Match {
    Match { span, url, names }
}

/// `from "…"`, wherever it stands: the end of every static `import … from` and `export … from`.
struct Tail {
    /// Where the white space before it begins.
    space: usize,
    /// Where `from` begins.
    from: usize,
    url: Range<usize>,
    end: usize,
}

/// What several patterns look for in one text, found once. Belongs to that text.
#[derive(Default)]
pub(super) struct Words {
    imports: OnceCell<Vec<(usize, usize)>>,
    tails: OnceCell<Vec<Tail>>,
}

impl Words {
    fn imports(&self, scan: &Scan<'_>) -> impl Iterator<Item = (usize, usize)> {
        let imports = self.imports.get_or_init(|| scan.imports().collect());
        imports.iter().copied()
    }

    fn tails(&self, scan: &Scan<'_>) -> &[Tail] {
        self.tails.get_or_init(|| scan.all_tails())
    }
}

/// A text, and what was looked for in it last: most matches end at the next of something, which many candidates in a row
/// may have in common.
struct Scan<'t> {
    text: &'t str,
    version: DjangoVersion,
    line_break: Next,
    parenthesis: Next,
    semicolon: Next,
    quote: Next,
    /// A quote and `)`: `"`, `'`, any.
    closing: [Next; 3],
    /// A quote and `\s*;`
    statement_end: Next,
}

impl<'t> Scan<'t> {
    fn new(text: &'t str, version: DjangoVersion) -> Self {
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

    /// The leftmost matches that do not overlap. `candidates` are (start, position behind the fixed first word).
    fn all(
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

    /// Where an ASCII `word` that begins at `at` ends, any case.
    fn word(&self, at: usize, word: &str) -> Option<usize> {
        let mut chars = self.text.get(at..)?.char_indices();
        for expected in word.chars() {
            let (_, c) = chars.next()?;
            if !same_letter(c, expected) {
                return None;
            }
        }
        Some(at + chars.offset())
    }

    /// Where an ASCII `word` that ends at `end` begins, any case.
    fn word_before(&self, end: usize, word: &str) -> Option<usize> {
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
    fn skip_space(&self, at: usize) -> usize {
        let rest = &self.text[at..];
        at + rest.len() - rest.trim_start_matches(is_space).len()
    }

    /// Where the line that `at` stands in ends: the reach of `.*`.
    fn line_end(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let found = self
            .line_break
            .at_or_after(at, |at| memchr(b'\n', &bytes[at..]));
        found.unwrap_or(self.text.len())
    }

    /// The first `)` from `at` on in its line.
    fn parenthesis(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self
            .parenthesis
            .at_or_after(at, |at| memchr(b')', &bytes[at..]));
        found.filter(|found| *found < self.line_end(at))
    }

    /// The first quote from `at` on in its line.
    fn next_quote(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self
            .quote
            .at_or_after(at, |at| memchr2(b'"', b'\'', &bytes[at..]));
        found.filter(|found| *found < self.line_end(at))
    }

    /// The first `quote` (`None`: any) from `at` on in its line that `)` follows.
    fn closing(&self, at: usize, quote: Option<u8>) -> Option<usize> {
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

    /// The first quote from `at` on in its line that `\s*;` follows.
    fn statement_end(&self, at: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let found = self.statement_end.at_or_after(at, |at| {
            memchr2_iter(b'"', b'\'', &bytes[at..])
                .find(|n| bytes.get(self.skip_space(at + n + 1)) == Some(&b';'))
        });
        found.filter(|found| *found < self.line_end(at))
    }

    /// The quote at `at`.
    fn quote(&self, at: usize) -> Option<u8> {
        match self.text.as_bytes().get(at) {
            Some(&quote @ (b'"' | b'\'')) => Some(quote),
            _ => None,
        }
    }

    /// Since 6.0: `url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\)`;
    /// before: `url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\)`
    fn css_url(&self, start: usize, at: usize) -> Option<Match> {
        let quote = self.quote(at);
        if self.version >= DjangoVersion::V6_0 {
            if let Some(quote) = quote {
                self.line_end(at); // first, so that it need not go back for what comes below
                let url = self.skip_space(at + 1);
                if let Some(end) = self.closing(url, Some(quote)) {
                    return Some(found(start..end + 2, url..end, 0..0));
                }
            }
            let url = self.skip_space(at);
            let end = self.parenthesis(url)?;
            return Some(found(start..end + 1, url..end, 0..0));
        }
        let url = self.skip_space(at + usize::from(quote.is_some()));
        let closing = self.parenthesis(url)?;
        let end = closing - usize::from(closing > url && self.quote(closing - 1).is_some());
        Some(found(start..closing + 1, url..end, 0..0))
    }

    /// `@import\s*["']\s*(?P<url>.*?)["']`
    fn css_import(&self, start: usize, at: usize) -> Option<Match> {
        let open = self.skip_space(at);
        self.quote(open)?;
        let url = self.skip_space(open + 1);
        let end = self.next_quote(url)?;
        Some(found(start..end + 1, url..end, 0..0))
    }

    /// `(?m)^/\*#[ \t](?-i:sourceMappingURL)=`, `(?m)^//# (?-i:sourceMappingURL)=`: (line start, position behind `=`).
    fn source_map_comments(
        &self,
        opening: &'static str,
        blanks: &'static [u8],
    ) -> impl Iterator<Item = (usize, usize)> {
        const NAME: &str = "sourceMappingURL=";
        let bytes = self.text.as_bytes();
        memmem::find_iter(bytes, NAME).filter_map(move |at| {
            let start = at.checked_sub(opening.len() + 1)?;
            let before = &bytes[start..at];
            let opens =
                before.starts_with(opening.as_bytes()) && blanks.contains(&before[opening.len()]);
            let line_start = start == 0 || bytes[start - 1] == b'\n';
            (opens && line_start).then_some((start, at + NAME.len()))
        })
    }

    /// `(?P<url>.*)[ \t]*\*/$`, multi-line: the comment must close at the end of its line.
    fn css_source_map(&self, start: usize, at: usize) -> Option<Match> {
        let end = self.line_end(at);
        let url = self.text[at..end].strip_suffix("*/")?;
        Some(found(start..end, at..at + url.len(), 0..0))
    }

    /// Every `import`: (start, end of the word).
    fn imports(&self) -> impl Iterator<Item = (usize, usize)> {
        // `p` is the rarest letter of the word that has one case partner only.
        let bytes = self.text.as_bytes();
        memchr2_iter(b'p', b'P', bytes)
            .filter(|&at| is_letter(at.checked_sub(1).and_then(|at| bytes.get(at)), b'm'))
            .filter_map(|at| Some((self.word_before(at, "im")?, self.word(at, "port")?)))
    }

    /// Every `export` that white space or `{` follows: (start, end of the word).
    fn exports(&self) -> impl Iterator<Item = (usize, usize)> {
        let bytes = self.text.as_bytes();
        memchr2_iter(b'x', b'X', bytes)
            .filter(|&at| is_letter(bytes.get(at + 1), b'p'))
            .filter_map(|at| Some((self.word_before(at, "e")?, self.word(at, "xport")?)))
    }

    /// `['"](?P<url>[./].*?)["']`, and in 5.2 `\s*;` behind it: the URL and the end of the match.
    fn specifier(&self, at: usize) -> Option<(Range<usize>, usize)> {
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

    /// Every `from\s*` that a specifier follows.
    fn all_tails(&self) -> Vec<Tail> {
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
    fn import_from(&self, start: usize, at: usize, tails: &[Tail]) -> Option<Match> {
        // 4.2 has no pattern for `import* as`.
        if self.text.as_bytes().get(at) == Some(&b'*') && self.version > DjangoVersion::V4_2 {
            self.namespace_from(start, at, tails)
        } else {
            self.named_from(start, at, tails)
        }
    }

    /// `[\s\{][^;]*?` and the tail (5.2: `[\s\{].*?`, which `;` does not stop).
    fn named_from(&self, start: usize, at: usize, tails: &[Tail]) -> Option<Match> {
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
    fn dynamic_import(&self, start: usize, at: usize) -> Option<Match> {
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

/// Whether a byte is this letter, in either case: for letters that have no partners beyond ASCII.
fn is_letter(byte: Option<&u8>, letter: u8) -> bool {
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

/// `HashedFilesMixin.get_ignored_blocks`: comments, strings and escapes, as Django's regular expressions see them. Those
/// that begin before `until`: what comes later is in nobody's way.
pub(super) fn ignored_blocks(text: &str, syntax: Ignored, until: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let js = syntax == Ignored::Js;
    let mut blocks = Vec::new();
    let mut at = 0;
    let mut open_comment = false; // an unclosed `/*` was seen: no later one closes either
    while let Some(next) = bytes[at..].iter().position(|b| OPENS[usize::from(*b)]) {
        at += next;
        if at >= until {
            break;
        }
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'*') && !open_comment => {
                let end = memmem::find(&bytes[at + 2..], b"*/").map(|n| at + 2 + n + 2);
                open_comment = end.is_none();
                end
            }
            b'/' if js && bytes.get(at + 1) == Some(&b'/') => {
                Some(memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n))
            }
            b'\\' => text[at + 1..].chars().next().map(|c| at + 1 + c.len_utf8()),
            quote @ (b'"' | b'\'') => string_end(bytes, at, quote, true),
            b'`' if js => string_end(bytes, at, b'`', false),
            _ => None,
        };
        match end {
            Some(end) => {
                blocks.push(at..end);
                at = end;
            }
            None => at += 1,
        }
    }
    blocks
}

/// The bytes that an ignored block can begin with.
const OPENS: [bool; 256] = {
    let mut opens = [false; 256];
    let bytes = *b"/\\\"'`";
    let mut index = 0;
    while index < bytes.len() {
        opens[bytes[index] as usize] = true;
        index += 1;
    }
    opens
};

/// The end of `'(?:[^'\\\n]|\\.)*'` (or of a template literal, which a line break does not end).
fn string_end(bytes: &[u8], start: usize, quote: u8, one_line: bool) -> Option<usize> {
    let line_break = if one_line { b'\n' } else { quote };
    let mut at = start + 1;
    loop {
        at += memchr3(quote, b'\\', line_break, bytes.get(at..)?)?;
        match bytes[at] {
            b'\\' => at += 2, // the rest of a longer character is neither quote nor backslash
            b if b == quote => return Some(at + 1),
            _ => return None,
        }
    }
}

/// `HashedFilesMixin.is_in_ignored_block`
pub(super) fn in_block(position: usize, blocks: &[Range<usize>]) -> bool {
    let next = blocks.partition_point(|block| block.end <= position);
    blocks
        .get(next)
        .is_some_and(|block| block.start < position && position < block.end)
}
