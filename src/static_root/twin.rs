//! Files with the bytes of another one in the static root: by reflink, hard link or copy.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::{Staged, StaticRoot, Writer};
use crate::error::Error;
use crate::options::LinkMode;

impl StaticRoot {
    /// Gives `name` the bytes of `twin`, a file of this run: by reflink, hard link or copy.
    pub(crate) fn put_twin(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<(), Error> {
        if !self.names_later() && self.tries_hard_link() && !self.snapshot.had(name) {
            self.make_parent(name)?;
            let (from, to) = (self.path(twin), self.path(name));
            if self.disk.hard_link(&from, &to).is_ok() {
                self.made().link(to, from);
                return Ok(());
            }
        }
        let staged = self.stage_twin(twin, name, modified)?;
        self.publish(staged, name)
    }

    /// Makes a file with the bytes of `twin` beside its place, if that takes more than a link: its bytes must be on disk
    /// before it gets its name.
    pub(crate) fn stage_clone(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<Option<Staged>, Error> {
        if self.tries_hard_link() {
            return Ok(None);
        }
        self.stage_twin(twin, name, modified).map(Some)
    }

    /// Makes a file with the bytes of `twin` beside its place.
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
            if self.disk.hard_link(&from, &path).is_ok() {
                let id = self.disk.id_of_made(&path);
                let id = id.map_err(Error::io("read", &path))?;
                let is_link = true;
                return Ok(Staged { path, id, is_link });
            }
        }
        let mut writer = self.writer(name)?;
        writer.copy_from(&from)?;
        writer.finish(modified)
    }

    /// Whether hard links are wanted. With [`LinkMode::Auto`], only where reflinks have failed.
    pub(crate) fn tries_hard_link(&self) -> bool {
        match self.link_mode {
            LinkMode::Hardlink => true,
            LinkMode::Auto => !self.reflink_works.load(Ordering::Relaxed),
            LinkMode::Copy | LinkMode::Reflink => false,
        }
    }

    /// Makes a reflink of `from` beside its place. `None`: the file system cannot do that.
    fn reflink(
        &self,
        from: &Path,
        name: &str,
        modified: SystemTime,
    ) -> Result<Option<Staged>, Error> {
        let temporary = self.temporary(name)?;
        let Some(file) = self.disk.reflink(from, &temporary, self.file_mode)? else {
            self.made().temporaries.remove(&temporary);
            return Ok(None);
        };
        let root = self;
        let writer = Writer {
            root,
            temporary,
            file,
        };
        writer.finish(modified).map(Some)
    }
}
