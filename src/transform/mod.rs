//! Stage 3, transform: from a style sheet's bytes to the bytes that are hashed. Minifying, in two strengths.

mod css;
mod css_full;
mod css_safe;
mod inventory;
mod sheet;

pub(crate) use css::{Transformed, transform_css};
pub(crate) use css_full::Targets;

use crate::options::Minify;

/// A place in the source text, and why (part of) the minifying asked for was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
struct NotMinified {
    /// Byte offset in the source text.
    offset: usize,
    reason: String,
}

/// What came out of minifying.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Minified {
    /// The smaller text; `None`: the source stays as it is.
    text: Option<String>,
    /// Why less was done than was asked for.
    notice: Option<NotMinified>,
}

/// Minifies a style sheet; never to a larger one.
fn minify(css: &str, mode: Minify, targets: Option<&Targets>) -> Minified {
    let safe = match mode {
        Minify::Off => Minified {
            text: None,
            notice: None,
        },
        Minify::Safe | Minify::Full => css_safe::minify(css),
    };
    if mode != Minify::Full || safe.notice.is_some() {
        return safe;
    }
    match css_full::minify(css, targets) {
        Ok(full) if full.len() < safe.text.as_deref().unwrap_or(css).len() => Minified {
            text: Some(full),
            notice: None,
        },
        Ok(_) => safe,
        Err(notice) => Minified {
            text: safe.text,
            notice: Some(notice),
        },
    }
}
