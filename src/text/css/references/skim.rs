//! Skips the text between the references of a style sheet without tokenizing it. Tokenizing takes most of the time of
//! reading real style sheets.
//!
//! This is not a second tokenizer: it only knows which bytes cannot begin, end or hide a reference, and where the
//! tokens begin that might. Comments, escapes and unclosed strings are left to the tokenizer.

use super::context::may_be_custom;
use super::functions::Bracket;

/// What a byte can mean for references.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    Dull,
    /// No meaning, but it can be part of a function's name (css-syntax-3, ident code point; NUL is read as one).
    Name,
    Quote,
    /// An opening bracket. After a brace, a declaration may begin.
    Open,
    Close,
    /// `;`, after which a declaration may begin.
    Semicolon,
    /// `(`: an opening bracket, or the end of a function's name.
    Function,
    /// `/`, which may begin a comment.
    Slash,
    /// `\`, which begins an escape.
    Escape,
    /// `@`, of an at-rule; `<`, of `<!--`, which hides two bytes of names.
    Token,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Dull; 256];
    let mut byte = u8::MAX;
    loop {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | 0 | 0x80.. => Class::Name,
            b'"' | b'\'' => Class::Quote,
            b'{' | b'[' => Class::Open,
            b'}' | b']' | b')' => Class::Close,
            b'(' => Class::Function,
            b';' => Class::Semicolon,
            b'/' => Class::Slash,
            b'\\' => Class::Escape,
            b'@' | b'<' => Class::Token,
            _ => Class::Dull,
        };
        if byte == 0 {
            break classes;
        }
        byte -= 1;
    }
};

/// Returns the byte offset of the next token at or after `from` that must be read, or the end of `text`. `from` must be
/// at the start of a token and not inside a bracket whose strings are URLs; `brackets` is updated by what is skipped.
pub(super) fn skim(text: &[u8], from: usize, brackets: &mut Vec<Bracket>) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match CLASSES[usize::from(*byte)] {
            Class::Quote => match string_end(text, at) {
                Some(end) => at = end,
                None => return at,
            },
            Class::Open => {
                brackets.push(Bracket::Other);
                if may_be_custom(text, at + 1) {
                    return at + 1;
                }
            }
            // The enclosing bracket is one whose strings may be URLs.
            Class::Close if matches!(brackets[..], [.., Bracket::Url | Bracket::ImageSet, _]) => {
                return at;
            }
            Class::Close => {
                brackets.pop();
                if *byte == b'}' && may_be_custom(text, at + 1) {
                    return at + 1;
                }
            }
            Class::Semicolon if may_be_custom(text, at + 1) => return at + 1,
            Class::Function => {
                let name = name_start(text, from, at);
                if Bracket::of_function(&text[name..at]) != Bracket::Other {
                    return name;
                }
                brackets.push(Bracket::Other);
            }
            Class::Slash if text.get(at + 1) == Some(&b'*') => return at,
            Class::Dull | Class::Name | Class::Slash | Class::Semicolon => {}
            Class::Escape => return name_start(text, from, at),
            Class::Token => return at,
        }
        at += 1;
    }
    text.len()
}

/// Returns the byte offset of the closing quote of the string that opens at `at`. `None` if it is not on the same line,
/// or an escaped line break comes first.
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    let quote = text[at];
    let mut end = at + 1;
    loop {
        match *text.get(end)? {
            byte if byte == quote => return Some(end),
            b'\n' | b'\r' | b'\x0c' => return None,
            b'\\' if matches!(text.get(end + 1), Some(b'\n' | b'\r' | b'\x0c')) => return None,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

/// Returns the start of the token that contains the name before `end`: the name itself, digits before it, or a `#`.
/// `from` is the start of a token.
fn name_start(text: &[u8], from: usize, end: usize) -> usize {
    let name = text[from..end]
        .iter()
        .rposition(|byte| CLASSES[usize::from(*byte)] != Class::Name)
        .map_or(from, |before| from + before + 1);
    if name > from && text[name - 1] == b'#' {
        name - 1
    } else {
        name
    }
}
