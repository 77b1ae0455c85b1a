//! What a run has to say about its input, as data. Rendering is the binary's job.

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

/// What kind of thing a [`Diagnostic`] tells, stable across releases.
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
    /// Something that is neither a file nor a directory.
    SpecialFileSkipped,
    /// A source file that an earlier source root already provides.
    DuplicateAsset,
    /// Two assets, or an asset and an output, that need the same path.
    PathConflict,
    /// An asset that keeps its plain copy with `--keep-only-hashed`, as something names it that must not change.
    KeptOriginal,
    /// An earlier manifest that cannot be read.
    UnreadableManifest,
    /// The file system has no locks, so that other builds are not kept out.
    NoLock,
    /// A plain file that changed while a build in place was at work.
    ChangedMeanwhile,
    /// The build cache cannot be used; the build does without.
    UnusableCache,
    /// A file whose headers a server cannot be told (`--headers`).
    InexpressibleHeaders,
    /// A manifest that is not as a build writes it (`verify`).
    BrokenManifest,
    /// A file that must be there is not (`verify`).
    MissingFile,
    /// A hashed file whose bytes do not have the digest in its name (`verify`).
    WrongDigest,
    /// A plain copy that is not what the hashed file was made from (`verify`).
    WrongPlainCopy,
    /// A variant that does not decode to the file beside it (`verify`).
    StaleVariant,
    /// A file or directory that could not be read.
    Unreadable,
}

/// A place in a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters (Unicode scalar values) from the start of the line.
    pub column: usize,
}

impl Location {
    /// The place of byte `offset` in `text`. Bytes that are not UTF-8 count one column each.
    pub fn of(text: &[u8], offset: usize) -> Self {
        Locator::new(text).at(offset)
    }
}

/// Finds the places of many offsets in one text. Ascending ones cost one pass over the text, all together.
pub(crate) struct Locator<'t> {
    text: &'t [u8],
    /// How far the fields below have come.
    offset: usize,
    line: usize,
    line_start: usize,
    /// Characters of the line so far; `None`: it is not UTF-8.
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

/// One thing to tell: an error, a warning or a notice. Sorts by path, then position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The logical path (or file system path) it is about.
    pub path: String,
    /// Where in that file.
    pub location: Option<Location>,
    /// How much it matters.
    pub severity: Severity,
    /// Its kind.
    pub code: Code,
    /// One sentence (in `--django-exact`, Django's own text: it may have several lines).
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The source file on disk, where it is about one.
    pub file: Option<String>,
    /// Not 0: it stands for so many of its kind, which are not reported one by one (`location` is where the first is).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
    /// In `--django-exact`: what Django raises here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub django: Option<DjangoError>,
}

/// An exception as Django raises it, for callers that raise it themselves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DjangoError {
    /// Its class.
    pub exception: DjangoException,
    /// Its text, without the notes.
    pub message: String,
    /// Its notes (`__notes__`).
    pub notes: Vec<String>,
}

/// The classes of exceptions at which Django's `post_process` stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DjangoException {
    /// A bare `assert` in Django.
    AssertionError,
    /// Too many passes.
    RuntimeError,
    /// A path outside of the static root.
    SuspiciousFileOperation,
    /// A text that is not UTF-8.
    UnicodeDecodeError,
    /// A reference that cannot be resolved.
    ValueError,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Diagnostic {
    /// A diagnostic about a file as a whole.
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
            django: None,
        }
    }

    /// Adds what Django raises.
    #[must_use]
    pub fn raised(mut self, exception: DjangoException, message: &str, notes: &[String]) -> Self {
        self.django = Some(DjangoError {
            exception,
            message: message.to_owned(),
            notes: notes.to_vec(),
        });
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// How many problems it stands for.
    pub fn count(&self) -> usize {
        self.more.max(1)
    }

    /// Adds what to do about it.
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

/// A name, path or URL as messages show it. What comes from the input must not look like a message of its own, to a
/// person or to a program that reads lines, nor change how the rest of the line is read: whatever ends a line, controls a
/// terminal or reorders text is escaped.
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

/// Whether a character has an effect beyond its own place.
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
