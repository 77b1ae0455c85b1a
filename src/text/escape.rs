//! Escapes in URLs: decoding, and the way back from a decoded offset to the raw text.

use std::borrow::Cow;

/// The escape syntax of the text around a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Escapes {
    /// No escapes: in comments.
    None,
    /// css-syntax-3, in `url()` and in strings.
    Css,
    /// ECMAScript, in strings and templates.
    Js,
}

/// A URL with its escapes decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded<'t> {
    pub(crate) text: Cow<'t, str>,
    /// For every byte of `text`, and for its end, the byte offset in the raw text. `None`: the same offsets.
    offsets: Option<Vec<usize>>,
}

impl Decoded<'_> {
    /// Converts the byte offset `at` in the decoded URL to one in the raw text.
    pub(crate) fn raw_offset(&self, at: usize) -> usize {
        match &self.offsets {
            None => at,
            Some(offsets) => offsets.get(at).copied().unwrap_or(at),
        }
    }
}

/// Decodes the escapes of `raw`. Text that is not UTF-8 is read as Latin-1.
pub(crate) fn decode(raw: &[u8], escapes: Escapes) -> Decoded<'_> {
    let escaped = escapes != Escapes::None && raw.contains(&b'\\');
    match std::str::from_utf8(raw) {
        Ok(text) if !escaped => Decoded {
            text: Cow::Borrowed(text),
            offsets: None,
        },
        Ok(text) => decode_chars(&text.char_indices().collect::<Vec<_>>(), raw.len(), escapes),
        Err(_) => {
            let chars: Vec<_> = raw.iter().copied().map(char::from).enumerate().collect();
            decode_chars(&chars, raw.len(), escapes)
        }
    }
}

fn decode_chars(chars: &[(usize, char)], length: usize, escapes: Escapes) -> Decoded<'static> {
    let escape = match escapes {
        Escapes::None => None,
        Escapes::Css => Some(css_escape as fn(&[(usize, char)]) -> _),
        Escapes::Js => Some(js_escape as _),
    };
    let mut text = String::with_capacity(length);
    let mut offsets = Vec::with_capacity(length + 1);
    let mut push = |c: char, offset: usize| {
        text.push(c);
        offsets.resize(text.len(), offset);
    };
    let mut at = 0;
    while let Some(&(offset, c)) = chars.get(at) {
        at += 1;
        match escape.filter(|_| c == '\\') {
            None => push(c, offset),
            Some(escape) => {
                let (c, taken) = escape(&chars[at..]);
                if let Some(c) = c {
                    push(c, offset);
                }
                at += taken;
            }
        }
    }
    offsets.push(length);
    Decoded {
        text: Cow::Owned(text),
        offsets: Some(offsets),
    }
}

/// Decodes a CSS escape, with `chars` after its backslash. Returns the character, if any, and the number of `chars` in
/// the escape.
fn css_escape(chars: &[(usize, char)]) -> (Option<char>, usize) {
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

/// Decodes an ECMAScript escape (section 12.9.4) as [`css_escape`] does, with the octal escapes of old scripts. Half of
/// a surrogate pair becomes U+FFFD.
fn js_escape(chars: &[(usize, char)]) -> (Option<char>, usize) {
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

/// Counts the hex digits that `chars` begins with, up to `most`.
fn hex_digits(chars: &[(usize, char)], most: usize) -> usize {
    let hex = chars.iter().take(most);
    hex.take_while(|(_, c)| c.is_ascii_hexdigit()).count()
}

fn number(digits: &[(usize, char)], radix: u32) -> u32 {
    let digits = digits.iter().filter_map(|(_, c)| c.to_digit(radix));
    digits.fold(0, |value: u32, digit| {
        value.saturating_mul(radix).saturating_add(digit)
    })
}

/// Length in characters of the one white space after an escape. CR LF counts as one (css-syntax-3, section 3.3).
fn white_space(chars: &[(usize, char)]) -> usize {
    match (chars.first(), chars.get(1)) {
        (Some((_, '\r')), Some((_, '\n'))) => 2,
        (Some((_, '\t' | '\n' | '\x0c' | '\r' | ' ')), _) => 1,
        _ => 0,
    }
}

/// Returns the byte that two hex digits encode.
pub(crate) fn hex_pair(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    let digit = |b: Option<&u8>| char::from(*b?).to_digit(16);
    let value = digit(high)? * 16 + digit(low)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_escapes() {
        for (raw, text) in [
            (r"a\.png", "a.png"),
            (r"a\20 b.png", "a b.png"),
            (r"a\000020b.png", "a b.png"),
            ("a\\20\r\nb", "a b"),
            ("a\\\nb", "ab"),
            (r"\0 x", "\u{fffd}x"),
            (r"\110000 x", "\u{fffd}x"),
            ("x\\", "x\u{fffd}"),
            (r"\e9", "é"),
        ] {
            assert_eq!(decode(raw.as_bytes(), Escapes::Css).text, text, "{raw}");
            assert_eq!(decode(raw.as_bytes(), Escapes::None).text, raw);
        }
    }

    #[test]
    fn js_escapes() {
        for (raw, text) in [
            (r"./\x61.js", "./a.js"),
            (r"./\u0061.js", "./a.js"),
            (r"./\u{61}\u{000061}.js", "./aa.js"),
            (r".\/a\.js", "./a.js"),
            (r"\ud83d\ude00", "\u{1f600}"),
            (r"\u{1f600}", "\u{1f600}"),
            (r"\ud83dx", "\u{fffd}x"),
            (r"\ud83d\u0061", "\u{fffd}a"),
            (r"\56\0572\411", "./2!1"),
            ("a\\\nb\\\r\nc\\\u{2028}d", "abcd"),
            (r"a\tb\q\'", "a\tbq'"),
            ("x\\", "x\u{fffd}"),
            (r"\u{110000000000}", "u{110000000000}"),
        ] {
            assert_eq!(decode(raw.as_bytes(), Escapes::Js).text, text, "{raw}");
        }
    }

    #[test]
    fn offsets_lead_back() {
        let decoded = decode(br"a\20 b.png", Escapes::Css);
        assert_eq!(decoded.raw_offset(1), 1);
        assert_eq!(decoded.raw_offset(2), 5);
        assert_eq!(decoded.raw_offset(3), 6);
        assert_eq!(decoded.raw_offset(decoded.text.len()), 10);
        let latin1 = decode(b"caf\xe9.png", Escapes::None);
        assert_eq!(latin1.text, "café.png");
        assert_eq!(latin1.raw_offset(5), 4);
    }
}
