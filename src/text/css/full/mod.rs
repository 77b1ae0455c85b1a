//! `--minify full`: lightningcss's optimizer, one declaration at a time. Only this module names lightningcss.
//!
//! Beyond that, only the white space of media queries, of values with `var()` and around custom properties goes.
//!
//! Nothing else is given to it: selectors, preludes, order, fallbacks and prefixed twins stay what they are, since no two
//! declarations or rules are ever joined. What it makes of a declaration is taken only if the judge (`judge.rs`)
//! recognizes each change as one that means the same; it was seen to break many others. All the rest is left to `safe`,
//! which writes the result.
//!
//! With `--targets`, a declaration may become several, and rules with nested ones and media queries may be written for
//! older browsers. Those results are accepted if their [`Inventory`] agrees with that of the source.

mod bounds;
mod comparison;
mod declarations;
mod hazards;
mod inventory;
mod judge;
mod lightning;
mod lower;
mod optimizer;
mod properties;
mod shorthands;
mod spacing;
mod squeeze;
mod statements;
mod survey;
mod value;
mod vendor;

use super::minified::NotMinified;
use super::sheet::Sheet;
use crate::text::css::tokens::{CssToken, Kind, tokens};
use crate::text::is_css_source_map;
use declarations::Found;
pub(crate) use lightning::Targets;
use optimizer::Optimizer;

/// A style sheet whose declarations are optimized; its white space is not.
pub(super) struct Optimized {
    /// `None`: the source.
    pub(super) text: Option<String>,
    /// What was left to `safe`.
    pub(super) notice: Option<NotMinified>,
}

/// Optimizes `css`, whose brackets match.
pub(super) fn optimize(css: &str, targets: Option<&Targets>) -> Optimized {
    let bom = css.len() - css.trim_start_matches('\u{feff}').len();
    let body = &css[bom..];
    let tokens: Vec<CssToken> = tokens(body).collect();
    let sheet = Sheet {
        text: body,
        tokens: &tokens,
    };
    let found = Found::of(sheet);
    let mut optimizer = Optimizer::new(sheet, targets);
    // The lines that a source map counts must stay, so that nothing is optimized that has a line break.
    let has_map = tokens
        .iter()
        .any(|token| token.kind == Kind::Comment && is_css_source_map(body, token.span.clone()));
    optimizer.keep_lines = has_map;
    optimizer.lower(&found);
    optimizer.spacing(&found);
    for declaration in &found.declarations {
        optimizer.declaration(declaration, found.is_alone(declaration));
    }
    optimizer.finish(bom)
}

#[cfg(test)]
mod tests;
