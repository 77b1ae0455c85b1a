//! What stops a build.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Options that contradict each other or the file system (exit status 2).
    #[error("{0}")]
    Usage(String),
    /// The input has errors: all of them, with the warnings and notices of the run, sorted (exit status 1).
    #[error("{} found, nothing was published", errors(.0))]
    Input(Vec<Diagnostic>),
    /// The file system refused (exit status 1).
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `read`, `write`, …
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Puts the path and the action to an I/O error, for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn errors(diagnostics: &[Diagnostic]) -> String {
    let count = diagnostics
        .iter()
        .filter(|d| d.severity == crate::Severity::Error)
        .count();
    format!("{count} error{}", if count == 1 { "" } else { "s" })
}
