//! The hashing step of Django's `collectstatic`, done better: content hashes, rewritten references, minified CSS,
//! precompressed variants and a `staticfiles.json` that Django and WhiteNoise load unchanged.
//!
//! ```text
//! walk → plan → transform → reference → resolve → link → compress → write → manifest
//! ```
//!
//! [`build`] is the pipeline; each stage is a module of that name. `docs/architecture.md` has the map and the
//! invariants.
//!
//! ```no_run
//! use hashstatic::options::{Input, Options, SourceRoot};
//!
//! let assets = SourceRoot { prefix: String::new(), dir: "assets".into() };
//! let mut options = Options::new(Input::Roots(vec![assets]));
//! options.out = Some("static".into());
//! let report = hashstatic::build(&options)?;
//! println!("{} assets", report.totals.assets.files);
//! # Ok::<(), hashstatic::Error>(())
//! ```

mod cache;
mod clean;
mod commit;
mod compress;
mod css_tokens;
mod diagnostic;
mod digest;
mod django;
mod earlier;
mod error;
mod finished;
mod fold;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod generations;
mod glob;
mod graph;
mod headers;
mod link;
mod lock;
mod logical_path;
mod manifest;
mod missing;
mod name_map;
pub mod options;
mod output;
mod parallel;
mod plain_files;
mod plan;
mod prehashed;
mod progress;
mod publish;
mod read;
mod reference;
mod regular_file;
mod report;
mod resolve;
mod run;
mod source_variants;
#[cfg(feature = "bench")]
pub mod stages;
mod stamp;
mod static_root;
mod transform;
mod unchanged;
mod walk;

pub use cache::{CacheContents, CacheUse, cache_contents, clear_cache};
pub use clean::{CleanOptions, Cleaning};
pub use diagnostic::{
    Code, Diagnostic, DjangoError, DjangoException, Location, Severity, is_deceptive, shown,
};
pub use error::Error;
pub use finished::explain::{
    AssetFile, AssetReference, AssetVariant, ExplainOptions, Explanation, Leads,
};
pub use finished::verify::{Verification, VerifyOptions};
pub use logical_path::{InvalidPath, LogicalPath};
pub use options::Options;
pub use progress::Progress;
pub use report::{BuiltAsset, Pending, Report, StageTime, Tally, Totals};

use std::path::Path;

use cache::Cache;
use commit::Commit;
use read::{Reading, TextAsset};
use run::Run;
use unchanged::Repeat;

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

/// As [`build`], telling `progress` how far it has come.
///
/// # Errors
///
/// As of [`build`].
pub fn build_watched(options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let run = Run::new(options)?;
    run.in_pool(|| pipeline(&run, options, progress).inspect_err(|_| run.static_root.roll_back()))
}

/// Reads and resolves everything as [`build`] does, and writes nothing: a dry run that needs no static root.
///
/// # Errors
///
/// As of [`build`].
pub fn check(options: &Options) -> Result<Report, Error> {
    let options = Options {
        dry_run: true,
        ..options.clone()
    };
    build(&options)
}

/// Proves a finished static root: the manifest, every digest, reference, plain copy and variant.
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::Io`] if it cannot be read. What is broken is no error here,
/// see [`Verification::is_proven`].
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
    clean::clean(options)
}

/// Finishes a build whose manifest the caller has written ([`Options::write_manifest`]): what that build had to remove is
/// removed now. How many files. Nothing is removed unless `build` is the last one there ([`Report::pending`]).
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::Io`] if the file system refuses: the next build goes on.
pub fn finish(static_root: &Path, build: &str) -> Result<usize, Error> {
    commit::finish(static_root, build)
}

/// Tells everything about one asset of a finished static root.
///
/// # Errors
///
/// [`Error::Usage`] if there is no such directory, [`Error::StaticRoot`] if the manifest does not name the asset,
/// [`Error::Io`] if the static root cannot be read.
pub fn explain(options: &ExplainOptions) -> Result<Explanation, Error> {
    finished::explain::explain(options)
}

/// The stages, in their order.
fn pipeline(run: &Run<'_>, options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let mut log = run::Log::new(options);
    let cache = run.cache(&mut log.diagnostics);
    let sources = run.look_and_walk(&mut log.diagnostics)?;
    let repeat = cache
        .as_ref()
        .and_then(|cache| Repeat::new(run, cache, &sources, &log.diagnostics));
    if let Some(report) = repeat.as_ref().and_then(Repeat::report) {
        log.stage("unchanged");
        return Ok(log.repeated(report));
    }
    let last = run.earlier(&mut log.diagnostics)?;
    let (sources, carried) = run.without_outputs(sources, &last)?;
    let (sources, variants) = run.without_variants(sources, &mut log.diagnostics)?;
    log.stage("walk");

    let mut plan = plan::plan(
        sources,
        carried,
        options,
        &run.prehashed,
        &mut log.diagnostics,
    );
    plan.variants = variants;
    prehashed::keep_targets(&mut plan, options, &mut log.diagnostics)?;
    log.stage("plan").fail_on_errors()?;

    // transform → reference → resolve, one asset at a time; what waits for no other is linked and written on the way.
    let exact = run.exact(&plan);
    let reader = run.reader(&plan, exact.as_ref(), cache.as_ref(), &last);
    let outputs = output::none_of(plan.assets.len());
    let link_early = |text: &mut TextAsset<'_>| link::link_early(&reader, &outputs, text);
    let Reading { texts, references } =
        read::read(&reader, &outputs, link_early, &mut log.diagnostics)?;
    log.stage("read").fail_on_errors()?;

    let references = references + link::link(&reader, &texts, &outputs, &mut log.diagnostics)?;
    drop(texts);
    log.stage("link").fail_on_errors()?;

    let outputs = run::finished(outputs, &plan, &mut log.diagnostics);
    log.fail_on_errors()?;
    let manifest = run::manifest(run.store(), &plan, &outputs);
    let remembered = publish::remembered(run.store(), &plan, &outputs);
    let compressor = run.compressor(cache.as_ref(), progress);
    let variants = compressor.compress(&plan, &outputs)?;
    log.stage("compress");
    let headers = headers::headers(
        options,
        run.store(),
        (&plan, &outputs, &variants),
        &last,
        &mut log.diagnostics,
    );
    log.fail_on_errors()?;

    let kept = (options.clear, &remembered);
    let mut publications = publish::prepare(run.store(), &plan, outputs, variants, kept)?;
    publications.remove(publish::unwanted_headers(run.store(), &headers)?);
    let mut commit = Commit::new(run, &manifest);
    commit.prepare(&publications, || {
        let clear = options.clear;
        publish::record_generation(run.store(), &plan, last, &manifest, remembered, clear)
    })?;
    log.stage("write");

    let mut totals = std::mem::take(&mut publications.totals);
    totals.references = references;
    let built = std::mem::take(&mut publications.built);
    let plain = std::mem::take(&mut publications.plain);
    let headers = publish::publish_headers(run.store(), &headers, &mut totals)?;
    let pending = commit.run(publications, &mut totals)?;
    if options.write_manifest {
        log.stage("manifest");
    }
    let mut report = log.into_report(totals);
    report.assets = built;
    report.headers = headers;
    report.pending = pending;
    if let Some(repeat) = repeat {
        repeat.keep(&report);
    }
    report.cache = cache.as_ref().map(Cache::finish);
    // Last of all: of an edit after that, no build can know.
    let outdated = plain_files::remove_outdated_variants(&run.static_root, &plain, run.began)?;
    report.diagnostics.extend(outdated);
    Ok(report)
}
