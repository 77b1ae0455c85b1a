//! Asks a Django project for its static files (`--from-django`).

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use hashstatic::{Error, shown};

use super::ask::{Answer, Question};

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

impl Project {
    /// Asks the project, if `--from-django` is given.
    pub(super) fn ask(&self, verbose: bool) -> Result<Option<Answer>, Error> {
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
        let question = Question {
            python: self.python(),
            manage,
            settings: self.settings.as_deref(),
            verbose,
        };
        question.ask().map(Some)
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
