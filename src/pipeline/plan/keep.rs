//! Texts whose references are not rewritten, all or some of them. The plain copies that they name are kept, and references
//! of untouched texts that lead nowhere are reported.

use std::collections::BTreeMap;

use super::decide::syntax;
use crate::diagnostic::{Code, Diagnostic, Locator, Severity};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Naming};
use crate::parallel::map_in_order;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::pipeline::uses::Uses;
use crate::platform::regular_file;
use crate::text::Syntax;
use crate::text::css::utf16::as_utf8;
use crate::text::edges::edges;
use crate::text::missing::Missing;
use crate::text::notes::{self, Notes};
use crate::text::resolve::{Target, UrlSpace};
use crate::walk::cannot_be_read;

/// A text of which not all references are rewritten, wherever it is served.
#[derive(Clone, Copy)]
struct Asked {
    id: AssetId,
    /// Whether the bytes of the source are served: then all that they name is needed. Otherwise, the hashed file alone,
    /// where only some URLs in custom properties are left as they are.
    whole: bool,
}

/// The assets that a text needs under their plain names, and the diagnostics about its other references.
struct Answer {
    asked: Asked,
    targets: Vec<AssetId>,
    notes: Notes,
}

/// Keeps the plain copies of assets that are needed under their plain names, even with `--keep-only-hashed`: those that
/// untouched texts refer to, those that a relative URL in a custom property may mean, which is not rewritten if it may
/// mean several, and those that the plain copies that are kept refer to.
pub(super) fn keep_targets(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<(), Error> {
    let has_properties =
        job.options.root.keep_only_hashed && job.options.naming.django_exact.is_none();
    let is_text = |asset: &Planned| syntax(asset.name(), job.options).is_text();
    let mut waiting: Vec<Asked> = assets
        .iter()
        .filter(|asset| match syntax(asset.name(), job.options) {
            Syntax::Css => has_properties || asset.is_untouched(),
            syntax => syntax.is_text() && asset.is_untouched(),
        })
        .map(|asset| Asked {
            id: asset.id,
            whole: asset.is_untouched(),
        })
        .collect();
    let uses = Uses::new(catalog);
    let mut kept: BTreeMap<AssetId, Asked> = BTreeMap::new();
    let mut noted = Vec::new();
    while !waiting.is_empty() {
        let read = map_in_order(&waiting, |asked| {
            read(job, &assets[asked.id], *asked, catalog, &uses)
        })?;
        waiting.clear();
        for answer in read {
            noted.push(answer.notes);
            for target in answer.targets {
                let asset = &assets[target];
                let is_kept = asset.keep_plain || asset.carried.is_some();
                if !is_kept && kept.insert(target, answer.asked).is_none() && is_text(asset) {
                    // What its plain copy names is needed, too.
                    waiting.push(Asked {
                        id: target,
                        whole: true,
                    });
                }
            }
        }
    }
    job.log.extend(notes::of_files(noted, catalog));
    for (target, by) in kept {
        let from = &assets[by.id];
        let why = match from.naming {
            Naming::Prehashed => ", which a bundler has hashed, names it",
            Naming::Unhashed => ", which stays as it is, names it",
            Naming::Digest | Naming::Carried if by.whole => ", whose plain copy is kept, names it",
            Naming::Digest | Naming::Carried => " may mean it in a custom property",
        };
        let what = format!("keeps its plain copy: {}{why}", from.name());
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

/// Reads the references of a text. What a bundler has written is its own affair: there, a reference that leads nowhere is
/// a warning at most.
fn read(
    job: &Job<'_>,
    asset: &Planned,
    asked: Asked,
    catalog: &Catalog,
    uses: &Uses<'_>,
) -> Result<Answer, Error> {
    let options = &job.options.references;
    let missing = Missing::new(
        options.on_missing,
        options.missing_source_map,
        &options.ignore_errors,
        "any source root",
    );
    let text = match regular_file::read(&asset.source.path) {
        Ok(text) => text,
        // The same problem is found again when the source is prepared, and reported once.
        Err(error) => {
            job.log.push(cannot_be_read(&asset.source.path, &error));
            return Ok(Answer {
                asked,
                targets: Vec::new(),
                notes: Notes::default(),
            });
        }
    };
    let syntax = syntax(asset.name(), job.options);
    let text = if syntax == Syntax::Css {
        as_utf8(&text)
    } else {
        text.as_slice().into()
    };
    let references = syntax.references(&text);
    let space = UrlSpace {
        catalog,
        static_url: &job.static_url,
        uses: uses.of(&references)?,
    };
    let mut locator = Locator::new(&text);
    let mut notes = Notes::default();
    let mut targets = Vec::new();
    for found in edges(&references, &text, space, asset.name()) {
        if let Target::Uncertain(uncertain) = &found.target {
            targets.extend(&uncertain.candidates);
        }
        if !asked.whole {
            continue;
        }
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
    Ok(Answer {
        asked,
        targets,
        notes,
    })
}
