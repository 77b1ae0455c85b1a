//! Finding and reading the configuration file.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use hashstatic::{Error, shown};

use super::ConfigFile;
use crate::cli::platform::open_without_waiting;

/// The largest file (bytes) that is parsed: that takes fifty times its size in memory.
const LARGEST: u64 = 1_000_000;
/// The names of configuration files, the stronger one first, each with the way to the table of keys.
const FILES: [(&str, &[&str]); 2] = [
    ("hashstatic.toml", &[]),
    ("pyproject.toml", &["tool", "hashstatic"]),
];

impl ConfigFile {
    /// Finds the nearest configuration file, from the current directory upwards.
    pub(in crate::cli) fn find() -> Result<Option<Self>, Error> {
        let current = std::env::current_dir().map_err(|error| {
            Error::Usage(format!(
                "the current directory cannot be found: {error}; pass --no-config"
            ))
        })?;
        for directory in current.ancestors() {
            let mut found: Option<Self> = None;
            for (file, section) in FILES {
                let path = directory.join(file);
                let name = shown(path.strip_prefix(&current).unwrap_or(&path));
                let Some(text) = text(&path, &name)? else {
                    continue;
                };
                match (&mut found, Self::parse(path, name, &text, section)) {
                    (Some(found), Ok(Some(other))) => found.overridden = Some(other.name),
                    (Some(_), _) => {} // not read, so that nothing in it matters
                    (None, parsed) => found = parsed?,
                }
            }
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// The text of a file. `None`: nothing has that name, or a directory, or a pipe or a device, where a read might never
/// begin or never end.
fn text(path: &Path, name: &str) -> Result<Option<String>, Error> {
    let wrong = |why: &str| Error::Usage(format!("{name}: {why}; --no-config reads no such file"));
    let unreadable = |error: io::Error| wrong(&format!("cannot be read: {error}"));
    let file = match open_without_waiting(path) {
        Ok(file) => file,
        // Also a link that leads nowhere is something that somebody has put there.
        Err(error) if is_missing(&error) && fs::symlink_metadata(path).is_err() => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut file = file.take(LARGEST + 1);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let why = format!("larger than {LARGEST} bytes, which no configuration is");
        return Err(Error::Usage(format!("{name}: {why}")));
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong("not UTF-8, as TOML has to be"))?;
    let without_mark = text.strip_prefix('\u{feff}').map(str::to_owned);
    Ok(Some(without_mark.unwrap_or(text)))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
