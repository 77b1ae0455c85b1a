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

mod compress;
mod css_tokens;
mod diagnostic;
mod digest;
mod django;
mod earlier;
mod error;
mod glob;
mod graph;
mod link;
mod lock;
mod logical_path;
mod manifest;
pub mod options;
mod output;
mod parallel;
mod plan;
mod publish;
mod read;
mod reference;
mod report;
mod resolve;
mod run;
mod static_root;
mod transform;
mod walk;

pub use diagnostic::{Code, Diagnostic, Location, Severity};
pub use error::Error;
pub use logical_path::{InvalidPath, LogicalPath};
pub use options::Options;
pub use report::{BuiltAsset, Report, StageTime, Tally, Totals};

use run::Run;

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
    let run = Run::new(options)?;
    run.in_pool(|| pipeline(&run, options).inspect_err(|_| run.static_root.roll_back()))
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

/// The stages, in their order.
fn pipeline(run: &Run<'_>, options: &Options) -> Result<Report, Error> {
    let mut log = run::Log::new(options);
    let last = if options.write_manifest {
        earlier::manifest(&run.static_root, &run.manifest_name, &mut log.diagnostics)
    } else {
        manifest::Manifest::default()
    };

    let sources = walk::walk(options, run.static_root.dir(), &mut log.diagnostics)?;
    let (sources, carried) = run.without_outputs(sources, &last);
    log.stage("walk");

    let plan = plan::plan(sources, carried, options, &mut log.diagnostics);
    log.stage("plan").fail_on_errors()?;

    // transform → reference → resolve, one asset at a time; what refers to nothing is hashed and written on the way.
    let exact = run.exact(&plan);
    let reader = run.reader(&plan, exact.as_ref());
    let (texts, outputs) = read::read(&reader, &mut log.diagnostics)?;
    log.stage("read").fail_on_errors()?;

    let references = link::link(&reader, &texts, &outputs, &mut log.diagnostics)?;
    drop(texts);
    log.stage("link").fail_on_errors()?;

    let outputs = run::finished(outputs, &plan, &mut log.diagnostics);
    log.fail_on_errors()?;
    let manifest = run::manifest(&plan, &outputs, exact.is_some());
    let variants = compress::compress(&run.static_root, &plan, &outputs, options.encodings)?;
    log.stage("compress");

    let built = run::built(run, &plan, &outputs, &variants, exact.is_some());
    let mut totals = publish::publish(run.store(), &plan, outputs, variants, options.clear)?;
    totals.references = references;
    log.stage("write");

    if options.write_manifest {
        publish::publish_manifest(run.store(), &manifest, &mut totals)?;
        log.stage("manifest");
    }
    Ok(log.into_report(totals, built))
}
