//! The command line, and its way to [`Options`].

mod cache;
pub(crate) mod config;
mod project;
pub(crate) mod root;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use hashstatic::options::{
    DjangoVersion, Encodings, FileMode, HashAlgorithm, HeadersFormat, Input, LinkMode, Minify,
    MissingPolicy, NamedFile, SourceRoot,
};
use hashstatic::{Error, Options};

pub(crate) use cache::CacheDir;
use cache::CacheOptions;

use project::Project;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The hashing step of Django's collectstatic, done better.
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hash, rewrite and compress static files into a static root
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Box<Build>),
    /// Read and resolve everything as build does, write nothing, and tell all problems
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<Check>),
    /// Prove a finished static root: manifest, digests, references, plain copies, variants
    #[command(after_help = root::VERIFY_EXAMPLES)]
    Verify(root::Verify),
    /// Remove what earlier generations have left in a static root
    #[command(after_help = root::CLEAN_EXAMPLES)]
    Clean(root::Clean),
    /// Tell everything about one asset of a static root
    #[command(after_help = root::EXPLAIN_EXAMPLES)]
    Explain(root::Explain),
    /// Show or clear the build cache
    #[command(after_help = root::CACHE_EXAMPLES)]
    Cache(root::Cache),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  hashstatic check assets
  hashstatic check assets admin=vendor/django-admin --output-format github

Exit status: 0 no errors; 1 errors; 2 wrong usage";

const BUILD_EXAMPLES: &str = "\
Examples:
  hashstatic build assets node_modules/bootstrap/dist --out static
  hashstatic build admin=vendor/django-admin assets -o static --require css/output.css
  hashstatic build static                     in place

Exit status: 0 done; 1 the input has errors, nothing was published; 2 wrong usage";

/// How results and diagnostics are shown.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// How the result is written to stdout
    #[arg(
        long = "output-format",
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Output"
    )]
    pub(crate) format: OutputFormat,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// How much is shown.
#[derive(Debug, Args)]
pub(crate) struct Verbosity {
    /// No summary and no warnings
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Notices and the time of each stage too
    #[arg(short, long, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// Read no configuration file
    #[arg(long, help_heading = "Output")]
    no_config: bool,
    /// Colours; `NO_COLOR` is respected too
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// Where assets come from, and how references are read and resolved: the same for every command that reads sources.
#[derive(Debug, Args)]
struct Sources {
    /// Directory that assets come from; with PREFIX= they go below that name. Earlier ones win
    #[arg(value_name = "[PREFIX=]DIR")]
    roots: Vec<PathBuf>,
    /// JSON list of {"name", "path"} instead of sources; - reads stdin
    #[arg(long, value_name = "FILE", conflicts_with = "roots")]
    files_from: Option<PathBuf>,
    #[command(flatten)]
    project: Project,
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
    /// Threads [default: one per core]
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    jobs: usize,
}

/// What becomes of references that resolve to nothing.
#[derive(Debug, Args)]
struct Unresolved {
    /// What to do about references that resolve to nothing
    #[arg(long, value_name = "POLICY", default_value = "error", help_heading = REFERENCES)]
    on_missing: Policy,
    /// What to do about source maps that are not there
    #[arg(long, value_name = "POLICY", default_value = "warn", help_heading = REFERENCES)]
    missing_source_map: Policy,
    /// References that may resolve to nothing (may be repeated)
    #[arg(long, value_name = "FILE_GLOB:URL_GLOB", value_parser = two_globs, help_heading = REFERENCES)]
    ignore_errors: Vec<(String, String)>,
}

const REFERENCES: &str = "Hashing and references";

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

#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    sources: Sources,
    /// Static root to write [default: in place, in the only source]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Hash for file names [default: blake3]
    #[arg(long, value_name = "HASH", help_heading = REFERENCES)]
    hash: Option<Hash>,
    /// Hex digits of the hash in file names [default: 12]
    #[arg(long, value_name = "N", help_heading = REFERENCES)]
    hash_length: Option<usize>,

    /// How CSS is minified [default: safe]
    #[arg(long, value_name = "MODE", help_heading = "Minifying")]
    minify: Option<MinifyMode>,
    /// The same as --minify off
    #[arg(long, conflicts_with = "minify", help_heading = "Minifying")]
    no_minify: bool,
    /// Browsers for --minify full, as a browserslist query
    #[arg(long, value_name = "QUERY", help_heading = "Minifying")]
    targets: Option<String>,

