//! The static root on disk: the only room that writes there.
//!
//! [`Opened::open`] locks the directory, [`Opened::look`] returns a [`Snapshot`] of what lies there, and both make up the
//! [`StaticRoot`] that a build writes to.
//!
//! Every file is written beside its place and then renamed. Hashed files get their names as soon as they are known: nothing
//! refers to them before the manifest does. Plain files, which people do refer to, are staged until
//! [`StaticRoot::publish`]. In place, where a later build takes a new file for a source, no file gets its name before the
//! journal lists all files that this build makes ([`StaticRoot::prepare`]). Nothing that was there before is removed until the
//! new manifest is in place. If the build fails, everything that this run has made is removed again ([`Opened::roll_back`]).

pub(crate) mod built_file;
mod compare;
pub(crate) mod decode;
mod directories;
mod disk;
mod durable;
pub(crate) mod encoding;
pub(crate) mod generations;
mod journal;
mod listed;
mod look;
mod made;
mod make_way;
pub(crate) mod manifest;
mod manifest_file;
mod manifests;
mod opened;
pub(crate) mod own_files;
mod place;
mod prepare;
mod read;
mod recover;
mod remove;
mod reuse;
mod root;
mod snapshot;
mod state;
mod temporary;
mod twin;
mod writer;

use std::path::Path;

use crate::diagnostic::shown;
use crate::error::Error;
pub(crate) use crate::platform::FileId;
pub(crate) use opened::{Opened, Opening};
pub(crate) use own_files::{JOURNAL, MANIFESTS, TEMPORARY};
pub(crate) use place::Written;
pub(crate) use recover::Finished;
pub(crate) use root::StaticRoot;
pub(crate) use snapshot::Snapshot;
pub(crate) use writer::{Staged, Writer};

/// Returns an error of usage if there is no static root at `dir`.
pub(crate) fn must_be_there(dir: &Path) -> Result<(), Error> {
    if dir.is_dir() {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "the static root {} is not a directory",
        shown(dir)
    )))
}
