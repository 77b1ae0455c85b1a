//! CSS: its tokens (css-syntax-3), its references, and how a style sheet is minified.

mod full;
mod hazards;
mod inventory;
mod minify;
pub(super) mod references;
mod safe;
mod sheet;
mod skim;
pub(crate) mod tokens;
mod transform;

pub(crate) use full::Targets;
pub(crate) use transform::{Transformed, transform_css};
