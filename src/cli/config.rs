//! The configuration file: `hashstatic.toml`, or `[tool.hashstatic]` in `pyproject.toml`. Its keys are the long names of
//! options, and it is read by turning it into arguments: what an option means is said in one place only.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use hashstatic::{Error, shown};
use toml::{Table, Value};

use super::Arguments;
use super::platform::open_without_waiting;

/// Larger ones (bytes) are not parsed: that takes fifty times their size in memory.
const LARGEST: u64 = 1_000_000;

/// The source roots, which have no option.
const SOURCES: &str = "sources";
/// Its identifier as an argument.
const ROOTS: &str = "roots";
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
/// Keys that say where the assets come from. If the command line says that, none of them counts.
const INPUT: [&str; 8] = [
    SOURCES,
    "files-from",
    "site-packages",
    "apps",
    "from-django",
    "settings",
    "manage",
    "python",
];
/// Options of the terminal, not of the project.
const NOT_KEYS: [&str; 5] = ["help", "version", "no-config", "dry-run", "output-format"];

/// The arguments of this process, with those of the configuration file that the command line does not give.
///
/// Ends the process as clap does for wrong arguments, `--help` and `--version`.
pub(crate) fn parse() -> Result<Arguments, Error> {
    let given: Vec<OsString> = std::env::args_os().collect();
    let command = Arguments::command();
    let matches = command.clone().get_matches_from(&given);
    let matches = match configured(&command, &matches, &given)? {
        Some(arguments) => command.get_matches_from(arguments),
        None => matches,
    };
    Ok(Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

/// The command line with what the configuration file adds to it; `None`: nothing.
fn configured(
    command: &Command,
    matches: &ArgMatches,
    given: &[OsString],
) -> Result<Option<Vec<OsString>>, Error> {
    let Some((name, matches)) = matches.subcommand() else {
        return Ok(None);
    };
    let Some(subcommand) = command.find_subcommand(name) else {
        return Ok(None);
    };
    let takes_configuration = |c: &Command| c.get_arguments().any(|a| a.get_id() == "no_config");
    if !takes_configuration(subcommand) || matches.get_flag("no_config") {
        return Ok(None);
    }
    let Some(file) = File::find()? else {
        return Ok(None);
    };
    let known: Vec<&str> = command
        .get_subcommands()
        .filter(|command| takes_configuration(command) && !command.is_hide_set())
        .flat_map(Command::get_arguments)
        .filter_map(Arg::get_long)
        .chain([SOURCES])
        .filter(|key| !NOT_KEYS.contains(key))
        .collect();
    let mut added = Vec::new();
    for (key, value) in &file.table {
        if !known.contains(&key.as_str()) {
            return Err(file.unknown(key, &known));
        }
        if is_wanted(subcommand, matches, key) {
            file.arguments(subcommand, key, value, &mut added)?;
        }
    }
    let at = given.iter().position(|argument| argument == name);
    let (before, after) = given.split_at(at.map_or(given.len(), |at| at + 1));
    // Positional ones behind all others, so that no option takes one of them for its value.
    let (roots, options): (Vec<OsString>, Vec<OsString>) = added
        .into_iter()
        .partition(|argument| !argument.as_encoded_bytes().starts_with(b"--"));
    Ok(Some([before, &options, after, &roots].concat()))
}

/// Whether this command has the option, and the command line does not say anything about it.
fn is_wanted(subcommand: &Command, matches: &ArgMatches, key: &str) -> bool {
    let is_given = |id: &str| {
        matches.try_contains_id(id).is_ok()
            && !matches!(
                matches.value_source(id),
                None | Some(ValueSource::DefaultValue)
            )
    };
    let is_input_given = || {
        let options = INPUT.iter().map(|key| key.replace('-', "_"));
        is_given(ROOTS) || options.into_iter().any(|id| is_given(&id))
    };
    if INPUT.contains(&key) && is_input_given() {
        return false;
    }
    if key == SOURCES {
        return subcommand.get_arguments().any(|arg| arg.get_id() == ROOTS);
    }
    let opposite = match key.strip_prefix("no-") {
        Some(positive) => positive.to_owned(),
        None => format!("no-{key}"),
    };
    let id = |long: &str| {
        let mut arguments = subcommand.get_arguments();
        let found = arguments.find(|arg| arg.get_long() == Some(long))?;
        Some(found.get_id().as_str().to_owned())
    };
    id(key).is_some_and(|id| !is_given(&id)) && !id(&opposite).is_some_and(|id| is_given(&id))
}

/// The beginning of a file, one byte more than it may have. `None`: it is not there, or cannot be read, or is a pipe or a
/// device, which might never end, nor begin.
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
struct File {
    path: PathBuf,
    table: Table,
}

impl File {
    /// The nearest one, from the current directory upwards.
    fn find() -> Result<Option<Self>, Error> {
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

    /// A key and its value as arguments.
    fn arguments(
        &self,
        subcommand: &Command,
        key: &str,
        value: &Value,
        arguments: &mut Vec<OsString>,
    ) -> Result<(), Error> {
        match value {
            Value::Array(values) => {
                for value in values {
                    self.arguments(subcommand, key, value, arguments)?;
                }
            }
            Value::Boolean(true) => arguments.push(format!("--{key}").into()),
            Value::Boolean(false) => {
                let no = format!("no-{key}");
                if subcommand
                    .get_arguments()
                    .any(|arg| arg.get_long() == Some(&no))
                {
                    arguments.push(format!("--{no}").into());
                }
            }
            Value::String(text) if key == SOURCES => {
                arguments.push(self.source(text));
            }
            Value::String(text) if PATHS.contains(&key) && text != "-" => {
                let mut argument = OsString::from(format!("--{key}="));
                argument.push(self.path(text));
                arguments.push(argument);
            }
            Value::String(text) => arguments.push(format!("--{key}={text}").into()),
            Value::Integer(number) => arguments.push(format!("--{key}={number}").into()),
            Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
                return Err(self.usage(&format!("`{key}` has a value of the wrong type")));
            }
        }
        Ok(())
    }

    /// `DIR` or `PREFIX=DIR`
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
