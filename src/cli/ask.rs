//! Asks a Django project for its static files and its options: one run of the project's Python.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hashstatic::options::{Input, NamedFile, SourceRoot};
use hashstatic::{Error, shown};
use serde::Deserialize;

/// The program that the project's Python runs.
const ASK: &str = include_str!("from_django.py");
/// The rule for what the binary may do for a storage. The Python package uses the same file.
const RULE: &str = include_str!("../../python/hashstatic/_rule.py");
/// The beginning of the program's answer, which is one line.
const MARK: &str = "\u{1e}hashstatic:";

/// The answer of a project.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The project's static files.
    pub(super) input: Input,
    /// Arguments about sources and references.
    pub(super) sources: Vec<String>,
    /// Arguments of `build` alone.
    pub(super) build: Vec<String>,
}

impl Answer {
    /// The arguments that the project gives for a command.
    pub(super) fn arguments(&self, command: &str) -> impl Iterator<Item = &str> {
        let build = self.build.iter().filter(move |_| command == "build");
        self.sources.iter().chain(build).map(String::as_str)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Reply {
    Failed {
        /// Why, in one line.
        error: String,
        /// The traceback of Python.
        #[serde(default)]
        traceback: String,
        /// Whether what was printed says more.
        #[serde(default)]
        printed: bool,
    },
    Project {
        roots: Option<Vec<Root>>,
        files: Option<Vec<NamedFile>>,
        sources: Vec<String>,
        build: Vec<String>,
    },
}

#[derive(Deserialize)]
struct Root {
    prefix: String,
    dir: PathBuf,
}

/// What is asked, and how.
pub(super) struct Question<'a> {
    pub(super) python: OsString,
    /// The project's `manage.py`.
    pub(super) manage: Option<PathBuf>,
    pub(super) settings: Option<&'a str>,
    /// Whether a failure is reported with all that Python says.
    pub(super) verbose: bool,
}

impl Question<'_> {
    pub(super) fn ask(&self) -> Result<Answer, Error> {
        let python = shown(Path::new(&self.python));
        let output = Command::new(&self.python)
            .args(["-c", ASK])
            .arg(self.manage.as_deref().unwrap_or(Path::new("")))
            .arg(self.settings.unwrap_or_default())
            .arg(RULE)
            .output()
            .map_err(|error| {
                let problem = format!(
                    "{python} cannot be run: {error}; name the project's Python with --python"
                );
                self.failed(&problem, "")
            })?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let (printed, answer) = match stdout.rsplit_once(MARK) {
            Some((printed, after)) => (printed, after.lines().next()),
            None => (&*stdout, None),
        };
        let said = Said::of(&output, printed);
        match answer.and_then(|json| serde_json::from_str(json).ok()) {
            Some(Reply::Project {
                roots,
                files,
                sources,
                build,
            }) => Ok(Answer {
                input: input(roots, files),
                sources,
                build,
            }),
            Some(Reply::Failed {
                error,
                traceback,
                printed: true,
            }) if !said.last.is_empty() => {
                let all = [said.all.as_str(), &traceback].join("\n");
                Err(self.failed(&format!("{error}: {}", said.last), &all))
            }
            Some(Reply::Failed {
                error, traceback, ..
            }) => Err(self.failed(&error, &traceback)),
            None => {
                let why = if said.last.is_empty() {
                    "it said nothing"
                } else {
                    &said.last
                };
                let problem = format!(
                    "the project cannot be asked, {python} ended with {}: {why}",
                    output.status
                );
                let all = if said.all == said.last { "" } else { &said.all };
                Err(self.failed(&problem, all))
            }
        }
    }

    /// The error with the reason in one line, and more below it if that is wanted.
    fn failed(&self, reason: &str, more: &str) -> Error {
        let more = more.trim_end();
        Error::Usage(match (more.is_empty(), self.verbose) {
            (true, _) => format!("--from-django: {reason}"),
            (false, true) => format!("--from-django: {reason}\n{more}"),
            (false, false) => format!("--from-django: {reason}; -v shows more"),
        })
    }
}

/// What the project has printed.
struct Said {
    /// The last line: of stderr, or else of stdout.
    last: String,
    all: String,
}

impl Said {
    fn of(output: &Output, printed: &str) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let all = [printed.trim(), stderr.trim()];
        let mut lines = all.iter().flat_map(|text| text.lines());
        let last = lines.rfind(|line| !line.trim().is_empty());
        Self {
            last: last.unwrap_or_default().trim().to_owned(),
            all: all.join("\n").trim().to_owned(),
        }
    }
}

fn input(roots: Option<Vec<Root>>, files: Option<Vec<NamedFile>>) -> Input {
    match (roots, files) {
        (_, Some(files)) => Input::Files(files),
        (roots, None) => Input::Roots(
            roots
                .unwrap_or_default()
                .into_iter()
                .map(|Root { prefix, dir }| SourceRoot { prefix, dir })
                .collect(),
        ),
    }
}
