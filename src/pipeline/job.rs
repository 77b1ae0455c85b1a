//! What the stages of one build share, made from the options: the static root, the names in it, the log.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use crate::cache::Cache;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::django::{Exact, StaticName};
use crate::error::Error;
use crate::name::digest::may_be_hashed;
use crate::name::name_map::NameSet;
use crate::options::{Encodings, Input, Minify, Options};
use crate::parallel::pool;
use crate::pipeline::compress::Compressor;
use crate::pipeline::in_place::{self, Carried, Earlier};
use crate::pipeline::plan::{Plan, PlannedAsset};
use crate::pipeline::prehashed::Prehashed;
use crate::pipeline::prepare::{LastNames, Reader};
use crate::pipeline::source_variants;
use crate::pipeline::store::{Output, Plain, Store};
use crate::platform::regular_file;
use crate::progress::Progress;
use crate::report::{Report, StageTime, Totals};
use crate::static_root::manifest::Manifest;
use crate::static_root::{Finished, JOURNAL, Opening, StaticRoot};
use crate::text::css::Targets;
use crate::text::missing::{IgnoredErrors, Missing};
use crate::walk::{self, SourceFile};

/// One build.
pub(crate) struct Run<'a> {
    options: &'a Options,
    /// When it began.
    pub(crate) began: SystemTime,
    pub(crate) static_root: StaticRoot,
    /// The manifest relative to the static root, or its absolute path where it lies elsewhere.
    pub(crate) manifest_name: String,
    in_place: bool,
    pub(crate) prehashed: Prehashed,
    targets: Option<Targets>,
    pool: rayon::ThreadPool,
}

impl<'a> Run<'a> {
    /// Checks the options against each other and the file system, and opens the static root.
    pub(crate) fn new(options: &'a Options) -> Result<Self, Error> {
        let began = SystemTime::now();
        options.validate()?;
        // A dry run needs no static root: nothing is there, and nothing is written.
        let nowhere = options.dry_run.then_some(Path::new(""));
        let dir = options.static_root().or(nowhere).ok_or_else(|| {
            Error::Usage("name the static root with --out: only one source root without a prefix can be processed in place".into())
        })?;
        let mut in_place = false;
        for root in roots(options) {
            in_place |= same_directory(root, dir)?;
        }
        check_roots(options, dir, in_place)?;
        let targets = match (&options.targets, options.minify) {
            (Some(query), Minify::Full) => Some(
                Targets::parse(query).map_err(|why| Error::Usage(format!("--targets: {why}")))?,
            ),
            _ => None,
        };
        let prehashed = Prehashed::read(options)?;
        let pool = pool(options.jobs)?;
        let link_mode = options.link_mode.for_plain_twins(in_place);
        let static_root = StaticRoot::open(
            dir,
            &Opening {
                file_mode: options.file_mode,
                directory_mode: options.directory_mode,
                in_place,
                sync: options.sync,
                ..Opening::new(link_mode, options.lock_timeout, options.dry_run)
            },
        )?;
        let manifest = options.manifest.strip_prefix(dir);
        let manifest_name = static_root.manifest_name(manifest.unwrap_or(&options.manifest))?;
        if options.write_manifest {
            static_root.check_manifest_place(&manifest_name)?;
        }
        Ok(Self {
            options,
            began,
            static_root,
            manifest_name,
            in_place,
            prehashed,
            targets,
            pool,
        })
    }

    /// What earlier runs tell of themselves. Where the manifest is the caller's, so is what there is to say about it.
    pub(crate) fn earlier(&self, diagnostics: &mut Vec<Diagnostic>) -> Result<Earlier, Error> {
        let mut unsaid = Vec::new();
        let diagnostics = if self.options.write_manifest {
            diagnostics
        } else {
            &mut unsaid
        };
        in_place::earlier(
            &self.static_root,
            &self.manifest_name,
            self.in_place,
            diagnostics,
        )
    }

    /// Whether this build writes the manifest, rather than its caller.
    pub(crate) fn writes_manifest(&self) -> bool {
        self.options.write_manifest
    }

    /// Whether the manifest is in a file, whoever writes it.
    pub(crate) fn has_manifest(&self) -> bool {
        self.static_root.has_file_for(&self.manifest_name)
    }

    /// Whether the manifest that is there, if any, has other paths than the one to come.
    pub(crate) fn differs_from_manifest(&self, identity: &str) -> Result<bool, Error> {
        if !self.has_manifest() {
            return Ok(true);
        }
        let bytes = self.static_root.read_if_there(&self.manifest_name)?;
        let manifest = bytes.and_then(|bytes| Manifest::parse(&bytes).ok());
        Ok(manifest.is_none_or(|manifest| manifest.identity() != identity))
    }

