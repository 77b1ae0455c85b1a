//! Files that have the bytes of another one in the static root: by reflink, hard link or copy.

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use super::{Staged, StaticRoot};
use crate::error::Error;
use crate::options::LinkMode;

impl StaticRoot {
    /// Gives `name` the bytes of `twin`, which is in its place already: by reflink, hard link or copy.
    pub(crate) fn put_twin(
        &self,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<(), Error> {
        if self.dry_run {
            return Ok(());
        }
        let (from, to) = (self.path(twin), self.path(name));
        if matches!(self.link_mode, LinkMode::Auto | LinkMode::Reflink)
            && self.reflink_works.load(Ordering::Relaxed)
        {
            if let Some(staged) = self.reflink(&from, name, modified)? {
                return self.publish(staged, name);
            }
            self.reflink_works.store(false, Ordering::Relaxed);
        }
        if matches!(self.link_mode, LinkMode::Auto | LinkMode::Hardlink) {
            self.make_parent(name)?;
            if !self.had(name) && fs::hard_link(&from, &to).is_ok() {
                self.made().files.push(to);
                return Ok(());
            }
            let temporary = self.temporary(name)?;
            if fs::hard_link(&from, &temporary).is_ok() {
                return self.publish(Staged(temporary), name);
            }
        }
        let mut source = File::open(&from).map_err(Error::io("read", &from))?;
        let mut writer = self.writer(name)?;
        writer.copy_from(&mut source, &from)?;
        self.publish(writer.finish(modified)?, name)
    }

    fn reflink(
        &self,
        from: &Path,
        name: &str,
        modified: SystemTime,
    ) -> Result<Option<Staged>, Error> {
        let source = File::open(from).map_err(Error::io("read", from))?;
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
