//! References, and the scan that finds them.

use std::ops::Range;

use super::escape::{self, Decoded, Escapes};
use crate::diagnostic::{Code, Diagnostic, Location, Severity, shown};
use crate::name::logical_path::LogicalPath;

/// Kind of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ReferenceKind {
    /// `url()`, `src()`, `image-set()`; `new URL()`
    Url,
    /// `@import`
    Import,
    /// `import`, `export … from`
    #[cfg_attr(
        not(feature = "modules"),
        expect(dead_code, reason = "only modules have it")
    )]
    Module,
    /// A `sourceMappingURL` comment.
    SourceMap,
}

/// A reference: the byte span of a URL in a text, without quotes and outer white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) span: Range<usize>,
    pub(crate) escapes: Escapes,
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
}

impl From<Vec<Reference>> for Scan {
    fn from(references: Vec<Reference>) -> Self {
        Self {
            references,
            not_parsed: None,
        }
    }
}
