//! Style sheets in UTF-16, which browsers recognize by the byte order mark, whatever `@charset` or the server says.

use std::borrow::Cow;

/// Returns a style sheet that begins with the byte order mark of UTF-16 as UTF-8, with its mark; others as they are.
/// That of UTF-32 is no mark to browsers.
pub(crate) fn as_utf8(source: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match source {
        [0xff, 0xfe, 0, 0, ..] => return source.into(),
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return source.into(),
    };
    let (pairs, odd) = source.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let replaced = |c: Result<char, _>| c.unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut text: String = char::decode_utf16(units).map(replaced).collect();
    if !odd.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text.into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_byte_order_mark() {
        let text = "\u{feff}a{b:url(é\u{1f600}.png)}";
        let units = || text.encode_utf16();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        assert_eq!(as_utf8(&little), text.as_bytes());
        assert_eq!(as_utf8(&big), text.as_bytes());
        for (source, expected) in [
            (&b"\xff\xfea\0\x00\xd8b\0"[..], "\u{feff}a\u{fffd}b"),
            (b"\xff\xfea\0 ", "\u{feff}a\u{fffd}"),
            (b"\xff\xfe", "\u{feff}"),
        ] {
            assert_eq!(as_utf8(source), expected.as_bytes());
        }
        for same in [
            &little[2..],
            b"\xff\xfe\0\0a\0\0\0",
            b"\0\0\xfe\xff",
            b"\xef\xbb\xbfa",
            b"\xff",
            b"",
        ] {
            assert_eq!(as_utf8(same), same);
        }
    }
}
