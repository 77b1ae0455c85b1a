//! `--minify safe`: takes away white space and comments, token by token. Lossless by construction: no other token is
//! added, removed, changed or glued to its neighbour (which is also checked on every result), and text that scripts can
//! read back through the CSSOM is left alone to the byte.
//!
//! What stays as it is:
//! - values of custom properties, of `@property` and `@function`, and values with `var()` and its like: browsers hand
//!   them out as written;
//! - preludes of at-rules, which `conditionText` and `mediaText` may show as written, comments included;
//! - what is inside `:is()` and `:where()`, which `selectorText` may show as written;
//! - `/*! … */` licences and `sourceMappingURL` comments, where they stand;
//! - `@charset "…";`, which counts byte by byte, and only at the very start of the file;
//! - the line breaks of a file that names a source map, so that the map's lines stay true (columns do not);
//! - a file with broken tokens or brackets that do not match, whole.

mod check;
mod rules;

use check::{broken, same_tokens};
use rules::{
    AS_WRITTEN, Context, DESCRIPTORS_AS_WRITTEN, Space, ends_in_escape, glues, is_forgiving,
    is_source_map, loose_inside, unescaped,
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
    let mut minifier = Minifier {
        sheet: Sheet {
            text: body,
            tokens: &tokens,
        },
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
    if !same_tokens(body, &tokens, &out[bom..]) {
        return not_minified(0, "the result would not have had the same tokens");
    }
    Minified {
        text: (out.len() < css.len()).then_some(out),
        notice: None,
    }
}

struct Minifier<'t> {
    sheet: Sheet<'t>,
    keep_lines: bool,
    out: String,
    /// The first token that is not in `out` (or dropped) yet.
    next: usize,
    /// The last token in `out`.
    last: Option<usize>,
}

