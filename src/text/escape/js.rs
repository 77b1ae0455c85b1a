//! Escapes of ECMAScript (section 12.9.4).

use super::digits::{hex_digits, number};

/// Decodes an escape, with `chars` after its backslash, with the octal escapes of old scripts. Half of
/// a surrogate pair becomes U+FFFD.
pub(super) fn js_escape(chars: &[(usize, char)]) -> (Option<char>, usize) {
    let code_point = |value| char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
    let Some((_, first)) = chars.first() else {
        return (Some(char::REPLACEMENT_CHARACTER), 0);
    };
    let c = match first {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\x08',
        'v' => '\x0b',
        'f' => '\x0c',
        '\r' if chars.get(1).is_some_and(|(_, c)| *c == '\n') => return (None, 2),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => return (None, 1), // a continued line
        'x' if hex_digits(&chars[1..], 2) == 2 => {
            return (Some(code_point(number(&chars[1..3], 16))), 3);
        }
        'u' => {
            let Some((unit, taken)) = unicode_escape(chars) else {
                return (Some('u'), 1);
            };
            let low = behind(&chars[taken..], '\\')
                .and_then(unicode_escape)
                .filter(|(low, _)| {
                    (0xd800..0xdc00).contains(&unit) && (0xdc00..0xe000).contains(low)
                });
            return match low {
                Some((low, more)) => {
                    let value = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    (Some(code_point(value)), taken + 1 + more)
                }
                None => (Some(code_point(unit)), taken),
            };
        }
        '0'..='7' => {
            let most = if *first < '4' { 3 } else { 2 };
            let octal = chars.iter().take(most);
            let octal = octal.take_while(|(_, c)| c.is_digit(8)).count();
            return (Some(code_point(number(&chars[..octal], 8))), octal);
        }
        c => *c,
    };
    (Some(c), 1)
}

/// Returns the number in `uXXXX` or `u{…}` and its length in characters.
fn unicode_escape(chars: &[(usize, char)]) -> Option<(u32, usize)> {
    let digits = behind(chars, 'u')?;
    if let Some(braced) = behind(digits, '{') {
        let zeros = braced.iter().take_while(|(_, c)| *c == '0').count();
        let length = zeros + hex_digits(&braced[zeros..], 6);
        let is_closed = braced.get(length).is_some_and(|(_, c)| *c == '}');
        return (length > 0 && is_closed).then(|| (number(&braced[..length], 16), length + 3));
    }
    (hex_digits(digits, 4) == 4).then(|| (number(&digits[..4], 16), 5))
}

/// Returns the rest after `first`, if `chars` begins with `first`.
fn behind(chars: &[(usize, char)], first: char) -> Option<&[(usize, char)]> {
    let ((_, c), rest) = chars.split_first()?;
    (*c == first).then_some(rest)
}
