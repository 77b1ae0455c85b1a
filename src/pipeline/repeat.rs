//! Repeated builds: the report of an earlier build, if nothing has changed since.
//!
//! A build that had nothing to write has read every source, and every file of the static root that it would have
//! written. Such a build leaves its report in the build cache, with the state of both. While that state and the options
//! stay the same, the report stays true, and no file need be opened.

use std::collections::HashMap;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::cache::{Cache, CacheUse, fingerprint};
use crate::diagnostic::Diagnostic;
use crate::name::digest::Content;
use crate::pipeline::job::Job;
use crate::platform::stamp::{Settling, boot, is_reliable_at};
use crate::report::{BuiltAsset, Report, Totals};
use crate::walk::SourceFile;

/// A build that may repeat an earlier one.
pub(crate) struct Repeat<'j> {
    job: &'j Job<'j>,
    /// `None` where the state of the sources cannot be known, or there is no cache to keep a report in.
    request: Option<Request<'j>>,
}

struct Request<'j> {
    cache: &'j Cache,
    /// A hash of the options, the sources' state, and the bytes of the manifest. Not of the manifest's stamp: Django
    /// writes the manifest anew in each run.
    hash: [u8; 32],
    /// Whether the next build would notice a change of a source since this build began.
    is_settled: bool,
}

/// The part of a report that a repeated build has in common with the earlier one.
#[derive(Serialize, Deserialize)]
struct Kept {
    totals: Totals,
    assets: Vec<BuiltAsset>,
    headers: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl<'j> Repeat<'j> {
    /// The repeat of a build that has just walked its `sources`.
    pub(crate) fn new(job: &'j Job<'j>, sources: &[SourceFile]) -> Self {
        let request = Request::new(job, sources);
        Self { job, request }
    }

    /// The report of an earlier build, if that had the same options and nothing has changed since.
    pub(crate) fn report(&self) -> Option<Report> {
        let request = self.request.as_ref()?;
        let record = request.cache.record()?;
        let (hash, rest) = record.split_first_chunk::<32>()?;
        let (state, kept) = rest.split_first_chunk::<32>()?;
        if *hash != request.hash || self.state(None)? != *state {
            return None;
        }
        let kept: Kept = serde_json::from_slice(kept).ok()?;
        self.job.log.stage("unchanged");
        Some(Report {
            totals: kept.totals,
            assets: kept.assets,
            headers: kept.headers,
            pending: None,
            cache: Some(CacheUse {
                hits: 1, // the record
                ..CacheUse::default()
            }),
            stages: self.job.log.take_stages(),
            dry_run: false,
            removals: Vec::new(),
            diagnostics: kept.diagnostics,
        })
    }

    /// Keeps the report of this build, if it had nothing to do.
    pub(crate) fn keep(&self, report: &Report) {
        let totals = &report.totals;
        let Some(request) = &self.request else {
            return;
        };
        if !request.is_settled || (totals.written, totals.removed) != (0, 0) {
            return;
        }
        let Some(state) = self.state(Some(self.job.began)) else {
            return;
        };
        let kept = Kept {
            totals: totals.clone(),
            assets: report.assets.clone(),
            headers: report.headers.clone(),
            diagnostics: report.diagnostics.clone(),
        };
        let mut record = [request.hash, state].concat();
        if serde_json::to_writer(&mut record, &kept).is_ok() {
            request.cache.keep_record(&record);
        }
    }

    fn state(&self, since: Option<SystemTime>) -> Option<[u8; 32]> {
        self.job.root.state(&self.job.manifest, since)
    }
}

impl<'j> Request<'j> {
    fn new(job: &'j Job<'j>, sources: &[SourceFile]) -> Option<Self> {
        let cache = job.cache.as_ref()?;
        if Path::new(&job.manifest).is_absolute() {
            return None; // a manifest elsewhere is no part of the static root's state
        }
        let mut hasher = blake3::Hasher::new();
        // A manifest that cannot be read stops the build: `plan` reports it.
        let manifest = job.root.read_if_there(&job.manifest).ok()?;
        hasher.update(&[manifest.is_some().into()]);
        hasher.update(&Content::of(&manifest.unwrap_or_default()).key);
        let asked = format!("{:?}", (boot()?, job.request(), job.log.diagnostics()));
        hasher.update(&fingerprint()); // another version may write other bytes
        hasher.update(asked.as_bytes()).update(&[0]);
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
            is_settled &= stamp.is_settled(job.began, settling);
            devices.entry(stamp.device).or_insert(&source.path);
        }
        let mut devices = devices.into_values();
        devices.all(is_reliable_at).then(|| Self {
            cache,
            hash: *hasher.finalize().as_bytes(),
            is_settled,
        })
    }
}
