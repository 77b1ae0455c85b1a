//! Diagnostics: errors, warnings and notices about the input, as data. The binary renders them.

pub(crate) mod fold;
mod location;
mod shown;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use location::Location;
pub(crate) use location::Locator;
pub use shown::{is_deceptive, shown};

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
    /// A reference that is not rewritten, because what it leads to cannot be known for certain.
    UncertainReference,
    /// A reference leaves the static root by `..`.
    OutsideStaticRoot,
    /// Django would abort here (`--django-exact`).
    DjangoFailure,
    /// An asset named by `--require` is missing or empty.
    RequiredAsset,
    /// A style sheet without a byte.
    EmptyAsset,
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
    /// An asset that keeps its own name, as `--unhashed` or a script asks for.
    KeptName,
    /// A script that tests its own file name, and gets another one.
    TestsOwnName,
    /// A bundler's manifest names no file, or one that is no asset (`--bundler-manifest`).
    BundlerManifest,
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
    /// The sources have no asset at all.
    NoAssets,
    /// An app without static files (`--apps`).
    NoStaticFiles,
    /// A source root that seems to be the static root of a build.
    BuiltSource,
    /// An option without an effect.
    UnusedOption,
    /// A name that is too long for what is to be written.
    LongName,
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
    /// The logical path that the file refers to, or that is required, and no asset has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
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
            missing: None,
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

    /// Sets the location.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Sets the name that no asset has.
    #[must_use]
    pub fn missing(mut self, name: impl Into<String>) -> Self {
        self.missing = Some(name.into());
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
