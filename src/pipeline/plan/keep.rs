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

/// A text that keeps its bytes: its targets, and the diagnostics about its other references.
struct Untouched {
    id: AssetId,
    targets: Vec<AssetId>,
    notes: Notes,
}

/// Keeps the plain copies of assets that untouched texts refer to, even with `--keep-only-hashed`: the references of these
/// texts need the plain names. So do those of the plain copies that are kept.
pub(super) fn keep_targets(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<(), Error> {
    let is_text = |asset: &Planned| syntax(asset.name(), job.options).is_text();
    let untouched = assets.iter().filter(|asset| asset.is_untouched());
    let mut waiting: Vec<AssetId> = untouched
        .filter(|asset| is_text(asset))
        .map(|asset| asset.id)
        .collect();
    let mut kept: BTreeMap<AssetId, AssetId> = BTreeMap::new();
    let mut noted = Vec::new();
    while !waiting.is_empty() {
        let read = map_in_order(&waiting, |id| read(job, &assets[*id], catalog))?;
        waiting.clear();
        for text in read {
            noted.push(text.notes);
            for target in text.targets {
                let asset = &assets[target];
                let is_kept = asset.keep_plain || asset.carried.is_some();
                if !is_kept && kept.insert(target, text.id).is_none() && is_text(asset) {
                    waiting.push(target); // what its plain copy names is needed, too
                }
            }
        }
    }
    job.log.extend(notes::of_files(noted, catalog));
    for (target, from) in kept {
        let from = &assets[from];
        let why = match from.naming {
            Naming::Prehashed => "which a bundler has hashed,",
            Naming::Unhashed => "which stays as it is,",
            Naming::Digest | Naming::Carried => "whose plain copy is kept,",
        };
        let what = format!("keeps its plain copy: {}, {why} names it", from.name());
        let target = &mut assets[target];
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

/// Reads the references of a text. What a bundler has written is its own affair: there, a reference that leads
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
        // Of an asset that is linked, too, `prepare` reports them.
        if let Some(mut problem) = problem.filter(|_| asset.is_untouched()) {
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
