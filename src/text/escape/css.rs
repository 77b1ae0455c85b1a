//! Escapes of CSS (css-syntax-3, section 4.3.7).

use super::digits::{hex_digits, number};

/// Decodes a CSS escape, with `chars` after its backslash. Returns the character, if any, and the number of `chars` in
/// the escape.
pub(super) fn css_escape(chars: &[(usize, char)]) -> (Option<char>, usize) {
    let hex = hex_digits(chars, 6);
    if hex > 0 {
        let c = char::from_u32(number(&chars[..hex], 16)).filter(|c| *c != '\0');
        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
        return (Some(c), hex + white_space(&chars[hex..]));
    }
    match chars.first() {
        None => (Some(char::REPLACEMENT_CHARACTER), 0),
        Some((_, '\n' | '\r' | '\x0c')) => (None, white_space(chars)), // a continued line
        Some((_, c)) => (Some(*c), 1),
    }
}

/// Length in characters of the one white space after an escape. CR LF counts as one (css-syntax-3, section 3.3).
fn white_space(chars: &[(usize, char)]) -> usize {
    match (chars.first(), chars.get(1)) {
        (Some((_, '\r')), Some((_, '\n'))) => 2,
        (Some((_, '\t' | '\n' | '\x0c' | '\r' | ' ')), _) => 1,
        _ => 0,
    }
}
