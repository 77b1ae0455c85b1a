//! Minifying style sheets.

use super::{FROM, logical};
use crate::options::Minify;
use crate::text::Syntax;
use crate::text::css::tokens::{Kind, tokens};
use crate::text::css::transform_css;

/// `--minify safe`: never larger; the same tokens except white space and comments; the same references in the same
/// order; idempotent.
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

/// The text of the tokens of a style sheet, decoded as the transform stage decodes it.
fn significant(text: &[u8], is_utf8: bool) -> Vec<String> {
    let text: String = if is_utf8 {
        let text = String::from_utf8_lossy(text);
        text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
    } else {
        text.iter().copied().map(char::from).collect()
    };
    tokens(&text)
        .filter(|token| !matches!(token.kind, Kind::WhiteSpace | Kind::Comment))
        .map(|token| text[token.span].to_owned())
        .collect()
}

fn urls(text: &[u8]) -> Vec<String> {
    Syntax::Css
        .references(text)
        .iter()
        .map(|reference| format!("{:?} {}", reference.kind, reference.url(text).text))
        .collect()
}
