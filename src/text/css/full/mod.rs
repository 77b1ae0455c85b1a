//! `--minify full`: lightningcss's optimizer, where it is known to be right. Only this module names lightningcss.
//!
//! lightningcss parses strictly here, because its error recovery deletes what it cannot read. A result is only accepted
//! if its [`Inventory`] agrees with that of the source. Every check stands for a change of behaviour that version
//! 1.0.0-alpha.72 was seen to make in a browser. A file that fails a check is minified by `safe`.

mod bounds;
mod comparison;
mod hazards;
mod inventory;
mod lightning;
mod properties;
mod shorthands;
mod statements;
mod survey;
mod vendor;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::minified::NotMinified;
use inventory::Inventory;
pub(crate) use lightning::Targets;
use lightning::optimize;

/// Optimizes `css`. The error is where and why it was not optimized.
pub(super) fn minify(css: &str, targets: Option<&Targets>) -> Result<String, NotMinified> {
    let whitespace_only = |offset: usize, reason: &str| NotMinified {
        offset,
        reason: format!("minified by white space only: {reason}"),
    };
    let source = Inventory::of(css);
    if let Some((offset, reason)) = source.hazard() {
        return Err(whitespace_only(offset, reason));
    }
    // A library's panic on odd input must not end the build.
    let optimized = catch_unwind(AssertUnwindSafe(|| optimize(css, targets)))
        .unwrap_or_else(|_| Err((0, "lightningcss failed".to_owned())))
        .map_err(|(offset, reason)| whitespace_only(offset, &reason))?;
    let optimized = if source.has_utf8_charset() {
        format!("@charset \"utf-8\";{optimized}") // lightningcss drops it
    } else {
        optimized
    };
    match source.disagreement(&Inventory::of(&optimized), targets.is_some()) {
        Some((offset, reason)) => Err(whitespace_only(offset, reason)),
        None => Ok(optimized),
    }
}

#[cfg(test)]
mod tests;
