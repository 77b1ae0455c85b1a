//! `urllib.parse.quote` and `unquote`.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::text::hex_pair;

/// `urllib.parse.unquote`: percent-decoding within runs of ASCII, undecodable bytes become U+FFFD.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
        out.push_str(&String::from_utf8_lossy(&percent_decode(&rest[..ascii])));
        rest = &rest[ascii..];
        let other = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        out.push_str(&rest[..other]);
        rest = &rest[other..];
    }
    Cow::Owned(out)
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match hex_pair(bytes.get(at + 1), bytes.get(at + 2)) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// `django.utils.encoding.filepath_to_uri`: `quote(path.replace("\\", "/"), safe="/~!*()'")`
pub(crate) fn filepath_to_uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(byte.into()),
            b'_' | b'.' | b'-' | b'~' | b'/' | b'!' | b'*' | b'(' | b')' | b'\'' => {
                out.push(byte.into());
            }
            _ => drop(write!(out, "%{byte:02X}")), // writing to a String cannot fail
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting() {
        assert_eq!(unquote("a%20b%2"), "a b%2");
        assert_eq!(unquote("%C3%A9é%C3"), "éé\u{fffd}");
        assert_eq!(unquote("%zz%41"), "%zzA");
        assert_eq!(filepath_to_uri("a b\\c?é'"), "a%20b/c%3F%C3%A9'");
    }
}
