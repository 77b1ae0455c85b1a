//! The configuration file: `hashstatic.toml`, or `[tool.hashstatic]` in `pyproject.toml`. Its keys are the long names
//! of options, and its values become their arguments: each option has one definition.

mod file;
mod keys;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;

use hashstatic::{Error, shown};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

pub(super) use values::reason;

/// The key of the source roots, which have no option.
pub(super) const SOURCES: &str = "sources";
/// The identifier of the source roots as an argument.
pub(super) const ROOTS: &str = "roots";
/// The identifier of the static root as an argument.
pub(super) const STATIC_ROOT: &str = "static_root";
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

/// A configuration file.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    /// The path as messages show it.
    name: String,
    table: Table,
    /// The line of each key, 1-based.
    lines: BTreeMap<String, usize>,
    /// A file of the same directory that has a configuration, too, which is not read.
    pub(crate) overridden: Option<String>,
}

impl ConfigFile {
    /// Parses a file. `section` leads to the table with the keys. `None`: the file has no such table.
    pub(super) fn parse(
        path: PathBuf,
        name: String,
        text: &str,
        section: &[&str],
    ) -> Result<Option<Self>, Error> {
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let wrong = |error: &toml::de::Error| {
            let line = error.span().map_or(1, |span| line(span.start));
            Error::Usage(format!("{name}:{line}: not TOML: {}", error.message()))
        };
        let mut table: Table = text.parse().map_err(|error| wrong(&error))?;
        let parsed = DeTable::parse(text).map_err(|error| wrong(&error))?;
        let mut places = parsed.into_inner();
        for (depth, key) in section.iter().enumerate() {
            let found = places
                .into_iter()
                .find(|(found, _)| found.get_ref() == key)
                .map(|(_, value)| value);
            let (Some(value), Some(place)) = (table.remove(*key), found) else {
                return Ok(None);
            };
            match (value, place.span(), place.into_inner()) {
                (Value::Table(inner), _, DeValue::Table(inner_places)) => {
                    (table, places) = (inner, inner_places);
                }
                (_, span, _) => {
                    let (line, key) = (line(span.start), section[..=depth].join("."));
                    return Err(Error::Usage(format!("{name}:{line}: `{key}` is no table")));
                }
            }
        }
        let lines = places
            .into_iter()
            .map(|(key, _)| (key.get_ref().to_string(), line(key.span().start)))
            .collect();
        Ok(Some(Self {
            path,
            name,
            table,
            lines,
            overridden: None,
        }))
    }

    /// The path as messages show it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The keys with their values, as they stand in the file.
    pub(super) fn entries(&self) -> Vec<(&str, &Value)> {
        let entries = self.table.iter();
        let mut entries: Vec<_> = entries.map(|(key, value)| (key.as_str(), value)).collect();
        entries.sort_by_key(|(key, _)| self.lines.get(*key));
        entries
    }

    /// An error about a key: the place, and what is wrong.
    pub(super) fn wrong(&self, key: &str, what: &str) -> Error {
        let line = self.lines.get(key).copied().unwrap_or(1);
        Error::Usage(format!("{}:{line}: {what}", self.name))
    }

    /// An error about the value of a key.
    pub(super) fn wrong_value(&self, key: &str, problem: &str) -> Error {
        self.wrong(key, &format!("`{}`: {problem}", shown(key)))
    }
}
