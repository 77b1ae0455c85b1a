//! Stage 2, plan: which source file becomes which asset, and what is to be done with each. Conflicts are found here,
//! before any work.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::glob::Glob;
use crate::name::logical_path::LogicalPath;
use crate::name::name_map::{NameMap, NameSet};
use crate::options::{Input, Options};
use crate::pipeline::prehashed::Prehashed;
use crate::pipeline::walk::SourceFile;

/// How an asset is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum AssetKind {
    /// Style sheets: minified, references rewritten.
    Css,
    /// Scripts: the source map comment rewritten.
    Js,
    /// Scripts with `--js-modules`: module specifiers too.
    Module,
    /// Everything else: only hashed.
    Opaque,
}

impl AssetKind {
    /// By extension. Django compares case-sensitively (`*.css`, `*.js`, no `.mjs`); browsers and we do not.
    pub(crate) fn of(logical: &LogicalPath, options: &Options) -> Self {
        let name = logical.as_str();
        if options.django_exact.is_some() {
            return match name.as_bytes() {
                [.., b'.', b'c', b's', b's'] => Self::Css,
                [.., b'.', b'j', b's'] => Self::Js,
                _ => Self::Opaque,
            };
        }
        match logical.extension().to_ascii_lowercase().as_str() {
            "css" => Self::Css,
            "js" | "mjs" if options.js_modules => Self::Module,
            "js" | "mjs" => Self::Js,
            _ => Self::Opaque,
        }
    }
}

/// A source file and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct PlannedAsset {
    pub(crate) source: SourceFile,
    pub(crate) kind: AssetKind,
    /// The name of its plain copy: the logical path. (Django's storage turns backslashes into slashes there.)
    pub(crate) plain: LogicalPath,
    /// Its plain-named copy is wanted too.
    pub(crate) keep_plain: bool,
    /// Its extension is not on the skip list.
    pub(crate) compress: bool,
    /// A bundler has hashed it: its hashed path is its logical path, its bytes stay.
    pub(crate) prehashed: bool,
    /// `Some`: the asset lives on under this hashed path from an earlier in-place run that removed the plain file.
    pub(crate) carried: Option<LogicalPath>,
}

/// An index into [`Plan::assets`].
pub(crate) type AssetId = usize;

/// The assets, sorted by logical path, each name once.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) assets: Vec<PlannedAsset>,
    /// Source files that an earlier source root already provides.
    pub(crate) duplicates: usize,
    /// Sources that are variants of others.
    pub(crate) variants: NameSet,
    by_name: NameMap<AssetId, LogicalPath>,
}

impl Plan {
    /// Assets of these files by every other default, for what has no options. Of several with one name the first is taken.
    pub(crate) fn of(sources: Vec<SourceFile>, js_modules: bool) -> Self {
        let mut options = Options::new(Input::Roots(Vec::new()));
        options.js_modules = js_modules;
        let prehashed = Prehashed::default();
        plan(sources, Vec::new(), &options, &prehashed, &mut Vec::new())
    }

    /// Assets of these names, without files.
    pub(crate) fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let source = |name: &str| {
            Some(SourceFile {
                logical: LogicalPath::new(name).ok()?,
                path: name.into(),
                length: 1,
                modified: std::time::SystemTime::UNIX_EPOCH,
                stamp: None,
                leave_plain: false,
                order: 0,
            })
        };
        Self::of(names.into_iter().filter_map(source).collect(), false)
    }

    /// The asset of that name.
    pub(crate) fn find(&self, name: &str) -> Option<AssetId> {
        self.by_name.get(name).copied()
    }

    /// Whether some asset lies below `directory` (no trailing slash; empty: the static root itself).
    pub(crate) fn has_directory(&self, directory: &str) -> bool {
        if directory.is_empty() {
            return true;
        }
        let below = format!("{directory}/");
        let at = self
            .assets
            .partition_point(|asset| asset.source.logical.as_str() < below.as_str());
        self.assets
            .get(at)
            .is_some_and(|asset| asset.source.logical.as_str().starts_with(&below))
    }

    /// The name of an asset.
    pub(crate) fn name(&self, id: AssetId) -> &LogicalPath {
        &self.assets[id].source.logical
    }
}

