//! The commands for what builds have left behind: the build cache.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hashstatic::Error;

use super::{CacheDir, Output};

pub(crate) const CACHE_EXAMPLES: &str = "\
Examples:
  hashstatic cache stats
  hashstatic cache clear --cache-dir /var/cache/hashstatic";

#[derive(Debug, Args)]
pub(crate) struct Cache {
    #[command(subcommand)]
    pub(crate) action: CacheAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CacheAction {
    /// Show where the cache is and how much it holds
    #[command(after_help = CACHE_EXAMPLES)]
    Stats(CacheArguments),
    /// Remove every entry
    #[command(after_help = CACHE_EXAMPLES)]
    Clear(CacheArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CacheArguments {
    #[command(flatten)]
    pub(crate) dir: CacheDir,
    #[command(flatten)]
    pub(crate) output: Output,
}

impl CacheDir {
    /// The directory, which must be known here.
    pub(crate) fn find(&self) -> Result<PathBuf, Error> {
        self.dir()
            .ok_or_else(|| Error::Usage("name the build cache with --cache-dir".into()))
    }
}
