//! Escapes in a URL's text, and the way back from the decoded URL to the bytes it was written with.

use std::borrow::Cow;

/// The escape syntax of the place a reference stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Escapes {
    /// Comments: none.
    None,
    /// css-syntax-3, in `url()` and in strings.
    Css,
}

/// A URL with its escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded<'t> {
    pub(crate) text: Cow<'t, str>,
    /// For every byte of `text`, and for its end, the offset of the raw byte it came from. `None`: the same offsets.
    offsets: Option<Vec<usize>>,
}

impl Decoded<'_> {
    /// Where byte `at` of the decoded URL begins in the raw text.
    pub(crate) fn raw_offset(&self, at: usize) -> usize {
        match &self.offsets {
            None => at,
            Some(offsets) => offsets.get(at).copied().unwrap_or(at),
        }
    }
}

/// Undoes the escapes of `raw`. Bytes that are not UTF-8 are read as Latin-1.
pub(crate) fn decode(raw: &[u8], escapes: Escapes) -> Decoded<'_> {
    let escaped = escapes == Escapes::Css && raw.contains(&b'\\');
    match std::str::from_utf8(raw) {
        Ok(text) if !escaped => Decoded {
            text: Cow::Borrowed(text),
            offsets: None,
        },
        Ok(text) => decode_chars(&text.char_indices().collect::<Vec<_>>(), raw.len(), escaped),
        Err(_) => {
            let chars: Vec<_> = raw.iter().copied().map(char::from).enumerate().collect();
            decode_chars(&chars, raw.len(), escaped)
        }
    }
}

fn decode_chars(chars: &[(usize, char)], length: usize, escaped: bool) -> Decoded<'static> {
    let mut text = String::with_capacity(length);
    let mut offsets = Vec::with_capacity(length + 1);
    let mut push = |c: char, offset: usize| {
        text.push(c);
        offsets.resize(text.len(), offset);
    };
    let mut at = 0;
    while let Some(&(offset, c)) = chars.get(at) {
        at += 1;
        if c != '\\' || !escaped {
            push(c, offset);
            continue;
        }
        let hex = chars[at..]
            .iter()
            .take(6)
            .take_while(|(_, c)| c.is_ascii_hexdigit())
            .count();
        if hex > 0 {
            let value = chars[at..at + hex]
                .iter()
                .filter_map(|(_, c)| c.to_digit(16))
                .fold(0, |value, digit| value * 16 + digit);
            let c = char::from_u32(value)
                .filter(|c| *c != '\0')
                .unwrap_or(char::REPLACEMENT_CHARACTER);
            push(c, offset);
            at += hex;
            at += white_space(&chars[at..]);
        } else {
            match chars.get(at) {
                None => push(char::REPLACEMENT_CHARACTER, offset),
                Some((_, '\n' | '\r' | '\x0c')) => at += white_space(&chars[at..]), // a continued line
                Some(&(_, c)) => {
                    push(c, offset);
                    at += 1;
                }
            }
        }
    }
    offsets.push(length);
    Decoded {
        text: Cow::Owned(text),
        offsets: Some(offsets),
    }
}

/// How many characters the one white space behind an escape takes: CR LF counts as one (css-syntax-3, section 3.3).
fn white_space(chars: &[(usize, char)]) -> usize {
    match (chars.first(), chars.get(1)) {
        (Some((_, '\r')), Some((_, '\n'))) => 2,
        (Some((_, '\t' | '\n' | '\x0c' | '\r' | ' ')), _) => 1,
        _ => 0,
    }
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