/// Decides on every source file. The first of several with one name wins.
pub(crate) fn plan(
    sources: Vec<SourceFile>,
    carried: Vec<(SourceFile, LogicalPath)>,
    options: &Options,
    prehashed: &Prehashed,
    diagnostics: &mut Vec<Diagnostic>,
) -> Plan {
    let decide = Decide::new(options, prehashed);
    let mut plan = Plan {
        assets: Vec::with_capacity(sources.len()),
        ..Plan::default()
    };
    for source in sources {
        match plan.by_name.entry(source.logical.clone()) {
            Entry::Occupied(winner) => {
                plan.duplicates += 1;
                diagnostics.push(duplicate(&source, &plan.assets[*winner.get()].source));
            }
            Entry::Vacant(vacant) => {
                vacant.insert(plan.assets.len());
                plan.assets.push(decide.asset(source, None));
            }
        }
    }
    for (source, hashed) in carried {
        if let Entry::Vacant(vacant) = plan.by_name.entry(source.logical.clone()) {
            vacant.insert(plan.assets.len());
            plan.assets.push(decide.asset(source, Some(hashed)));
        }
    }
    plan.assets
        .sort_unstable_by(|a, b| a.source.logical.cmp(&b.source.logical));
    plan.by_name = plan
        .assets
        .iter()
        .enumerate()
        .map(|(id, asset)| (asset.source.logical.clone(), id))
        .collect();
    file_and_directory(&plan, diagnostics);
    required(&plan, &options.require, diagnostics);
    plan
}

/// The options that decide on one asset, compiled.
struct Decide<'a> {
    options: &'a Options,
    prehashed: &'a Prehashed,
    keep_original: Vec<Glob>,
    skip_compress: Vec<String>,
}

impl<'a> Decide<'a> {
    fn new(options: &'a Options, prehashed: &'a Prehashed) -> Self {
        Self {
            options,
            prehashed,
            keep_original: options.keep_original.iter().map(|g| Glob::new(g)).collect(),
            skip_compress: options
                .skip_compress
                .iter()
                .map(|extension| format!(".{}", extension.trim_start_matches('.').to_lowercase()))
                .collect(),
        }
    }

    fn asset(&self, source: SourceFile, carried: Option<LogicalPath>) -> PlannedAsset {
        let name = source.logical.as_str();
        let lower = name.to_lowercase();
        let plain = !self.options.keep_only_hashed
            || self.keep_original.iter().any(|glob| glob.matches(name));
        let prehashed = self.prehashed.contains(name);
        PlannedAsset {
            kind: if prehashed {
                AssetKind::Opaque
            } else {
                AssetKind::of(&source.logical, self.options)
            },
            keep_plain: (plain || prehashed) && carried.is_none(),
            prehashed,
            plain: match self.options.django_exact {
                Some(_) => LogicalPath::new(&name.replace('\\', "/")).ok(),
                None => None,
            }
            .unwrap_or_else(|| source.logical.clone()),
            compress: !self.skip_compress.iter().any(|end| lower.ends_with(end)),
            source,
            carried,
        }
    }
}

fn duplicate(loser: &SourceFile, winner: &SourceFile) -> Diagnostic {
    Diagnostic::new(
        Severity::Notice,
        Code::DuplicateAsset,
        loser.logical.as_str(),
        format!(
            "{} is not used, {} comes first",
            shown(&loser.path),
            shown(&winner.path)
        ),
    )
}

/// One source root has a file where another has a directory: only one of them can be written.
fn file_and_directory(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let mut conflicts = BTreeSet::new();
    for asset in &plan.assets {
        let name = asset.source.logical.as_str();
        let directories = name.match_indices('/').map(|(slash, _)| &name[..slash]);
        conflicts.extend(directories.filter_map(|directory| plan.find(directory)));
    }
    for id in conflicts {
        let asset = &plan.assets[id];
        diagnostics.push(
            Diagnostic::new(
                Severity::Error,
                Code::PathConflict,
                asset.source.logical.as_str(),
                "a file in one source root and a directory in another",
            )
            .help(format!("the file is {}", shown(&asset.source.path))),
        );
    }
}

/// `--require`: an asset that must be there and must not be empty.
fn required(plan: &Plan, require: &[String], diagnostics: &mut Vec<Diagnostic>) {
    for name in require {
        let problem = match plan.find(name) {
            None => "required, but in no source root",
            Some(id) if plan.assets[id].source.length == 0 => "required, but empty",
            Some(_) => continue,
        };
        diagnostics.push(
            Diagnostic::new(Severity::Error, Code::RequiredAsset, name.as_str(), problem)
                .help("did the step that makes it (Tailwind, a bundler) run before this one?"),
        );
    }
}
