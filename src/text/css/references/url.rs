//! The span of the URL inside a CSS token.

use std::ops::Range;

/// The span inside the quotes of a string token, which the end of the file may have cut short.
pub(super) fn quoted(text: &str, token: &Range<usize>) -> Range<usize> {
    let raw = &text[token.clone()];
    let inside = &raw[1..];
    let closed = raw.len() >= 2
        && raw.as_bytes().last() == raw.as_bytes().first()
        && trailing_backslashes(&inside[..inside.len() - 1]).is_multiple_of(2);
    token.start + 1..token.end - usize::from(closed)
}

fn trailing_backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|b| *b == b'\\').count()
}

/// The span of the URL in an unquoted `url( … )` token. White space after an escape belongs to the escape.
pub(super) fn unquoted(text: &str, token: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let open = memchr::memchr(b'(', &bytes[token.clone()]).unwrap_or(0);
    let mut start = token.start + open + 1;
    while start < token.end && is_white_space(bytes[start]) {
        start += 1;
    }
    let mut end = start;
    while end < token.end && bytes[end] != b')' && !is_white_space(bytes[end]) {
        if bytes[end] == b'\\' {
            end += escape_length(&bytes[end..token.end]);
        } else {
            end += 1;
        }
    }
    start..end
}

/// Length in bytes of the escape that `bytes` begins with.
fn escape_length(bytes: &[u8]) -> usize {
    let hex = bytes[1..]
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    if hex == 0 {
        // One character: the further bytes of a longer one are never white space.
        return bytes.len().min(2);
    }
    match &bytes[1 + hex..] {
        [b'\r', b'\n', ..] => hex + 3,
        [b, ..] if is_white_space(*b) => hex + 2,
        _ => hex + 1,
    }
}

fn is_white_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}
