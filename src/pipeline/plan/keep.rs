//! Plain copies that are kept because prehashed texts name them.

use std::collections::BTreeMap;

use super::decide::syntax;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog};
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::text::edges::edges;
use crate::text::resolve::UrlSpace;

/// Keeps the plain copies of assets that prehashed texts refer to, even with `--keep-only-hashed`: these texts are not
/// rewritten, so their references need the plain names.
pub(super) fn keep_targets(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<(), Error> {
    let options = job.options;
    let space = UrlSpace {
        catalog,
        static_url: &options.references.static_url,
    };
    let mut targets: BTreeMap<AssetId, AssetId> = BTreeMap::new();
    for asset in assets.iter().filter(|asset| asset.prehashed) {
        let syntax = syntax(asset.name(), options);
        if !options.root.keep_only_hashed || !syntax.is_text() {
            continue;
        }
        // A source that cannot be read stops the build later, when it is prepared.
        let Ok(text) = asset.source.read() else {
            continue;
        };
        let references = syntax.references(&text);
        let found = edges(&references, &text, space, asset.name());
        for edge in found.filter_map(|found| found.edge) {
            targets.entry(edge.target).or_insert(asset.id);
        }
    }
    for (target, from) in targets {
        let target = &mut assets[target];
        if target.keep_plain || target.carried.is_some() {
            continue;
        }
        target.keep_plain = true;
        let what = format!(
            "keeps its plain copy: {}, which a bundler has hashed, names it",
            catalog.name(from)
        );
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
