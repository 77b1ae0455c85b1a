//! The state of everything in the static root, told without reading it.

use std::time::SystemTime;

use rustix::fs::{AtFlags, fstat, fstatfs, statat};

use super::StaticRoot;
use crate::parallel::map_in_batches;
use crate::platform::stamp::{Settling, Stamp, is_reliable};

/// Files asked for at a time.
const BATCH: usize = 64;

impl StaticRoot {
    /// A hash over every name that was there when the build began but `other`, with the stamps that the files have now.
    /// `None` where they cannot be relied on; with `since`, also if a file may have been changed from then on.
    pub(crate) fn state(&self, other: &str, since: Option<SystemTime>) -> Option<[u8; 32]> {
        let directory = self.lock.as_ref()?.directory();
        let existing = self.existing.get()?;
        let device = fstat(directory).ok()?.st_dev;
        if existing.device != Some(device)
            || !is_reliable(&fstatfs(directory).ok()?)
            || !existing.links.is_empty()
        {
            return None;
        }
        // By inode, so that the names of one file are asked for once.
        let mut files: Vec<(u64, &str)> = existing
            .files
            .iter()
            .filter(|(name, _)| *name != other)
            .map(|(name, inode)| (*inode, name.as_str()))
            .collect();
        files.sort_unstable();
        let files: Vec<&[(u64, &str)]> = files.chunk_by(|a, b| a.0 == b.0).collect();
        let settling = Settling::of_system();
        let stamp = |name: &str| {
            let stat = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            let stamp = Stamp::of_stat(&stat)?;
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
        hasher.update(&[0]);
        let mut others: Vec<&String> = existing.others.iter().collect();
        others.sort_unstable();
        for name in others {
            hasher.update(name.as_bytes()).update(&[0]);
        }
        hasher.update(&[0]);
        for directory in self.known_directories() {
            hasher.update(directory.as_bytes()).update(&[0]);
        }
        Some(*hasher.finalize().as_bytes())
    }

    fn known_directories(&self) -> Vec<String> {
        let known = self
            .directories
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut known: Vec<String> = known.iter().cloned().collect();
        known.sort_unstable();
        known
    }
}
