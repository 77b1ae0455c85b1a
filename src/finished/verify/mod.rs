//! Verifies a finished static root: all files that the manifest names are there, intact, and consistent with one
//! another.

mod digests;
mod files;
mod plain_copies;
mod verifier;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::FinishedRoot;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::Error;
use crate::options::{DEFAULT_MANIFEST, ReferenceOverrides};
use crate::parallel::pool;
use crate::platform::lock::Lock;
use crate::report::Tally;
use verifier::Verifier;

/// The options of [`crate::verify`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VerifyOptions {
    /// The static root.
    pub static_root: PathBuf,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// The options about references that override those of the build. Default: none; what the record of the build lacks
    /// has its default.
    pub references: ReferenceOverrides,
    /// Logical paths that must be there and must not be empty.
    pub require: Vec<String>,
    /// Threads; 0: one per available core. Default: 0.
    pub jobs: usize,
}

impl VerifyOptions {
    /// Default options for `static_root`.
    pub fn new(static_root: PathBuf) -> Self {
        Self {
            static_root,
            manifest: DEFAULT_MANIFEST.into(),
            references: ReferenceOverrides::default(),
            require: Vec::new(),
            jobs: 0,
        }
    }
}

/// The result of [`crate::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// Entries of the manifest.
    pub assets: usize,
    /// Files read: hashed, plain, and those of earlier generations.
    pub files: Tally,
    /// Variants decoded.
    pub variants: Tally,
    /// References that the build has rewritten, as its report counts them.
    pub references: usize,
    /// All errors, warnings and notices, sorted by path and position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Verification {
    /// Whether the static root is as it must be.
    pub fn is_intact(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|d| d.severity != Severity::Error)
    }
}

/// The most attempts at a static root that keeps changing.
const ATTEMPTS: usize = 5;
/// The time that each attempt waits for a build at work in the static root.
const WAIT: Duration = Duration::from_secs(60);

/// Verifies a static root. While a build is at work there, the files read may belong to two builds: a fault counts only
/// if it is found twice, with no build in between.
pub(crate) fn verify(options: &VerifyOptions) -> Result<Verification, Error> {
    options.references.validate()?;
    let mut before = None;
    for _ in 1..ATTEMPTS {
        let now = attempt(options);
        let seen = match &now {
            Ok(verification) if verification.is_intact() => return now,
            Ok(verification) => Ok(verification.clone()),
            Err(Error::Io { .. }) => Err(format!("{now:?}")),
            Err(_) => return now, // does not depend on when the files are read
        };
        if before.as_ref() == Some(&seen) {
            return now;
        }
        before = Some(seen);
        Lock::wait_for_builds(&options.static_root, WAIT);
    }
    attempt(options)
}

fn attempt(options: &VerifyOptions) -> Result<Verification, Error> {
    let (root, diagnostics) =
        FinishedRoot::open(&options.static_root, &options.manifest, &options.references)?;
    pool(options.jobs)?.install(|| Verifier::new(options, &root, diagnostics).run())
}
