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

/// Refuses every style sheet.
pub(super) fn minify(_: &str, targets: Option<&Targets>) -> Result<String, NotMinified> {
    if let Some(targets) = targets {
        match *targets {}
    }
    Err(NotMinified {
        offset: 0,
        reason: "minified by white space only: this build has no --minify full".to_owned(),
    })
}
