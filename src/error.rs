//! Errors: reasons why a build stops.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{Diagnostic, shown};

/// Why nothing was published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Options that contradict each other or the file system (exit status 2).
    #[error("{0}")]
    Usage(String),
    /// An option has a wrong value (exit status 2).
    #[error("{0}")]
    Option(OptionError),
    /// The input has errors: all diagnostics of the run, sorted (exit status 1).
    #[error("{} found, nothing was published", errors(.0))]
    Input(Vec<Diagnostic>),
    /// The static root is in a wrong state (exit status 1).
    #[error("{0}")]
    StaticRoot(String),
    /// An I/O error (exit status 1).
    #[error("cannot {action} {}: {source}", shown(path))]
    Io {
        /// The action that failed: `read`, `write`, …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// Another build holds the lock of the static root (exit status 1).
    #[error(
        "the static root {} is locked by another build{}, still so after {} s",
        shown(path),
        holder.map_or_else(String::new, |pid| format!(" (process {pid})")),
        waited.as_secs()
    )]
    Locked {
        /// The static root.
        path: PathBuf,
        /// Process id of the other build, if it is known.
        holder: Option<u32>,
        /// How long this build has waited.
        waited: Duration,
    },
    /// The caller asked to stop ([`crate::Progress::is_interrupted`]; exit status 130).
    #[error("interrupted, nothing was published")]
    Interrupted,
    /// Several errors of usage, all of which were found before anything was read.
    #[error("{}", lines(.0))]
    Several(Vec<Error>),
    /// A bug of hashstatic: an invariant does not hold (exit status 1).
    #[error("internal error: {0}; please report this as a bug of hashstatic")]
    Internal(&'static str),
}

/// An option with a wrong value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option}{}: {problem}", value.as_deref().map_or_else(String::new, |value| format!(" {value}")))]
#[non_exhaustive]
pub struct OptionError {
    /// The option's long name, without dashes: `static-url`.
    pub option: &'static str,
    /// The one value that is meant, where the option has several.
    pub value: Option<String>,
    /// What is wrong, as the end of a sentence.
    pub problem: String,
}

impl Error {
    /// A wrong value of an option that has one value.
    pub(crate) fn option(option: &'static str, problem: impl Into<String>) -> Self {
        Self::Option(OptionError {
            option,
            value: None,
            problem: problem.into(),
        })
    }

    /// Whether a file or directory is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }

    /// Returns all of several errors at once, if there are any.
    ///
    /// # Errors
    ///
    /// The one error that there is, or [`Error::Several`].
    pub fn all(errors: impl IntoIterator<Item = Self>) -> Result<(), Self> {
        let mut all = Vec::new();
        for error in errors {
            match error {
                Self::Several(errors) => all.extend(errors),
                error => all.push(error),
            }
        }
        match all.pop() {
            None => Ok(()),
            Some(error) if all.is_empty() => Err(error),
            Some(error) => {
                all.push(error);
                Err(Self::Several(all))
            }
        }
    }

    /// Adds the action and the path to an I/O error, for `map_err`.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

fn lines(errors: &[Error]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn errors(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|d| d.severity == crate::Severity::Error);
    let count: usize = errors.map(Diagnostic::count).sum();
    format!("{count} error{}", if count == 1 { "" } else { "s" })
}
