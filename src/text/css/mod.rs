//! CSS: its tokens (css-syntax-3), its references, and how a style sheet is minified.

#[cfg(feature = "minify-full")]
mod full;
mod functions;
#[cfg(feature = "minify-full")]
mod hazards;
#[cfg(feature = "minify-full")]
mod inventory;
mod minified;
mod minify;
pub(super) mod references;
mod safe;
mod sheet;
mod skim;
pub(crate) mod tokens;
mod transform;
#[cfg(feature = "minify-full")]
mod vendor;

#[cfg(not(feature = "minify-full"))]
mod no_full;

#[cfg(feature = "minify-full")]
pub(crate) use full::Targets;
#[cfg(not(feature = "minify-full"))]
use no_full as full;
#[cfg(not(feature = "minify-full"))]
pub(crate) use no_full::Targets;
pub(crate) use transform::{Transformed, transform_css};
