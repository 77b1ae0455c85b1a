//! Several manifests in one static root: builds with other `--manifest`s share its files, and must not remove what
//! another one names. They are noted in a list, unless there is only one, under the usual name.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Opened;
use super::own_files::{MANIFESTS, headers_names};
use crate::error::Error;
use crate::name::logical_path::LogicalPath;
use crate::options::DEFAULT_MANIFEST;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;

/// Raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    /// Relative to the static root unless absolute.
    manifests: BTreeSet<String>,
}

/// The other manifests of a static root, and what they need.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// Files that they name, plain or hashed.
    named: HashSet<String>,
    /// The hashed files among these that have names of their own, and those of their earlier generations.
    pub(crate) hashed: HashSet<String>,
    /// Themselves and what stands beside them.
    pub(crate) records: HashSet<String>,
}

impl Others {
    /// Whether another manifest needs a file, or has it as a variant.
    pub(crate) fn need(&self, name: &str) -> bool {
        let is_known = |name: &str| {
            self.named.contains(name) || self.hashed.contains(name) || self.records.contains(name)
        };
        is_known(name) || Encoding::files_behind(name).any(is_known)
    }
}

impl Opened {
    /// Notes that the static root has this manifest, if it is not the only one there, under the usual name.
    pub(crate) fn note_manifest(&self, name: &str) -> Result<(), Error> {
        let before = self.noted()?;
        if name == DEFAULT_MANIFEST && before.is_empty() {
            return Ok(());
        }
        let mut manifests = before.clone();
        manifests.insert(name.to_owned());
        if self.has_usual()? {
            manifests.insert(DEFAULT_MANIFEST.to_owned());
        }
        if manifests != before {
            let stored = Stored {
                version: VERSION,
                manifests,
            };
            let bytes = serde_json::to_vec(&stored).map_err(|error| {
                Error::StaticRoot(format!("{MANIFESTS} cannot be written: {error}"))
            })?;
            self.put_record(MANIFESTS, &bytes)?;
        }
        Ok(())
    }

    /// The manifests of this static root but `own`. One that is there and cannot be read is an error: nobody knows what is
    /// in use.
    pub(crate) fn other_manifests(&self, own: &str) -> Result<Others, Error> {
        let mut others = Others::default();
        let mut names = self.noted()?;
        if own != DEFAULT_MANIFEST && self.has_usual()? {
            names.insert(DEFAULT_MANIFEST.to_owned());
        }
        names.remove(own);
        for name in names {
            let unreadable = |what: &str, why: &str| {
                Error::StaticRoot(format!(
                    "the {what} {} is not readable: {why}; nothing was removed, as it says what is in use",
                    self.path(&name).display()
                ))
            };
            let Some(bytes) = self.read_if_there(&name)? else {
                continue; // gone, with all its claims
            };
            let manifest =
                Manifest::parse(&bytes).map_err(|why| unreadable("other manifest", &why))?;
            for (logical, hashed) in manifest.paths {
                if hashed != logical {
                    others.hashed.insert(hashed);
                }
                others.named.insert(logical);
            }
            let record = Generations::name(&name);
            if let Some(bytes) = self.read_if_there(&record)? {
                let record = Generations::parse(&bytes)
                    .map_err(|why| unreadable("record of generations of", &why))?;
                others.hashed.extend(record.files().map(str::to_owned));
            }
            others.records.extend(headers_names(&name));
            others.records.extend([record, name]);
        }
        Ok(others)
    }

    /// Whether there is a manifest under the usual name, which needs no note. An asset may have that name, too.
    fn has_usual(&self) -> Result<bool, Error> {
        let usual = self.read_if_there(DEFAULT_MANIFEST)?;
        Ok(usual.is_some_and(|bytes| Manifest::parse(&bytes).is_ok()))
    }

    fn noted(&self) -> Result<BTreeSet<String>, Error> {
        let Some(bytes) = self.read_if_there(MANIFESTS)? else {
            return Ok(BTreeSet::new());
        };
        let stored = serde_json::from_slice::<Stored>(&bytes).ok();
        let stored = stored.filter(|stored| stored.version == VERSION);
        let Some(Stored { mut manifests, .. }) = stored else {
            return Err(Error::StaticRoot(format!(
                "{} is not readable; name its manifests once more by building with each --manifest after it is removed",
                self.path(MANIFESTS).display()
            )));
        };
        manifests.retain(|name| Path::new(name).is_absolute() || LogicalPath::new(name).is_ok());
        Ok(manifests)
    }
}
