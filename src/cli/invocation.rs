//! A command with all of its arguments, from wherever they come: the defaults, the configuration file, the environment,
//! the Django project, and the command line, each of which wins over those before it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};
use hashstatic::Error;
use hashstatic::options::Input;

use super::ask::Answer;
use super::config::{ConfigFile, INPUT, ROOTS, SOURCES, STATIC_ROOT, reason};
use super::environment::{Environment, OPTIONS};
use super::{Arguments, Command as Parsed};

/// The layer that gives an option its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    File,
    Environment,
    Project,
    CommandLine,
}

/// The words of a command line, parsed by themselves.
pub(crate) struct CommandLine<'w> {
    words: &'w [OsString],
    command: Command,
    matches: ArgMatches,
}

impl<'w> CommandLine<'w> {
    /// Parses the words of a command line, the program's name first.
    pub(crate) fn parse(words: &'w [OsString]) -> Result<Self, clap::Error> {
        let mut command = Arguments::command();
        let matches = command.try_get_matches_from_mut(words)?;
        Ok(Self {
            words,
            command,
            matches,
        })
    }

    /// The subcommand with its arguments.
    fn subcommand(&self) -> Option<(&Command, &ArgMatches)> {
        let (name, matches) = self.matches.subcommand()?;
        Some((self.command.find_subcommand(name)?, matches))
    }

    /// The innermost subcommand with its arguments: of `cache stats`, that is `stats`.
    fn innermost(&self) -> Option<(&Command, &ArgMatches)> {
        let mut found = self.subcommand()?;
        while let Some((name, matches)) = found.1.subcommand() {
            found = (found.0.find_subcommand(name)?, matches);
        }
        Some(found)
    }

    /// Whether the command has a configuration, and does not refuse it.
    fn reads_configuration(&self) -> bool {
        let is_read = |(subcommand, matches): (&Command, &ArgMatches)| {
            takes_configuration(subcommand) && !matches.get_flag("no_config")
        };
        self.subcommand().is_some_and(is_read)
    }
}

/// The layers that a command is made from. The defaults are those of [`Arguments`].
#[derive(Clone, Copy)]
pub(crate) struct Layers<'a> {
    pub(crate) line: &'a CommandLine<'a>,
    pub(crate) environment: &'a Environment,
    pub(crate) file: Option<&'a ConfigFile>,
    pub(crate) project: Option<&'a Answer>,
}

/// A command, ready to run.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) arguments: Arguments,
    /// The sources that a Django project has given.
    pub(crate) input: Option<Input>,
    pub(crate) environment: Environment,
    /// The configuration file that is in use.
    pub(crate) file: Option<ConfigFile>,
    /// Origins by the long names of options. Options that have their default are not listed.
    origins: BTreeMap<String, Origin>,
}

/// Why there is no command to run.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Wrong arguments; also `--help` and `--version`.
    Arguments(clap::Error),
    /// Wrong configuration, or a project that cannot be asked.
    Usage(Error),
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Arguments(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Usage(error)
    }
}

impl Invocation {
    /// The command of this process: reads the configuration file and asks the Django project, where they are wanted.
    pub(crate) fn of_process() -> Result<Self, Failure> {
        let words: Vec<OsString> = std::env::args_os().collect();
        let environment = Environment::of_process();
        let line = CommandLine::parse(&words)?;
        let file = if line.reads_configuration() {
            ConfigFile::find()?
        } else {
            None
        };
        let layers = Layers {
            line: &line,
            environment: &environment,
            file: file.as_ref(),
            project: None,
        };
        let (mut arguments, mut origins) = resolve(layers)?;
        let project = match &arguments.command {
            Parsed::Build(build) => build.sources.project.ask(build.output.verbosity.verbose)?,
            Parsed::Check(check) => check.sources.project.ask(check.output.verbose)?,
            _ => None,
        };
        if project.is_some() {
            let project = project.as_ref();
            (arguments, origins) = resolve(Layers { project, ..layers })?;
        }
        Ok(Self {
            arguments,
            input: project.map(|answer| answer.input),
            environment,
            file,
            origins,
        })
    }

