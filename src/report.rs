//! The report of a build.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cache::CacheUse;
use crate::diagnostic::Diagnostic;
use crate::static_root::encoding::Encoding;

/// A number of files and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Files.
    pub files: usize,
    /// Bytes.
    pub bytes: u64,
}

impl Tally {
    pub(crate) fn count(&mut self, bytes: u64) {
        self.files += 1;
        self.bytes += bytes;
    }
}

/// Totals of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Totals {
    /// Assets in the manifest, and their bytes in the source.
    pub assets: Tally,
    /// Source files that an earlier source root already provides.
    pub duplicates: usize,
    /// References rewritten.
    pub references: usize,
    /// Hashed files.
    pub hashed: Tally,
    /// Plain copies.
    pub plain: Tally,
    /// gzip variants.
    pub gzip: Tally,
    /// Brotli variants.
    pub brotli: Tally,
    /// Zstandard variants.
    pub zstd: Tally,
    /// Files written: missing before, or with other bytes.
    pub written: usize,
    /// Files that existed with the right bytes.
    pub unchanged: usize,
    /// Files removed.
    pub removed: usize,
}

impl Totals {
    pub(crate) fn count_hashed(&mut self, written: bool, bytes: u64) {
        self.hashed.count(bytes);
        self.count_written(written);
    }

    pub(crate) fn count_plain(&mut self, written: bool, bytes: u64) {
        self.plain.count(bytes);
        self.count_written(written);
    }

    pub(crate) fn count_variant(&mut self, encoding: Encoding, written: bool, bytes: u64) {
        match encoding {
            Encoding::Gzip => &mut self.gzip,
            Encoding::Brotli => &mut self.brotli,
            Encoding::Zstd => &mut self.zstd,
        }
        .count(bytes);
        self.count_written(written);
    }

    pub(crate) fn count_written(&mut self, written: bool) {
        if written {
            self.written += 1;
        } else {
            self.unchanged += 1;
        }
    }
}

/// An asset of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BuiltAsset {
    /// Its logical path.
    pub path: String,
    /// Its hashed path.
    pub hashed: String,
    /// Whether the static root had no file of that hashed path before.
    pub new: bool,
    /// The variants beside its hashed and its plain file, by name.
    pub variants: Vec<String>,
}

/// Time of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageTime {
    /// Its name.
    pub stage: &'static str,
    /// Wall time, seconds.
    #[serde(serialize_with = "seconds")]
    pub time: Duration,
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

/// Files that a build leaves to be removed once its manifest is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Pending {
    /// The build's id, for [`crate::finish`].
    pub build: String,
    /// Files.
    pub files: usize,
}

/// The result of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Totals.
    pub totals: Totals,
    /// The assets, sorted by logical path.
    pub assets: Vec<BuiltAsset>,
    /// The files that [`RootOptions::headers`](crate::options::RootOptions::headers) asks for, relative to the static root or absolute, as the manifest
    /// is.
    pub headers: Vec<String>,
    /// Without a manifest of its own ([`RootOptions::write_manifest`](crate::options::RootOptions::write_manifest)): what [`crate::finish`] removes once the
    /// caller has written the manifest.
    pub pending: Option<Pending>,
    /// Use of the build cache; `None` without one.
    pub cache: Option<CacheUse>,
    /// Wall time per stage, in the order of the pipeline.
    pub stages: Vec<StageTime>,
    /// Whether it was a dry run.
    pub dry_run: bool,
    /// In a dry run, the files that the build would remove, sorted by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<String>,
    /// Warnings and notices, sorted by path and position.
    pub diagnostics: Vec<Diagnostic>,
}
