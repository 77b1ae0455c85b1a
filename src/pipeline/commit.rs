//! The end of a build: everything on disk, then the manifest, then whatever is to go.

use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::options::LinkMode;
use crate::pipeline::job::Run;
use crate::pipeline::write::{Publications, publish, publish_manifest};
use crate::report::{Pending, Totals};
use crate::static_root::manifest::Manifest;
use crate::static_root::must_be_there;
use crate::static_root::{Opening, StaticRoot};

/// A build that has everything on disk, beside its place or one link away.
pub(crate) struct Commit<'r> {
    run: &'r Run<'r>,
    identity: String,
    bytes: Vec<u8>,
    /// Whether anything on disk changes.
    is_changed: bool,
}

impl<'r> Commit<'r> {
    pub(crate) fn new(run: &'r Run<'_>, manifest: &Manifest) -> Self {
        Self {
            run,
            identity: manifest.identity(),
            bytes: manifest.to_bytes(run.store().hash),
            is_changed: true,
        }
    }

    /// Writes the records of what is to happen, which is all that the next run needs to know if this one is killed, and
    /// waits until everything is on disk.
    pub(crate) fn prepare(
        &mut self,
        publications: &Publications<'_>,
        record: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let run = self.run;
        record()?;
        if run.has_manifest() {
            run.static_root.note_manifest(&run.manifest_name)?;
        }
        self.is_changed =
            publications.has_changes() || run.differs_from_manifest(&self.identity)?;
        self.barrier()
    }

    fn barrier(&self) -> Result<(), Error> {
        if self.is_changed {
            self.run.static_root.make_durable()?;
        }
        Ok(())
    }

    /// Gives all files their names, puts the manifest in its place, and removes what is to go. Where the manifest is the
    /// caller's, that has to wait: returns what is left to [`finish`].
    pub(crate) fn run(
        self,
        mut publications: Publications<'_>,
        totals: &mut Totals,
    ) -> Result<Option<Pending>, Error> {
        let run = self.run;
        let root = &run.static_root;
        publish(run.store(), &mut publications)?;
        let removals = publications.removals;
        root.prepare(&run.manifest_name, self.identity.clone(), &removals)?;
        // The names, too: some file systems keep what was done to one directory and lose what was done to another before.
        self.barrier()?;
        if run.writes_manifest() {
            publish_manifest(run.store(), &self.bytes, totals)?;
            root.finish_removals()?;
            // Beside a manifest outside of the static root: no business of the journal.
            for name in removals.iter().filter(|name| Path::new(name).is_absolute()) {
                root.remove(name)?;
            }
        }
        root.settle_for_good();
        let is_pending = !run.writes_manifest() && !removals.is_empty();
        Ok(is_pending.then(|| Pending {
            build: root.run_id().to_owned(),
            files: removals.len(),
        }))
    }
}

/// How long to wait for a build on the same static root.
const WAIT: Duration = Duration::from_secs(60);

/// Removes what a build has left to remove until its caller had written the manifest.
pub(crate) fn finish(dir: &Path, build: &str) -> Result<usize, Error> {
    must_be_there(dir)?;
    let root = StaticRoot::open(dir, &Opening::new(LinkMode::Auto, WAIT, false))?;
    root.finish_build(build)
}
