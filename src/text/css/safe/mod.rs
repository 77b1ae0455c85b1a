//! `--minify safe`: removes white space, comments and last semicolons, and spells numbers, colours and URLs as short as
//! possible, token by token. Lossless by construction: no other token is added, removed, changed or glued to its
//! neighbour (which is also checked on every result), and text that scripts can read back through the CSSOM is left
//! alone to the byte.
//!
//! What stays as it is:
//! - values of custom properties, of `@property` and `@function`, and values with `var()` and its like: browsers hand
//!   them out as written;
//! - values of properties that no browser knows, and values that have a backslash, a `=` (`alpha(opacity=50)`) or an
//!   `element(#id)`, but for their white space;
//! - preludes of at-rules, which `conditionText` and `mediaText` may show as written, comments included;
//! - what is inside `:is()` and `:where()`, which `selectorText` may show as written;
//! - `/*! … */` licences and `sourceMappingURL` comments, at their places;
//! - `@charset "…";`, which counts byte by byte, and only at the very start of the file;
//! - the line breaks of a file that names a source map, so that the map's lines stay true (columns do not);
//! - a file with broken tokens or brackets that do not match, whole.

mod check;
mod emit;
mod known;
mod list;
mod rules;
mod spelling;

use check::{broken, same_tokens};
use emit::Minifier;
use known::{is_known, takes_fractions};
use rules::{
    AS_WRITTEN, Context, DESCRIPTORS_AS_WRITTEN, Respelt, Space, is_source_map, unescaped,
};

use super::minified::{Minified, NotMinified};
use super::sheet::Sheet;
use crate::text::css::tokens::{CssToken, Kind, tokens};

/// Minifies `css`.
pub(super) fn minify(css: &str) -> Minified {
    const BOM: char = '\u{feff}';
    let body = css.strip_prefix(BOM).unwrap_or(css);
    let bom = css.len() - body.len();
    let not_minified = |offset: usize, reason: &str| Minified {
        text: None,
        notice: Some(NotMinified {
            offset: bom + offset,
            reason: format!("not minified: {reason}"),
        }),
    };
    let tokens: Vec<CssToken> = tokens(body).collect();
    if let Some((offset, reason)) = broken(body, &tokens) {
        return not_minified(offset, reason);
    }
    let sheet = Sheet {
        text: body,
        tokens: &tokens,
    };
    let mut minifier = Minifier {
        sheet,
        keep_lines: tokens.iter().any(|token| is_source_map(body, token)),
        out: String::with_capacity(css.len()),
        next: 0,
        last: None,
    };
    minifier.out.push_str(&css[..bom]);
    minifier.run();
    let out = minifier.out;
    if bom == 0 && out.starts_with(BOM) {
        return not_minified(0, "a byte order mark would come to the front");
    }
    if !same_tokens(sheet, &out[bom..]) {
        return not_minified(0, "the result would not have had the same tokens");
    }
    Minified {
        text: (out.len() < css.len()).then_some(out),
        notice: None,
    }
}

/// What stands before a semicolon.
#[derive(Clone, Copy)]
enum After {
    Declaration,
    /// A declaration whose value browsers hand out as written.
    AsWritten,
    Other,
}