    /// Names the place of options that the configuration file gives.
    pub(crate) fn placed(&self, error: Error) -> Error {
        match (error, &self.file) {
            (Error::Several(errors), _) => {
                Error::Several(errors.into_iter().map(|error| self.placed(error)).collect())
            }
            (Error::Option(error), Some(file))
                if self.origins.get(error.option) == Some(&Origin::File) =>
            {
                let value = error.value.map_or_else(String::new, |value| value + ": ");
                file.wrong_value(error.option, &format!("{value}{}", error.problem))
            }
            (error, _) => error,
        }
    }

    /// Whether a layer gives the option, even with its default value. `option` is the long name.
    pub(crate) fn is_given(&self, option: &str) -> bool {
        self.origins.contains_key(option)
    }
}

fn takes_configuration(command: &Command) -> bool {
    command.get_arguments().any(|a| a.get_id() == "no_config")
}

/// Combines the layers: the arguments, and the origin of every value that is no default. Pure.
pub(crate) fn resolve(
    layers: Layers<'_>,
) -> Result<(Arguments, BTreeMap<String, Origin>), Failure> {
    let line = layers.line;
    let command = &line.command;
    let Some((subcommand, matches)) = line.innermost() else {
        return Ok((Arguments::from_arg_matches(&line.matches)?, BTreeMap::new()));
    };
    let mut combined = Combined::new(subcommand, matches);
    if let Some(answer) = layers.project {
        combined.project(answer);
    }
    for (variable, option) in OPTIONS {
        if let Some(value) = layers.environment.get(variable) {
            let mut argument = OsString::from(format!("--{option}="));
            argument.push(value);
            combined.add(Origin::Environment, option, vec![argument]);
        }
    }
    if let Some(file) = layers.file {
        let commands: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        let known = known(command);
        let mut wrong = Vec::new();
        for (key, value) in file.entries() {
            if !known.contains(&key) {
                wrong.push(file.unknown_key(key, value, &known, &commands));
            } else if combined.is_free(key) {
                match file.arguments(subcommand, key, value) {
                    Ok(arguments) => combined.add(Origin::File, key, arguments),
                    Err(error) => wrong.push(error),
                }
            }
        }
        Error::all(wrong)?;
    }
    let arguments = if combined.added.is_empty() {
        Arguments::from_arg_matches(&line.matches)?
    } else {
        let words = combined.words(line.words);
        let matches = Arguments::command().try_get_matches_from(words);
        Arguments::from_arg_matches(&matches.map_err(|error| combined.refused(&layers, error))?)?
    };
    Ok((arguments, combined.origins))
}

/// The keys that a configuration file may have: the options of all commands that have a configuration.
fn known(command: &Command) -> Vec<&str> {
    /// Options of the terminal, not of the project.
    const NOT_KEYS: [&str; 5] = ["help", "version", "no-config", "dry-run", "output-format"];
    command
        .get_subcommands()
        .filter(|command| takes_configuration(command) && !command.is_hide_set())
        .flat_map(Command::get_arguments)
        .filter_map(Arg::get_long)
        .chain([SOURCES])
        .filter(|key| !NOT_KEYS.contains(key))
        .collect()
}

/// The arguments of one command, the strongest layer first.
struct Combined<'c> {
    subcommand: &'c Command,
    /// Whether the command line has sources.
    has_roots: bool,
    /// Whether the command line has a static root as an argument.
    has_static_root: bool,
    origins: BTreeMap<String, Origin>,
    /// The arguments of the weaker layers, each with a long name of its own.
    added: Vec<OsString>,
}

impl<'c> Combined<'c> {
    /// The command line alone.
    fn new(subcommand: &'c Command, matches: &ArgMatches) -> Self {
        let is_given = |id: &str| {
            matches.try_contains_id(id).is_ok()
                && matches.value_source(id) == Some(ValueSource::CommandLine)
        };
        let options = subcommand.get_arguments();
        let given = options
            .filter(|argument| is_given(argument.get_id().as_str()))
            .filter_map(|argument| Some((argument.get_long()?.to_owned(), Origin::CommandLine)));
        Self {
            subcommand,
            has_roots: is_given(ROOTS),
            has_static_root: is_given(STATIC_ROOT),
            origins: given.collect(),
            added: Vec::new(),
        }
    }

