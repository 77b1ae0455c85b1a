//! Checks before and after minifying: what a style sheet must be, and what must be unchanged in the result.

use crate::text::css::tokens::{CssToken, Kind, tokens};

/// Returns what prevents minifying a style sheet: (byte offset, reason).
pub(super) fn broken(text: &str, tokens: &[CssToken]) -> Option<(usize, &'static str)> {
    let mut open: Vec<(Kind, usize)> = Vec::new();
    for token in tokens {
        let raw = &text[token.span.clone()];
        let start = token.span.start;
        match token.kind {
            Kind::BadUrl => return Some((start, "a broken url()")),
            Kind::BadString => return Some((start, "a string that a line break ends")),
            Kind::Delim('\\') => return Some((start, "a backslash that escapes nothing")),
            Kind::Comment if raw.len() < 4 || !raw.ends_with("*/") => {
                return Some((start, "a comment that is not closed"));
            }
            Kind::UnquotedUrl if !raw.ends_with(')') => {
                return Some((start, "a url() that is not closed"));
            }
            Kind::String if raw.len() < 2 || raw.as_bytes().last() != raw.as_bytes().first() => {
                return Some((start, "a string that is not closed"));
            }
            Kind::Function | Kind::OpenParenthesis => open.push((Kind::CloseParenthesis, start)),
            Kind::OpenSquare => open.push((Kind::CloseSquare, start)),
            Kind::OpenCurly => open.push((Kind::CloseCurly, start)),
            Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => match open.pop() {
                Some((expected, _)) if expected == token.kind => {}
                _ => return Some((start, "a closing bracket without its opening one")),
            },
            _ => {}
        }
    }
    // An escape at the end of the file escapes nothing; a bracket or quote that closes what is open would be escaped.
    open.pop()
        .map(|(_, start)| (start, "a bracket that is not closed"))
        .or_else(|| {
            text.ends_with('\\')
                .then(|| (text.len() - 1, "a backslash at the end"))
        })
}

/// Whether `out` has exactly the tokens of the source, apart from white space and comments.
pub(super) fn same_tokens(text: &str, source: &[CssToken], out: &str) -> bool {
    let significant = |token: &CssToken| !matches!(token.kind, Kind::WhiteSpace | Kind::Comment);
    let mut after = tokens(out).filter(significant);
    let same = source
        .iter()
        .filter(|token| significant(token))
        .all(|token| {
            after.next().is_some_and(|other| {
                token.kind == other.kind && text[token.span.clone()] == out[other.span]
            })
        });
    same && after.next().is_none()
}
