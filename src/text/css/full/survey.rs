//! Takes the inventory of a style sheet, token by token.

use super::inventory::Inventory;
use crate::text::Syntax;
use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::{CssToken, Kind, tokens};
use crate::text::is_css_source_map;

/// Deepest nesting of brackets that is given to lightningcss, whose recursive parser retries alternatives at every
/// level. Deeper nesting would overflow the stack, or take exponential time.
const MAX_DEPTH: usize = 12;

impl Inventory {
    pub(super) fn of(css: &str) -> Self {
        let css = css.strip_prefix('\u{feff}').map_or(css, |rest| rest);
        let tokens: Vec<CssToken> = tokens(css).collect();
        let sheet = Sheet {
            text: css,
            tokens: &tokens,
        };
        let mut inventory = Self {
            ascii: css.is_ascii(),
            ..Self::default()
        };
        inventory.urls = Syntax::Css
            .references(css.as_bytes())
            .iter()
            .map(|reference| reference.url(css.as_bytes()).text.into_owned())
            .collect();
        inventory.urls.sort_unstable();
        let mut open = 0_usize;
        for token in &tokens {
            inventory.token(css, token);
            match token.kind {
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => {
                    open += 1;
                }
                Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => {
                    open = open.saturating_sub(1);
                }
                _ => {}
            }
            if open > MAX_DEPTH {
                inventory.found_hazard(token.span.start, "brackets nested too deeply");
            }
        }
        inventory.statements(sheet);
        inventory.custom.sort_unstable();
        inventory
    }

    /// Records what a single token shows.
    fn token(&mut self, css: &str, token: &CssToken) {
        let raw = &css[token.span.clone()];
        let start = token.span.start;
        match token.kind {
            Kind::Comment if raw.starts_with("/*!") => self.licences += 1,
            Kind::Comment if is_css_source_map(css, token.span.clone()) => {
                self.found_hazard(start, "it names a source map, which would no longer fit");
            }
            Kind::Function => {
                let name = raw[..raw.len() - 1].to_ascii_lowercase();
                if name.starts_with('-') && name.contains("gradient") {
                    self.found_hazard(start, "a prefixed gradient");
                }
            }
            _ => {}
        }
    }
}
