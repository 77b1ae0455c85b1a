//! The hashing step of Django's `collectstatic`, done better: content hashes, rewritten references, minified CSS,
//! precompressed variants and a `staticfiles.json` that Django and WhiteNoise load unchanged.
//!
//! ```text
//! find → plan → link (prepare one by one) → compress → write
//! ```
//!
//! [`build`] is the pipeline; its stages are modules of these names. `docs/architecture.md` has the map and the
//! invariants.
//!
//! ```no_run
//! use hashstatic::options::{Input, Options, SourceRoot};
//!
//! let assets = SourceRoot { prefix: String::new(), dir: "assets".into() };
//! let mut options = Options::new(Input::Roots(vec![assets]));
//! options.root.out = Some("static".into());
//! let report = hashstatic::build(&options)?;
//! println!("{} assets", report.totals.assets.files);
//! # Ok::<(), hashstatic::Error>(())
//! ```

mod cache;
mod diagnostic;
mod django;
mod error;
mod finished;
mod headers;
mod name;
pub mod options;
mod parallel;
mod pipeline;
mod platform;
mod progress;
mod report;
mod static_root;
#[cfg(any(feature = "bench", feature = "fuzzing"))]
mod testing;
mod text;
mod walk;

pub use cache::{CacheContents, CacheUse, cache_contents, clear_cache};
pub use diagnostic::{
    Code, Diagnostic, DjangoError, DjangoException, Location, Severity, is_deceptive, shown,
};
pub use error::{Error, OptionError};
pub use finished::clean::{CleanOptions, Cleaning};
pub use finished::explain::{
    AssetFile, AssetNaming, AssetReference, AssetVariant, ExplainOptions, Explanation, Leads,
};
pub use finished::verify::{Verification, VerifyOptions};
pub use name::logical_path::{InvalidPath, LogicalPath};
pub use options::Options;
pub use progress::Progress;
pub use report::{BuiltAsset, Pending, Report, StageTime, Tally, Totals};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use testing::fuzzing;
#[cfg(feature = "bench")]
pub use testing::stages;

use std::path::Path;

/// Builds a static root.
///
/// All or nothing: on an error, the manifest that was there and everything it names stay as they were, and what this
/// run had made is removed again.
///
/// # Errors
///
/// [`Error::Usage`] for options that contradict each other, [`Error::Input`] with every problem of the input,
/// [`Error::Io`] if the file system refuses.
pub fn build(options: &Options) -> Result<Report, Error> {
    build_watched(options, &progress::Unwatched)
}

/// Builds a static root as [`build`] does, and reports to `progress` how far the build has come.
///
/// # Errors
///
/// See [`build`].
pub fn build_watched(options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    pipeline::build(options, progress)
}

/// Reads and resolves everything as [`build`] does, and writes nothing: a dry run that needs no static root.
///
/// # Errors
///
/// See [`build`].
pub fn check(options: &Options) -> Result<Report, Error> {
    let mut options = options.clone();
    options.run.dry_run = true;
    // What a build in place has written among the sources is no source.
    options.root.in_place = options.root.out.is_none() && options.only_root().is_some();
    build(&options)
}

/// Verifies a finished static root: the manifest, every digest, reference, plain copy and variant.
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::Io`] if it cannot be read. A static root that is not intact
/// is no error, see [`Verification::is_intact`].
pub fn verify(options: &VerifyOptions) -> Result<Verification, Error> {
    finished::verify::verify(options)
}

/// Removes the files of earlier generations.
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::StaticRoot`] if the manifest or the record of generations
/// cannot be read: then nothing is removed. [`Error::Io`] if the file system refuses.
pub fn clean(options: &CleanOptions) -> Result<Cleaning, Error> {
    finished::clean::clean(options)
}

/// Finishes a build whose manifest the caller has written
/// ([`RootOptions::write_manifest`](options::RootOptions::write_manifest)): removes the files that the build had to
/// keep until then, and returns their number. Nothing is removed unless `build` is the last build of this static root
/// ([`Report::pending`]).
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::Io`] if the file system refuses: then the next build
/// removes the rest.
pub fn finish(static_root: &Path, build: &str) -> Result<usize, Error> {
    pipeline::write::commit::finish(static_root, build)
}

/// Shows everything about one asset of a finished static root.
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::StaticRoot`] if the manifest does not name the asset,
/// [`Error::Io`] if the static root cannot be read.
pub fn explain(options: &ExplainOptions) -> Result<Explanation, Error> {
    finished::explain::explain(options)
}
