//! Asks a Django project for its static files (`--from-django`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use hashstatic::options::{Input, NamedFile, SourceRoot};
use hashstatic::{Error, shown};
use serde::Deserialize;

/// The program that the project's Python runs.
const ASK: &str = include_str!("from_django.py");
/// The rule for what the binary may do for a storage. The Python package uses the same file.
const RULE: &str = include_str!("../../python/hashstatic/_rule.py");
/// The beginning of the program's answer.
const MARK: &str = "\u{1e}hashstatic:";

pub(super) const DJANGO: &str = "Django project";
/// The arguments that `--from-django` and its companions exclude. The companions name them too: clap does not require
/// an option that is in conflict.
const OTHER_SOURCES: [&str; 3] = ["roots", "files_from", "site_packages"];

/// A Django project as a source.
#[derive(Debug, Args)]
pub(super) struct Project {
    /// Ask the Django project for its static files, static root and options
    #[arg(
        long,
        conflicts_with_all = OTHER_SOURCES,
        help_heading = DJANGO
    )]
    from_django: bool,
    /// Settings module [default: the one that manage.py chooses]
    #[arg(long, value_name = "MODULE", requires = "from_django", conflicts_with_all = OTHER_SOURCES, help_heading = DJANGO)]
    settings: Option<String>,
    /// The project's manage.py [default: ./manage.py]
    #[arg(long, value_name = "PATH", requires = "from_django", conflicts_with_all = OTHER_SOURCES, help_heading = DJANGO)]
    manage: Option<PathBuf>,
    /// The project's Python [default: the active virtual environment's]
    #[arg(long, value_name = "PATH", requires = "from_django", conflicts_with_all = OTHER_SOURCES, help_heading = DJANGO)]
    python: Option<PathBuf>,
}

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
enum Told {
    Unusable {
        error: String,
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

impl Project {
    /// Asks the project, if `--from-django` is given.
    pub(super) fn ask(&self) -> Result<Option<Answer>, Error> {
        if !self.from_django {
            return Ok(None);
        }
        let manage = match &self.manage {
            Some(path) if !path.is_file() => {
                return Err(Error::Usage(format!(
                    "--manage: {} is not a file",
                    shown(path)
                )));
            }
            Some(path) => Some(path.clone()),
            None => Some(PathBuf::from("manage.py"))
                .filter(|path| path.is_file() && self.settings.is_none()),
        };
        let python = self.python();
        let output = Command::new(&python)
            .args(["-c", ASK])
            .arg(manage.unwrap_or_default())
            .arg(self.settings.as_deref().unwrap_or_default())
            .arg(RULE)
            .output()
            .map_err(|error| {
                Error::Usage(format!(
                    "--from-django: {} cannot be run: {error}; name the project's Python with --python",
                    shown(Path::new(&python))
                ))
            })?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let answer = stdout.rsplit_once(MARK).map(|(_, json)| json.trim_end());
        let answer = answer.and_then(|json| serde_json::from_str(json).ok());
        match answer {
            Some(Told::Project {
                roots,
                files,
                sources,
                build,
            }) => Ok(Some(Answer {
                input: input(roots, files),
                sources,
                build,
            })),
            Some(Told::Unusable { error }) => Err(Error::Usage(format!("--from-django: {error}"))),
            None => Err(Error::Usage(format!(
                "--from-django: the project cannot be asked, {} says:\n{}",
                shown(Path::new(&python)),
                String::from_utf8_lossy(&output.stderr).trim_end()
            ))),
        }
    }

    /// The project's Python: that of `--python`, else of the active virtual environment, else of the environment that
    /// this binary is installed in.
    fn python(&self) -> OsString {
        if let Some(python) = &self.python {
            return python.into();
        }
        let active = std::env::var_os("VIRTUAL_ENV").map(|dir| Path::new(&dir).join("bin/python"));
        // First the path that was called: a symbolic link lies in its environment.
        let called = std::env::args_os().next().map(PathBuf::from);
        let beside = [called, std::env::current_exe().ok()]
            .into_iter()
            .flatten()
            .filter(|binary| binary.components().count() > 1)
            .map(|binary| binary.with_file_name("python"));
        let mut likely = active.into_iter().chain(beside);
        match likely.find(|python| python.is_file()) {
            Some(python) => python.into(),
            None => "python3".into(),
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
