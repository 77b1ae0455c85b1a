//! `--minify full` without its feature: no build asks for it (`Options::validate`).

use super::minified::NotMinified;

/// The browsers that `full` may write for: none.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Targets {}

impl Targets {
    /// Refuses every query.
    pub(crate) fn parse(query: &str) -> Result<Self, String> {
        Err(format!("{query:?}: this build has no --minify full"))
    }
}

/// The type of [`optimize`]'s result.
pub(super) struct Optimized {
    pub(super) text: Option<String>,
    pub(super) notice: Option<NotMinified>,
}

/// Optimizes nothing.
pub(super) fn optimize(_: &str, targets: Option<&Targets>) -> Optimized {
    if let Some(targets) = targets {
        match *targets {}
    }
    Optimized {
        text: None,
        notice: Some(NotMinified {
            offset: 0,
            reason: "kept as --minify safe writes it: this build has no --minify full".to_owned(),
        }),
    }
}
