//! Where assets come from and how references are read: the arguments of every command that reads sources, and `check`,
//! which has no others.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use hashstatic::options::{DjangoVersion, Input, NamedFile, ReferenceOptions, SourceRoot};
use hashstatic::{Diagnostic, Error, Options, Report, shown};

use super::Verbosity;
use super::apps::Apps;
use super::format::Format;
use super::project::Project;

/// Where assets come from, and how references are read and resolved: the same for every command that reads sources.
#[derive(Debug, Args)]
pub(super) struct Sources {
    /// Directory that assets come from; with PREFIX= they go below that name. Earlier ones win
    #[arg(value_name = "[PREFIX=]DIR")]
    roots: Vec<PathBuf>,
    /// JSON list of {"name", "path"} instead of sources; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with = "roots")]
    files_from: Option<PathBuf>,
    #[command(flatten)]
    pub(super) project: Project,
    #[command(flatten)]
    apps: Apps,
    /// Leave out files and directories that match (fnmatch; may be repeated)
    #[arg(short, long, value_name = "GLOB")]
    ignore: Vec<String>,
    /// Do not leave out CVS, .* and *~
    #[arg(long)]
    no_default_ignore: bool,
    /// Follow symbolic links that leave their source
    #[arg(long)]
    follow_external_links: bool,
    /// Fail if this asset is missing or empty (may be repeated)
    #[arg(long, value_name = "PATH")]
    require: Vec<String>,
    /// Accept sources without any asset
    #[arg(long)]
    allow_empty: bool,
    #[command(flatten)]
    threads: Threads,
    /// Write byte for byte what this Django writes [6.1 if no version is given]
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "6.1",
        help_heading = REFERENCES
    )]
    django_exact: Option<DjangoVersion>,
    #[command(flatten, next_help_heading = REFERENCES)]
    references: ReferenceOptions,
}

/// How many threads work.
#[derive(Debug, Args)]
pub(super) struct Threads {
    /// Threads [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    pub(super) jobs: usize,
}

pub(super) const REFERENCES: &str = "Hashing and references";

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(super) sources: Sources,
    /// How the result is written: human, or a document on stdout
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Output"
    )]
    pub(crate) output_format: Format,
    #[command(flatten)]
    pub(crate) output: Verbosity,
}

impl Sources {
    /// The options that these arguments stand for; everything else has its default. `asked` are the sources that a
    /// Django project has given. Adds to `notices` what is worth knowing about the sources.
    pub(super) fn options(
        &self,
        asked: Option<Input>,
        notices: &mut Vec<Diagnostic>,
    ) -> Result<Options, Error> {
        let input = match asked {
            Some(input) => input,
            None => self.input(notices)?,
        };
        let mut options = Options::new(input);
        if let Some(version) = self.django_exact {
            options = options.exactly(version);
        }
        if self.no_default_ignore {
            options.input.ignore.clear();
        }
        options.input.ignore.extend(self.ignore.iter().cloned());
        options.input.follow_external_links = self.follow_external_links;
        options.input.require.clone_from(&self.require);
        options.input.allow_empty = self.allow_empty;
        options.references.clone_from(&self.references);
        options.run.jobs = self.threads.jobs;
        Ok(options)
    }

    fn input(&self, notices: &mut Vec<Diagnostic>) -> Result<Input, Error> {
        if let Some(list) = &self.files_from {
            return files_from(list).map(Input::Files);
        }
        let mut roots: Vec<SourceRoot> = self.roots.iter().map(|s| source_root(s)).collect();
        roots.extend(self.apps.roots(notices)?);
        if roots.is_empty() {
            let why = self.apps.why_none();
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let what = "name at least one source, or --files-from";
            return Err(Error::Usage(format!("{what}{why}")));
        }
        Ok(Input::Roots(roots))
    }

    /// Completes what a run says by what is known about its sources.
    pub(super) fn annotate(
        &self,
        mut result: Result<Report, Error>,
        notices: Vec<Diagnostic>,
    ) -> Result<Report, Error> {
        if let Ok(Report { diagnostics, .. }) | Err(Error::Input(diagnostics)) = &mut result {
            self.apps.name_holders(diagnostics);
            diagnostics.extend(notices);
        }
        result
    }
}

impl Check {
    /// Runs the check.
    pub(crate) fn run(&self, asked: Option<Input>) -> Result<Report, Error> {
        let mut notices = Vec::new();
        let options = self.options(asked, &mut notices)?;
        self.sources.annotate(hashstatic::check(&options), notices)
    }

    /// The options that the arguments stand for.
    pub(super) fn options(
        &self,
        asked: Option<Input>,
        notices: &mut Vec<Diagnostic>,
    ) -> Result<Options, Error> {
        self.sources.options(asked, notices)
    }
}

/// Parses a source root: `DIR` or `PREFIX=DIR`. A directory that exists under the whole name is taken as it stands.
fn source_root(argument: &Path) -> SourceRoot {
    if !argument.is_dir()
        && let Some((prefix, dir)) = argument.to_str().and_then(|text| text.split_once('='))
    {
        return SourceRoot {
            prefix: prefix.trim_matches('/').to_owned(),
            dir: dir.into(),
        };
    }
    SourceRoot {
        prefix: String::new(),
        dir: argument.to_owned(),
    }
}

fn files_from(list: &Path) -> Result<Vec<NamedFile>, Error> {
    let mut json = Vec::new();
    let read = if list == Path::new("-") {
        io::stdin().read_to_end(&mut json)
    } else {
        File::open(list).and_then(|mut file| file.read_to_end(&mut json))
    };
    let usage = |why: String| Error::Usage(format!("--files-from {}: {why}", shown(list)));
    read.map_err(|error| usage(error.to_string()))?;
    NamedFile::parse_list(&json).map_err(usage)
}
