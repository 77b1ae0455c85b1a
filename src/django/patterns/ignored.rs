//! Comments and strings, which Django 6.1 leaves alone.

use std::ops::Range;

use memchr::{memchr, memchr3, memmem};

/// The syntax whose comments and strings Django 6.1 leaves alone (`_css_ignored_re`, `_js_ignored_re`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::django) enum Ignored {
    Css,
    Js,
}

/// `HashedFilesMixin.get_ignored_blocks`: byte ranges of comments, strings and escapes, as Django's regular expressions
/// match them, that begin before `until`.
pub(in crate::django) fn ignored_blocks(
    text: &str,
    syntax: Ignored,
    until: usize,
) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let js = syntax == Ignored::Js;
    let mut blocks = Vec::new();
    let mut at = 0;
    let mut open_comment = false; // after an unclosed `/*`, no later one is closed either
    while let Some(next) = bytes[at..].iter().position(|b| OPENS[usize::from(*b)]) {
        at += next;
        if at >= until {
            break;
        }
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'*') && !open_comment => {
                let end = memmem::find(&bytes[at + 2..], b"*/").map(|n| at + 2 + n + 2);
                open_comment = end.is_none();
                end
            }
            b'/' if js && bytes.get(at + 1) == Some(&b'/') => {
                Some(memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n))
            }
            b'\\' => text[at + 1..].chars().next().map(|c| at + 1 + c.len_utf8()),
            quote @ (b'"' | b'\'') => string_end(bytes, at, quote, true),
            b'`' if js => string_end(bytes, at, b'`', false),
            _ => None,
        };
        match end {
            Some(end) => {
                blocks.push(at..end);
                at = end;
            }
            None => at += 1,
        }
    }
    blocks
}

/// Bytes that an ignored block can begin with.
const OPENS: [bool; 256] = {
    let mut opens = [false; 256];
    let bytes = *b"/\\\"'`";
    let mut index = 0;
    while index < bytes.len() {
        opens[bytes[index] as usize] = true;
        index += 1;
    }
    opens
};

/// Returns the end of `'(?:[^'\\\n]|\\.)*'`, or of a template literal, which a line break does not end.
fn string_end(bytes: &[u8], start: usize, quote: u8, one_line: bool) -> Option<usize> {
    let line_break = if one_line { b'\n' } else { quote };
    let mut at = start + 1;
    loop {
        at += memchr3(quote, b'\\', line_break, bytes.get(at..)?)?;
        match bytes[at] {
            b'\\' => at += 2, // the further bytes of a longer character are neither quotes nor backslashes
            b if b == quote => return Some(at + 1),
            _ => return None,
        }
    }
}

/// `HashedFilesMixin.is_in_ignored_block`
pub(in crate::django) fn in_block(position: usize, blocks: &[Range<usize>]) -> bool {
    let next = blocks.partition_point(|block| block.end <= position);
    blocks
        .get(next)
        .is_some_and(|block| block.start < position && position < block.end)
}
