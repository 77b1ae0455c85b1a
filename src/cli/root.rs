//! The commands on the results of builds: static roots and the build cache.

use std::path::PathBuf;

use std::time::Duration;

use clap::{Args, Subcommand};
use hashstatic::options::{ReferenceOptions, ReferenceOverrides};
use hashstatic::{CleanOptions, Error, ExplainOptions, VerifyOptions};

use super::config::STATIC_ROOT;
use super::environment::Environment;
use super::invocation::Invocation;
use super::sources::Threads;
use super::{CacheDir, Output};

pub(crate) const VERIFY_EXAMPLES: &str = "\
Examples:
  hashstatic verify static
  hashstatic verify static --require css/output.css

Exit status: 0 verified; 1 something is broken; 2 wrong usage";

pub(crate) const CLEAN_EXAMPLES: &str = "\
Examples:
  hashstatic clean static --keep 3
  hashstatic clean static --keep 1 --age 7d --dry-run

Exit status: 0 done; 1 the static root has no readable manifest, nothing was removed; 2 wrong usage";

pub(crate) const EXPLAIN_EXAMPLES: &str = "\
Examples:
  hashstatic explain static css/app.css

Exit status: 0 done; 1 no such asset; 2 wrong usage";

/// Which static root, and how it was built.
#[derive(Debug, Args)]
pub(crate) struct Root {
    /// Static root [default: out of the configuration file]
    #[arg(value_name = "STATIC_ROOT", id = STATIC_ROOT)]
    dir: Option<PathBuf>,
    /// The static root as build names it: where the configuration file gives it.
    #[arg(long, value_name = "DIR", hide = true, conflicts_with = STATIC_ROOT)]
    out: Option<PathBuf>,
    /// Manifest, relative to the static root
    #[arg(long, value_name = "PATH", default_value = "staticfiles.json")]
    manifest: PathBuf,
}

impl Root {
    /// The static root, which some layer has to name.
    fn dir(&self) -> Result<PathBuf, Error> {
        let named = self.dir.as_ref().or(self.out.as_ref());
        named.cloned().ok_or_else(|| {
            Error::Usage("name the static root, or set `out` in the configuration file".into())
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    root: Root,
    /// Fail if this asset is missing or empty (may be repeated)
    #[arg(long, value_name = "PATH")]
    require: Vec<String>,
    #[command(flatten)]
    references: ReferenceOptions,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    pub(crate) output: Output,
}

impl Verify {
    pub(crate) fn options(&self, invocation: &Invocation) -> Result<VerifyOptions, Error> {
        let mut options = VerifyOptions::new(self.root.dir()?);
        options.manifest.clone_from(&self.root.manifest);
        options.references = given(&self.references, invocation);
        options.require.clone_from(&self.require);
        options.jobs = self.threads.jobs;
        Ok(options)
    }
}

/// The options about references that were given. The record of the build has the others.
fn given(references: &ReferenceOptions, invocation: &Invocation) -> ReferenceOverrides {
    let is_given = |option| invocation.is_given(option);
    let mut given = ReferenceOverrides::default();
    if is_given("static-url") {
        given.static_url = Some(references.static_url.clone());
    }
    if is_given("js-modules") {
        given.js_modules = Some(references.js_modules);
    }
    if is_given("on-missing") {
        given.on_missing = references.on_missing;
    }
    if is_given("missing-source-map") {
        given.missing_source_map = Some(references.missing_source_map);
    }
    if is_given("ignore-errors") {
        given.ignore_errors = Some(references.ignore_errors.clone());
    }
    given
}

#[derive(Debug, Args)]
pub(crate) struct Clean {
    #[command(flatten)]
    root: Root,
    /// Generations to keep, the current one included [default: 3; with --age: 1]
    #[arg(long, value_name = "N")]
    keep: Option<usize>,
    /// Also keep generations that were replaced less than this ago: 90s, 30m, 12h, 7d, 2w
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    age: Option<Duration>,
    /// List what would be removed, and remove nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Seconds to wait for a build on the same static root
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    lock_timeout: u64,
    #[command(flatten)]
    pub(crate) output: Output,
}

impl Clean {
    pub(crate) fn options(&self) -> Result<CleanOptions, Error> {
        let mut options = CleanOptions::new(self.root.dir()?);
        options.manifest.clone_from(&self.root.manifest);
        options.keep = match (self.keep, self.age) {
            (Some(keep), _) => keep,
            (None, Some(_)) => 1,
            (None, None) => options.keep,
        };
        options.age = self.age;
        options.dry_run = self.dry_run;
        options.lock_timeout = Duration::from_secs(self.lock_timeout);
        Ok(options)
    }
}

/// What Django's storage runs after it has written the manifest.
#[derive(Debug, Args)]
pub(crate) struct Finish {
    /// Static root
    #[arg(value_name = "STATIC_ROOT")]
    pub(crate) dir: PathBuf,
    /// The build, as its report names it
    #[arg(long, value_name = "ID")]
    pub(crate) build: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct Explain {
    #[command(flatten)]
    root: Root,
    /// Logical path (or hashed path) of the asset
    #[arg(value_name = "LOGICAL_PATH")]
    asset: String,
    #[command(flatten)]
    references: ReferenceOptions,
    #[command(flatten)]
    pub(crate) output: Output,
}

impl Explain {
    pub(crate) fn options(&self, invocation: &Invocation) -> Result<ExplainOptions, Error> {
        let mut options = ExplainOptions::new(self.root.dir()?, self.asset.clone());
        options.manifest.clone_from(&self.root.manifest);
        options.references = given(&self.references, invocation);
        Ok(options)
    }
}

/// Parses a duration: `90s`, `30m`, `12h`, `7d`, `2w`.
fn duration(argument: &str) -> Result<Duration, String> {
    let split = argument
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(argument.len());
    let (number, unit) = argument.split_at(split);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        "w" => 7 * 24 * 3600,
        _ => return Err("not a number with one of the units s, m, h, d, w".into()),
    };
    let number: u64 = number.parse().map_err(|_| "not a number")?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

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
    /// The directory; not to know one is an error here.
    pub(crate) fn find(&self, environment: &Environment) -> Result<PathBuf, Error> {
        self.dir(environment)
            .ok_or_else(|| Error::Usage("name the build cache with --cache-dir".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2w"), Ok(Duration::from_secs(14 * 24 * 3600)));
        for wrong in ["", "7", "d", "-1d", "1.5h", "1 d", "99999999999999999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
