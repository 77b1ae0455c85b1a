//! A build: its stages, in order.

pub(crate) mod asset;
pub(crate) mod compress;
mod exact;
mod find;
pub(crate) mod job;
pub(crate) mod link;
mod log;
pub(crate) mod plan;
mod prehashed;
mod prepare;
mod repeat;
mod roots;
pub(crate) mod store;
mod uses;
mod ways;
pub(crate) mod write;

use crate::error::Error;
use crate::options::Options;
use crate::progress::Progress;
use crate::report::Report;
use find::Sources;
use job::Job;
use repeat::Repeat;

/// Runs a build, see [`crate::build`]. A build that fails removes what it has written.
pub(crate) fn build(options: &Options, progress: &dyn Progress) -> Result<Report, Error> {
    let (job, sources) = Job::open(options, progress)?; // locks and looks at the static root, finds the sources
    job.in_pool(|| stages(&job, sources).inspect_err(|_| job.root.roll_back()))
}

/// Runs the stages. Each takes the values of the one before and returns its own.
fn stages(job: &Job<'_>, sources: Sources) -> Result<Report, Error> {
    let repeat = Repeat::new(job, &sources.files);
    if let Some(report) = repeat.report() {
        return Ok(report);
    }
    let (assets, inventory) = plan::plan(job, sources)?; // Vec<Planned>
    let assets = link::link(job, &inventory, assets)?; // Vec<Hashed>, prepared one by one
    let assets = compress::compress(job, &inventory, assets)?; // Vec<Built>
    write::write(job, &inventory, assets, &repeat)
}