    /// What the build is asked to do, but for the sources' contents.
    pub(crate) fn asked(&self) -> impl std::fmt::Debug {
        (self.options, &self.prehashed, &self.targets)
    }

    /// Runs `work` on this build's own threads.
    pub(crate) fn in_pool<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// The build cache, if the options name one. A dry run writes nothing, there either.
    pub(crate) fn cache(&self, diagnostics: &mut Vec<Diagnostic>) -> Option<Cache> {
        let options = self.options;
        let dir = options.cache_dir.as_deref().filter(|_| !options.dry_run)?;
        Cache::open(dir, options.cache_max_size, self.static_root.dir())
            .inspect_err(|error| {
                let name = dir.display().to_string();
                let problem = format!("the build cache cannot be used: {error}");
                diagnostics.push(
                    Diagnostic::new(Severity::Warning, Code::UnusableCache, name, problem)
                        .help("choose another one with --cache-dir, or none with --no-cache"),
                );
            })
            .ok()
    }

    /// Stage 1, and at the same time a look at what the static root has. In place, where both walk the same directory,
    /// one after the other: temporary files of a run that was killed must be gone before.
    pub(crate) fn look_and_walk(
        &self,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<SourceFile>, Error> {
        self.recover(diagnostics)?;
        let look = || self.static_root.look();
        let mut walk = || walk::walk(self.options, self.static_root.dir(), diagnostics);
        let (looked, sources) = if self.in_place {
            (look(), walk())
        } else {
            rayon::join(look, walk)
        };
        looked?;
        sources
    }

    /// Finishes, or undoes, what a run that was killed has begun.
    fn recover(&self, diagnostics: &mut Vec<Diagnostic>) -> Result<(), Error> {
        if !self.static_root.is_locked() && !self.options.dry_run {
            let dir = self.static_root.dir().display().to_string();
            let what =
                "the file system has no locks: nothing keeps another build out of this static root";
            diagnostics.push(
                Diagnostic::new(Severity::Warning, Code::NoLock, dir, what)
                    .help("see to it that no two builds run here at the same time"),
            );
        }
        if self.static_root.recover()? == Finished::Unreadable {
            let what = "what an earlier build has left to do there is not readable";
            diagnostics.push(
                Diagnostic::new(Severity::Warning, Code::UnreadableManifest, JOURNAL, what)
                    .help("files that it was to remove may still be there"),
            );
        }
        Ok(())
    }

    /// The sources that are not outputs of earlier runs, and the assets that live on without a source.
    pub(crate) fn without_outputs(
        &self,
        mut sources: Vec<SourceFile>,
        last: &Earlier,
    ) -> Result<(Vec<SourceFile>, Vec<Carried>), Error> {
        let mut carried = Vec::new();
        if self.in_place {
            sources = in_place::without_outputs(
                sources,
                last,
                &self.manifest_name,
                &self.prehashed,
                &self.static_root,
            )?;
            carried = in_place::carried(last, &self.static_root, self.options.keep_only_hashed)?;
        }
        if let Some(seconds) = self.options.source_date_epoch {
            let modified = SystemTime::UNIX_EPOCH
                .checked_add(Duration::from_secs(seconds))
                .ok_or_else(|| {
                    Error::Usage(format!("SOURCE_DATE_EPOCH: {seconds} is beyond all time"))
                })?;
            for source in &mut sources {
                source.modified = modified;
            }
        }
        Ok((sources, carried))
    }

    /// The sources that are assets, and the names of those that are variants of others. Django knows no variants.
    pub(crate) fn without_variants(
        &self,
        sources: Vec<SourceFile>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<(Vec<SourceFile>, NameSet), Error> {
        if self.options.django_exact.is_some() {
            return Ok((sources, NameSet::default()));
        }
        source_variants::without_variants(sources, diagnostics)
    }

    /// The exact mode, if it is on.
    pub(crate) fn exact<'r>(&'r self, plan: &'r Plan) -> Option<Exact<'r>> {
        Some(Exact {
            version: self.options.django_exact?,
            js_modules: self.options.js_modules,
            static_url: &self.options.static_url,
            static_root: self.static_root.dir(),
            catalog: &plan.catalog,
            disk: self,
            ignored: IgnoredErrors::new(&self.options.ignore_errors),
            odd: OnceLock::new(),
        })
    }

    pub(crate) fn reader<'r>(
        &'r self,
        plan: &'r Plan,
        exact: Option<&'r Exact<'r>>,
        cache: Option<&'r Cache>,
        last: &Earlier,
    ) -> Reader<'r> {
        Reader {
            plan,
            cache,
            store: Store {
                compares: self.compares(plan),
                ..self.store()
            },
            options: self.options,
            targets: self.targets.as_ref(),
            exact,
            missing: Missing::new(
                self.options.on_missing,
                self.options.missing_source_map,
                &self.options.ignore_errors,
                "any source root",
            ),
            last_names: if plan.assets.iter().any(|asset| asset.carried.is_some()) {
                LastNames::new(last)
            } else {
                LastNames::default()
            },
        }
    }

