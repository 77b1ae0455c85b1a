//! CSS: tokens (css-syntax-3), references, minifying.

#[cfg(feature = "minify-full")]
mod full;
#[cfg(not(feature = "minify-full"))]
#[path = "no_full.rs"]
mod full;
mod minified;
mod minify;
pub(super) mod references;
mod safe;
mod sheet;
pub(crate) mod tokens;
mod transform;
pub(crate) mod uses;
pub(crate) mod utf16;

pub(crate) use full::Targets;
pub(crate) use transform::{Transformed, transform_css};
