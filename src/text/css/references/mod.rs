//! References of a style sheet, found by its css-syntax-3 tokens.

mod functions;
mod skim;
mod url;

use std::ops::Range;

use super::tokens::{Kind, tokens};
use crate::text::{Escapes, Reference, ReferenceKind, escape, source_map};
use functions::Bracket;
use skim::skim;
use url::{quoted, unquoted};

/// The at-rule prelude that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prelude {
    None,
    /// `@import`, before its URL.
    Import,
    /// `@import` after its URL, and `@namespace`, whose URL is only a name: no references.
    Quiet,
}

/// Returns all references of a style sheet, in text order.
pub(in crate::text) fn references(text: &str) -> Vec<Reference> {
    read(text, skim)
}

/// [`references`] without skimming, which takes five times as long. The oracle of tests and fuzzing.
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::text) fn references_by_tokens(text: &str) -> Vec<Reference> {
    read(text, |_, from, _| from)
}

/// Reads the tokens of a style sheet that `skim` does not skip.
fn read(text: &str, skim: impl Fn(&[u8], usize, &mut Vec<Bracket>) -> usize) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut brackets: Vec<Bracket> = Vec::new();
    let mut prelude = Prelude::None;
    // A byte order mark is not part of the first name (css-syntax-3, section 3.2).
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = text.len() - body.len();
    let mut tokens = tokens(body);
    loop {
        let is_plain = !matches!(brackets.last(), Some(Bracket::Url | Bracket::ImageSet));
        if is_plain && prelude == Prelude::None {
            tokens.go_to(skim(body.as_bytes(), tokens.at(), &mut brackets));
        }
        let Some(mut token) = tokens.next() else {
            return found;
        };
        token.span = token.span.start + bom..token.span.end + bom;
        let raw = &text[token.span.clone()];
        match token.kind {
            Kind::WhiteSpace => continue,
            Kind::Comment => {
                found.extend(source_map::in_css_comment(text, token.span));
                continue;
            }
            Kind::AtKeyword => {
                prelude = match unescaped_name(&raw[1..]).as_str() {
                    "import" => Prelude::Import,
                    "namespace" => Prelude::Quiet,
                    _ => Prelude::None,
                };
            }
            Kind::UnquotedUrl => {
                push(&mut found, &mut prelude, text, unquoted(text, &token.span));
            }
            Kind::String => {
                let is_url = match brackets.last() {
                    Some(Bracket::Url | Bracket::ImageSet) => true,
                    Some(Bracket::Other) => false,
                    None => prelude == Prelude::Import,
                };
                if is_url {
                    push(&mut found, &mut prelude, text, quoted(text, &token.span));
                }
            }
            Kind::Function => {
                let name = unescaped_name(&raw[..raw.len() - 1]);
                brackets.push(Bracket::of_function(name.as_bytes()));
                continue;
            }
            Kind::OpenParenthesis | Kind::OpenSquare => brackets.push(Bracket::Other),
            Kind::OpenCurly => {
                brackets.push(Bracket::Other);
                prelude = Prelude::None;
            }
            Kind::CloseParenthesis | Kind::CloseSquare => drop(brackets.pop()),
            Kind::CloseCurly => {
                brackets.pop();
                prelude = Prelude::None;
            }
            Kind::Semicolon => prelude = Prelude::None,
            _ => {
                // `@import foo "x.css"` is not a valid import.
                if prelude == Prelude::Import && brackets.is_empty() {
                    prelude = Prelude::Quiet;
                }
            }
        }
        if let Some(bracket @ Bracket::Url) = brackets.last_mut() {
            *bracket = Bracket::Other; // only the first token inside is the URL
        }
    }
}

/// Adds the URL at `span` to `found`, unless URLs of this prelude are not references.
fn push(found: &mut Vec<Reference>, prelude: &mut Prelude, text: &str, span: Range<usize>) {
    let kind = match *prelude {
        Prelude::Quiet => return,
        Prelude::Import => {
            *prelude = Prelude::Quiet;
            ReferenceKind::Import
        }
        Prelude::None => ReferenceKind::Url,
    };
    debug_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
    found.push(Reference {
        kind,
        span,
        escapes: Escapes::Css,
    });
}

/// Decodes the escapes of a name and lowercases it.
fn unescaped_name(raw: &str) -> String {
    escape::decode(raw.as_bytes(), Escapes::Css)
        .text
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
