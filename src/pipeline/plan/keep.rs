//! Plain copies that are kept because prehashed texts name them.

use std::collections::BTreeMap;

use super::decide::syntax;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::catalog::{AssetId, Catalog};
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::platform::regular_file;
use crate::text::edges::edges;
use crate::text::resolve::UrlSpace;
use crate::walk::cannot_be_read;

/// Keeps the plain copies of assets that prehashed texts refer to, even with `--keep-only-hashed`: these texts are not
/// rewritten, so their references need the plain names.
pub(super) fn keep_targets(job: &Job<'_>, assets: &mut [Planned], catalog: &Catalog) {
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
        let text = match regular_file::read(&asset.source.path) {
            Ok(text) => text,
            // The same problem is found again when the source is prepared, and reported once.
            Err(error) => {
                job.log.push(cannot_be_read(&asset.source.path, &error));
                continue;
            }
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
}
