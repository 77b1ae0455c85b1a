//! References, and the scan that finds them.

use std::ops::Range;

use super::escape::{self, Decoded, Escapes};
use crate::diagnostic::{Code, Diagnostic, Location, Severity, shown};
use crate::name::logical_path::LogicalPath;

/// Kind of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReferenceKind {
    /// `url()`, `src()`, `image-set()`
    Url,
    /// `@import`
    Import,
    /// `import`, `export … from`
    Module,
    /// `new URL()`, `new Worker()`
    #[cfg_attr(
        not(feature = "modules"),
        expect(dead_code, reason = "only modules have it")
    )]
    ScriptUrl,
    /// A `sourceMappingURL` comment.
    SourceMap,
}

/// What the URL of a reference is relative to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RelativeTo {
    /// The text.
    Text,
    /// The page that runs the script.
    #[cfg_attr(
        not(feature = "modules"),
        expect(dead_code, reason = "only modules have it")
    )]
    Page,
    /// Every text that uses the custom property whose name stands at this byte span.
    Users(Range<usize>),
    /// What browsers do not agree about: the initial value of the custom property whose name stands at this byte span.
    Nothing(Range<usize>),
}

/// A reference: the byte span of a URL in a text, without quotes and outer white space; of a URL that is put together
/// at run time, the beginning that is known, if it has the whole path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) span: Range<usize>,
    pub(crate) escapes: Escapes,
    pub(crate) relative_to: RelativeTo,
}

/// A place in a script that names a file in a way that cannot be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    /// Byte span of the URL without its quotes, or of the expression that makes it.
    pub(crate) span: Range<usize>,
    pub(crate) why: Why,
}

/// Why a URL cannot be read for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "modules"),
    expect(dead_code, reason = "only modules have it")
)]
pub(crate) enum Why {
    /// It is put together at run time.
    Computed,
    /// It is relative to the page that runs the script, or passed to a function that goes by the page.
    OfPage,
    /// It is passed to what is probably `URL` under another name, with `import.meta.url`.
    Renamed,
}

impl Reference {
    /// The URL with its escapes decoded.
    pub(crate) fn url<'t>(&self, text: &'t [u8]) -> Decoded<'t> {
        escape::decode(&text[self.span.clone()], self.escapes)
    }
}

/// A syntax error that ends parsing: byte offset and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotParsed {
    pub(crate) offset: usize,
    pub(crate) reason: String,
}

impl NotParsed {
    /// The warning about a text that cannot be parsed.
    pub(crate) fn diagnostic(&self, name: &LogicalPath, text: &[u8]) -> Diagnostic {
        Diagnostic::new(
            Severity::Warning,
            Code::NotParsed,
            name.as_str(),
            format!("cannot be parsed: {}", shown(&self.reason)),
        )
        .at(Location::of(text, self.offset))
        .help("module specifiers in it are left as they are, and not looked at")
    }
}

/// The result of scanning a text for references.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// In text order.
    pub(crate) references: Vec<Reference>,
    /// Set if `references` lacks the module specifiers, because the text cannot be parsed.
    pub(crate) not_parsed: Option<NotParsed>,
    /// In text order.
    pub(crate) unread: Vec<Unread>,
}

impl From<Vec<Reference>> for Scan {
    fn from(references: Vec<Reference>) -> Self {
        Self {
            references,
            ..Self::default()
        }
    }
}
