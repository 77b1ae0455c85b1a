//! The context of a build: the checked options, and what they open.

use std::path::Path;
use std::time::SystemTime;

use super::asset::Planned;
use super::find::{Found, Sources, find};
use super::log::Log;
use super::prehashed::{Bundled, Prehashed};
use super::roots;
use crate::cache::Cache;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::django;
use crate::error::Error;
use crate::name::digest::Digest;
use crate::name::glob::Glob;
use crate::options::{Encodings, Minify, Options};
use crate::parallel::pool;
use crate::progress::Progress;
use crate::static_root::{Opened, Opening, StaticRoot};
use crate::text::css::Targets;
use crate::text::resolve::StaticUrl;

/// The context that all stages of a build share.
pub(crate) struct Job<'o> {
    pub(crate) options: &'o Options,
    /// The time at which the build began.
    pub(crate) began: SystemTime,
    pub(crate) root: StaticRoot,
    /// The manifest's name in the static root, or its absolute path where it lies elsewhere.
    pub(crate) manifest: String,
    /// `--static-url`, split once for all references.
    pub(crate) static_url: StaticUrl,
    /// Whether the source root is the static root: plain files are then the user's own.
    pub(crate) in_place: bool,
    pub(crate) prehashed: Prehashed,
    /// The globs of `--unhashed`.
    pub(crate) unhashed: Vec<Glob>,
    /// The browsers of `--targets`.
    pub(crate) targets: Option<Targets>,
    pub(crate) cache: Option<Cache>,
    pub(crate) log: Log,
    pub(crate) progress: &'o dyn Progress,
    pool: rayon::ThreadPool,
}

impl<'o> Job<'o> {
    /// Checks the options against each other and the file system, opens the static root and the cache, and finds the
    /// source files and what lies in the static root.
    pub(crate) fn open(
        options: &'o Options,
        progress: &'o dyn Progress,
    ) -> Result<(Self, Sources), Error> {
        let began = SystemTime::now();
        let Checked {
            dir,
            in_place,
            targets,
            bundled,
        } = Checked::new(options)?;
        let pool = pool(options.run.jobs)?;
        let link_mode = options.root.link_mode.for_plain_twins(in_place);
        let root = Opened::open(
            dir,
            &Opening {
                file_mode: options.root.file_mode,
                directory_mode: options.root.directory_mode,
                in_place,
                sync: options.root.sync,
                progress,
                ..Opening::new(link_mode, options.root.lock_timeout, options.run.dry_run)
            },
        )?;
        let manifest = options.root.manifest.strip_prefix(dir);
        let manifest = root.manifest_name(manifest.unwrap_or(&options.root.manifest))?;
        if options.root.write_manifest {
            root.check_manifest_place(&manifest)?;
        }
        let log = Log::new(options.naming.django_exact.is_some());
        log.extend(unused_targets(options));
        let cache = cache(options, &root, &log);
        let found = pool.install(|| find(options, &root, in_place, &log));
        let found = found.inspect_err(|_| root.roll_back())?;
        let displaced = if in_place {
            Vec::new()
        } else {
            found.displaced()
        };
        let Found { sources, snapshot } = found;
        let prehashed = bundled.prehashed(options, &sources.files, &log);
        let unhashed = options.input.unhashed.iter();
        let job = Self {
            options,
            began,
            cache,
            root: StaticRoot::displacing(root, snapshot, displaced),
            manifest,
            static_url: StaticUrl::new(&options.references.static_url),
            in_place,
            prehashed,
            unhashed: unhashed.map(|glob| Glob::new(glob)).collect(),
            targets,
            log,
            progress,
            pool,
        };
        Ok((job, sources))
    }

    /// Ends the build if the caller wants that. Until the manifest is in place, everything can be taken back.
    pub(crate) fn stop_if_interrupted(&self) -> Result<(), Error> {
        if self.progress.is_interrupted() {
            return Err(Error::Interrupted);
        }
        Ok(())
    }

    /// Runs `work` on this build's own threads.
    pub(crate) fn in_pool<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// Everything that decides what is built, except the contents of the sources.
    pub(crate) fn request(&self) -> impl std::fmt::Debug {
        (self.options, &self.prehashed, &self.targets)
    }

    /// A name as the manifest spells it.
    pub(crate) fn manifest_entry(&self, name: &str) -> String {
        match self.options.naming.django_exact {
            Some(_) => django::manifest_name(name),
            None => name.to_owned(),
        }
    }