impl Minifier<'_> {
    fn run(&mut self) {
        let mut depth = 0_usize;
        while let Some(first) = self.sheet.significant(self.next) {
            match self.sheet.kind(first) {
                Kind::OpenCurly => depth += 1,
                Kind::CloseCurly => depth = depth.saturating_sub(1),
                Kind::Semicolon => {}
                // Browsers skip these: the next statement begins behind them.
                Kind::Cdo | Kind::Cdc if depth == 0 => {}
                Kind::AtKeyword => {
                    self.at_rule(first);
                    continue;
                }
                _ => {
                    self.statement(first, depth);
                    continue;
                }
            }
            self.emit(first, Space::Drop);
        }
        // Comments that stay may stand at the end.
        self.gap(self.sheet.tokens.len(), Space::Drop);
    }

    /// The at-keyword and its prelude, without the `{` or `;` behind them.
    fn at_rule(&mut self, first: usize) {
        let end = self.sheet.end(first + 1, true);
        if self.sheet.raw(first).eq_ignore_ascii_case("@charset") {
            if self.last.is_none() && first > 0 && self.out.is_empty() {
                // Only as the very first bytes of a file does it count: it must not come to stand there.
                self.out.push('\n');
            }
            self.emit_verbatim(first, end, Space::Drop);
            return;
        }
        self.emit(first, Space::Drop);
        self.emit_as_written(first + 1, end, Space::Keep);
    }

    /// A selector, a declaration, or what is neither.
    fn statement(&mut self, first: usize, depth: usize) {
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
            return;
        }
        let end = self.sheet.end(first, true);
        if self
            .sheet
            .tokens
            .get(end)
            .is_some_and(|token| token.kind == Kind::OpenCurly)
        {
            self.list(first, end, Context::Selector);
            return;
        }
        match colon {
            Some(colon) if colon < end => {
                for index in first..=colon {
                    self.emit_significant(index, Space::Drop);
                }
                if let Some((start, last)) = self.sheet.trimmed(colon + 1, end) {
                    if DESCRIPTORS_AS_WRITTEN.contains(&&*name.to_ascii_lowercase())
                        || self.is_handed_out_as_written(start, last + 1)
                    {
                        self.emit_as_written(colon + 1, end, Space::Drop);
                    } else {
                        self.list(start, last + 1, Context::Value);
                    }
                }
            }
            _ => self.emit_as_written(first, end, Space::Drop),
        }
    }

    /// Whether a value is one that browsers keep as text until it is used, or one that only its author understands.
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

    /// A selector or value, token by token.
    fn list(&mut self, from: usize, to: usize, context: Context) {
        let mut open = 0_usize;
        // How many brackets were open where text that stays as written began.
        let mut as_written = None;
        for index in from..to {
            let kind = self.sheet.kind(index);
            if matches!(kind, Kind::WhiteSpace | Kind::Comment) {
                continue;
            }
            let closes = matches!(kind, Kind::CloseParenthesis | Kind::CloseSquare);
            let before = self.last.map(|last| self.sheet.kind(last));
            let drop = loose_inside(kind, context, open)
                || before.is_some_and(|before| loose_inside(before, context, open))
                || kind == Kind::CloseParenthesis
                || matches!(before, Some(Kind::Function | Kind::OpenParenthesis));
            // `>>>` was a combinator of its own.
            let shadow = kind == Kind::Delim('>') && before == Some(kind);
            let space = if drop && !shadow || index == from {
                Space::Drop
            } else {
                Space::Keep
            };
            if as_written.is_some() {
                self.emit_verbatim(self.next, index + 1, Space::Drop);
            } else {
                self.emit(index, space);
            }
            if kind == Kind::Function
                && context == Context::Selector
                && as_written.is_none()
                && is_forgiving(self.sheet.raw(index))
            {
                as_written = Some(open);
            }
            if closes {
                open = open.saturating_sub(1);
                if as_written == Some(open) {
                    as_written = None;
                }
            } else if matches!(
                kind,
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare
            ) {
                open += 1;
            }
        }
    }

    fn emit_significant(&mut self, index: usize, space: Space) {
        if !matches!(self.sheet.kind(index), Kind::WhiteSpace | Kind::Comment) {
            self.emit(index, space);
        }
    }

    fn emit(&mut self, index: usize, space: Space) {
        self.emit_verbatim(index, index + 1, space);
    }

    /// The tokens from `from` to before `to`, white space and comments between them included.
    fn emit_verbatim(&mut self, from: usize, to: usize, space: Space) {
        if from >= to {
            return;
        }
        self.gap(from, space);
        self.out.push_str(self.sheet.slice(from, to));
        self.next = to;
        self.last = (from..to)
            .rev()
            .find(|index| !matches!(self.sheet.kind(*index), Kind::WhiteSpace | Kind::Comment))
            .or(self.last);
    }

    /// The same without the white space at both ends. Comments there stay: some browsers show them.
    fn emit_as_written(&mut self, from: usize, to: usize, space: Space) {
        if let Some((start, last)) = self.sheet.without_outer_space(from, to) {
            self.emit_verbatim(start, last + 1, space);
        }
    }

    /// What stands between the last token written and the token `to`: white space and comments.
    fn gap(&mut self, to: usize, space: Space) {
        let gap = &self.sheet.tokens[self.next..to];
        let at = self.out.len();
        let mut white_space = false;
        let mut dropped_lines = 0;
        for token in gap {
            let raw = &self.sheet.text[token.span.clone()];
            if token.kind == Kind::Comment
                && (raw.starts_with("/*!") || is_source_map(self.sheet.text, token))
            {
                self.lines(white_space, &mut dropped_lines);
                self.out.push_str(raw);
            } else {
                white_space |= token.kind == Kind::WhiteSpace;
                dropped_lines += raw.matches('\n').count();
            }
        }
        self.lines(white_space, &mut dropped_lines);
        self.next = to;
        if self.out.len() > at && (!white_space || self.out[at..].contains('\n')) {
            return; // something separates the tokens already
        }
        let glued = match (self.last, self.sheet.tokens.get(to)) {
            (Some(last), Some(_)) => glues(
                self.sheet.text,
                &self.sheet.tokens[last],
                &self.sheet.tokens[to],
            ),
            _ => false,
        };
        if white_space
            && (glued || space == Space::Keep)
            && self.last.is_some()
            && to < self.sheet.tokens.len()
        {
            // White space right behind `\9` would be the escape's own; a comment has kept it from that.
            let separator = if ends_in_escape(&self.out[..at]) {
                "/**/ "
            } else {
                " "
            };
            self.out.insert_str(at, separator);
        } else if glued && !gap.is_empty() && self.out.len() == at {
            self.out.push_str("/**/");
        }
    }

    /// Writes the line breaks of what was dropped, where they are to be kept.
    fn lines(&mut self, white_space: bool, dropped: &mut usize) {
        let count = std::mem::take(dropped);
        if !self.keep_lines || count == 0 {
            return;
        }
        let breaks = "\n".repeat(count);
        if white_space {
            if ends_in_escape(&self.out) {
                self.out.push_str("/**/");
            }
            self.out.push_str(&breaks);
        } else {
            // Only inside a comment are they no white space.
            self.out.push_str("/*");
            self.out.push_str(&breaks);
            self.out.push_str("*/");
        }
    }
}

#[cfg(test)]
mod tests;
