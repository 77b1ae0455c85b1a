//! References of a style sheet, found by its css-syntax-3 tokens.

mod context;
mod functions;
mod skim;
mod url;

use std::ops::Range;

use super::tokens::{Kind, tokens};
use crate::text::{Escapes, Reference, ReferenceKind, RelativeTo, escape, source_map};
pub(in crate::text::css) use context::Context;
use context::{Prelude, may_be_custom};
use functions::Bracket;
use skim::skim;
use url::{quoted, unquoted};

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
    let mut context = Context::default();
    // The number of brackets around the outermost condition that is being read.
    let mut condition: Option<usize> = None;
    // A byte order mark is not part of the first name (css-syntax-3, section 3.2).
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = text.len() - body.len();
    let mut tokens = tokens(body);
    loop {
        let is_plain = !matches!(brackets.last(), Some(Bracket::Url | Bracket::ImageSet));
        if is_plain && condition.is_none() && !context.is_special() {
            let from = tokens.at();
            if !(context.is_fresh() && may_be_custom(body.as_bytes(), from)) {
                let to = skim(body.as_bytes(), from, &mut brackets);
                context.skipped(&body[from..to]);
                tokens.go_to(to);
            }
        }
        let Some(mut token) = tokens.next() else {
            return found;
        };
        token.span = token.span.start + bom..token.span.end + bom;
        let raw = &text[token.span.clone()];
        let url = match token.kind {
            Kind::WhiteSpace => continue,
            Kind::Comment => {
                found.extend(source_map::in_css_comment(text, token.span));
                continue;
            }
            Kind::UnquotedUrl => Some(unquoted(text, &token.span)),
            Kind::String => match brackets.last() {
                Some(Bracket::Url | Bracket::ImageSet) => Some(quoted(text, &token.span)),
                None if context.prelude() == Some(Prelude::Import) => {
                    Some(quoted(text, &token.span))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(span) = url {
            if condition.is_none() {
                found.extend(reference(&mut context, span));
            }
        } else if brackets.is_empty()
            && !matches!(
                token.kind,
                Kind::AtKeyword | Kind::Function | Kind::Semicolon
            )
            && context.prelude() == Some(Prelude::Import)
        {
            context.end_import(); // `@import foo "x.css"` is not a valid import
        }
        match token.kind {
            Kind::Function => {
                let name = unescaped_name(&raw[..raw.len() - 1]);
                let bracket = Bracket::of_function(name.as_bytes());
                if bracket == Bracket::Condition && condition.is_none() {
                    condition = Some(brackets.len());
                }
                brackets.push(bracket);
                context.token(&token, text, brackets.len());
                continue;
            }
            Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => {
                brackets.push(Bracket::Other);
            }
            Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => drop(brackets.pop()),
            _ => {}
        }
        condition = condition.filter(|outside| brackets.len() > *outside);
        context.token(&token, text, brackets.len());
        if let Some(bracket @ Bracket::Url) = brackets.last_mut() {
            *bracket = Bracket::Other; // only the first token inside is the URL
        }
    }
}

/// The reference to the URL at `span`; `None` if URLs are no references there.
fn reference(context: &mut Context, span: Range<usize>) -> Option<Reference> {
    let kind = match context.prelude() {
        Some(Prelude::Quiet) => return None,
        Some(Prelude::Import) => {
            context.end_import();
            ReferenceKind::Import
        }
        None => ReferenceKind::Url,
    };
    let relative_to = match context.property() {
        Some(name) if context.is_initial_value() => RelativeTo::Nothing(name),
        Some(name) => RelativeTo::Users(name),
        None => RelativeTo::Text,
    };
    Some(Reference {
        kind,
        span,
        escapes: Escapes::Css,
        relative_to,
    })
}

/// Decodes the escapes of a name and lowercases it.
fn unescaped_name(raw: &str) -> String {
    escape::decode(raw.as_bytes(), Escapes::Css)
        .text
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
