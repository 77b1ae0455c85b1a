//! Transforms a style sheet's bytes before its references are read: minifying.

mod css;
mod css_safe;

use crate::options::Minify;

pub(crate) use css::{Transformed, transform_css};

/// A place in the source text, and why (part of) the minifying asked for was not done there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotMinified {
    /// Byte offset in the source text.
    pub(crate) offset: usize,
    /// Why, as the end of the sentence "not minified: …" or "minified by white space only: …".
    pub(crate) reason: String,
}

/// What came out of minifying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Minified {
    /// The smaller text; `None`: the source stays as it is.
    pub(crate) text: Option<String>,
    /// Why less was done than was asked for.
    pub(crate) notice: Option<NotMinified>,
}

pub(crate) struct Targets;
impl Targets {
    pub(crate) fn parse(_: &str) -> Result<Self, String> { Ok(Self) }
}
pub(crate) fn minify(css: &str, _: Minify, _: Option<&Targets>) -> Minified {
    css_safe::minify(css)
}
