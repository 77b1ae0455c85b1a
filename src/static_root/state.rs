//! The state of everything in the static root, found without reading the files.

use std::time::SystemTime;

use super::StaticRoot;
use crate::parallel::map_in_batches;
use crate::platform::stamp::{Settling, is_reliable};

/// Files asked for at a time.
const BATCH: usize = 64;

impl StaticRoot {
    /// A hash over every name that was there when the build began but `other`, with the stamps that the files have now.
    /// `None` where stamps cannot be relied on; with `since`, also if a file may have been changed from then on.
    pub(crate) fn state(&self, other: &str, since: Option<SystemTime>) -> Option<[u8; 32]> {
        let directory = self.disk.lock()?.directory();
        let snapshot = &self.snapshot;
        let device = directory.id().ok()?.device;
        if snapshot.device != Some(device) || !is_reliable(directory) || !snapshot.links.is_empty()
        {
            return None;
        }
        // By inode, so that the names of one file are asked for once.
        let mut files: Vec<(u64, &str)> = snapshot
            .files
            .iter()
            .filter(|(name, _)| *name != other)
            .map(|(name, inode)| (*inode, name.as_str()))
            .collect();
        files.sort_unstable();
        let files: Vec<&[(u64, &str)]> = files.chunk_by(|a, b| a.0 == b.0).collect();
        let settling = Settling::of_system();
        let stamp = |name: &str| {
            let stamp = directory.stamp(name)?;
            let is_usable = stamp.device == device
                && since.is_none_or(|since| stamp.is_settled(since, settling));
            is_usable.then_some(stamp)
        };
        let stamps = map_in_batches(&files, BATCH, |names| stamp(names[0].1).ok_or(()));
        let mut hasher = blake3::Hasher::new();
        for (names, stamp) in files.iter().zip(stamps.ok()?) {
            stamp.hash(&mut hasher);
            for (_, name) in *names {
                hasher.update(name.as_bytes()).update(&[0]);
            }
        }
        for names in [&snapshot.others, &snapshot.directories] {
            hasher.update(&[0]);
            let mut names: Vec<&String> = names.iter().collect();
            names.sort_unstable();
            for name in names {
                hasher.update(name.as_bytes()).update(&[0]);
            }
        }
        Some(*hasher.finalize().as_bytes())
    }
}
