//! References that resolve to nothing: how bad that is, and what is said about them.

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::{AssetId, Catalog};
use crate::name::glob::Glob;
use crate::name::logical_path::LogicalPath;
use crate::options::MissingPolicy;
use crate::text::ReferenceKind;
use crate::text::resolve::Target;

/// Nearest names are looked for this often per run: it takes a look at every asset.
const SUGGESTIONS: usize = 200;

/// What is to be said about a reference.
pub(crate) struct Diagnosis {
    pub(crate) diagnostic: Diagnostic,
    /// The name that nothing has, if another one may have been meant.
    pub(crate) unknown: Option<String>,
}

/// References that `--ignore-errors` covers, by (file, URL).
#[derive(Debug, Default)]
pub(crate) struct IgnoredErrors(Vec<(Glob, Glob)>);

impl IgnoredErrors {
    pub(crate) fn new(ignore_errors: &[(String, String)]) -> Self {
        let globs = ignore_errors.iter();
        Self(
            globs
                .map(|(file, url)| (Glob::new(file), Glob::new(url)))
                .collect(),
        )
    }

    /// Whether the reference `url` in the file `from` is covered.
    pub(crate) fn covers(&self, from: &str, url: &str) -> bool {
        let mut ignored = self.0.iter();
        ignored.any(|(file, of_url)| file.matches(from) && of_url.matches(url))
    }
}

/// Looks for names that were probably meant, so often and no more.
pub(crate) struct Suggestions<'p> {
    catalog: &'p Catalog,
    left: usize,
}

impl<'p> Suggestions<'p> {
    pub(crate) fn new(catalog: &'p Catalog) -> Self {
        Self {
            catalog,
            left: SUGGESTIONS,
        }
    }

    pub(crate) fn next(&mut self, name: &str) -> Option<String> {
        self.left = self.left.checked_sub(1)?;
        suggestion(self.catalog, name)
    }
}

/// What to do about references that resolve to nothing.
pub(crate) struct Missing {
    reference: MissingPolicy,
    source_map: MissingPolicy,
    /// References that may resolve to nothing.
    ignored: IgnoredErrors,
    /// Where they were looked for.
    place: &'static str,
}

impl Missing {
    pub(crate) fn new(
        on_missing: MissingPolicy,
        source_map: MissingPolicy,
        ignore_errors: &[(String, String)],
        place: &'static str,
    ) -> Self {
        Self {
            reference: on_missing,
            source_map,
            ignored: IgnoredErrors::new(ignore_errors),
            place,
        }
    }

    /// What is to be said about the reference `url` in the asset `from`; `None` if it is all right.
    pub(crate) fn diagnose(
        &self,
        kind: ReferenceKind,
        from: &LogicalPath,
        url: &str,
        target: &Target,
    ) -> Option<Diagnosis> {
        let alone = |diagnostic| Diagnosis {
            diagnostic,
            unknown: None,
        };
        match target {
            Target::External | Target::Asset { .. } => None,
            Target::Missing(_) | Target::Outside if self.ignored.covers(from.as_str(), url) => {
                Some(alone(ignored(from, url)))
            }
            Target::Missing(name) => Some(Diagnosis {
                diagnostic: self.missing(kind, from, url, name),
                unknown: Some(name.clone()),
            }),
            Target::Outside => Some(alone(
                Diagnostic::new(
                    self.severity(kind),
                    Code::OutsideStaticRoot,
                    from.as_str(),
                    format!("\"{}\" leaves the static root", shown(url)),
                )
                .help("for a URL outside the static files, write an absolute path"),
            )),
        }
    }

    fn missing(
        &self,
        kind: ReferenceKind,
        from: &LogicalPath,
        url: &str,
        name: &str,
    ) -> Diagnostic {
        let code = match kind {
            ReferenceKind::SourceMap => Code::MissingSourceMap,
            ReferenceKind::Url | ReferenceKind::Import | ReferenceKind::Module => {
                Code::MissingReference
            }
        };
        let place = self.place;
        Diagnostic::new(
            self.severity(kind),
            code,
            from.as_str(),
            format!(
                "\"{}\" resolves to {}, which is not in {place}",
                shown(url),
                shown(name)
            ),
        )
    }

    /// What is ignored is still listed, with `-v`.
    fn severity(&self, kind: ReferenceKind) -> Severity {
        let policy = match kind {
            ReferenceKind::SourceMap => self.source_map,
            ReferenceKind::Url | ReferenceKind::Import | ReferenceKind::Module => self.reference,
        };
        match policy {
            MissingPolicy::Error => Severity::Error,
            MissingPolicy::Warn => Severity::Warning,
            MissingPolicy::Ignore => Severity::Notice,
        }
    }
}

/// What is said of a reference that `--ignore-errors` covers.
pub(crate) fn ignored(from: &LogicalPath, url: &str) -> Diagnostic {
    Diagnostic::new(
        Severity::Notice,
        Code::IgnoredReference,
        from.as_str(),
        format!(
            "\"{}\" resolves to nothing, ignored by --ignore-errors",
            shown(url)
        ),
    )
}

/// The name that was probably meant, and where it is.
fn suggestion(catalog: &Catalog, name: &str) -> Option<String> {
    let origin = |id: AssetId| shown(catalog.path(id));
    let shown_name = |id: AssetId| shown(catalog.name(id).as_str());
    let lower = name.to_lowercase();
    let case = |id: &AssetId| catalog.name(*id).as_str().to_lowercase() == lower;
    let ids = 0..catalog.len();
    if let Some(id) = ids.clone().find(case) {
        return Some(format!(
            "{} differs only in case ({}); URLs are case-sensitive",
            shown_name(id),
            origin(id)
        ));
    }
    // Bundlers find these.
    let endings = [".js", ".mjs", "/index.js"].iter();
    let mut longer = endings.filter_map(|ending| catalog.find(&format!("{name}{ending}")));
    if let Some(id) = longer.next() {
        return Some(format!(
            "there is {} ({}); browsers want the whole name",
            shown_name(id),
            origin(id)
        ));
    }
    let file_name = name.rsplit('/').next().unwrap_or(name);
    let mut same_name = ids
        .clone()
        .filter(|id| catalog.name(*id).file_name() == file_name);
    if let (Some(id), None) = (same_name.next(), same_name.next()) {
        return Some(format!("there is {} ({})", shown_name(id), origin(id)));
    }
    let near = |id: AssetId| {
        let candidate = catalog.name(id).as_str();
        // Much longer or shorter names cannot be near; the distance of all the others would be slow to compute.
        (candidate.len().abs_diff(name.len()) <= 2)
            .then(|| (strsim::osa_distance(candidate, name), id))
            .filter(|(distance, _)| *distance <= 2)
    };
    let (_, id) = ids.filter_map(near).min()?;
    Some(format!("did you mean {}? ({})", shown_name(id), origin(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let catalog = Catalog::of_names(["img/logo.png", "css/Base.css", "js/deep/app.js"]);
        for (name, expected) in [
            ("img/logo.pgn", "did you mean img/logo.png? (img/logo.png)"),
            (
                "css/base.css",
                "css/Base.css differs only in case (css/Base.css); URLs are case-sensitive",
            ),
            ("js/app.js", "there is js/deep/app.js (js/deep/app.js)"),
            (
                "js/deep/app",
                "there is js/deep/app.js (js/deep/app.js); browsers want the whole name",
            ),
        ] {
            assert_eq!(suggestion(&catalog, name).as_deref(), Some(expected));
        }
        assert_eq!(suggestion(&catalog, "x"), None);
    }
}
