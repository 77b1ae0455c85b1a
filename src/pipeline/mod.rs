//! One build, its stages in their order.

pub(crate) mod commit;
pub(crate) mod compress;
pub(crate) mod graph;
pub(crate) mod in_place;
pub(crate) mod job;
pub(crate) mod link;
pub(crate) mod plain_files;
pub(crate) mod plan;
pub(crate) mod prehashed;
pub(crate) mod prepare;
pub(crate) mod repeat;
pub(crate) mod source_variants;
pub(crate) mod store;
pub(crate) mod write;

use crate::cache::Cache;
use crate::error::Error;
use crate::headers;
use crate::options::Options;
use crate::progress::Progress;
use crate::report::Report;
use commit::Commit;
use job::Run;
use prepare::{Reading, TextAsset};
use repeat::Repeat;

/// See [`crate::build`].
pub(crate) fn build(options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let run = Run::new(options)?;
    run.in_pool(|| pipeline(&run, options, progress).inspect_err(|_| run.static_root.roll_back()))
}

/// The stages, in their order.
fn pipeline(run: &Run<'_>, options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let mut log = job::Log::new(options);
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
    let outputs = store::none_of(plan.assets.len());
    let link_early = |text: &mut TextAsset<'_>| link::link_early(&reader, &outputs, text);
    let Reading { texts, references } =
        prepare::read(&reader, &outputs, link_early, &mut log.diagnostics)?;
    log.stage("read").fail_on_errors()?;

    let references = references + link::link(&reader, &texts, &outputs, &mut log.diagnostics)?;
    drop(texts);
    log.stage("link").fail_on_errors()?;

    let outputs = job::finished(outputs, &plan, &mut log.diagnostics);
    log.fail_on_errors()?;
    let manifest = job::manifest(run.store(), &plan, &outputs);
    let remembered = write::remembered(run.store(), &plan, &outputs);
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
    let mut publications = write::prepare(run.store(), &plan, outputs, variants, kept)?;
    publications.remove(write::unwanted_headers(run.store(), &headers)?);
    let mut commit = Commit::new(run, &manifest);
    commit.prepare(&publications, || {
        let clear = options.clear;
        write::record_generation(run.store(), &plan, last, &manifest, remembered, clear)
    })?;
    log.stage("write");

    let mut totals = std::mem::take(&mut publications.totals);
    totals.references = references;
    let built = std::mem::take(&mut publications.built);
    let plain = std::mem::take(&mut publications.plain);
    let headers = write::publish_headers(run.store(), &headers, &mut totals)?;
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