    pub(crate) fn compressor<'r>(
        &'r self,
        cache: Option<&'r Cache>,
        progress: &'r dyn Progress,
    ) -> Compressor<'r> {
        Compressor {
            // WhiteNoise's variants win. In place, that would cost a source.
            assets_win: self.options.django_exact.is_none() || self.in_place,
            root: &self.static_root,
            encodings: self.options.encodings,
            cache,
            progress,
        }
    }

    /// Whether it matters which files hold the same: for variants, each of which is made once, and where a hashed file may
    /// have the name of another asset ([`finished`]).
    fn compares(&self, plan: &Plan) -> bool {
        let is_hashed = |asset: &PlannedAsset| {
            may_be_hashed(asset.source.logical.as_str(), self.options.hash_length)
                || asset.carried.is_some()
                || asset.prehashed
        };
        let keeps_hashes = self.in_place && self.options.keep_only_hashed;
        self.options.encodings != Encodings::NONE
            || keeps_hashes
            || plan.assets.iter().any(is_hashed)
    }

    pub(crate) fn store(&self) -> Store<'_> {
        Store {
            root: &self.static_root,
            hash: self.options.hash,
            hash_length: self.options.hash_length,
            in_place: self.in_place,
            compresses: self.options.encodings != Encodings::NONE,
            compares: true,
            manifest: &self.manifest_name,
            django_exact: self.options.django_exact.is_some(),
        }
    }
}

impl crate::django::Disk for Run<'_> {
    fn source_digest(&self, file: &Path) -> Option<String> {
        let bytes = regular_file::read(file).ok()?;
        Some(self.store().digest(&bytes))
    }

    fn stale(&self, name: &str) -> StaticName {
        if self.options.clear {
            return StaticName::Missing; // Django clears before it looks
        }
        if self.static_root.had_directory(name) {
            return StaticName::Directory;
        }
        if !self.static_root.had(name) {
            return StaticName::Missing;
        }
        match self.static_root.read(name) {
            Ok(bytes) => StaticName::File(self.store().digest(&bytes)),
            Err(_) => StaticName::Missing,
        }
    }
}

fn roots(options: &Options) -> impl Iterator<Item = &Path> {
    let roots = match &options.input {
        Input::Roots(roots) => roots.as_slice(),
        Input::Files(_) => &[],
    };
    roots.iter().map(|root| root.dir.as_path())
}

