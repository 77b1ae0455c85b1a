//! Escapes in URLs: decoding, and the way back from a decoded offset to the raw text.

mod css;
mod digits;
mod js;

use std::borrow::Cow;

use css::css_escape;
use js::js_escape;

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

/// Returns the byte that two hex digits encode.
pub(crate) fn hex_pair(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    let digit = |b: Option<&u8>| char::from(*b?).to_digit(16);
    let value = digit(high)? * 16 + digit(low)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests;
