//! A tokenized style sheet, and the ends of its statements.

use std::ops::Range;

use crate::text::css::tokens::{CssToken, Kind};

/// A style sheet whose brackets match, with its tokens.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [CssToken],
}

impl<'t> Sheet<'t> {
    /// Returns the index of the colon of a declaration that begins at the token `first`: after a name, before which a
    /// hack may put one character (`*zoom`).
    pub(super) fn declaration_colon(&self, first: usize) -> Option<usize> {
        let name = match self.kind(first) {
            Kind::Ident => first,
            Kind::Delim(_) if self.tokens.get(first + 1)?.kind == Kind::Ident => first + 1,
            _ => return None,
        };
        let colon = self.significant(name + 1)?;
        (self.kind(colon) == Kind::Colon).then_some(colon)
    }

    /// Returns the index of the token that ends a prelude or value: a `;`, `{` (if `at_curly`) or `}` outside its
    /// brackets.
    pub(super) fn end(&self, from: usize, at_curly: bool) -> usize {
        let mut open = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().skip(from) {
            match token.kind {
                Kind::OpenCurly if open == 0 && at_curly => return index,
                Kind::Semicolon if open == 0 => return index,
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => {
                    open += 1;
                }
                Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => {
                    if open == 0 {
                        return index;
                    }
                    open -= 1;
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// Returns the first and last token of `from..to` that are neither white space nor comments.
    pub(super) fn trimmed(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let significant =
            |index: &usize| !matches!(self.kind(*index), Kind::WhiteSpace | Kind::Comment);
        Some((
            (from..to).find(significant)?,
            (from..to).rev().find(significant)?,
        ))
    }

    /// Returns the first and last token of `from..to` that are not white space.
    pub(super) fn without_outer_space(&self, from: usize, to: usize) -> Option<(usize, usize)> {
        let counts = |index: &usize| self.kind(*index) != Kind::WhiteSpace;
        Some(((from..to).find(counts)?, (from..to).rev().find(counts)?))
    }

    pub(super) fn significant(&self, from: usize) -> Option<usize> {
        (from..self.tokens.len())
            .find(|index| !matches!(self.kind(*index), Kind::WhiteSpace | Kind::Comment))
    }

    pub(super) fn kind(&self, index: usize) -> Kind {
        self.tokens[index].kind
    }

    pub(super) fn raw(&self, index: usize) -> &'t str {
        &self.text[self.tokens[index].span.clone()]
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        let span: Range<usize> = self.tokens[from].span.start..self.tokens[to - 1].span.end;
        &self.text[span]
    }
}

/// Joins the text of the tokens `from..to`, without white space and comments.
#[cfg(feature = "minify-full")]
pub(super) fn joined(sheet: Sheet<'_>, from: usize, to: usize) -> String {
    (from..to)
        .filter(|index| !matches!(sheet.kind(*index), Kind::WhiteSpace | Kind::Comment))
        .map(|index| sheet.raw(index))
        .collect()
}
