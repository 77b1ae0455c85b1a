//! The context of a build: the checked options, and what they open.

use std::path::Path;
use std::time::SystemTime;

use super::asset::Planned;
use super::find::{Found, find};
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
use crate::walk::SourceFile;

/// The context that all stages of a build share.
pub(crate) struct Job<'o> {
    pub(crate) options: &'o Options,
    /// The time at which the build began.
    pub(crate) began: SystemTime,
    pub(crate) root: StaticRoot,
    /// The manifest's name in the static root, or its absolute path where it lies elsewhere.
    pub(crate) manifest: String,
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
    ) -> Result<(Self, Vec<SourceFile>), Error> {
        let began = SystemTime::now();
        options.validate()?;
        // A dry run needs no static root: nothing is there, and nothing is written.
        let nowhere = options.run.dry_run.then_some(Path::new(""));
        let dir = options.static_root().or(nowhere).ok_or_else(|| {
            Error::Usage("name the static root with --out: only one source root without a prefix can be processed in place".into())
        })?;
        let in_place = roots::is_in_place(options, dir)?;
        roots::check(options, dir, in_place)?;
        let targets = match (&options.minify.targets, options.minify.mode) {
            (Some(query), Minify::Full) => {
                Some(Targets::parse(query).map_err(|why| Error::option("targets", why))?)
            }
            _ => None,
        };
        let bundled = Bundled::read(options)?;
        let pool = pool(options.run.jobs)?;
        let link_mode = options.root.link_mode.for_plain_twins(in_place);
        let root = Opened::open(
            dir,
            &Opening {
                file_mode: options.root.file_mode,
                directory_mode: options.root.directory_mode,
                in_place,
                sync: options.root.sync,
                ..Opening::new(link_mode, options.root.lock_timeout, options.run.dry_run)
            },
        )?;
        let manifest = options.root.manifest.strip_prefix(dir);
        let manifest = root.manifest_name(manifest.unwrap_or(&options.root.manifest))?;
        if options.root.write_manifest {
            root.check_manifest_place(&manifest)?;
        }
        let log = Log::new(options.naming.django_exact.is_some());
        let cache = cache(options, &root, &log);
        let found = pool.install(|| find(options, &root, in_place, &log));
        let Found { sources, snapshot } = found.inspect_err(|_| root.roll_back())?;
        let prehashed = bundled.prehashed(options, &sources, &log);
        let unhashed = options.input.unhashed.iter();
        let job = Self {
            options,
            began,
            cache,
            root: StaticRoot::new(root, snapshot),
            manifest,
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
