//! The options of the run itself, which have no influence on its output.

use std::path::PathBuf;

/// The run itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// Read, resolve and report, but write nothing. Default: `false`.
    pub dry_run: bool,
    /// Threads; 0: one per available core. More than four per core are never started: they only cost memory. Default: 0.
    pub jobs: usize,
    /// The directory of the build cache. Default: `None`, no cache.
    pub cache_dir: Option<PathBuf>,
    /// The most that the build cache may hold, in bytes. Default: [`RunOptions::CACHE_MAX_SIZE_DEFAULT`].
    pub cache_max_size: u64,
}

impl RunOptions {
    /// 1 GB: the variants of a dozen large projects.
    pub const CACHE_MAX_SIZE_DEFAULT: u64 = 1_000_000_000;
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            jobs: 0,
            cache_dir: None,
            cache_max_size: Self::CACHE_MAX_SIZE_DEFAULT,
        }
    }
}