impl Minifier<'_> {
    fn run(&mut self) {
        let mut depth = 0_usize;
        let mut dropped = 0;
        let mut after = After::Other;
        while let Some(first) = self.sheet.significant(self.next.max(dropped)) {
            match self.sheet.kind(first) {
                Kind::OpenCurly => depth += 1,
                Kind::CloseCurly => depth = depth.saturating_sub(1),
                Kind::Semicolon if self.is_needless(first, after) => {
                    dropped = first + 1;
                    continue;
                }
                Kind::Semicolon => {}
                // Browsers skip these: the next statement begins after them.
                Kind::Cdo | Kind::Cdc if depth == 0 => {}
                Kind::AtKeyword => {
                    self.at_rule(first);
                    after = After::Other;
                    continue;
                }
                _ => {
                    after = self.statement(first, depth);
                    continue;
                }
            }
            self.emit(first, Space::Drop);
            after = After::Other;
        }
        // Comments at the end may stay.
        self.gap(self.sheet.tokens.len(), Space::Drop);
    }

    /// Whether the semicolon at `index`, `after` a declaration, comes before another one or a `}`.
    fn is_needless(&self, index: usize, after: After) -> bool {
        let Some(next) = self.sheet.significant(index + 1) else {
            return false;
        };
        // What stays of comments and line breaks would be part of a value that is handed out as written.
        let leaves_something = || {
            self.sheet.tokens[index..next].iter().any(|token| {
                let raw = &self.sheet.text[token.span.clone()];
                raw.starts_with("/*!")
                    || is_source_map(self.sheet.text, token)
                    || self.keep_lines && raw.contains(['\n', '\r', '\x0c'])
            })
        };
        matches!(self.sheet.kind(next), Kind::Semicolon | Kind::CloseCurly)
            && match after {
                After::Declaration => true,
                After::AsWritten => !leaves_something(),
                After::Other => false,
            }
    }

    /// Writes an at-keyword and its prelude, without the `{` or `;` after them.
    fn at_rule(&mut self, first: usize) {
        let end = self.sheet.end(first + 1, true);
        if self.sheet.raw(first).eq_ignore_ascii_case("@charset") {
            self.gap(first, Space::Drop);
            if self.last.is_none() && first > 0 && self.out.is_empty() {
                // It is only effective as the first bytes of a file, so it must not move there.
                self.out.push(' ');
            }
            self.emit_verbatim(first, end, Space::Drop);
            return;
        }
        self.emit(first, Space::Drop);
        self.emit_as_written(first + 1, end, Space::Keep);
    }

    /// Writes a selector, a declaration, or a statement that is neither. Returns what it was.
    fn statement(&mut self, first: usize, depth: usize) -> After {
        let colon = self.sheet.declaration_colon(first);
        let name = unescaped(self.sheet.raw(first));
        if let Some(colon) = colon
            && depth > 0
            && name.starts_with("--")
        {
            let end = self.sheet.end(colon + 1, false);
            self.emit(first, Space::Drop);
            // `-- :hover { }` is a selector to Chromium.
            self.emit(colon, Space::Keep);
            self.emit_verbatim(colon + 1, end, Space::Drop);
            return After::AsWritten;
        }
        let end = self.sheet.end(first, true);
        if self
            .sheet
            .tokens
            .get(end)
            .is_some_and(|token| token.kind == Kind::OpenCurly)
        {
            self.list(first, end, Context::Selector);
            return After::Other;
        }
        match colon {
            Some(colon) if colon < end => {
                self.declaration(first, colon, end, &name.to_ascii_lowercase())
            }
            _ => {
                self.emit_as_written(first, end, Space::Drop);
                After::Other
            }
        }
    }

    /// Writes a declaration of the property `name`.
    fn declaration(&mut self, first: usize, colon: usize, end: usize, name: &str) -> After {
        for index in first..=colon {
            self.emit_significant(index, Space::Drop);
        }
        let Some((start, last)) = self.sheet.trimmed(colon + 1, end) else {
            return After::AsWritten;
        };
        if DESCRIPTORS_AS_WRITTEN.contains(&name) || self.is_handed_out_as_written(start, last + 1)
        {
            self.emit_as_written(colon + 1, end, Space::Drop);
            return After::AsWritten;
        }
        let respelt = Respelt {
            takes_fractions: takes_fractions(name),
        };
        let can_be_respelt = is_known(name) && self.can_be_respelt(start, last + 1);
        let context = Context::Value(can_be_respelt.then_some(respelt));
        self.list(start, last + 1, context);
        After::Declaration
    }

    /// Whether browsers keep a value as text until it is used, or it has a syntax of its own.
    fn is_handed_out_as_written(&self, from: usize, to: usize) -> bool {
        self.sheet.tokens[from..to].iter().any(|token| {
            let raw = &self.sheet.text[token.span.clone()];
            match token.kind {
                Kind::Function => {
                    let name = raw[..raw.len() - 1].to_ascii_lowercase();
                    name.starts_with("--") || name.contains('\\') || AS_WRITTEN.contains(&&*name)
                }
                Kind::Ident => raw.starts_with("--"),
                Kind::Colon => true, // progid:…
                _ => false,
            }
        })
    }
}

#[cfg(test)]
mod tests;
