//! Variants among the sources, as bundlers write them: `app.js.gz` beside `app.js`. A file that decodes to the file
//! beside it is a variant and no asset: the build writes its own. A file that does not is an asset, and the file beside
//! it gets no variant of that name.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::name::digest::Content;
use crate::name::name_map::NameSet;
use crate::parallel::map_in_order;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::static_root::decode::decode_any;
use crate::static_root::encoding::Encoding;
use crate::walk::{SourceFile, cannot_be_read};

/// The sources that are named like variants of others.
#[derive(Default)]
pub(super) struct Lookalikes {
    /// The names of those that are variants.
    pub(super) variants: NameSet,
    /// Those that are assets, each with the name of the file beside it.
    assets: Vec<(String, String)>,
}

/// Separates the variants from the sources: returns the other sources, and the names. With `--django-exact` there are
/// none: Django knows no variants.
pub(super) fn without_variants(
    job: &Job<'_>,
    mut sources: Vec<SourceFile>,
) -> Result<(Vec<SourceFile>, Lookalikes), Error> {
    let mut found = Lookalikes::default();
    if job.options.naming.django_exact.is_some() {
        return Ok((sources, found));
    }
    let pairs = pairs(&sources);
    let decided = map_in_order(&pairs, |pair| Ok::<_, Error>((pair, pair.is_variant())))?;
    for (pair, is_variant) in decided {
        let is_variant = match is_variant {
            // It is one problem of many.
            Err(Error::Io { path, source, .. }) => {
                job.log.push(cannot_be_read(&path, &source));
                continue;
            }
            is_variant => is_variant?,
        };
        let [name, file] =
            [pair.variant, pair.file].map(|source| source.logical.as_str().to_owned());
        if is_variant {
            found.variants.insert(name);
        } else {
            found.assets.push((name, file));
        }
    }
    sources.retain(|source| !found.variants.contains(source.logical.as_str()));
    Ok((sources, found))
}

/// Reports assets that are named like variants. Servers that look for variants go by their names: where the file beside
/// such an asset is served under its own name, that is a warning.
pub(super) fn report(job: &Job<'_>, found: &Lookalikes, assets: &[Planned], catalog: &Catalog) {
    for (name, file) in &found.assets {
        let what = format!(
            "is an asset of its own, as it does not decode to {file}; {file} gets no variant of that name"
        );
        let of_file = catalog.find(file).map(|id| &assets[id]);
        let is_served = |asset: &Planned| job.keeps_plain(asset) || asset.naming.keeps_name();
        let diagnostic = if of_file.is_some_and(is_served) {
            let help = format!(
                "WhiteNoise, and nginx with gzip_static, send it to those who ask for {file}: make it anew from {file}, rename it, or leave it out with --ignore"
            );
            Diagnostic::new(Severity::Warning, Code::PathConflict, name.as_str(), what).help(help)
        } else {
            Diagnostic::new(Severity::Notice, Code::PathConflict, name.as_str(), what)
        };
        job.log.push(diagnostic);
    }
}

/// A source, and another source that is named like its variant.
struct Pair<'s> {
    file: &'s SourceFile,
    variant: &'s SourceFile,
    encoding: Encoding,
}

/// All pairs. Of several sources with one name, the first counts.
fn pairs(sources: &[SourceFile]) -> Vec<Pair<'_>> {
    let is_candidate = |source: &&SourceFile| {
        let mut behind = Encoding::files_behind(source.logical.as_str());
        behind.next().is_some()
    };
    if !sources.iter().any(|source| is_candidate(&source)) {
        return Vec::new();
    }
    let mut by_name: HashMap<&str, &SourceFile> = HashMap::new();
    for source in sources {
        by_name.entry(source.logical.as_str()).or_insert(source);
    }
    let mut pairs: Vec<Pair<'_>> = by_name
        .values()
        .filter(|source| is_candidate(source))
        .filter_map(|variant| {
            Encoding::ALL.into_iter().find_map(|encoding| {
                let file = variant.logical.as_str().strip_suffix(encoding.suffix())?;
                Some(Pair {
                    file: by_name.get(file)?,
                    variant,
                    encoding,
                })
            })
        })
        .collect();
    pairs.sort_unstable_by(|a, b| a.variant.logical.cmp(&b.variant.logical));
    pairs
}

impl Pair<'_> {
    fn is_variant(&self) -> Result<bool, Error> {
        let decoded = decode_any(self.encoding, &self.variant.read()?);
        let Ok(decoded) = decoded else {
            return Ok(false);
        };
        Ok(decoded == Content::of(&self.file.read()?))
    }
}
