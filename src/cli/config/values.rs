//! Values of the configuration file, as the arguments that they stand for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use hashstatic::Error;
use toml::Value;

use super::{ConfigFile, SOURCES};

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

impl ConfigFile {
    /// The arguments that a key and its value stand for, which the command accepts.
    pub(in crate::cli) fn arguments(
        &self,
        subcommand: &Command,
        key: &str,
        value: &Value,
    ) -> Result<Vec<OsString>, Error> {
        let arguments = self.converted(subcommand, key, value)?;
        // What is wrong with one value alone is reported at its line.
        let alone = subcommand.clone().no_binary_name(true);
        match alone.try_get_matches_from(&arguments) {
            Err(error) if error.kind() != ErrorKind::MissingRequiredArgument => {
                Err(self.wrong_value(key, &reason(&error)))
            }
            _ => Ok(arguments),
        }
    }

    fn converted(
        &self,
        subcommand: &Command,
        key: &str,
        value: &Value,
    ) -> Result<Vec<OsString>, Error> {
        let option = |name: &str| {
            let mut options = subcommand.get_arguments();
            options.find(|argument| argument.get_long() == Some(name))
        };
        let wrong_type = || self.wrong(key, &format!("`{key}` has a value of the wrong type"));
        Ok(match value {
            Value::Array(values) => {
                let arguments = values
                    .iter()
                    .map(|value| self.converted(subcommand, key, value));
                arguments.collect::<Result<Vec<_>, _>>()?.concat()
            }
            Value::Boolean(true) if option(key).is_some_and(needs_value) => {
                return Err(wrong_type());
            }
            Value::Boolean(true) => vec![format!("--{key}").into()],
            Value::Boolean(false) => {
                let no = format!("no-{key}");
                if option(&no).is_some() {
                    vec![format!("--{no}").into()]
                } else if option(key).is_some_and(needs_value) {
                    return Err(wrong_type());
                } else {
                    Vec::new()
                }
            }
            Value::String(text) if key == SOURCES => vec![self.source(text)],
            Value::String(text) if PATHS.contains(&key) && text != "-" => {
                let mut argument = OsString::from(format!("--{key}="));
                argument.push(self.absolute(text));
                vec![argument]
            }
            Value::String(text) => vec![format!("--{key}={text}").into()],
            Value::Integer(number) => vec![format!("--{key}={number}").into()],
            Value::Float(_) | Value::Datetime(_) | Value::Table(_) => return Err(wrong_type()),
        })
    }

    /// The argument of a source root: `DIR` or `PREFIX=DIR`, with the directory relative to the configuration file.
    fn source(&self, text: &str) -> OsString {
        match text.split_once('=') {
            Some((prefix, dir)) if !self.absolute(text).is_dir() => {
                let mut argument = OsString::from(format!("{prefix}="));
                argument.push(self.absolute(dir));
                argument
            }
            _ => self.absolute(text).into_os_string(),
        }
    }

    fn absolute(&self, text: &str) -> PathBuf {
        let directory = self.path.parent().unwrap_or(Path::new(""));
        directory.join(text)
    }
}

/// Whether an option does nothing without a value.
fn needs_value(option: &Arg) -> bool {
    let takes_value = matches!(option.get_action(), ArgAction::Set | ArgAction::Append);
    let least = option.get_num_args().map_or(1, |range| range.min_values());
    takes_value && least > 0
}

/// What is wrong, in one line.
pub(in crate::cli) fn reason(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    words.join(" ")
}
