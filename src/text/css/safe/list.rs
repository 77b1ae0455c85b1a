//! Writes selectors and values.

use super::emit::Minifier;
use super::rules::{Context, Respelt, Space, is_forgiving, loose_inside};
use super::spelling::{color, number, quoted_url, unquoted_url};
use crate::text::css::tokens::Kind;

impl Minifier<'_> {
    /// Whether the tokens of a value mean nothing but their values.
    pub(super) fn can_be_respelt(&self, from: usize, to: usize) -> bool {
        (from..to).all(|index| {
            let raw = self.sheet.raw(index);
            match self.sheet.kind(index) {
                // `\9`, for Internet Explorer
                Kind::Ident | Kind::Hash | Kind::Dimension => !raw.contains('\\'),
                Kind::Function => {
                    let name = raw.to_ascii_lowercase();
                    // `element(#id)`; the strings and numbers of the others mean what they say.
                    !name.contains('\\') && !name.ends_with("element(") && name != "src("
                }
                Kind::Delim(c) => matches!(c, '+' | '-' | '*' | '/' | '!' | '.'),
                Kind::OpenCurly | Kind::AtKeyword | Kind::Match | Kind::Cdo | Kind::Cdc => false,
                _ => true,
            }
        })
    }

    /// Writes a selector or value, token by token.
    pub(super) fn list(&mut self, from: usize, to: usize, context: Context) {
        let mut open = 0_usize;
        // Number of open brackets where text that stays as written began.
        let mut as_written = None;
        let mut index = from;
        while index < to {
            let kind = self.sheet.kind(index);
            if matches!(kind, Kind::WhiteSpace | Kind::Comment) {
                index += 1;
                continue;
            }
            let closes = matches!(kind, Kind::CloseParenthesis | Kind::CloseSquare);
            let before = self.last.map(|last| self.sheet.kind(last));
            let drop = loose_inside(kind, context, open)
                || before.is_some_and(|before| loose_inside(before, context, open))
                || kind == Kind::CloseParenthesis
                || matches!(before, Some(Kind::Function | Kind::OpenParenthesis))
                || before == Some(Kind::CloseParenthesis)
                    && open == 0
                    && matches!(context, Context::Value(Some(_)));
            // `>>>` was a combinator once.
            let shadow = kind == Kind::Delim('>') && before == Some(kind);
            let space = if drop && !shadow || index == from {
                Space::Drop
            } else {
                Space::Keep
            };
            if as_written.is_some() {
                self.emit_verbatim(self.next, index + 1, Space::Drop);
            } else if let Context::Value(Some(respelt)) = context {
                let next = self.respell(index, respelt, space);
                if next > index + 1 {
                    index = next;
                    continue;
                }
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
            index += 1;
        }
    }
    /// Writes the token at `index` as short as possible. Returns the index of the next one.
    fn respell(&mut self, index: usize, respelt: Respelt, space: Space) -> usize {
        let raw = self.sheet.raw(index);
        let spelt = match self.sheet.kind(index) {
            Kind::Number | Kind::Percentage | Kind::Dimension => {
                let drop_plus = self.is_apart_from_the_last(index);
                let apart = self.is_apart_from_the_next(index);
                number(raw, drop_plus, respelt.takes_fractions).filter(|spelt| {
                    // `0` for `.0` would become a part of the name before it.
                    apart && (drop_plus || spelt.as_bytes().first() == raw.as_bytes().first())
                })
            }
            Kind::Hash => color(raw),
            Kind::UnquotedUrl if !(self.keep_lines && raw.contains(['\n', '\r', '\x0c'])) => {
                (raw.len() > 4 && raw[..4].eq_ignore_ascii_case("url("))
                    .then(|| format!("{}{})", &raw[..4], unquoted_url(raw)))
            }
            Kind::Function => {
                if let Some((url, tokens)) = quoted_url(self.sheet, index)
                    && !(self.keep_lines && self.has_line_break(index, tokens.end))
                {
                    self.emit_spelt(index, tokens.end, &format!("{raw}{url})"), space);
                    return tokens.end;
                }
                None
            }
            _ => None,
        };
        match spelt {
            Some(spelt) => self.emit_spelt(index, index + 1, &spelt, space),
            None => self.emit(index, space),
        }
        index + 1
    }

    /// Whether a number at `index` would not become a part of the token before it without its `+`.
    fn is_apart_from_the_last(&self, index: usize) -> bool {
        // Comments may go.
        let mut before = (0..index).rev().map(|before| self.sheet.kind(before));
        let before = before.find(|kind| *kind != Kind::Comment);
        matches!(
            before,
            Some(
                Kind::WhiteSpace
                    | Kind::Colon
                    | Kind::Comma
                    | Kind::Function
                    | Kind::OpenParenthesis
            )
        )
    }

    /// Whether what follows a number could not become a part of it: in `1.0.5`, `.5` is a number of its own.
    fn is_apart_from_the_next(&self, index: usize) -> bool {
        !self.sheet.tokens.get(index + 1).is_some_and(|next| {
            matches!(
                next.kind,
                Kind::Number | Kind::Percentage | Kind::Dimension | Kind::Delim(_)
            ) && !matches!(next.kind, Kind::Delim('!' | '*' | '/'))
        })
    }

    fn has_line_break(&self, from: usize, to: usize) -> bool {
        self.sheet.slice(from, to).contains(['\n', '\r', '\x0c'])
    }
}
