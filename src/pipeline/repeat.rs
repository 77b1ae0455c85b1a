//! A build of what an earlier one has found built already: there is nothing to do but to say so once more.
//!
//! A build that had nothing to write has read every source, and every file of the static root that it would have written.
//! It leaves its report in the build cache, with the state of both. While that stays as it is, and the same is asked for,
//! the report stays true, and no file need be opened.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::statfs;
use serde::{Deserialize, Serialize};

use crate::cache::{Cache, CacheUse};
use crate::diagnostic::Diagnostic;
use crate::name::digest::Content;
use crate::pipeline::job::Run;
use crate::platform::stamp::{Settling, boot, is_reliable};
use crate::report::{BuiltAsset, Report, Totals};
use crate::static_root::StaticRoot;
use crate::walk::SourceFile;

/// Of all code (`build.rs`): another version may have something to do.
const CODE: &str = env!("HASHSTATIC_CODE");

/// A build that may have been done before.
pub(crate) struct Repeat<'r> {
    cache: &'r Cache,
    root: &'r StaticRoot,
    manifest: &'r str,
    /// Over everything that is asked for, the sources' state, and the manifest that is there. That is not told by a stamp:
    /// Django writes it anew each time.
    request: [u8; 32],
    began: SystemTime,
    /// Whether a change of a source since the build began would be noticed by the next one.
    is_settled: bool,
}

/// What is kept of a report: all but what is the build's own.
#[derive(Serialize, Deserialize)]
struct Kept {
    totals: Totals,
    assets: Vec<BuiltAsset>,
    headers: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl<'r> Repeat<'r> {
    /// Of a build that has just walked its sources, and has said this about them. `None` where their state cannot be told.
    pub(crate) fn new(
        run: &'r Run<'_>,
        cache: &'r Cache,
        sources: &[SourceFile],
        said: &[Diagnostic],
    ) -> Option<Self> {
        if Path::new(&run.manifest_name).is_absolute() {
            return None; // nor is what stands beside it a part of the static root's state
        }
        let mut hasher = blake3::Hasher::new();
        let manifest = run.static_root.read(&run.manifest_name).ok();
        hasher.update(&[manifest.is_some().into()]);
        hasher.update(&Content::of(&manifest.unwrap_or_default()).key);
        let asked = format!("{:?}", (boot()?, run.asked(), said));
        for text in [CODE, &asked] {
            hasher.update(text.as_bytes()).update(&[0]);
        }
        let mut devices: HashMap<u64, &Path> = HashMap::new();
        let settling = Settling::of_system();
        let mut is_settled = true;
        for source in sources {
            let stamp = source.stamp?;
            stamp.hash(&mut hasher);
            let name = source.logical.as_str().as_bytes();
            let path = source.path.as_os_str().as_encoded_bytes();
            hasher.update(name).update(&[0, source.leave_plain.into()]);
            hasher.update(path).update(&[0]);
            is_settled &= stamp.is_settled(run.began, settling);
            devices.entry(stamp.device).or_insert(&source.path);
        }
        let is_reliable = |path: &&Path| statfs(*path).is_ok_and(|found| is_reliable(&found));
        devices.values().all(is_reliable).then(|| Self {
            cache,
            root: &run.static_root,
            manifest: &run.manifest_name,
            request: *hasher.finalize().as_bytes(),
            began: run.began,
            is_settled,
        })
    }

    /// The report of an earlier build, if it was asked the same and nothing has changed since.
    pub(crate) fn report(&self) -> Option<Report> {
        let record = self.cache.record()?;
        let (request, rest) = record.split_first_chunk::<32>()?;
        let (state, kept) = rest.split_first_chunk::<32>()?;
        if *request != self.request || self.root.state(self.manifest, None)? != *state {
            return None;
        }
        let kept: Kept = serde_json::from_slice(kept).ok()?;
        Some(Report {
            totals: kept.totals,
            assets: kept.assets,
            headers: kept.headers,
            pending: None,
            cache: Some(CacheUse {
                hits: 1, // the record
                ..CacheUse::default()
            }),
            stages: Vec::new(),
            dry_run: false,
            diagnostics: kept.diagnostics,
        })
    }

    /// Keeps the report of this build, if it had nothing to do.
    pub(crate) fn keep(&self, report: &Report) {
        let totals = &report.totals;
        if !self.is_settled || (totals.written, totals.removed) != (0, 0) {
            return;
        }
        let Some(state) = self.root.state(self.manifest, Some(self.began)) else {
            return;
        };
        let kept = Kept {
            totals: totals.clone(),
            assets: report.assets.clone(),
            headers: report.headers.clone(),
            diagnostics: report.diagnostics.clone(),
        };
        let mut record = [self.request, state].concat();
        if serde_json::to_writer(&mut record, &kept).is_ok() {
            self.cache.keep_record(&record);
        }
    }
}
