//! Minifying style sheets.

use super::{FROM, logical};
use crate::options::Minify;
use crate::text::Syntax;
use crate::text::css::tokens::{Kind, tokens};
use crate::text::css::transform_css;

/// `--minify safe`: never larger; the same tokens except for white space, comments, last semicolons and spelling; the same
/// references in the same order; idempotent.
pub fn css_safe(text: &[u8]) {
    let minified = minified(text, Minify::Safe);
    let is_utf8 = std::str::from_utf8(text).is_ok();
    assert_eq!(significant(&minified, is_utf8), significant(text, is_utf8));
    if is_utf8 {
        // If the invalid bytes were in comments, the result is UTF-8.
        assert_eq!(urls(&minified), urls(text));
        assert_eq!(self::minified(&minified, Minify::Safe), minified);
    }
}

/// `--minify full`: never larger than the result of `safe`; the same references.
pub fn css_full(text: &[u8]) {
    let full = minified(text, Minify::Full);
    assert!(full.len() <= minified(text, Minify::Safe).len());
    if std::str::from_utf8(text).is_err() {
        return; // see `css_safe`
    }
    let (mut before, mut after) = (urls(text), urls(&full));
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(after, before);
}

fn minified(text: &[u8], mode: Minify) -> Vec<u8> {
    let transformed = transform_css(&logical(FROM), text, mode, None);
    let minified = transformed.bytes.unwrap_or_else(|| text.to_owned());
    assert!(minified.len() <= text.len());
    minified
}

/// The tokens of a style sheet, decoded as the transform stage decodes it, each in one spelling: `safe` may choose another.
fn significant(text: &[u8], is_utf8: bool) -> Vec<String> {
    let text: String = if is_utf8 {
        let text = String::from_utf8_lossy(text);
        text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
    } else {
        text.iter().copied().map(char::from).collect()
    };
    let mut all: Vec<(Kind, String)> = Vec::new();
    for token in tokens(&text) {
        let raw = &text[token.span];
        let spelt = match token.kind {
            Kind::WhiteSpace | Kind::Comment => continue,
            Kind::Number | Kind::Percentage | Kind::Dimension => number(raw),
            Kind::Hash => color(raw),
            Kind::UnquotedUrl => url(raw),
            // Only where nothing needs it; what needs it changes the tokens after it.
            Kind::Semicolon if all.last().is_some_and(|(kind, _)| *kind == Kind::Semicolon) => {
                continue;
            }
            Kind::CloseCurly => {
                all.pop_if(|(kind, _)| *kind == Kind::Semicolon);
                raw.to_owned()
            }
            _ => raw.to_owned(),
        };
        all.push((token.kind, spelt));
        let quoted = all.len().checked_sub(3).map(|from| &all[from..]);
        if let Some(
            [
                (Kind::Function, name),
                (Kind::String, string),
                (Kind::CloseParenthesis, _),
            ],
        ) = quoted
            && name.eq_ignore_ascii_case("url(")
        {
            let string = &string[1..string.len() - 1];
            let whole = (Kind::UnquotedUrl, format!("{name}{string})"));
            all.truncate(all.len() - 3);
            all.push(whole);
        }
    }
    all.into_iter().map(|(_, spelt)| spelt).collect()
}

/// The value of a number, and its unit.
fn number(raw: &str) -> String {
    let is_number = |end: &usize| {
        raw.get(..*end)
            .is_some_and(|raw| raw.parse::<f64>().is_ok())
    };
    let letters = raw.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E'));
    let end = (1..=letters.unwrap_or(raw.len())).rev().find(is_number);
    let (value, unit) = raw.split_at(end.unwrap_or(0));
    format!("{:?}{unit}", value.parse::<f64>())
}

/// A hash token that may be a colour, in full length and lower case.
fn color(raw: &str) -> String {
    let digits = raw.trim_start_matches('#');
    let is_color = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match digits.len() {
        3 | 4 if is_color => digits.chars().flat_map(|c| [c, c]).collect::<String>(),
        6 | 8 if is_color => digits.to_owned(),
        _ => return raw.to_owned(),
    }
    .to_ascii_lowercase()
}

/// An unquoted URL without the white space around it.
fn url(raw: &str) -> String {
    match raw.split_once('(').zip(raw.strip_suffix(')')) {
        Some(((name, _), open)) => format!("{name}({})", open[name.len() + 1..].trim()),
        None => raw.to_owned(),
    }
}

fn urls(text: &[u8]) -> Vec<String> {
    Syntax::Css
        .references(text)
        .iter()
        .map(|reference| format!("{:?} {}", reference.kind, reference.url(text).text))
        .collect()
}
