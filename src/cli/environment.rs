//! The environment variables that decide what a command does.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use hashstatic::Error;

use super::platform::CACHES;

/// Variables with their values.
#[derive(Debug, Default)]
pub(crate) struct Environment(BTreeMap<&'static str, OsString>);

/// Variables that stand for an option, by its long name.
pub(crate) const OPTIONS: [(&str, &str); 1] = [("HASHSTATIC_CACHE_DIR", "cache-dir")];

/// The other variables that are read.
const OTHERS: [&str; 3] = ["HOME", "SOURCE_DATE_EPOCH", "XDG_CACHE_HOME"];

impl Environment {
    /// The variables of this process.
    pub(crate) fn of_process() -> Self {
        let names = OPTIONS.into_iter().map(|(name, _)| name).chain(OTHERS);
        Self::new(names.filter_map(|name| Some((name, std::env::var_os(name)?))))
    }

    /// An environment of these variables. An empty variable counts as not set.
    pub(crate) fn new(variables: impl IntoIterator<Item = (&'static str, OsString)>) -> Self {
        let set = variables.into_iter().filter(|(_, value)| !value.is_empty());
        Self(set.collect())
    }

    /// The value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }

    /// The user's directory for caches: `XDG_CACHE_HOME` or `~/.cache` (the XDG base directory specification), on macOS
    /// `~/Library/Caches`. `None` if the user has none of these.
    pub(crate) fn caches(&self) -> Option<PathBuf> {
        let directory = |name| {
            let path = PathBuf::from(self.get(name)?);
            path.is_absolute().then_some(path)
        };
        directory("XDG_CACHE_HOME").or_else(|| Some(directory("HOME")?.join(CACHES)))
    }

    /// Seconds since 1970, by <https://reproducible-builds.org/specs/source-date-epoch/>.
    pub(crate) fn source_date_epoch(&self) -> Result<Option<u64>, Error> {
        let Some(text) = self.get("SOURCE_DATE_EPOCH").and_then(OsStr::to_str) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            Error::Usage(format!(
                "SOURCE_DATE_EPOCH: {text:?} is not a number of seconds"
            ))
        })
    }
}
