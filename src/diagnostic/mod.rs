//! Diagnostics: errors, warnings and notices about the input, as data. The binary renders them.

pub(crate) mod fold;

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// How much a [`Diagnostic`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is published.
    Error,
    /// Published, but something is probably wrong.
    Warning,
    /// Published and right; worth knowing (shown with `-v`).
    Notice,
}

/// Kind of a [`Diagnostic`], stable across releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Code {
    /// A reference resolves to a name that no source root has.
    MissingReference,
    /// A source-map comment names a map that no source root has.
    MissingSourceMap,
    /// A reference that resolves to nothing, as `--ignore-errors` allows.
    IgnoredReference,
    /// A reference leaves the static root by `..`.
    OutsideStaticRoot,
    /// Django would abort here (`--django-exact`).
    DjangoFailure,
    /// An asset named by `--require` is missing or empty.
    RequiredAsset,
    /// CSS that is not valid UTF-8.
    NotUtf8,
    /// CSS that could not be minified (as much as asked), and why.
    NotMinified,
    /// A script that could not be parsed, and why: its module specifiers are left as they are.
    NotParsed,
    /// A file name that cannot be a logical path (not UTF-8).
    UnusableName,
    /// A symbolic link that was not followed.
    SymlinkSkipped,
    /// An entry that is neither a file nor a directory.
    SpecialFileSkipped,
    /// A source file that an earlier source root already provides.
    DuplicateAsset,
    /// Two assets, or an asset and an output, that need the same path.
    PathConflict,
    /// An asset that keeps its plain copy with `--keep-only-hashed`, as a file that must not change names it.
    KeptOriginal,
    /// An earlier manifest that cannot be read.
    UnreadableManifest,
    /// The file system has no locks, so other builds are not kept out.
    NoLock,
    /// A plain file that changed during a build in place.
    ChangedMeanwhile,
    /// The build cache cannot be used; the build runs without it.
    UnusableCache,
    /// A file whose headers a server configuration cannot express (`--headers`).
    InexpressibleHeaders,
    /// A manifest that a build would not write (`verify`).
    BrokenManifest,
    /// A file of the build that is missing (`verify`).
    MissingFile,
    /// A hashed file whose bytes do not have the digest in its name (`verify`).
    WrongDigest,
    /// A plain copy that the hashed file was not made from (`verify`).
    WrongPlainCopy,
    /// A variant that does not decode to the file beside it (`verify`).
    StaleVariant,
    /// A file or directory that could not be read.
    Unreadable,
}

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

/// An error, a warning or a notice. Sorts by path, then location.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Logical path, or file system path, of the file with the problem.
    pub path: String,
    /// The place in that file.
    pub location: Option<Location>,
    /// The severity.
    pub severity: Severity,
    /// The kind.
    pub code: Code,
    /// One sentence (in `--django-exact`, Django's own text: it may have several lines).
    pub message: String,
    /// How to fix the problem.
    pub help: Option<String>,
    /// The source file on disk, if the diagnostic is about one.
    pub file: Option<String>,
    /// If not 0, the number of problems that this diagnostic stands for, which are not reported one by one (`location`
    /// is that of the first).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Diagnostic {
    /// Makes a diagnostic about a whole file.
    pub fn new(
        severity: Severity,
        code: Code,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            location: None,
            severity,
            code,
            message: message.into(),
            help: None,
            file: None,
            more: 0,
        }
    }

    /// Sets the location.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Number of problems that the diagnostic stands for.
    pub fn count(&self) -> usize {
        self.more.max(1)
    }

    /// Sets the help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    /// `css/app.css:14:23: message`, without severity and help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.path))?;
        if let Some(Location { line, column }) = self.location {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Returns a name, path or URL as messages show it. Text from the input must not look like a message of its own, to a
/// person or to a program that reads lines, nor change how the rest of the line is read: characters that end a line,
/// control a terminal or reorder text are escaped.
pub fn shown(name: impl AsRef<Path>) -> String {
    let name = name.as_ref().display().to_string();
    if !name.contains(is_deceptive) {
        return name;
    }
    let escaped = |line: String, c: char| match c {
        c if is_deceptive(c) => line + &c.escape_default().to_string(),
        c => line + c.encode_utf8(&mut [0; 4]),
    };
    name.chars().fold(String::new(), escaped)
}

/// Whether a character ends a line, controls a terminal or reorders text.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' // line and paragraph separators
                | '\u{61c}' | '\u{200e}' | '\u{200f}' // marks of direction
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_their_line_and_in_their_order() {
        for (name, expected) in [
            ("é b.css", "é b.css"),
            ("a\n::error::b", "a\\n::error::b"),
            ("\u{1b}[2J\u{9b}", "\\u{1b}[2J\\u{9b}"),
            ("\u{202e}gnp\u{2069}\u{85}", "\\u{202e}gnp\\u{2069}\\u{85}"),
        ] {
            assert_eq!(shown(name), expected);
        }
    }

    #[test]
    fn locations_count_from_one_and_in_characters() {
        let text = "a\né{}x".as_bytes();
        assert_eq!(Location::of(text, 0), Location { line: 1, column: 1 });
        assert_eq!(Location::of(text, 2), Location { line: 2, column: 1 });
        assert_eq!(Location::of(text, 4), Location { line: 2, column: 2 });
        assert_eq!(Location::of(text, 99), Location { line: 2, column: 5 });
    }
}
