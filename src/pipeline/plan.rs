//! Stage 2, plan: which source file becomes which asset, and what is to be done with each. Conflicts are found here,
//! before any work.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::django;
use crate::name::catalog::{Catalog, Named, Naming};
use crate::name::glob::Glob;
use crate::name::logical_path::LogicalPath;
use crate::name::name_map::{NameMap, NameSet};
use crate::options::Options;
use crate::pipeline::prehashed::Prehashed;
use crate::text::Syntax;
use crate::walk::SourceFile;

/// A source file and what becomes of it.
#[derive(Debug, Clone)]
pub(crate) struct PlannedAsset {
    pub(crate) source: SourceFile,
    pub(crate) syntax: Syntax,
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

/// The assets, sorted by logical path, each name once.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) assets: Vec<PlannedAsset>,
    /// Their names: an [`AssetId`] is an index into both.
    pub(crate) catalog: Catalog,
    /// Source files that an earlier source root already provides.
    pub(crate) duplicates: usize,
    /// Sources that are variants of others.
    pub(crate) variants: NameSet,
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
    let mut assets: Vec<PlannedAsset> = Vec::with_capacity(sources.len());
    let mut by_name: NameMap<usize, LogicalPath> = NameMap::default();
    let mut duplicates = 0;
    for source in sources {
        match by_name.entry(source.logical.clone()) {
            Entry::Occupied(winner) => {
                duplicates += 1;
                diagnostics.push(duplicate(&source, &assets[*winner.get()].source));
            }
            Entry::Vacant(vacant) => {
                vacant.insert(assets.len());
                assets.push(decide.asset(source, None));
            }
        }
    }
    for (source, hashed) in carried {
        if let Entry::Vacant(vacant) = by_name.entry(source.logical.clone()) {
            vacant.insert(assets.len());
            assets.push(decide.asset(source, Some(hashed)));
        }
    }
    assets.sort_unstable_by(|a, b| a.source.logical.cmp(&b.source.logical));
    let plan = Plan {
        catalog: Catalog::new(assets.iter().map(PlannedAsset::named).collect()),
        assets,
        duplicates,
        variants: NameSet::default(),
    };
    file_and_directory(&plan, diagnostics);
    required(&plan, &options.require, diagnostics);
    plan
}

/// How an asset is read.
pub(crate) fn syntax(name: &LogicalPath, options: &Options) -> Syntax {
    if options.django_exact.is_some() {
        return django::syntax(name);
    }
    Syntax::of(name, options.js_modules)
}

impl PlannedAsset {
    fn named(&self) -> Named {
        Named {
            name: self.source.logical.clone(),
            path: self.source.path.clone(),
            length: self.source.length,
            order: self.source.order,
            naming: match self.carried {
                _ if self.prehashed => Naming::Prehashed,
                Some(_) => Naming::Carried,
                None => Naming::Digest,
            },
        }
    }
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
            syntax: if prehashed {
                Syntax::Opaque
            } else {
                syntax(&source.logical, self.options)
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
        conflicts.extend(directories.filter_map(|directory| plan.catalog.find(directory)));
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
        let problem = match plan.catalog.find(name) {
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
