//! Variants among the sources, as bundlers write them: `app.js.gz` beside `app.js`. A file that decodes to the file
//! beside it is a variant and no asset: the build writes its own. A file that does not is an asset, and the file beside
//! it gets no variant of that name.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::digest::Content;
use crate::name::name_map::NameSet;
use crate::parallel::map_in_order;
use crate::pipeline::job::Job;
use crate::static_root::decode::decode_any;
use crate::static_root::encoding::Encoding;
use crate::walk::{SourceFile, cannot_be_read};

/// Separates the variants from the sources: returns the other sources, and the names of the variants. With
/// `--django-exact` there are none: Django knows no variants.
pub(super) fn without_variants(
    job: &Job<'_>,
    sources: Vec<SourceFile>,
) -> Result<(Vec<SourceFile>, NameSet), Error> {
    if job.options.naming.django_exact.is_some() {
        return Ok((sources, NameSet::default()));
    }
    let pairs = pairs(&sources);
    if pairs.is_empty() {
        return Ok((sources, NameSet::default()));
    }
    let decided = map_in_order(&pairs, |pair| Ok::<_, Error>((pair, pair.is_variant())))?;
    let mut variants = NameSet::default();
    for (pair, is_variant) in decided {
        let is_variant = match is_variant {
            // It is one problem of many.
            Err(Error::Io { path, source, .. }) => {
                job.log.push(cannot_be_read(&path, &source));
                continue;
            }
            is_variant => is_variant?,
        };
        let name = pair.variant.logical.as_str();
        if is_variant {
            variants.insert(name.to_owned());
        } else {
            job.log.push(pair.notice());
        }
    }
    drop(pairs);
    let mut sources = sources;
    sources.retain(|source| !variants.contains(source.logical.as_str()));
    Ok((sources, variants))
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

    fn notice(&self) -> Diagnostic {
        let name = self.variant.logical.as_str();
        let file = &self.file.logical;
        let what = format!(
            "is an asset of its own, as it does not decode to {file}; {file} gets no variant of that name"
        );
        Diagnostic::new(Severity::Notice, Code::PathConflict, name, what)
    }
}
