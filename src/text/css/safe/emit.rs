//! Writes tokens, and what stays of the white space and comments between them.

use super::rules::{Space, ends_in_escape, glues, is_source_map};
use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::Kind;

pub(super) struct Minifier<'t> {
    pub(super) sheet: Sheet<'t>,
    pub(super) keep_lines: bool,
    pub(super) out: String,
    /// Index of the first token that is neither in `out` nor dropped yet.
    pub(super) next: usize,
    /// Index of the last token in `out`.
    pub(super) last: Option<usize>,
}

impl Minifier<'_> {
    pub(super) fn emit_significant(&mut self, index: usize, space: Space) {
        if !matches!(self.sheet.kind(index), Kind::WhiteSpace | Kind::Comment) {
            self.emit(index, space);
        }
    }

    pub(super) fn emit(&mut self, index: usize, space: Space) {
        self.emit_verbatim(index, index + 1, space);
    }

    /// Writes the tokens `from..to`, with the white space and comments between them.
    pub(super) fn emit_verbatim(&mut self, from: usize, to: usize, space: Space) {
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

    /// Writes `text` for the tokens `from..to`, which it means.
    pub(super) fn emit_spelt(&mut self, from: usize, to: usize, text: &str, space: Space) {
        self.gap(from, space);
        self.out.push_str(text);
        self.next = to;
        self.last = Some(to - 1);
    }

    /// Writes the tokens `from..to` without the white space at both ends. Comments there stay: some browsers show them.
    pub(super) fn emit_as_written(&mut self, from: usize, to: usize, space: Space) {
        if let Some((start, last)) = self.sheet.without_outer_space(from, to) {
            self.emit_verbatim(start, last + 1, space);
        }
    }

    /// Writes what stays of the white space and comments between the last token written and the token `to`.
    pub(super) fn gap(&mut self, to: usize, space: Space) {
        let gap = &self.sheet.tokens[self.next..to];
        let at = self.out.len();
        let mut white_space = false;
        let mut dropped_lines = String::new();
        for token in gap {
            let raw = &self.sheet.text[token.span.clone()];
            if token.kind == Kind::Comment
                && (raw.starts_with("/*!") || is_source_map(self.sheet.text, token))
            {
                self.lines(white_space, &mut dropped_lines);
                self.out.push_str(raw);
            } else {
                white_space |= token.kind == Kind::WhiteSpace;
                if self.keep_lines {
                    push_line_breaks(raw, &mut dropped_lines);
                }
            }
        }
        self.lines(white_space, &mut dropped_lines);
        self.next = to;
        if self.out.len() > at && (!white_space || self.out[at..].contains(['\n', '\r', '\x0c'])) {
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
            // White space directly after `\9` would belong to the escape; in the source, a comment separates them.
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

    /// Writes the line breaks of dropped text, if they are to be kept.
    fn lines(&mut self, white_space: bool, dropped: &mut String) {
        let breaks = std::mem::take(dropped);
        if breaks.is_empty() {
            return;
        }
        if white_space {
            if ends_in_escape(&self.out) {
                self.out.push_str("/**/");
            }
            self.out.push_str(&breaks);
        } else {
            // Line breaks are not white space inside a comment.
            self.out.push_str("/*");
            self.out.push_str(&breaks);
            self.out.push_str("*/");
        }
    }
}

/// Adds the line breaks of `text` to `breaks`. Readers of source maps may count any of them, but `\r\n` as one.
fn push_line_breaks(text: &str, breaks: &mut String) {
    let mut last = ' ';
    for c in text.chars() {
        match c {
            '\n' if last == '\r' => {
                breaks.pop();
                breaks.push('\n');
            }
            '\n' | '\r' | '\x0c' => {
                if c == '\n' && breaks.ends_with('\r') {
                    breaks.push(' '); // two line breaks, not one
                }
                breaks.push(c);
            }
            _ => {}
        }
        last = c;
    }
}
