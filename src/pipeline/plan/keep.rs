//! Texts that are published as they are: their references are not rewritten. The plain copies that they name are kept, and
//! references that lead nowhere are reported.

use std::collections::BTreeMap;

use super::decide::syntax;
use crate::diagnostic::{Code, Diagnostic, Locator, Severity};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Naming};
use crate::parallel::map_in_order;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::text::edges::edges;
use crate::text::missing::Missing;
use crate::text::notes::{self, Notes};
use crate::text::resolve::UrlSpace;

/// An untouched text: its targets, and the diagnostics about its other references.
struct Untouched {
    id: AssetId,
    targets: Vec<AssetId>,
    notes: Notes,
}

/// Keeps the plain copies of assets that untouched texts refer to, even with `--keep-only-hashed`: the references of these
/// texts need the plain names.
pub(super) fn keep_targets(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<(), Error> {
    let texts: Vec<&Planned> = assets
        .iter()
        .filter(|asset| asset.is_untouched() && syntax(asset.name(), job.options).is_text())
        .collect();
    let read = map_in_order(texts, |asset| read(job, asset, catalog))?;
    let mut kept: BTreeMap<AssetId, AssetId> = BTreeMap::new();
    let mut noted = Vec::new();
    for text in read {
        for target in text.targets {
            kept.entry(target).or_insert(text.id);
        }
        noted.push(text.notes);
    }
    job.log.extend(notes::of_files(noted, catalog));
    for (target, from) in kept {
        let from = &assets[from];
        let why = match from.naming {
            Naming::Prehashed => "which a bundler has hashed,",
            _ => "which stays as it is,",
        };
        let what = format!("keeps its plain copy: {}, {why} names it", from.name());
        let target = &mut assets[target];
        if target.keep_plain || target.carried.is_some() {
            continue;
        }
        target.keep_plain = true;
        let name = target.name().as_str();
        job.log.push(Diagnostic::new(
            Severity::Notice,
            Code::KeptOriginal,
            name,
            what,
        ));
    }
    Ok(())
}

/// Reads the references of an untouched text. What a bundler has written is its own affair: there, a reference that leads
/// nowhere is a warning at most.
fn read(job: &Job<'_>, asset: &Planned, catalog: &Catalog) -> Result<Untouched, Error> {
    let options = &job.options.references;
    let missing = Missing::new(
        options.on_missing,
        options.missing_source_map,
        &options.ignore_errors,
        "any source root",
    );
    let space = UrlSpace {
        catalog,
        static_url: &options.static_url,
    };
    let text = asset.source.read()?;
    let references = syntax(asset.name(), job.options).references(&text);
    let mut locator = Locator::new(&text);
    let mut notes = Notes::default();
    let mut targets = Vec::new();
    for found in edges(&references, &text, space, asset.name()) {
        let problem = missing.diagnose(found.kind, asset.name(), &found.url, &found.target);
        if let Some(mut problem) = problem {
            if asset.naming == Naming::Prehashed {
                problem.warn_at_most();
            }
            notes.diagnosed(problem, || Some(locator.at(found.offset)));
        }
        targets.extend(found.edge.map(|edge| edge.target));
    }
    notes.set_file(|| asset.source.path.display().to_string());
    Ok(Untouched {
        id: asset.id,
        targets,
        notes,
    })
}
