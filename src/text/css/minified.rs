//! What minifying a style sheet comes to.

/// A place in the source text, and why (part of) the minifying asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotMinified {
    /// Byte offset in the source text.
    pub(super) offset: usize,
    pub(super) reason: String,
}

/// What came out of minifying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Minified {
    /// The smaller text; `None`: the source stays as it is.
    pub(super) text: Option<String>,
    /// Why less was done than was asked for.
    pub(super) notice: Option<NotMinified>,
}
