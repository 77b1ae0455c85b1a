//! The configuration file: `hashstatic.toml`, or `[tool.hashstatic]` in `pyproject.toml`. Its keys are the long names
//! of options, and its values become their arguments: each option has one definition.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Command;
use hashstatic::{Error, shown};
use toml::{Table, Value};

use super::platform::open_without_waiting;

/// The largest file (bytes) that is parsed: that takes fifty times its size in memory.
const LARGEST: u64 = 1_000_000;

/// The key of the source roots, which have no option.
pub(super) const SOURCES: &str = "sources";
/// The identifier of the source roots as an argument.
pub(super) const ROOTS: &str = "roots";
/// Keys whose values are paths: they are relative to the configuration file.
const PATHS: [&str; 7] = [
    SOURCES,
    "out",
    "files-from",
    "site-packages",
    "manage",
    "bundler-manifest",
    "cache-dir",
];
/// Keys that decide where the assets come from. If a stronger layer decides that, none of them counts.
pub(super) const INPUT: [&str; 8] = [
    SOURCES,
    "files-from",
    "site-packages",
    "apps",
    "from-django",
    "settings",
    "manage",
    "python",
];

/// The beginning of a file, at most one byte more than [`LARGEST`]. `None`: the file is missing, cannot be read, or is
/// a pipe or a device, where a read might never begin or never end.
fn regular_file(path: &Path) -> Option<Vec<u8>> {
    let file = open_without_waiting(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A configuration file.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(super) path: PathBuf,
    pub(super) table: Table,
}

impl ConfigFile {
    /// Finds the nearest configuration file, from the current directory upwards.
    pub(super) fn find() -> Result<Option<Self>, Error> {
        let Ok(directory) = std::env::current_dir() else {
            return Ok(None);
        };
        for directory in directory.ancestors() {
            if let Some(file) = Self::read(directory.join("hashstatic.toml"), Some)? {
                return Ok(Some(file));
            }
            let pyproject = Self::read(directory.join("pyproject.toml"), |mut table| match table
                .remove("tool")?
            {
                Value::Table(mut tool) => match tool.remove("hashstatic")? {
                    Value::Table(table) => Some(table),
                    _ => None,
                },
                _ => None,
            })?;
            if pyproject.is_some() {
                return Ok(pyproject);
            }
        }
        Ok(None)
    }

    fn read(
        path: PathBuf,
        section: impl FnOnce(Table) -> Option<Table>,
    ) -> Result<Option<Self>, Error> {
        let Some(bytes) = regular_file(&path) else {
            return Ok(None);
        };
        if bytes.len() as u64 > LARGEST {
            return Err(Error::Usage(format!(
                "{}: larger than {LARGEST} bytes, which no configuration is",
                shown(&path)
            )));
        }
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(None);
        };
        let table: Table = text
            .parse()
            .map_err(|error| Error::Usage(format!("{}: {error}", shown(&path))))?;
        Ok(section(table).map(|table| Self { path, table }))
    }

    fn usage(&self, why: &str) -> Error {
        Error::Usage(format!("{}: {why}", shown(&self.path)))
    }

    /// The keys with their values.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.table.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Checks that all keys are `known`.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), Error> {
        let mut keys = self.table.keys();
        match keys.find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(self.unknown(key, known)),
            None => Ok(()),
        }
    }

    fn unknown(&self, key: &str, known: &[&str]) -> Error {
        let nearest = known
            .iter()
            .min_by_key(|known| strsim::osa_distance(known, key));
        match nearest {
            Some(nearest) => self.usage(&format!(
                "unknown key `{}`; did you mean `{nearest}`?",
                shown(key)
            )),
            None => self.usage(&format!("unknown key `{}`", shown(key))),
        }
    }

    /// The arguments that a key and its value stand for.
    pub(super) fn arguments(
        &self,
        subcommand: &Command,
        key: &str,
        value: &Value,
    ) -> Result<Vec<OsString>, Error> {
        Ok(match value {
            Value::Array(values) => {
                let arguments = values
                    .iter()
                    .map(|value| self.arguments(subcommand, key, value));
                arguments.collect::<Result<Vec<_>, _>>()?.concat()
            }
            Value::Boolean(true) => vec![format!("--{key}").into()],
            Value::Boolean(false) => {
                let no = format!("no-{key}");
                let mut options = subcommand.get_arguments();
                let has_it = options.any(|argument| argument.get_long() == Some(&no));
                has_it
                    .then(|| format!("--{no}").into())
                    .into_iter()
                    .collect()
            }
            Value::String(text) if key == SOURCES => vec![self.source(text)],
            Value::String(text) if PATHS.contains(&key) && text != "-" => {
                let mut argument = OsString::from(format!("--{key}="));
                argument.push(self.path(text));
                vec![argument]
            }
            Value::String(text) => vec![format!("--{key}={text}").into()],
            Value::Integer(number) => vec![format!("--{key}={number}").into()],
            Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
                return Err(self.usage(&format!("`{key}` has a value of the wrong type")));
            }
        })
    }

    /// The argument of a source root: `DIR` or `PREFIX=DIR`, with the directory relative to the configuration file.
    fn source(&self, text: &str) -> OsString {
        match text.split_once('=') {
            Some((prefix, dir)) if !self.path(text).is_dir() => {
                let mut argument = OsString::from(format!("{prefix}="));
                argument.push(self.path(dir));
                argument
            }
            _ => self.path(text).into_os_string(),
        }
    }

    fn path(&self, text: &str) -> PathBuf {
        let directory = self.path.parent().unwrap_or(Path::new(""));
        directory.join(text)
    }
}
