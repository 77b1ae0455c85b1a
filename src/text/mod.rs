//! Stage 4, reference: where in a text asset another asset is named. One scanner per syntax; none of them knows what a
//! URL resolves to.

pub(crate) mod css;
pub(crate) mod edges;
mod escape;
#[cfg(feature = "modules")]
mod js;
pub(crate) mod missing;
pub(crate) mod notes;
pub(crate) mod resolve;
mod source_map;
pub(crate) mod syntax;

use std::ops::Range;

pub(crate) use escape::{Decoded, Escapes, decode, hex_pair};
pub(crate) use syntax::Syntax;

use crate::diagnostic::{Code, Diagnostic, Location, Severity, shown};
use crate::name::logical_path::LogicalPath;

/// What a reference is for.
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

/// A span in a text asset that names another asset: exactly the URL's text, without quotes or outer white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) span: Range<usize>,
    pub(crate) escapes: Escapes,
}

impl Reference {
    /// The URL, escapes undone.
    pub(crate) fn url<'t>(&self, text: &'t [u8]) -> Decoded<'t> {
        escape::decode(&text[self.span.clone()], self.escapes)
    }
}

/// Whether a CSS comment token names a source map.
pub(crate) fn is_css_source_map(text: &str, comment: Range<usize>) -> bool {
    source_map::in_css_comment(text, comment).is_some()
}

/// A place in a text that a parser does not get over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotParsed {
    pub(crate) offset: usize,
    pub(crate) reason: String,
}

impl NotParsed {
    /// What is to be said of it.
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

/// What reading a text for references has found.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// In the text's order.
    pub(crate) references: Vec<Reference>,
    /// Why the text's module specifiers are not among them.
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

/// All references of a style sheet, by its tokens alone.
#[cfg(feature = "fuzzing")]
pub(crate) fn css_references_by_tokens(text: &[u8]) -> Vec<Reference> {
    decoded(text, |text| {
        css::references::references_by_tokens(text).into()
    })
    .references
}

/// Reads a text that need not be UTF-8. The syntax of CSS and JavaScript is ASCII, so any encoding that leaves ASCII alone
/// will do to read it.
fn decoded(text: &[u8], scan: impl Fn(&str) -> Scan) -> Scan {
    if let Ok(text) = std::str::from_utf8(text) {
        return scan(text);
    }
    let decoded: String = text.iter().copied().map(char::from).collect();
    let mut found = scan(&decoded);
    // Positions in `decoded` back to positions in `text`: one byte per character.
    let (mut at, mut chars) = (0, 0);
    let mut byte_position = |position: usize| {
        chars += decoded[at..position].chars().count();
        at = position;
        chars
    };
    for reference in &mut found.references {
        let start = byte_position(reference.span.start);
        reference.span = start..byte_position(reference.span.end);
    }
    if let Some(not_parsed) = &mut found.not_parsed {
        let before = decoded.get(..not_parsed.offset);
        not_parsed.offset = before.map_or(0, |before| before.chars().count());
    }
    found
}
