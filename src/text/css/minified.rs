//! The result of minifying a style sheet.

/// Why a style sheet was minified less than asked for, and the place of the cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotMinified {
    /// Byte offset in the source text.
    pub(super) offset: usize,
    pub(super) reason: String,
}

/// A minified style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Minified {
    /// The smaller text. `None`: the source is kept.
    pub(super) text: Option<String>,
    /// Set if less was done than asked for.
    pub(super) notice: Option<NotMinified>,
}
