//! Stage 2, plan: decides which source file becomes which asset, and what is to be done with each. Finds conflicts
//! before any file is written.

mod carried;
mod conflicts;
mod decide;
mod earlier;
mod keep;
mod outputs;
mod source_variants;

use std::time::{Duration, SystemTime};

use super::asset::Planned;
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
    sources: Vec<SourceFile>,
) -> Result<(Vec<Planned>, Inventory), Error> {
    let earlier = earlier::earlier(job)?;
    let sources = outputs::without_outputs(job, sources, &earlier)?;
    let carried = carried::carried(job, &earlier)?;
    let sources = dated(sources, job.options.root.source_date_epoch)?;
    let (sources, source_variants) = source_variants::without_variants(job, sources)?;
    job.log.stage("walk");

    let (mut assets, duplicates) = decide(job, sources, carried);
    let inventory = Inventory {
        catalog: Catalog::new(assets.iter().map(Planned::named).collect()),
        duplicates,
        source_variants,
        earlier,
    };
    conflicts::file_and_directory(job, &inventory.catalog);
    conflicts::required(job, &inventory.catalog);
    conflicts::empty(job, &inventory.catalog);
    keep::keep_targets(job, &mut assets, &inventory.catalog)?;
    job.log.stage("plan").fail_on_errors()?;
    Ok((assets, inventory))
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
