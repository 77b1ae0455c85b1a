//! The end of a build: waits until everything is on disk, publishes the manifest, then removes old files.

use std::path::Path;
use std::time::Duration;

use super::plain_files::PlainFile;
use super::publications::Publications;
use crate::error::Error;
use crate::options::LinkMode;
use crate::pipeline::job::Job;
use crate::report::{BuiltAsset, Pending, Totals};
use crate::static_root::manifest::Manifest;
use crate::static_root::{Opened, Opening, must_be_there};

/// A build whose files are all on disk, in their places, beside them, or one link away.
pub(super) struct Commit<'j> {
    job: &'j Job<'j>,
    identity: String,
    bytes: Vec<u8>,
    /// Whether anything on disk changes.
    is_changed: bool,
}

/// A build that is published.
pub(super) struct Published {
    pub(super) built: Vec<BuiltAsset>,
    pub(super) totals: Totals,
    /// The removals that are left to [`finish`].
    pub(super) pending: Option<Pending>,
    pub(super) plain: Vec<PlainFile>,
}

impl<'j> Commit<'j> {
    /// Waits until everything is on disk, with all records that the next run needs if this one is killed.
    /// `has_changes`: whether files other than the manifest change.
    pub(super) fn prepare(
        job: &'j Job<'j>,
        manifest: &Manifest,
        has_changes: bool,
    ) -> Result<Self, Error> {
        job.stop_if_interrupted()?;
        let identity = manifest.identity();
        let has_file = job.root.has_file_for(&job.manifest);
        if has_file {
            job.root.note_manifest(&job.manifest)?;
        }
        let commit = Self {
            job,
            is_changed: has_changes || !has_file || differs_from_manifest(job, &identity)?,
            identity,
            bytes: manifest.to_bytes(job.options.naming.hash),
        };
        commit.barrier()?;
        Ok(commit)
    }

    fn barrier(&self) -> Result<(), Error> {
        if self.is_changed {
            self.job.root.make_durable()?;
        }
        Ok(())
    }

    /// Gives all files their names, puts the manifest in its place, and removes old files. Where the caller writes the
    /// manifest, the removals wait for [`finish`].
    pub(super) fn run(self, mut publications: Publications) -> Result<Published, Error> {
        let root = &self.job.root;
        publications.publish(self.job)?;
        let Publications {
            built,
            mut totals,
            removals,
            plain,
            ..
        } = publications;
        root.prepare(&self.job.manifest, self.identity.clone(), &removals)?;
        // The names too: in a power cut, some file systems keep a change to one directory and lose an earlier one to
        // another.
        self.barrier()?;
        let writes_manifest = self.job.options.root.write_manifest;
        if writes_manifest {
            let written = root.put_manifest(&self.job.manifest, &self.bytes)?;
            totals.count_written(written);
            root.finish_removals()?;
            // Files beside a manifest outside of the static root: the journal does not cover them.
            for name in removals.iter().filter(|name| Path::new(name).is_absolute()) {
                root.remove(name)?;
            }
        }
        root.settle_for_good();
        let is_pending = !writes_manifest && !removals.is_empty();
        Ok(Published {
            built,
            totals,
            pending: is_pending.then(|| Pending {
                build: root.run_id().to_owned(),
                files: removals.len(),
            }),
            plain,
        })
    }
}

/// Whether the manifest that is there, if any, has other paths than the new one.
fn differs_from_manifest(job: &Job<'_>, identity: &str) -> Result<bool, Error> {
    let bytes = job.root.read_if_there(&job.manifest)?;
    let manifest = bytes.and_then(|bytes| Manifest::parse(&bytes).ok());
    Ok(manifest.is_none_or(|manifest| manifest.identity() != identity))
}

/// How long to wait for a build on the same static root.
const WAIT: Duration = Duration::from_secs(60);

/// Removes the files that a build has kept until its caller had written the manifest. Returns their number.
pub(crate) fn finish(dir: &Path, build: &str) -> Result<usize, Error> {
    must_be_there(dir)?;
    let root = Opened::open(dir, &Opening::new(LinkMode::Auto, WAIT, false))?;
    root.finish_build(build)
}
