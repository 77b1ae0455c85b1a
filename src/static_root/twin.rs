//! Files that have the bytes of another one in the static root: by reflink, hard link or copy.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::{FileId, Staged, StaticRoot};
use crate::error::Error;
use crate::options::LinkMode;
use crate::platform::regular_file;

impl StaticRoot {
    /// Gives `name` the bytes of `twin`, a file of this run: by reflink, hard link or copy.
    pub(crate) fn put_twin(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        if self.unnamed.is_none() && self.tries_hard_link() && !self.had(name) {
            self.make_parent(name)?;
            let (from, to) = (self.path(twin), self.path(name));
            if fs::hard_link(&from, &to).is_ok() {
                self.made().link(to, from);
                return Ok(());
            }
        }
        let staged = self.stage_twin(twin, name, modified)?;
        self.publish(staged, name)
    }

    /// Makes such a file beside its place, if that takes more than a link: its bytes must be on disk before it gets its name.
    pub(crate) fn stage_clone(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<Option<Staged>, Error> {
        if self.dry_run || self.tries_hard_link() {
            return Ok(None);
        }
        let staged = self.stage_twin(twin, name, modified)?;
        Ok(Some(staged))
    }

    /// Makes such a file beside its place.
    pub(crate) fn stage_twin(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<Staged, Error> {
        let from = self.located(twin);
        if matches!(self.link_mode, LinkMode::Auto | LinkMode::Reflink)
            && self.reflink_works.load(Ordering::Relaxed)
        {
            if let Some(staged) = self.reflink(&from, name, modified)? {
                return Ok(staged);
            }
            self.reflink_works.store(false, Ordering::Relaxed);
        }
        if self.tries_hard_link() {
            let path = self.temporary(name)?;
            if fs::hard_link(&from, &path).is_ok() {
                let metadata = fs::symlink_metadata(&path).map_err(Error::io("read", &path))?;
                let id = Some(FileId::of(&metadata));
                let is_link = true;
                return Ok(Staged { path, id, is_link });
            }
        }
        let mut source = regular_file::open(&from).map_err(Error::io("read", &from))?;
        let mut writer = self.writer(name)?;
        writer.copy_from(&mut source, &from)?;
        writer.finish(modified)
    }

    /// Whether hard links are wanted, after a try at reflinks where these are.
    pub(crate) fn tries_hard_link(&self) -> bool {
        match self.link_mode {
            LinkMode::Hardlink => true,
            LinkMode::Auto => !self.reflink_works.load(Ordering::Relaxed),
            LinkMode::Copy | LinkMode::Reflink => false,
        }
    }

    fn reflink(
        &self,
        from: &Path,
        name: &str,
        modified: SystemTime,
    ) -> Result<Option<Staged>, Error> {
        let source = regular_file::open(from).map_err(Error::io("read", from))?;
        let writer = self.writer(name)?;
        match &writer.file {
            Some(file) if rustix::fs::ioctl_ficlone(file, &source).is_ok() => {
                writer.finish(modified).map(Some)
            }
            _ => {
                self.discard(&writer.temporary);
                Ok(None)
            }
        }
    }
}
