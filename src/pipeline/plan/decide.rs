//! Decides by the options what is to be done with each source file.

use std::collections::hash_map::Entry;

use super::carried::Carried;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::django;
use crate::name::catalog::Naming;
use crate::name::glob::Glob;
use crate::name::logical_path::LogicalPath;
use crate::name::name_map::NameMap;
use crate::options::Options;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::text::Syntax;
use crate::walk::SourceFile;

/// Decides on all sources: the assets, sorted by logical path, and the number of duplicates. Of several sources with
/// one name, the first wins.
pub(super) fn decide(
    job: &Job<'_>,
    sources: Vec<SourceFile>,
    carried: Vec<Carried>,
) -> (Vec<Planned>, usize) {
    let decide = Decide::new(job);
    let mut assets: Vec<Planned> = Vec::with_capacity(sources.len());
    let mut by_name: NameMap<usize, LogicalPath> = NameMap::default();
    let mut duplicates = 0;
    for source in sources {
        match by_name.entry(source.logical.clone()) {
            Entry::Occupied(winner) => {
                duplicates += 1;
                job.log
                    .push(duplicate(&source, &assets[*winner.get()].source));
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
    assets.sort_unstable_by(|a, b| a.name().cmp(b.name()));
    for (id, asset) in assets.iter_mut().enumerate() {
        asset.id = id;
    }
    (assets, duplicates)
}

/// Gives an asset its own name. Where its plain file is the user's or the caller's, that stays as it is.
pub(super) fn keep_name(job: &Job<'_>, asset: &mut Planned) {
    asset.naming = Naming::Unhashed;
    asset.keep_plain = true;
    if job.leaves_plain(asset) {
        asset.syntax = Syntax::Opaque;
    }
}

/// The syntax of an asset with that name.
pub(super) fn syntax(name: &LogicalPath, options: &Options) -> Syntax {
    if options.naming.django_exact.is_some() {
        return django::syntax(name);
    }
    Syntax::of(name, options.references.js_modules)
}

/// The options that decide on one asset, compiled.
struct Decide<'a> {
    job: &'a Job<'a>,
    keep_original: Vec<Glob>,
    skip_compress: Vec<String>,
}

impl<'a> Decide<'a> {
    fn new(job: &'a Job<'a>) -> Self {
        let skip_compress = job.options.variants.skip_compress.iter();
        let keep_original = job.options.root.keep_original.iter();
        Self {
            job,
            keep_original: keep_original.map(|glob| Glob::new(glob)).collect(),
            skip_compress: skip_compress
                .map(|extension| format!(".{}", extension.trim_start_matches('.').to_lowercase()))
                .collect(),
        }
    }

    /// The asset of one source file. Its id is set later, when the assets are sorted.
    fn asset(&self, source: SourceFile, carried: Option<LogicalPath>) -> Planned {
        let options = self.job.options;
        let name = source.logical.as_str();
        let lower = name.to_lowercase();
        let is_original = || self.keep_original.iter().any(|glob| glob.matches(name));
        let plain = !options.root.keep_only_hashed || is_original();
        let unhashed = carried.is_none() && self.job.wants_unhashed(name);
        let prehashed = !unhashed && self.job.prehashed.contains(name);
        let mut asset = Planned {
            id: 0,
            syntax: if prehashed {
                Syntax::Opaque
            } else {
                syntax(&source.logical, options)
            },
            keep_plain: (plain || prehashed) && carried.is_none(),
            naming: match carried {
                _ if prehashed => Naming::Prehashed,
                Some(_) => Naming::Carried,
                None => Naming::Digest,
            },
            plain: match options.naming.django_exact {
                Some(_) => LogicalPath::new(&name.replace('\\', "/")).ok(),
                None => None,
            }
            .unwrap_or_else(|| source.logical.clone()),
            compress: !self.skip_compress.iter().any(|end| lower.ends_with(end)),
            source,
            carried,
        };
        if unhashed {
            keep_name(self.job, &mut asset);
        }
        asset
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