/// Whether both are one directory, also by a link or another mount. If that cannot be known, nothing is built: taken for
/// another directory, a static root among its sources would be hashed again.
fn same_directory(a: &Path, b: &Path) -> Result<bool, Error> {
    let identity = |path: &Path| match path.metadata() {
        Ok(found) => Ok(Some((found.dev(), found.ino()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    };
    let (a, b) = (identity(a)?, identity(b)?);
    Ok(a.is_some() && a == b)
}

/// The canonical path of something that may not exist yet.
fn whole(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let existing = path
        .ancestors()
        .find_map(|dir| Some((dir, dir.canonicalize().ok()?)));
    let (dir, canonical) = existing?;
    Some(canonical.join(path.strip_prefix(dir).ok()?))
}

/// A source root must exist and must not lie inside the static root, where the build would write over it. The cache
/// must lie in neither: its entries are no assets.
fn check_roots(options: &Options, static_root: &Path, in_place: bool) -> Result<(), Error> {
    let usage = |message: String| Err(Error::Usage(message));
    let canonical_static = match static_root.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        other => Some(other.map_err(Error::io("read", static_root))?),
    };
    for root in roots(options) {
        if !root.is_dir() {
            let what = if root.exists() {
                "is not a directory"
            } else {
                "does not exist"
            };
            return usage(format!("the source root {} {what}", shown(root)));
        }
        let canonical = root.canonicalize().map_err(Error::io("read", root))?;
        if let Some(out) = &canonical_static
            && canonical.starts_with(out)
            && canonical != *out
        {
            return usage(format!(
                "the source root {} lies inside the static root {}",
                shown(root),
                shown(static_root)
            ));
        }
    }
    if let Some(cache) = options.cache_dir.as_deref().and_then(whole) {
        for dir in roots(options).chain([static_root]) {
            if let Ok(dir) = dir.canonicalize()
                && cache.starts_with(&dir)
            {
                return usage(format!(
                    "the build cache {} lies inside {}; choose another one with --cache-dir, or none with --no-cache",
                    shown(&cache),
                    shown(&dir)
                ));
            }
        }
    }
    if in_place && roots(options).count() > 1 {
        return usage(format!(
            "the static root {} is one of several source roots; give it a directory of its own",
            shown(static_root)
        ));
    }
    if in_place && options.clear {
        return usage("--clear would remove the sources of a build in place".into());
    }
    Ok(())
}

/// The outputs of all assets, each of which must not be in the way of another's plain file.
pub(crate) fn finished(
    outputs: Vec<OnceLock<Output>>,
    plan: &Plan,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Output> {
    let outputs: Vec<Output> = outputs
        .into_iter()
        .filter_map(OnceLock::into_inner)
        .collect();
    for (id, output) in outputs.iter().enumerate() {
        let Some(other) = plan.catalog.find(&output.hashed) else {
            continue;
        };
        let plain = match &outputs[other].plain {
            Plain::None => continue,
            Plain::Twin => outputs[other].content,
            Plain::Unchanged(content) | Plain::Staged(_, content) => *content,
        };
        let same = plain.content() == output.content.content();
        if !same {
            diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    Code::PathConflict,
                    plan.catalog.name(id).as_str(),
                    format!(
                        "its hashed path {} is the name of another asset with other content",
                        shown(&output.hashed)
                    ),
                )
                .help(format!(
                    "the other is {}",
                    shown(&plan.assets[other].source.path)
                )),
            );
        }
    }
    outputs
}

/// The manifest of these outputs.
pub(crate) fn manifest(store: Store<'_>, plan: &Plan, outputs: &[Output]) -> Manifest {
    let assets = plan.assets.iter().zip(outputs);
    let entry = |(asset, output): (&PlannedAsset, &Output)| {
        let logical = store.manifest_entry(asset.source.logical.as_str());
        (logical, store.manifest_entry(&output.hashed))
    };
    Manifest {
        paths: assets.map(entry).collect(),
    }
}

/// What a run has to say, and how long its stages took.
pub(crate) struct Log {
    pub(crate) diagnostics: Vec<Diagnostic>,
    stages: Vec<StageTime>,
    since: Instant,
    dry_run: bool,
    django_order: bool,
}

impl Log {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            diagnostics: Vec::new(),
            stages: Vec::new(),
            since: Instant::now(),
            dry_run: options.dry_run,
            django_order: options.django_exact.is_some(),
        }
    }

    /// Notes that a stage is done.
    pub(crate) fn stage(&mut self, stage: &'static str) -> &mut Self {
        let now = Instant::now();
        self.stages.push(StageTime {
            stage,
            time: now - self.since,
        });
        self.since = now;
        self
    }

    /// Ends the build if anything so far is an error.
    pub(crate) fn fail_on_errors(&mut self) -> Result<(), Error> {
        if self
            .diagnostics
            .iter()
            .all(|d| d.severity != Severity::Error)
        {
            return Ok(());
        }
        let diagnostics = std::mem::take(&mut self.diagnostics);
        Err(Error::Input(sorted(diagnostics, self.django_order)))
    }

    /// The report of an earlier build that this one repeats.
    pub(crate) fn repeated(self, report: Report) -> Report {
        Report {
            stages: self.stages,
            ..report
        }
    }

    pub(crate) fn into_report(self, totals: Totals) -> Report {
        Report {
            totals,
            cache: None,
            assets: Vec::new(),
            headers: Vec::new(),
            pending: None,
            stages: self.stages,
            dry_run: self.dry_run,
            diagnostics: sorted(self.diagnostics, self.django_order),
        }
    }
}

/// By path and position. In `django_order`, errors go first and in the order in which Django would have come to them:
/// the deepest files first, those of one level as they were found, and cycles at the end.
fn sorted(mut diagnostics: Vec<Diagnostic>, django_order: bool) -> Vec<Diagnostic> {
    if django_order {
        diagnostics.sort_by_key(|diagnostic| {
            (
                diagnostic.severity,
                diagnostic.location.is_none(),
                std::cmp::Reverse(crate::django::level(&diagnostic.path)),
            )
        });
    } else {
        diagnostics.sort();
    }
    diagnostics.dedup();
    diagnostics
}
