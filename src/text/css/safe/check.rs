//! Checks before and after minifying: what a style sheet must be, and what must be unchanged in the result.

use super::spelling::{Number, color, quoted_url, unquoted_url};
use crate::text::css::sheet::Sheet;
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

/// Whether `out` has exactly the tokens of the source, apart from white space, comments, last semicolons and spelling.
pub(super) fn same_tokens(source: Sheet<'_>, out: &str) -> bool {
    let significant = |token: &CssToken| !matches!(token.kind, Kind::WhiteSpace | Kind::Comment);
    let mut after = tokens(out).filter(significant).peekable();
    let mut at = 0;
    while let Some(index) = source.significant(at) {
        at = index + 1;
        if source.kind(index) == Kind::Semicolon {
            let mut missing = 1_usize;
            while let Some(next) = source.significant(at)
                && source.kind(next) == Kind::Semicolon
            {
                missing += 1;
                at = next + 1;
            }
            let all = missing;
            while after
                .next_if(|other| other.kind == Kind::Semicolon)
                .is_some()
            {
                let Some(rest) = missing.checked_sub(1) else {
                    return false;
                };
                missing = rest;
            }
            let closes =
                source.significant(at).map(|next| source.kind(next)) == Some(Kind::CloseCurly);
            if missing == all && !closes {
                return false;
            }
            continue;
        }
        let Some(CssToken { kind, span }) = after.next() else {
            return false;
        };
        let raw = &out[span];
        if kind == Kind::UnquotedUrl
            && let Some((url, tokens)) = quoted_url(source, index)
            && url == unquoted_url(raw)
        {
            at = tokens.end;
        } else if kind != source.kind(index) || !same_meaning(kind, source.raw(index), raw) {
            return false;
        }
    }
    after.next().is_none()
}

/// Whether two tokens of one kind mean the same.
fn same_meaning(kind: Kind, one: &str, other: &str) -> bool {
    one == other
        || match kind {
            Kind::Number | Kind::Percentage | Kind::Dimension => {
                let (one, other) = (Number::of(one), Number::of(other));
                one.unit == other.unit && one.value().is_some() && one.value() == other.value()
            }
            Kind::Hash => {
                color(one).as_deref().unwrap_or(one) == color(other).as_deref().unwrap_or(other)
            }
            Kind::UnquotedUrl => unquoted_url(one) == unquoted_url(other),
            _ => false,
        }
}
