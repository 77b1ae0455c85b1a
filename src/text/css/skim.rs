//! What stands between the references of a style sheet, passed over without making tokens of it, which is most of the time
//! that reading real style sheets takes.
//!
//! This is no second tokenizer: it only has to know which bytes cannot begin, end or hide a reference, and where a token
//! begins that might. Whatever is not plain (a comment, an escape, a string that is not closed) is left to the tokenizer.

use super::functions::Bracket;

/// What a byte can mean where references are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    Dull,
    /// Nothing, but it can be a part of a function's name (css-syntax-3, ident code point, and NUL, which is read as one).
    Name,
    Quote,
    Open,
    Close,
    /// `(`: an opening bracket, or the end of a function's name.
    Function,
    /// `/`, maybe of a comment.
    Slash,
    /// `\`: an escape, in a name if not in a string.
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

/// The next token from `from` on, itself where a token begins, that must be looked at; the end of `text` if there is
/// none. What was opened and closed before it is noted in `brackets`, of which `from` is in none where strings are URLs.
pub(super) fn skim(text: &[u8], from: usize, brackets: &mut Vec<Bracket>) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        match CLASSES[usize::from(*byte)] {
            Class::Quote => match string_end(text, at) {
                Some(end) => at = end,
                None => return at,
            },
            Class::Open => brackets.push(Bracket::Other),
            // Back to where strings may be URLs.
            Class::Close if matches!(brackets[..], [.., Bracket::Url | Bracket::ImageSet, _]) => {
                return at;
            }
            Class::Close => drop(brackets.pop()),
            Class::Function => {
                let name = name_start(text, from, at);
                if Bracket::of_function(&text[name..at]) != Bracket::Other {
                    return name;
                }
                brackets.push(Bracket::Other);
            }
            Class::Slash if text.get(at + 1) == Some(&b'*') => return at,
            Class::Dull | Class::Name | Class::Slash => {}
            Class::Escape => return name_start(text, from, at),
            Class::Token => return at,
        }
        at += 1;
    }
    text.len()
}

/// Where the closing quote of the string that opens at `at` is. `None` for what is not plainly closed: on the same line,
/// and without an escaped line break before.
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

/// Where the token begins that has the name before `end` in it, `from` being where one begins: at the name, at digits in
/// front of it, or at a `#`.
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
