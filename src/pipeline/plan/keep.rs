//! Plain copies that are kept because texts name them that are not rewritten, or not there.

use std::collections::BTreeMap;

use super::decide::syntax;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Naming};
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::pipeline::uses::Uses;
use crate::text::Syntax;
use crate::text::css::utf16::as_utf8;
use crate::text::edges::edges;
use crate::text::resolve::{Target, UrlSpace};

/// Keeps the plain copies of assets that are needed under their plain names, even with `--keep-only-hashed`: those that
/// prehashed texts refer to, which are not rewritten, and those that a relative URL in a custom property may mean, which
/// is not rewritten if it may mean several.
pub(super) fn keep_targets(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<(), Error> {
    let options = job.options;
    if !options.root.keep_only_hashed {
        return Ok(());
    }
    let uses = Uses::new(catalog);
    let mut targets: BTreeMap<AssetId, AssetId> = BTreeMap::new();
    for asset in assets.iter() {
        let syntax = syntax(asset.name(), options);
        let is_read = match syntax {
            Syntax::Css => asset.prehashed || options.naming.django_exact.is_none(),
            _ => asset.prehashed && syntax.is_text(),
        };
        if !is_read {
            continue;
        }
        let text = asset.source.read()?;
        let text = if syntax == Syntax::Css {
            as_utf8(&text)
        } else {
            text.as_slice().into()
        };
        let references = syntax.references(&text);
        let space = UrlSpace {
            catalog,
            static_url: &options.references.static_url,
            uses: uses.of(&references)?,
        };
        for found in edges(&references, &text, space, asset.name()) {
            if let Target::Uncertain(uncertain) = &found.target {
                for target in &uncertain.candidates {
                    targets.entry(*target).or_insert(asset.id);
                }
            }
            if let Some(edge) = found.edge.filter(|_| asset.prehashed) {
                targets.entry(edge.target).or_insert(asset.id);
            }
        }
    }
    for (target, from) in targets {
        let target = &mut assets[target];
        if target.keep_plain || target.carried.is_some() {
            continue;
        }
        target.keep_plain = true;
        let why = match catalog.get(from).naming {
            Naming::Prehashed => ", which a bundler has hashed, names it",
            Naming::Digest | Naming::Carried => " may mean it in a custom property",
        };
        let what = format!("keeps its plain copy: {}{why}", catalog.name(from));
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
