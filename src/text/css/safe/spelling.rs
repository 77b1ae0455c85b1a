//! The shortest spelling of a token that means the same to every browser.

use std::ops::Range;

use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::Kind;

/// A number token, cut up.
pub(super) struct Number<'t> {
    sign: &'t str,
    whole: &'t str,
    /// The digits after the point; `None`: no point.
    fraction: Option<&'t str>,
    /// The sign and digits after the `e`; `None`: no exponent.
    exponent: Option<&'t str>,
    /// The unit or `%`.
    pub(super) unit: &'t str,
}

impl<'t> Number<'t> {
    pub(super) fn of(raw: &'t str) -> Self {
        let (sign, rest) = raw.split_at(usize::from(raw.starts_with(['+', '-'])));
        let (whole, rest) = rest.split_at(digits(rest));
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(after) if digits(after) > 0 => {
                let (fraction, rest) = after.split_at(digits(after));
                (Some(fraction), rest)
            }
            _ => (None, rest),
        };
        let exponent = exponent_length(rest);
        Self {
            sign,
            whole,
            fraction,
            exponent: (exponent > 0).then(|| &rest[1..exponent]),
            unit: &rest[exponent..],
        }
    }
}

impl Number<'_> {
    pub(super) fn value(&self) -> Option<f64> {
        let Self { sign, whole, .. } = self;
        let (fraction, exponent) = (self.fraction.unwrap_or("0"), self.exponent.unwrap_or("0"));
        format!("{sign}{whole}.{fraction}e{exponent}").parse().ok()
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of the exponent that text begins with, 0 if there is none.
fn exponent_length(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let sign = usize::from(rest.starts_with(['+', '-']));
    match digits(&rest[sign..]) {
        0 => 0,
        count => 1 + sign + count,
    }
}

/// Returns the shortest spelling of a number, percentage or dimension. Whether a number is an integer has a meaning
/// (`z-index: 1.0` is no value), so it stays as it is, unless `takes_fractions`. An exponent is never introduced.
pub(super) fn number(raw: &str, drop_plus: bool, takes_fractions: bool) -> Option<String> {
    let number = Number::of(raw);
    // In `1e0e3`, the unit is `e3`; it must not become an exponent.
    if raw.contains('\\') || exponent_length(number.unit) > 0 {
        return None;
    }
    let mut out = String::with_capacity(raw.len());
    if number.sign == "-" || !drop_plus {
        out.push_str(number.sign);
    }
    let exponent = number.exponent.map(|exponent| {
        let (sign, digits) = exponent.split_at(usize::from(exponent.starts_with(['+', '-'])));
        (sign == "-", digits.trim_start_matches('0'))
    });
    let whole = number.whole.trim_start_matches('0');
    let fraction = number.fraction.map(|digits| digits.trim_end_matches('0'));
    out.push_str(whole);
    match fraction {
        Some("") if number.unit.is_empty() && exponent.is_none() && !takes_fractions => {
            out.push_str(".0");
        }
        Some("") | None if whole.is_empty() => out.push('0'),
        Some("") | None => {}
        Some(digits) => {
            out.push('.');
            out.push_str(digits);
        }
    }
    match exponent {
        // Without its exponent, a number would be an integer.
        Some((_, "")) if number.unit.is_empty() => out.push_str("e0"),
        Some((_, "")) | None => {}
        Some((negative, digits)) => {
            out.push_str(if negative { "e-" } else { "e" });
            out.push_str(digits);
        }
    }
    out.push_str(number.unit);
    (out.len() < raw.len()).then_some(out)
}

/// Returns the shortest spelling of a hexadecimal colour, in lower case: browsers return colours as `rgb(…)`.
pub(super) fn color(raw: &str) -> Option<String> {
    let hex = raw[1..].to_ascii_lowercase();
    let is_color = matches!(hex.len(), 3 | 4 | 6 | 8) && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_color {
        return None;
    }
    let pairs = hex.as_bytes().chunks(2);
    let short = hex.len() >= 6 && pairs.clone().all(|pair| pair[0] == pair[1]);
    let out: String = if short {
        pairs.map(|pair| char::from(pair[0])).collect()
    } else {
        hex
    };
    (out != raw[1..]).then(|| format!("#{out}"))
}

/// Whether a URL can stand in `url(…)` without quotes.
fn needs_no_quotes(url: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'(' | b')' | b'\\');
    !url.is_empty() && url.bytes().all(plain)
}

/// The URL in `url("…")`, whose first token is at `index`, if it needs no quotes; and the indices of its tokens.
pub(super) fn quoted_url(sheet: Sheet<'_>, index: usize) -> Option<(&str, Range<usize>)> {
    if sheet.kind(index) != Kind::Function || !sheet.raw(index).eq_ignore_ascii_case("url(") {
        return None;
    }
    let mut rest = (index + 1..sheet.tokens.len()).filter(|at| sheet.kind(*at) != Kind::WhiteSpace);
    let (string, close) = (rest.next()?, rest.next()?);
    if sheet.kind(string) != Kind::String || sheet.kind(close) != Kind::CloseParenthesis {
        return None;
    }
    let raw = sheet.raw(string);
    let url = raw.get(1..raw.len().checked_sub(1)?)?;
    needs_no_quotes(url).then_some((url, index..close + 1))
}

/// The URL in `url( … )`, a single token without quotes.
pub(super) fn unquoted_url(raw: &str) -> &str {
    let inside = raw.get(4..raw.len().saturating_sub(1));
    inside
        .unwrap_or_default()
        .trim_matches([' ', '\t', '\n', '\r', '\x0c'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (raw, expected) in [
            ("0.50", ".5"),
            ("0.0px", "0px"),
            ("-0.50em", "-.5em"),
            ("00.5%", ".5%"),
            ("1.50", "1.5"),
            ("1.0", "1.0"),
            ("1.00", "1.0"),
            ("0.00", ".0"),
            ("1.0px", "1px"),
            ("007", "7"),
            ("0", "0"),
            ("000", "0"),
            ("+.5", ".5"),
            ("1.0e+03px", "1e3px"),
            ("1e0px", "1px"),
            ("1e0", "1e0"),
            ("1.0e00", "1e0"),
            ("1e0e3", "1e0e3"),
            ("1.0e-3", "1e-3"),
            ("1.0em", "1em"),
            ("1.0e", "1e"),
            ("1.0\\65 3", "1.0\\65 3"),
            ("1000000px", "1000000px"),
            ("10", "10"),
            ("10.0px", "10px"),
        ] {
            let out = number(raw, true, false);
            assert_eq!(out.as_deref().unwrap_or(raw), expected, "{raw}");
        }
        assert_eq!(number("1.0", true, true).as_deref(), Some("1"));
        assert_eq!(number("0.0", true, true).as_deref(), Some("0"));
        assert_eq!(number("+0.5", false, false).as_deref(), Some("+.5"));
    }

    #[test]
    fn colors() {
        for (raw, expected) in [
            ("#ffffff", "#fff"),
            ("#FFF", "#fff"),
            ("#AABBCCDD", "#abcd"),
            ("#abcdef", "#abcdef"),
            ("#ABCDEF", "#abcdef"),
            ("#fffff", "#fffff"),
            ("#xxyyzz", "#xxyyzz"),
        ] {
            assert_eq!(color(raw).as_deref().unwrap_or(raw), expected);
        }
    }
}
