//! Where assets come from and how references are read: the arguments of every command that reads sources, and `check`,
//! which has no others.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hashstatic::options::{DjangoVersion, Input, MissingPolicy, NamedFile, SourceRoot};
use hashstatic::{Error, Options, shown};

use super::project::Project;
use super::{Command, Verbosity, completed};

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
    /// URL prefix that makes an absolute reference ours
    #[arg(long, value_name = "URL", default_value = "/static/", help_heading = REFERENCES)]
    static_url: String,
    /// Write byte for byte what this Django writes [6.1 if no version is given]
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "6.1",
        help_heading = REFERENCES
    )]
    django_exact: Option<Django>,
    /// Also rewrite module specifiers in scripts, and URLs that are relative to a module
    #[arg(long, help_heading = REFERENCES)]
    js_modules: bool,
    #[command(flatten)]
    unresolved: Unresolved,
    #[command(flatten)]
    threads: Threads,
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

/// What becomes of references that resolve to nothing.
#[derive(Debug, Args)]
pub(super) struct Unresolved {
    /// What to do about references that resolve to nothing
    #[arg(long, value_name = "POLICY", default_value = "error", help_heading = REFERENCES)]
    pub(super) on_missing: Policy,
    /// What to do about source maps that are not there
    #[arg(long, value_name = "POLICY", default_value = "warn", help_heading = REFERENCES)]
    pub(super) missing_source_map: Policy,
    /// References that may resolve to nothing (may be repeated)
    #[arg(long, value_name = "FILE_GLOB:URL_GLOB", value_parser = two_globs, help_heading = REFERENCES)]
    pub(super) ignore_errors: Vec<(String, String)>,
}

pub(super) const REFERENCES: &str = "Hashing and references";

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    sources: Sources,
    /// How the result is written: human, or a document on stdout
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Output"
    )]
    pub(crate) output_format: CheckFormat,
    #[command(flatten)]
    pub(crate) output: Verbosity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    Human,
    Json,
    Sarif,
    Github,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Django {
    #[value(name = "6.1")]
    V6_1,
    #[value(name = "6.0")]
    V6_0,
    #[value(name = "5.2")]
    V5_2,
    #[value(name = "4.2")]
    V4_2,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Policy {
    Error,
    Warn,
    Ignore,
}

impl Sources {
    /// What these arguments mean; everything else has its default.
    pub(super) fn options(&self, input: Input) -> Options {
        let mut options = Options::new(input);
        if let Some(version) = self.django_exact {
            options = options.exactly(match version {
                Django::V6_1 => DjangoVersion::V6_1,
                Django::V6_0 => DjangoVersion::V6_0,
                Django::V5_2 => DjangoVersion::V5_2,
                Django::V4_2 => DjangoVersion::V4_2,
            });
        }
        if self.no_default_ignore {
            options.ignore.clear();
        }
        options.ignore.extend(self.ignore.iter().cloned());
        options.follow_external_links = self.follow_external_links;
        options.require.clone_from(&self.require);
        options.static_url.clone_from(&self.static_url);
        options.js_modules = self.js_modules;
        options.on_missing = self.unresolved.on_missing.into();
        options.missing_source_map = self.unresolved.missing_source_map.into();
        options
            .ignore_errors
            .clone_from(&self.unresolved.ignore_errors);
        options.jobs = self.threads.jobs;
        options
    }

    pub(super) fn input(&self) -> Result<Input, Error> {
        if let Some(list) = &self.files_from {
            return files_from(list).map(Input::Files);
        }
        let mut roots: Vec<SourceRoot> = self.roots.iter().map(|s| source_root(s)).collect();
        roots.extend(self.project.app_roots()?);
        if roots.is_empty() {
            return Err(Error::Usage(
                "name at least one source, or --files-from".into(),
            ));
        }
        Ok(Input::Roots(roots))
    }
}

impl Check {
    /// What the arguments mean.
    pub(crate) fn options(&self) -> Result<Options, Error> {
        if let Some(answer) = self.sources.project.ask()?
            && let Command::Check(check) = completed("check", answer.sources).command
        {
            return Ok(check.sources.options(answer.input));
        }
        Ok(self.sources.options(self.sources.input()?))
    }
}

/// `FILE_GLOB:URL_GLOB`. The first colon separates: globs of logical paths need none.
fn two_globs(argument: &str) -> Result<(String, String), String> {
    match argument.split_once(':') {
        Some((file, url)) => Ok((file.to_owned(), url.to_owned())),
        None => Err("not of the form FILE_GLOB:URL_GLOB".into()),
    }
}

impl From<Policy> for MissingPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Error => Self::Error,
            Policy::Warn => Self::Warn,
            Policy::Ignore => Self::Ignore,
        }
    }
}

/// `DIR` or `PREFIX=DIR`. A directory that exists under the whole name is taken as it stands.
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
