//! Proves a finished static root: everything that the manifest promises is there, whole, and fits together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::examine::{Examined, Found};
use super::plain::Sources;
use super::{Entry, FinishedRoot};
use crate::diagnostic::{Code, Diagnostic, Locator, Severity, shown};
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::name::digest::cycle_digest;
use crate::options::{HashAlgorithm, MissingPolicy};
use crate::parallel::{map_in_order, pool};
use crate::platform::{self, lock::Lock};
use crate::report::Tally;
use crate::text::Syntax;
use crate::text::edges::splice;
use crate::text::missing::Missing;
use crate::text::notes::{self, Notes};
use crate::text::resolve::Target;

/// Of a hundred plain copies at least this many must be there for the others to be missed: without
/// `--keep-only-hashed`, all are.
const MOST: usize = 90;

/// What [`crate::verify`] is to prove.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// The static root.
    pub static_root: PathBuf,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// Prefix that makes an absolute reference ours, as in the build. Default: `/static/`.
    pub static_url: String,
    /// Module specifiers are references too, as in the build. Default: `false`.
    pub js_modules: bool,
    /// Logical paths that must be there and must not be empty.
    pub require: Vec<String>,
    /// Policy for references other than source maps. Default: [`MissingPolicy::Error`].
    pub on_missing: MissingPolicy,
    /// Policy for source maps. Default: [`MissingPolicy::Warn`].
    pub missing_source_map: MissingPolicy,
    /// (file, URL) globs of references that may resolve to nothing. Default: none.
    pub ignore_errors: Vec<(String, String)>,
    /// Threads; 0: one per available core. Default: 0.
    pub jobs: usize,
}

impl VerifyOptions {
    /// Every default.
    pub fn new(static_root: PathBuf) -> Self {
        Self {
            static_root,
            manifest: "staticfiles.json".into(),
            static_url: "/static/".into(),
            js_modules: false,
            require: Vec::new(),
            on_missing: MissingPolicy::Error,
            missing_source_map: MissingPolicy::Warn,
            ignore_errors: Vec::new(),
            jobs: 0,
        }
    }
}

/// What [`crate::verify`] has found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verification {
    /// Entries of the manifest.
    pub assets: usize,
    /// Files read: hashed, plain, and those of earlier generations.
    pub files: Tally,
    /// Variants decoded.
    pub variants: Tally,
    /// References followed.
    pub references: usize,
    /// Every break, and warnings and notices; sorted by path and position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Verification {
    /// Whether the static root is as it must be.
    pub fn is_proven(&self) -> bool {
        self.diagnostics
            .iter()
            .all(|d| d.severity != Severity::Error)
    }
}

/// How often a static root is looked at that does not stay as it is.
const ATTEMPTS: usize = 5;
/// How long to wait for a build at work there, each time.
const WAIT: Duration = Duration::from_secs(60);

/// Verifies a static root. While a build is at work there, what one reads of it may be of two builds: a fault counts only
/// if it is seen twice, with no build in between.
pub(crate) fn verify(options: &VerifyOptions) -> Result<Verification, Error> {
    let mut before = None;
    for _ in 1..ATTEMPTS {
        let now = attempt(options);
        let seen = match &now {
            Ok(verification) if verification.is_proven() => return now,
            Ok(verification) => Ok(verification.clone()),
            Err(Error::Io { .. }) => Err(format!("{now:?}")),
            Err(_) => return now, // not a matter of time
        };
        if before.as_ref() == Some(&seen) {
            return now;
        }
        before = Some(seen);
        Lock::wait_for_builds(&options.static_root, WAIT);
    }
    attempt(options)
}

fn attempt(options: &VerifyOptions) -> Result<Verification, Error> {
    let mut diagnostics = Vec::new();
    let root = FinishedRoot::open(
        &options.static_root,
        &options.manifest,
        options.js_modules,
        &mut diagnostics,
    )?;
    pool(options.jobs)?.install(|| Verifier::new(options, &root, diagnostics).run())
}

