//! CSS: its tokens (css-syntax-3), its references, and how a style sheet is minified.

mod full;
mod functions;
mod hazards;
mod inventory;
mod minified;
mod minify;
pub(super) mod references;
mod safe;
mod sheet;
mod skim;
pub(crate) mod tokens;
mod transform;
mod vendor;

pub(crate) use full::Targets;
pub(crate) use transform::{Transformed, transform_css};
