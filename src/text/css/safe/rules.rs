//! Rules: what white space and comments mean between two tokens, and which text stays as written.

use std::borrow::Cow;

use crate::text::css::tokens::{CssToken, Kind};
use crate::text::{Escapes, decode};

/// What happens to removable white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// Removed, unless the tokens on both sides would become one.
    Drop,
    /// One space stays.
    Keep,
}

/// Rules for white space inside a list of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// A selector: white space is a combinator.
    Selector,
    /// A value that browsers do not return as written. `Some`: nor are its tokens.
    Value(Option<Respelt>),
}

/// How the tokens of a value may be respelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Respelt {
    /// Whether `1.0` is `1`.
    pub(super) takes_fractions: bool,
}

/// Functions whose values browsers keep as text (css-values-5, "arbitrary substitution functions"), and `expression()`
/// of old Internet Explorer.
pub(super) const AS_WRITTEN: &[&str] = &[
    "var",
    "env",
    "attr",
    "if",
    "inherit",
    "random-item",
    "first-valid",
    "ident",
    "expression",
    "toggle",
    "spread",
    "paint",
];

/// Descriptors whose values browsers keep as text: those of `@property` and `@function`.
pub(super) const DESCRIPTORS_AS_WRITTEN: &[&str] = &["initial-value", "result"];

/// Whether a selector function accepts selectors that the browser does not know. Browsers may show these as written.
pub(super) fn is_forgiving(function: &str) -> bool {
    let name = unescaped(&function[..function.len() - 1]).to_ascii_lowercase();
    matches!(&*name, "is" | "where")
}

/// Returns a name with its escapes decoded.
pub(super) fn unescaped(name: &str) -> Cow<'_, str> {
    decode(name.as_bytes(), Escapes::Css).text
}

/// Whether text ends in a hexadecimal escape, to which a following white space would belong.
pub(super) fn ends_in_escape(text: &str) -> bool {
    let digits = text
        .bytes()
        .rev()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let rest = &text.as_bytes()[..text.len() - digits];
    let backslashes = rest.iter().rev().take_while(|byte| **byte == b'\\').count();
    digits > 0 && backslashes % 2 == 1
}

/// Whether white space beside a token of this kind has no meaning.
pub(super) fn loose_inside(kind: Kind, context: Context, open: usize) -> bool {
    match (kind, context) {
        (Kind::Comma, _) | (Kind::Delim('!' | '/' | '*'), Context::Value(_)) => true,
        // Inside brackets, a `+` may be part of An+B.
        (Kind::Delim('>' | '+' | '~'), Context::Selector) => open == 0,
        _ => false,
    }
}

/// Whether two tokens would be read as other tokens without anything between them (css-syntax-3, section 9, and more).
pub(super) fn glues(text: &str, before: &CssToken, after: &CssToken) -> bool {
    use Kind::{
        AtKeyword, Cdc, Delim, Dimension, Function, Hash, Ident, Match, Number, OpenParenthesis,
        Percentage, UnquotedUrl,
    };
    let raw = |token: &CssToken| &text[token.span.clone()];
    let name = matches!(after.kind, Ident | Function | UnquotedUrl | Kind::BadUrl);
    let number = matches!(after.kind, Number | Percentage | Dimension);
    let dash = matches!(after.kind, Delim('-') | Cdc);
    match before.kind {
        Ident => {
            name || number
                || dash
                || after.kind == OpenParenthesis
                // `-->`
                || raw(before) == "--" && after.kind == Delim('>')
                // Older tokenizers read `u+…` as a unicode range.
                || raw(before).eq_ignore_ascii_case("u") && after.kind == Delim('+')
        }
        AtKeyword | Hash | Dimension | Delim('#' | '-') => name || number || dash,
        Number => name || number || dash || after.kind == Delim('%'),
        Delim('@') => name || dash,
        Delim('.' | '+') => number,
        Delim('/') => matches!(after.kind, Delim('*')) || after.kind == Match && raw(after) == "*=",
        Delim('$' | '^' | '~' | '*' | '|') => matches!(after.kind, Delim('=' | '|')),
        Delim('<') => after.kind == Delim('!'),
        _ => false,
    }
}

/// Whether a token is a `/*# sourceMappingURL=… */` comment.
pub(super) fn is_source_map(text: &str, token: &CssToken) -> bool {
    token.kind == Kind::Comment && crate::text::is_css_source_map(text, token.span.clone())
}
