//! Assets that keep their own names: those of `--unhashed`, and the service workers that scripts register.

use std::collections::BTreeMap;

use memchr::memmem;

use super::decide::{keep_name, syntax};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Naming};
use crate::parallel::map_in_order;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::text::css::uses::NO_USES;
use crate::text::edges::edges;
use crate::text::resolve::UrlSpace;
use crate::text::{Syntax, service_workers};

/// Warns about globs of `--unhashed` that no asset has.
pub(super) fn report_unused_globs(job: &Job<'_>, assets: &[Planned]) {
    for (glob, text) in job.unhashed.iter().zip(&job.options.input.unhashed) {
        if !assets
            .iter()
            .any(|asset| glob.matches(asset.name().as_str()))
        {
            let what = "--unhashed: no asset has such a name";
            job.log.push(Diagnostic::new(
                Severity::Warning,
                Code::KeptName,
                text.as_str(),
                what,
            ));
        }
    }
}

/// Gives the service workers that scripts register their own names: a browser looks for a new version of a service worker
/// under the URL that it has registered, so that one with a digest in its name is never replaced. Returns whether there
/// are any.
pub(super) fn keep_service_workers(
    job: &Job<'_>,
    assets: &mut [Planned],
    catalog: &Catalog,
) -> Result<bool, Error> {
    let mut registered = BTreeMap::new();
    for (worker, script) in registrations(job, assets, catalog)? {
        // One that a bundler has hashed keeps its bytes, too: `prehashed` globs are broad.
        if matches!(assets[worker].naming, Naming::Digest | Naming::Prehashed) {
            registered.entry(worker).or_insert(script);
        }
    }
    for (worker, script) in &registered {
        let what = format!(
            "keeps its own name: {} registers it as a service worker",
            catalog.name(*script)
        );
        let name = assets[*worker].name().as_str();
        job.log.push(Diagnostic::new(
            Severity::Notice,
            Code::KeptName,
            name,
            what,
        ));
        keep_name(job, &mut assets[*worker]);
    }
    Ok(!registered.is_empty())
}

/// The service workers, each with a script that registers it. They must be known before any asset is linked, so scripts
/// are read for them here.
fn registrations(
    job: &Job<'_>,
    assets: &[Planned],
    catalog: &Catalog,
) -> Result<Vec<(AssetId, AssetId)>, Error> {
    let options = job.options;
    let space = UrlSpace {
        catalog,
        static_url: &job.static_url,
        uses: &NO_USES,
    };
    let is_exact = options.naming.django_exact.is_some();
    let is_script = |asset: &&Planned| syntax(asset.name(), options) == Syntax::Module;
    let scripts: Vec<&Planned> = assets
        .iter()
        .filter(|_| !is_exact)
        .filter(is_script)
        .collect();
    let found = map_in_order(scripts, |script| {
        let text = script.source.read()?;
        if memmem::find(&text, b"serviceWorker").is_none() {
            return Ok(Vec::new());
        }
        let references = service_workers(&text);
        let found = edges(&references, &text, space, script.name());
        let targets = found.filter_map(|found| Some((found.edge?.target, script.id)));
        Ok::<_, Error>(targets.collect())
    })?;
    Ok(found.into_iter().flatten().collect())
}
