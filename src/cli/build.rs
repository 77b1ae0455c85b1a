//! The arguments of `build`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hashstatic::options::{
    Encodings, FileMode, HashAlgorithm, HeadersFormat, Input, LinkMode, Minify, RootOptions,
};
use hashstatic::{Diagnostic, Error, Options, Progress, Report};

use super::Output;
use super::cache::CacheOptions;
use super::environment::Environment;
use super::sources::{REFERENCES, Sources};

#[derive(Debug, Args)]
pub(crate) struct Build {
    #[command(flatten)]
    pub(super) sources: Sources,
    /// Static root to write
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write among the sources: the only source is the static root
    #[arg(long, conflicts_with = "out")]
    in_place: bool,

    /// Hash for file names [default: blake3]
    #[arg(long, value_name = "HASH", help_heading = REFERENCES)]
    hash: Option<HashAlgorithm>,
    /// Hex digits of the hash in file names [default: 12]
    #[arg(long, value_name = "N", help_heading = REFERENCES)]
    hash_length: Option<usize>,

    /// How CSS is minified [default: safe]
    #[arg(long, value_name = "MODE", help_heading = "Minifying")]
    minify: Option<Minify>,
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
    /// Assets that keep their own names: service workers, scripts that look for themselves (may be repeated)
    #[arg(long, value_name = "GLOB", help_heading = "Static root")]
    unhashed: Vec<String>,
    /// Manifest, relative to the static root
    #[arg(
        long,
        value_name = "PATH",
        default_value_os_t = RootOptions::default().manifest,
        help_heading = "Static root"
    )]
    manifest: PathBuf,
    /// Write no manifest, and leave one that is there alone
    #[arg(long, help_heading = "Static root")]
    no_manifest: bool,
    /// Write the headers of every file, for a server or an uploader, beside the manifest (may be repeated)
    #[arg(long, value_name = "FORMAT", help_heading = "Static root")]
    headers: Vec<HeadersFormat>,
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
        value_enum,
        default_value_t = RootOptions::default().link_mode,
        help_heading = "Static root"
    )]
    link_mode: LinkMode,
    /// Seconds to wait for another build on the same static root
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = RootOptions::default().lock_timeout.as_secs(),
        help_heading = "Static root"
    )]
    lock_timeout: u64,
    /// Do not wait until everything is on disk: for builds of images, which outlive no power cut anyway
    #[arg(long, help_heading = "Static root")]
    no_sync: bool,
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

impl Build {
    /// Runs the build.
    pub(crate) fn run(
        &self,
        asked: Option<Input>,
        environment: &Environment,
        progress: &dyn Progress,
    ) -> Result<(Report, Options), Error> {
        let mut notices = Vec::new();
        let options = self.options(asked, environment, &mut notices)?;
        let result = hashstatic::build_watched(&options, progress);
        Ok((self.sources.annotate(result, notices)?, options))
    }

    /// The options that the arguments and the environment stand for. `asked` are the sources that a Django project has
    /// given. Adds to `notices` what is worth knowing about the sources.
    pub(super) fn options(
        &self,
        asked: Option<Input>,
        environment: &Environment,
        notices: &mut Vec<Diagnostic>,
    ) -> Result<Options, Error> {
        let nowhere = (self.out.is_none() && !self.in_place).then(|| {
            Error::Usage(
                "name the static root with --out, or pass --in-place to write among the sources"
                    .into(),
            )
        });
        let (mut options, epoch) = match (
            self.sources.options(asked, notices),
            environment.source_date_epoch(),
            nowhere,
        ) {
            (Ok(options), Ok(epoch), None) => (options, epoch),
            (options, epoch, nowhere) => {
                let wrong = [options.err(), epoch.err(), nowhere];
                Error::all(wrong.into_iter().flatten())?;
                return Err(Error::Usage("the options are wrong".into())); // never: one of them is
            }
        };
        if let Some(hash) = self.hash {
            options.naming.hash = hash;
        }
        if let Some(length) = self.hash_length {
            options.naming.hash_length = length;
        }
        let off = self.no_minify.then_some(Minify::Off);
        if let Some(mode) = off.or(self.minify) {
            options.minify.mode = mode;
        }
        options.minify.targets.clone_from(&self.targets);
        options.variants.encodings = Encodings {
            gzip: (!self.no_gzip).then_some(self.gzip_level),
            brotli: (!self.no_brotli).then_some(self.brotli_quality),
            zstd: self.zstd.then_some(self.zstd_level),
        };
        if let Some(extensions) = &self.skip_compress {
            let named = |extension: &&String| !extension.is_empty(); // `--skip-compress ''` skips none
            options.variants.skip_compress = extensions.iter().filter(named).cloned().collect();
        }
        options.input.prehashed.clone_from(&self.prehashed);
        options.input.unhashed.clone_from(&self.unhashed);
        let manifests = &self.bundler_manifest;
        options.input.bundler_manifest.clone_from(manifests);
        self.root(&mut options.root);
        options.root.source_date_epoch = epoch;
        options.run.dry_run = self.dry_run;
        self.cache.set(&mut options.run, environment);
        Ok(options)
    }

    fn root(&self, options: &mut RootOptions) {
        options.out.clone_from(&self.out);
        options.in_place = self.in_place;
        options.keep_only_hashed = self.keep_only_hashed;
        options.keep_original.clone_from(&self.keep_original);
        options.manifest.clone_from(&self.manifest);
        options.write_manifest = !self.no_manifest;
        options.headers.clone_from(&self.headers);
        options.file_mode = self.file_mode;
        options.directory_mode = self.dir_mode;
        options.link_mode = self.link_mode;
        options.lock_timeout = Duration::from_secs(self.lock_timeout);
        options.sync = !self.no_sync;
        options.clear = self.clear;
    }
}

/// Parses permissions of files: `644`, `0o644`, `umask`.
fn file_mode(argument: &str) -> Result<FileMode, String> {
    match argument {
        "umask" => Ok(FileMode::Umask),
        _ => mode_bits(argument).map(FileMode::Bits),
    }
}

/// Parses permission bits in octal.
fn mode_bits(argument: &str) -> Result<u32, String> {
    let digits = argument.strip_prefix("0o").unwrap_or(argument);
    match u32::from_str_radix(digits, 8) {
        Ok(bits) if bits <= 0o7777 => Ok(bits),
        _ => Err("not an octal mode such as 644".into()),
    }
}
