//! The files of `--headers`.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::headers::{HeadersFile, Published, headers};
use crate::options::HeadersFormat;
use crate::pipeline::asset::Built;
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::report::Totals;
use crate::static_root::own_files::headers_name;

/// The files that the options ask for.
pub(super) fn plan(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: &[Built],
) -> Result<Vec<HeadersFile>, Error> {
    let options = job.options;
    if options.root.headers.is_empty() {
        return Ok(Vec::new());
    }
    let clear = options.root.clear;
    let published = Published {
        files: assets.iter().flat_map(Built::files).collect(),
        catalog: &inventory.catalog,
        manifest: &job.manifest,
        earlier: (&inventory.earlier.manifest, &inventory.earlier.generations),
        existing: job.root.snapshot.names().filter(|_| !clear).collect(),
        stays: &|name| !clear && job.root.snapshot.had(name),
    };
    let (files, diagnostics) = headers(options, &published);
    job.log.extend(diagnostics);
    job.log.fail_on_errors()?;
    Ok(files)
}

/// Puts the files in their places, and returns their names. Comes before the manifest, so that new files are served
/// with the right headers from the first request on.
pub(super) fn publish(
    job: &Job<'_>,
    headers: &[HeadersFile],
    totals: &mut Totals,
) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for file in headers {
        let name = headers_name(&job.manifest, file.format);
        let written = job.root.put_record(&name, &file.bytes)?;
        totals.count_written(written);
        names.push(name);
    }
    Ok(names)
}

/// The headers files of an earlier build that this build does not write: they are true of that build alone.
pub(super) fn unwanted(job: &Job<'_>, headers: &[HeadersFile]) -> Result<Vec<String>, Error> {
    let wanted: BTreeSet<HeadersFormat> = headers.iter().map(|file| file.format).collect();
    let mut unwanted = Vec::new();
    for format in HeadersFormat::ALL {
        let name = headers_name(&job.manifest, *format);
        if !wanted.contains(format) && job.root.is_there(&name)? {
            unwanted.push(name);
        }
    }
    Ok(unwanted)
}