struct Verifier<'v> {
    options: &'v VerifyOptions,
    root: &'v FinishedRoot,
    missing: Missing,
    diagnostics: Vec<Diagnostic>,
}

impl<'v> Verifier<'v> {
    fn new(
        options: &'v VerifyOptions,
        root: &'v FinishedRoot,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let missing = Missing::new(
            options.on_missing,
            options.missing_source_map,
            &options.ignore_errors,
            "the static root",
        );
        Self {
            options,
            root,
            missing,
            diagnostics,
        }
    }

    fn run(mut self) -> Result<Verification, Error> {
        let files = self.files_to_read();
        let mut read = map_in_order(&files, |id| {
            let mut broken = Notes::default();
            let mut references = 0;
            let static_url = &self.options.static_url;
            let mut examined = self.root.examine(*id, static_url, |text, found| {
                let found = found.inspect(|_| references += 1);
                self.inside(*id, text, found, &mut broken)
            })?;
            if let (Some(why), Some(text)) = (&examined.not_parsed, &examined.bytes) {
                broken.push(why.diagnostic(self.root.files.name(*id), text));
            }
            examined.settle();
            Ok::<_, Error>((*id, examined, references, broken))
        })?;
        let mut references = 0;
        let mut broken = Vec::new();
        for (id, _, found, notes) in &mut read {
            references += *found;
            let notes = std::mem::take(notes);
            if !notes.is_empty() {
                broken.push((*id, notes));
            }
        }
        broken.sort_by_key(|(id, _)| *id);
        let broken = broken.into_iter().map(|(_, notes)| notes);
        self.diagnostics
            .extend(notes::of_files(broken, &self.root.files));
        let examined: HashMap<AssetId, Examined> = read
            .into_iter()
            .map(|(id, examined, ..)| (id, examined))
            .collect();
        self.entries(&examined);
        self.modes();
        self.wrong_digests(&examined);
        self.plain_copies(&examined)?;
        self.variants(&examined);
        self.required();

        let mut verification = Verification {
            assets: self.root.entries.len(),
            files: Tally::default(),
            variants: Tally::default(),
            references,
            diagnostics: self.diagnostics,
        };
        for (id, examined) in &examined {
            verification.files.count(examined.content.length);
            for (_, variant) in self.root.variants(*id) {
                let length = self.root.files.get(variant).length;
                verification.variants.count(length);
            }
        }
        verification.diagnostics.sort();
        verification.diagnostics.dedup();
        Ok(verification)
    }

    /// Every file but the manifest and the variants, which are read with what they stand beside; largest first.
    fn files_to_read(&self) -> Vec<AssetId> {
        let files = &self.root.files;
        let manifest = self.root.dir.join(&self.options.manifest);
        let mut is_variant = vec![false; files.len()];
        for id in 0..files.len() {
            for (_, variant) in self.root.variants(id) {
                is_variant[variant] = true;
            }
        }
        let mut wanted: Vec<AssetId> = (0..files.len())
            .filter(|id| !is_variant[*id] && files.path(*id) != manifest)
            .collect();
        wanted.sort_by_key(|id| Reverse(files.get(*id).length));
        wanted
    }

    fn error(&mut self, code: Code, path: &str, message: impl Into<String>) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        let diagnostic = Diagnostic::new(Severity::Error, code, path, message);
        self.diagnostics.push(diagnostic);
        &mut self.diagnostics[at]
    }

    /// The references of a file that lead to files. What there is to be said about the others goes to `broken`. In a plain
    /// copy, an asset will do that has no plain copy.
    fn inside(
        &self,
        id: AssetId,
        text: &[u8],
        references: impl Iterator<Item = Found>,
        broken: &mut Notes,
    ) -> Vec<Found> {
        let name = self.root.files.name(id);
        let is_plain = self.root.entry_of_hashed(name).is_none();
        let mut locator = Locator::new(text);
        let mut inside = Vec::new();
        for found in references {
            if let Target::Missing(target) = &found.target
                && is_plain
                && self.root.entry(target).is_some()
            {
                continue;
            }
            let problem = self
                .missing
                .diagnose(found.kind, name, &found.url, &found.target);
            if let Some(problem) = problem {
                broken.diagnosed(problem, || Some(locator.at(found.offset)));
            }
            if found.edge.is_some() {
                inside.push(found);
            }
        }
        inside
    }

    /// Every entry's hashed file is there; and its plain copy, where plain copies are kept.
    fn entries(&mut self, examined: &HashMap<AssetId, Examined>) {
        let root = self.root;
        let is_there = |name: &str| {
            root.files
                .find(name)
                .is_some_and(|id| examined.contains_key(&id))
        };
        let plain = root
            .entries
            .iter()
            .filter(|entry| is_there(entry.logical.as_str()));
        let keeps_plain = plain.count() * 100 >= root.entries.len() * MOST;
        for entry in &root.entries {
            let (logical, hashed) = (entry.logical.as_str(), entry.hashed.as_str());
            if !is_there(hashed) {
                self.error(
                    Code::MissingFile,
                    hashed,
                    format!(
                        "not there, but the manifest names it for {}",
                        shown(logical)
                    ),
                );
            } else if logical != hashed
                && entry.digest().is_none()
                && entry.hashed.directory() != entry.logical.directory()
            {
                self.error(
                    Code::BrokenManifest,
                    logical,
                    format!("the manifest's {} is no hashed path of it", shown(hashed)),
                );
            }
            if keeps_plain && !is_there(logical) {
                self.error(
                    Code::MissingFile,
                    logical,
                    "the plain copy is not there, but those of other assets are",
                );
            }
        }
    }

    /// Files that not even their owner may read: root can, and so a verification by root, but no server.
    fn modes(&mut self) {
        const OWNER_READS: u32 = 0o400;
        let root = self.root;
        for file in root.files.iter() {
            let name = &file.name;
            let found = file.path.metadata().ok();
            if root.is_named(name)
                && let Some(mode) = found.and_then(|found| platform::mode(&found))
                && mode & OWNER_READS == 0
            {
                let what = format!("its mode is {mode:03o}: not even its owner may read it");
                self.error(Code::Unreadable, name.as_str(), what).help =
                    Some("build again: a build sets the modes of its files".into());
            }
        }
    }

    /// Hashed files whose names carry another digest than that of their bytes: members of reference cycles, whose
    /// digest is that of them all, or broken.
    fn wrong_digests(&mut self, examined: &HashMap<AssetId, Examined>) {
        let root = self.root;
        let mut cycles: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &root.entries {
            let Some(file) = root
                .files
                .find(entry.hashed.as_str())
                .and_then(|id| examined.get(&id))
            else {
                continue;
            };
            if let Some(right) = root.record.contents.get(entry.hashed.as_str()) {
                if file.content.hex() != *right {
                    let what = "its bytes are not those that the build has published";
                    self.error(Code::WrongDigest, entry.hashed.as_str(), what)
                        .help = Some("build again: a build replaces what is damaged".into());
                }
            } else if !file.digest_matches {
                cycles
                    .entry(entry.digest().unwrap_or_default())
                    .or_default()
                    .push(entry);
            }
        }
        for (digest, members) in cycles {
            if !self.is_cycle(digest, &members, examined) {
                for entry in members {
                    let help = match root.files.find(entry.hashed.as_str()) {
                        Some(id) if root.syntax(id) == Syntax::Script => {
                            "build again; or give the --js-modules of the build"
                        }
                        _ => "build again: a build replaces what is damaged",
                    };
                    self.error(
                        Code::WrongDigest,
                        entry.hashed.as_str(),
                        "its bytes do not have the digest in its name",
                    )
                    .help = Some(help.into());
                }
            }
        }
    }

    /// The cycle rule (`link.rs`): the digest of all members' contents, references to one another by logical path.
    fn is_cycle(
        &self,
        digest: &str,
        members: &[&Entry],
        examined: &HashMap<AssetId, Examined>,
    ) -> bool {
        let files = &self.root.files;
        let member = |id: AssetId| members.iter().find(|entry| entry.hashed == *files.name(id));
        let mut parts = Vec::new();
        for entry in members {
            let file = files
                .find(entry.hashed.as_str())
                .and_then(|id| examined.get(&id));
            let Some((file, bytes)) = file.and_then(|file| Some((file, file.bytes.as_ref()?)))
            else {
                return false; // only text refers to anything
            };
            let edges = file
                .references
                .iter()
                .filter_map(|found| found.edge.as_ref());
            let inside = edges.filter_map(|edge| {
                let target = member(edge.target)?;
                Some((edge.path.clone(), target.logical.as_str().to_owned()))
            });
            parts.push((entry.logical.as_str(), splice(bytes, inside)));
        }
        [HashAlgorithm::Blake3, HashAlgorithm::Md5]
            .into_iter()
            .any(|algorithm| {
                !digest.is_empty() && cycle_digest(algorithm, &parts).hex(digest.len()) == digest
            })
    }

    /// Plain copies are what the hashed files were made from.
    fn plain_copies(&mut self, examined: &HashMap<AssetId, Examined>) -> Result<(), Error> {
        let root = self.root;
        let sources = Sources::new(root, &self.options.static_url);
        let of = |name: &str| {
            let id = root.files.find(name)?;
            Some((id, examined.get(&id)?))
        };
        let unproven: Result<Vec<Option<Diagnostic>>, Error> =
            map_in_order(&root.entries, |entry| {
                let (Some((plain_id, plain)), Some((hashed_id, hashed))) =
                    (of(entry.logical.as_str()), of(entry.hashed.as_str()))
                else {
                    return Ok(None);
                };
                if plain.content == hashed.content {
                    return Ok(None);
                }
                if root.is_variant_of_neighbour(plain_id, |name| Some(of(name)?.1.content))? {
                    return Ok(None); // with `--django-exact`, variants win: as WhiteNoise's
                }
                let syntax = root.syntax(plain_id);
                let is_text = syntax.is_text();
                if is_text
                    && sources.gives(entry, syntax, &root.read(plain_id)?, &root.read(hashed_id)?)
                {
                    return Ok(None);
                }
                // Options that only the build knows may have made another hashed file of it; its variants are of these
                // very bytes, at least.
                let has_variants = is_text && root.variants(plain_id).next().is_some();
                let severity = if has_variants && plain.bad_variants.is_empty() {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                let message = format!(
                    "the plain copy is not what {} was made from",
                    shown(entry.hashed.as_str())
                );
                let help = "build again; or give the --static-url of the build";
                let path = entry.logical.as_str();
                Ok(Some(
                    Diagnostic::new(severity, Code::WrongPlainCopy, path, message).help(help),
                ))
            });
        self.diagnostics.extend(unproven?.into_iter().flatten());
        Ok(())
    }

    fn variants(&mut self, examined: &HashMap<AssetId, Examined>) {
        let files = &self.root.files;
        for (id, file) in examined {
            for (_, variant, why) in &file.bad_variants {
                self.diagnostics.push(
                    Diagnostic::new(
                        Severity::Error,
                        Code::StaleVariant,
                        files.name(*variant).as_str(),
                        format!(
                            "not a variant of {}: {why}",
                            shown(files.name(*id).as_str())
                        ),
                    )
                    .help("build again: a build replaces what does not belong"),
                );
            }
        }
    }

    fn required(&mut self) {
        for name in &self.options.require {
            let entry = self.root.entry(name);
            let hashed = entry.and_then(|entry| self.root.files.find(entry.hashed.as_str()));
            let problem = match hashed {
                None => "required, but not in the manifest or not there",
                Some(id) if self.root.files.get(id).length == 0 => "required, but empty",
                Some(_) => continue,
            };
            self.error(Code::RequiredAsset, name, problem).help = Some(
                "did the step that makes it (Tailwind, a bundler) run before the build?".into(),
            );
        }
    }
}
