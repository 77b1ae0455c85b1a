//! Stage 2, plan: decides which source file becomes which asset, and what is to be done with each. Finds conflicts
//! before any file is written.

mod built;
mod carried;
mod clear;
mod conflicts;
mod decide;
mod earlier;
mod empty;
mod in_the_way;
mod keep;
mod links;
mod long_names;
mod outputs;
mod required;
mod source_variants;
mod unhashed;

use std::time::{Duration, SystemTime};

use super::asset::Planned;
use super::find::Sources;
use super::job::Job;
use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::name::name_map::NameSet;
use crate::walk::SourceFile;
use decide::decide;
pub(crate) use earlier::Earlier;

/// What the assets of a build share: their names, and what an earlier build has left.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    /// The names of the assets.
    pub(crate) catalog: Catalog,
    /// The number of source files whose name an earlier source root provides.
    pub(crate) duplicates: usize,
    /// The names of sources that are variants of other sources.
    pub(crate) source_variants: NameSet,
    pub(crate) earlier: Earlier,
}

/// Decides on every source file. The assets are sorted by logical path, each name once: the id of an asset is its
/// index.
pub(crate) fn plan(
    job: &Job<'_>,
    Sources {
        files: sources,
        left_out,
    }: Sources,
) -> Result<(Vec<Planned>, Inventory), Error> {
    let earlier = earlier::earlier(job)?;
    built::warn(job, &sources);
    let sources = outputs::without_outputs(job, sources, &earlier)?;
    let carried = carried::carried(job, &earlier)?;
    let sources = dated(sources, job.options.root.source_date_epoch)?;
    let (sources, lookalikes) = source_variants::without_variants(job, sources)?;
    job.log.stage("walk");

    let (mut assets, duplicates) = decide(job, sources, carried);
    let mut catalog = catalog_of(&assets);
    unhashed::report_unused_globs(job, &assets);
    if unhashed::keep_service_workers(job, &mut assets, &catalog)? {
        catalog = catalog_of(&assets);
    }
    let catalog = catalog.leaving_out(left_out);
    conflicts::file_and_directory(job, &catalog);
    conflicts::with_manifest(job, &assets, &catalog);
    required::required(job, &catalog);
    required::empty_style_sheets(job, &catalog);
    long_names::report(job, &assets);
    empty::check(job, &catalog);
    keep::keep_targets(job, &mut assets, &catalog)?;
    source_variants::report(job, &lookalikes, &assets, &catalog);
    let inventory = Inventory {
        catalog,
        duplicates,
        source_variants: lookalikes.variants,
        earlier,
    };
    clear::check(job, &inventory)?;
    in_the_way::check(job, &assets, &inventory.earlier)?;
    links::check(job, &assets)?;
    job.log.stage("plan"); // errors are reported with those that are found next
    Ok((assets, inventory))
}

fn catalog_of(assets: &[Planned]) -> Catalog {
    Catalog::new(assets.iter().map(Planned::named).collect())
}

/// Gives all sources the time of `SOURCE_DATE_EPOCH` (seconds since 1970), if that is set.
fn dated(mut sources: Vec<SourceFile>, epoch: Option<u64>) -> Result<Vec<SourceFile>, Error> {
    if let Some(seconds) = epoch {
        let modified = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or_else(|| {
                Error::Usage(format!("SOURCE_DATE_EPOCH: {seconds} is beyond all time"))
            })?;
        for source in &mut sources {
            source.modified = modified;
        }
    }
    Ok(sources)
}