    fn argument(&self, long: &str) -> Option<&'c Arg> {
        let mut arguments = self.subcommand.get_arguments();
        arguments.find(|argument| argument.get_long() == Some(long))
    }

    /// Whether this command has the option, and no stronger layer gives it or its opposite.
    fn is_free(&self, key: &str) -> bool {
        let is_given = |option: &str| self.origins.contains_key(option);
        // A layer that decides where the assets come from decides all of it.
        let has_input = || self.has_roots || INPUT.iter().any(|key| self.is_of_stronger(key));
        if INPUT.contains(&key) && has_input() {
            return false;
        }
        if key == SOURCES {
            let mut arguments = self.subcommand.get_arguments();
            return arguments.any(|argument| argument.get_id() == ROOTS);
        }
        let opposite = match key.strip_prefix("no-") {
            Some(positive) => positive.to_owned(),
            None => format!("no-{key}"),
        };
        // Within one layer, these two contradict each other.
        let is_elsewhere = match key {
            "out" => self.is_of_stronger("in-place"),
            "in-place" => self.is_of_stronger("out"),
            _ => false,
        };
        // The static root as an argument is that of the file as an option.
        let is_named = key == "out" && self.has_static_root;
        let is_decided = is_named || is_elsewhere || is_given(key) || is_given(&opposite);
        self.argument(key).is_some() && !is_decided
    }

    /// Whether a layer above the configuration file gives the option.
    fn is_of_stronger(&self, key: &str) -> bool {
        let origin = self.origins.get(key);
        origin.is_some_and(|origin| *origin != Origin::File)
    }

    /// Adds the arguments for one option, if it is free.
    fn add(&mut self, origin: Origin, key: &str, arguments: Vec<OsString>) {
        if self.is_free(key) {
            self.origins.insert(key.to_owned(), origin);
            self.added.extend(arguments);
        }
    }

    /// Adds the arguments of a project. Options that may be repeated are added to those of the command line.
    fn project(&mut self, answer: &Answer) {
        let mut layer = BTreeMap::new();
        for argument in answer.arguments(self.subcommand.get_name()) {
            let long = argument.trim_start_matches("--");
            let long = long.split_once('=').map_or(long, |(long, _)| long);
            let adds = self
                .argument(long)
                .is_some_and(|option| matches!(option.get_action(), ArgAction::Append));
            if adds || self.is_free(long) {
                self.added.push(argument.into());
                layer.insert(long.to_owned(), Origin::Project);
            }
        }
        for (long, origin) in layer {
            self.origins.entry(long).or_insert(origin);
        }
    }

    /// The failure of all layers together. Each of them is right by itself: where the file takes part, it is named.
    fn refused(&self, layers: &Layers<'_>, error: clap::Error) -> Failure {
        let gives_something = self.origins.values().any(|origin| *origin == Origin::File);
        match layers.file.filter(|_| gives_something) {
            Some(file) => Failure::Usage(Error::Usage(format!(
                "{}: its settings do not go together with the rest: {}",
                file.name(),
                reason(&error)
            ))),
            None => Failure::Arguments(error),
        }
    }

    /// The whole command line: the options of all layers after the command's name. Positional arguments come after all
    /// others, so that no option takes one of them for its value.
    fn words(&self, given: &[OsString]) -> Vec<OsString> {
        let name = self.subcommand.get_name();
        let at = given.iter().position(|argument| argument == name);
        let (before, after) = given.split_at(at.map_or(given.len(), |at| at + 1));
        let (roots, options): (Vec<OsString>, Vec<OsString>) = self
            .added
            .iter()
            .cloned()
            .partition(|argument| !argument.as_encoded_bytes().starts_with(b"--"));
        [before, &options, after, &roots].concat()
    }
}

#[cfg(test)]
#[path = "invocation_tests.rs"]
mod tests;