    /// Write .gz variants [default]
    #[arg(long, overrides_with = "no_gzip", help_heading = "Variants")]
    gzip: bool,
    /// Write no .gz variants
    #[arg(long, help_heading = "Variants")]
    no_gzip: bool,
    /// Write .br variants [default]
    #[arg(long, overrides_with = "no_brotli", help_heading = "Variants")]
    brotli: bool,
    /// Write no .br variants
    #[arg(long, help_heading = "Variants")]
    no_brotli: bool,
    /// Write .zst variants
    #[arg(long, overrides_with = "no_zstd", help_heading = "Variants")]
    zstd: bool,
    /// Write no .zst variants [default]
    #[arg(long, help_heading = "Variants")]
    no_zstd: bool,
    /// 1 to 12 (libdeflate's scale)
    #[arg(long, value_name = "N", default_value_t = 9, help_heading = "Variants")]
    gzip_level: u8,
    /// 0 to 11
    #[arg(
        long,
        value_name = "N",
        default_value_t = 11,
        help_heading = "Variants"
    )]
    brotli_quality: u8,
    /// 1 to 22
    #[arg(
        long,
        value_name = "N",
        default_value_t = 19,
        help_heading = "Variants"
    )]
    zstd_level: u8,
    /// Extensions that are never compressed, instead of the default list
    #[arg(
        long,
        value_name = "EXT,…",
        value_delimiter = ',',
        help_heading = "Variants"
    )]
    skip_compress: Option<Vec<String>>,

    /// No plain-named copies
    #[arg(long, help_heading = "Static root")]
    keep_only_hashed: bool,
    /// Assets that keep their plain copy with --keep-only-hashed (may be repeated)
    #[arg(
        long,
        value_name = "GLOB",
        requires = "keep_only_hashed",
        help_heading = "Static root"
    )]
    keep_original: Vec<String>,
    /// Assets that a bundler has hashed already: name and bytes stay (may be repeated)
    #[arg(long, value_name = "GLOB", help_heading = "Static root")]
    prehashed: Vec<String>,
    /// A bundler's manifest; what it names is hashed already (may be repeated)
    #[arg(long, value_name = "FILE", help_heading = "Static root")]
    bundler_manifest: Vec<PathBuf>,
    /// Manifest, relative to the static root
    #[arg(
        long,
        value_name = "PATH",
        default_value = "staticfiles.json",
        help_heading = "Static root"
    )]
    manifest: PathBuf,
    /// Write no manifest, and leave one that is there alone
    #[arg(long, help_heading = "Static root")]
    no_manifest: bool,
    /// Write the headers of every file, for a server or an uploader, beside the manifest (may be repeated)
    #[arg(long, value_name = "FORMAT", help_heading = "Static root")]
    headers: Vec<Headers>,
    /// Permissions of files, octal, or umask
    #[arg(
        long,
        value_name = "MODE",
        default_value = "644",
        value_parser = file_mode,
        help_heading = "Static root"
    )]
    file_mode: FileMode,
    /// Permissions of directories that are made, octal [default: as the umask says]
    #[arg(long, value_name = "MODE", value_parser = mode_bits, help_heading = "Static root")]
    dir_mode: Option<u32>,
    /// How a hashed file and its plain twin share their bytes
    #[arg(
        long,
        value_name = "MODE",
        default_value = "auto",
        help_heading = "Static root"
    )]
    link_mode: Link,
    /// Seconds to wait for another build on the same static root
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        help_heading = "Static root"
    )]
    lock_timeout: u64,
    #[command(flatten)]
    cache: CacheOptions,
    /// Remove everything from the static root that this build does not write
    #[arg(long, help_heading = "Static root")]
    clear: bool,
    /// Read, resolve and report, but write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Hash {
    Blake3,
    Md5,
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
enum Policy {
    Error,
    Warn,
    Ignore,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MinifyMode {
    Safe,
    Full,
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Headers {
    Nginx,
    Caddy,
    Netlify,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Link {
    Auto,
    Copy,
    Hardlink,
    Reflink,
}

impl Sources {
    /// What these arguments mean; everything else has its default.
    fn options(&self, input: Input) -> Options {
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
        options.jobs = self.jobs;
        options
    }

    fn input(&self) -> Result<Input, Error> {
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

impl Build {
    /// What the arguments mean.
    pub(crate) fn options(&self) -> Result<Options, Error> {
        if let Some(answer) = self.sources.project.ask()? {
            let arguments = [answer.sources, answer.build].concat();
            if let Command::Build(build) = completed("build", arguments).command {
                return build.options_of(answer.input);
            }
        }
        self.options_of(self.sources.input()?)
    }

    fn options_of(&self, input: Input) -> Result<Options, Error> {
        let mut options = self.sources.options(input);
        options.out.clone_from(&self.out);
        match self.hash {
            Some(Hash::Blake3) => options.hash = HashAlgorithm::Blake3,
            Some(Hash::Md5) => options.hash = HashAlgorithm::Md5,
            None => {}
        }
        if let Some(length) = self.hash_length {
            options.hash_length = length;
        }
        match self.minify {
            _ if self.no_minify => options.minify = Minify::Off,
            Some(MinifyMode::Safe) => options.minify = Minify::Safe,
            Some(MinifyMode::Full) => options.minify = Minify::Full,
            Some(MinifyMode::Off) => options.minify = Minify::Off,
            None => {}
        }
        options.targets.clone_from(&self.targets);
        options.encodings = Encodings {
            gzip: (!self.no_gzip).then_some(self.gzip_level),
            brotli: (!self.no_brotli).then_some(self.brotli_quality),
            zstd: self.zstd.then_some(self.zstd_level),
        };
        if let Some(extensions) = &self.skip_compress {
            let named = |extension: &&String| !extension.is_empty(); // `--skip-compress ''` skips none
            options.skip_compress = extensions.iter().filter(named).cloned().collect();
        }
        options.keep_only_hashed = self.keep_only_hashed;
        options.keep_original.clone_from(&self.keep_original);
        options.prehashed.clone_from(&self.prehashed);
        options.bundler_manifest.clone_from(&self.bundler_manifest);
        options.manifest.clone_from(&self.manifest);
        options.write_manifest = !self.no_manifest;
        options.headers = self.headers.iter().map(|&format| format.into()).collect();
        options.file_mode = self.file_mode;
        options.directory_mode = self.dir_mode;
        options.clear = self.clear;
        options.dry_run = self.dry_run;
        options.lock_timeout = Duration::from_secs(self.lock_timeout);
        options.link_mode = match self.link_mode {
            Link::Auto => LinkMode::Auto,
            Link::Copy => LinkMode::Copy,
            Link::Hardlink => LinkMode::Hardlink,
            Link::Reflink => LinkMode::Reflink,
        };
        options.source_date_epoch = source_date_epoch()?;
        self.cache.set(&mut options);
        Ok(options)
    }
}

/// The command line once more, behind `arguments` that a project gives: where both say something, the user wins. Wrong
/// usage ends the process, as it does the first time.
fn completed(command: &'static str, arguments: Vec<String>) -> Arguments {
    let mut words = std::env::args_os();
    let mut line = vec![words.next().unwrap_or_default(), command.into()];
    line.extend(arguments.into_iter().map(OsString::from));
    line.extend(words.skip(1));
    let parser =
        Arguments::command().mut_subcommand(command, |parser| parser.args_override_self(true));
    let matches = parser.get_matches_from(line);
    Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// `644`, `0o644`, `umask`
fn file_mode(argument: &str) -> Result<FileMode, String> {
    match argument {
        "umask" => Ok(FileMode::Umask),
        _ => mode_bits(argument).map(FileMode::Bits),
    }
}

/// Permission bits in octal.
fn mode_bits(argument: &str) -> Result<u32, String> {
    let digits = argument.strip_prefix("0o").unwrap_or(argument);
    match u32::from_str_radix(digits, 8) {
        Ok(bits) if bits <= 0o7777 => Ok(bits),
        _ => Err("not an octal mode such as 644".into()),
    }
}

/// `FILE_GLOB:URL_GLOB`. The first colon separates: globs of logical paths need none.
fn two_globs(argument: &str) -> Result<(String, String), String> {
    match argument.split_once(':') {
        Some((file, url)) => Ok((file.to_owned(), url.to_owned())),
        None => Err("not of the form FILE_GLOB:URL_GLOB".into()),
    }
}

impl From<Headers> for HeadersFormat {
    fn from(format: Headers) -> Self {
        match format {
            Headers::Nginx => Self::Nginx,
            Headers::Caddy => Self::Caddy,
            Headers::Netlify => Self::Netlify,
            Headers::Json => Self::Json,
        }
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
    let usage = |why: String| Error::Usage(format!("--files-from {}: {why}", list.display()));
    read.map_err(|error| usage(error.to_string()))?;
    NamedFile::parse_list(&json).map_err(usage)
}

/// <https://reproducible-builds.org/specs/source-date-epoch/>
fn source_date_epoch() -> Result<Option<u64>, Error> {
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) if !text.is_empty() => text.parse().map(Some).map_err(|_| {
            Error::Usage(format!(
                "SOURCE_DATE_EPOCH: {text:?} is not a number of seconds"
            ))
        }),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