    /// The digest of `bytes`, in as many hex digits as hashed paths have.
    pub(crate) fn digest(&self, bytes: &[u8]) -> String {
        Digest::of(self.options.naming.hash, bytes).hex(self.options.naming.hash_length)
    }

    /// Whether `--unhashed` names the asset.
    pub(crate) fn wants_unhashed(&self, name: &str) -> bool {
        self.unhashed.iter().any(|glob| glob.matches(name))
    }

    /// Whether variants are wanted.
    pub(crate) fn compresses(&self) -> bool {
        self.options.variants.encodings != Encodings::NONE
    }

    /// Whether the static root gets a plain file of the asset beside its hashed file. No plain file may take the
    /// manifest's name.
    pub(crate) fn keeps_plain(&self, asset: &Planned) -> bool {
        asset.keep_plain && !asset.naming.keeps_name() && asset.plain.as_str() != self.manifest
    }

    /// Whether the asset's plain file is the user's or the caller's own: neither written nor changed.
    pub(crate) fn leaves_plain(&self, asset: &Planned) -> bool {
        self.in_place || asset.source.leave_plain
    }
}

/// What the options say, checked against each other and against the file system.
struct Checked<'o> {
    dir: &'o Path,
    in_place: bool,
    targets: Option<Targets>,
    bundled: Bundled,
}

impl<'o> Checked<'o> {
    /// Checks everything, and returns all that is wrong.
    fn new(options: &'o Options) -> Result<Self, Error> {
        match (
            options.validate(),
            place(options),
            targets(options),
            Bundled::read(options),
        ) {
            (Ok(()), Ok((dir, in_place)), Ok(targets), Ok(bundled)) => Ok(Self {
                dir,
                in_place,
                targets,
                bundled,
            }),
            (valid, place, targets, bundled) => {
                let wrong = [valid.err(), place.err(), targets.err(), bundled.err()];
                Error::all(wrong.into_iter().flatten())?;
                Err(Error::Internal("options that are wrong without a reason"))
            }
        }
    }
}

/// The static root, and whether it is the source root.
fn place(options: &Options) -> Result<(&Path, bool), Error> {
    // A dry run needs no static root: nothing is there, and nothing is written.
    let needs_none = options.run.dry_run || options.root.in_place; // see `Options::validate`
    let dir = match options.static_root() {
        Some(dir) => dir,
        None if needs_none => Path::new(""),
        None => {
            return Err(Error::Usage(
                "name the static root with --out, or pass --in-place to write among the sources"
                    .into(),
            ));
        }
    };
    let in_place = roots::is_in_place(options, dir);
    // What is wrong with a directory is said better there than by the call that has failed.
    roots::check(options, dir, *in_place.as_ref().unwrap_or(&false))?;
    Ok((dir, in_place?))
}

/// The browsers of `--targets`.
fn targets(options: &Options) -> Result<Option<Targets>, Error> {
    match (&options.minify.targets, options.minify.mode) {
        (Some(query), Minify::Full) => Targets::parse(query)
            .map(Some)
            .map_err(|why| Error::option("targets", why)),
        _ => Ok(None),
    }
}

/// The warning about `--targets` where nothing uses them.
fn unused_targets(options: &Options) -> Option<Diagnostic> {
    let is_unused = options.minify.targets.is_some() && options.minify.mode != Minify::Full;
    is_unused.then(|| {
        let what = "has no effect: only --minify full writes for certain browsers";
        Diagnostic::new(Severity::Warning, Code::UnusedOption, "--targets", what)
            .help("add --minify full, or leave --targets out")
    })
}

/// Opens the build cache, if the options name one. A dry run has none: it writes nothing.
fn cache(options: &Options, root: &Opened, log: &Log) -> Option<Cache> {
    let dir = options
        .run
        .cache_dir
        .as_deref()
        .filter(|_| !options.run.dry_run)?;
    Cache::open(dir, options.run.cache_max_size, root.dir())
        .inspect_err(|error| {
            let name = dir.display().to_string();
            let problem = format!("the build cache cannot be used: {error}");
            log.push(
                Diagnostic::new(Severity::Warning, Code::UnusableCache, name, problem)
                    .help("choose another one with --cache-dir, or none with --no-cache"),
            );
        })
        .ok()
}
