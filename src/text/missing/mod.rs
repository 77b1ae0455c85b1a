//! Diagnostics for references that resolve to nothing.

mod ignored_errors;
mod suggestions;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::logical_path::LogicalPath;
use crate::options::MissingPolicy;
use crate::text::ReferenceKind;
use crate::text::resolve::Target;
pub(crate) use ignored_errors::IgnoredErrors;
pub(crate) use suggestions::Suggestions;

/// A diagnostic about a reference.
pub(crate) struct Diagnosis {
    pub(crate) diagnostic: Diagnostic,
    /// The name that no asset has, if a suggestion may help.
    pub(crate) unknown: Option<String>,
}

impl Diagnosis {
    /// Makes an error a warning.
    pub(crate) fn warn_at_most(&mut self) {
        let severity = &mut self.diagnostic.severity;
        *severity = (*severity).max(Severity::Warning); // errors sort first
    }
}

/// The policies for references that resolve to nothing.
pub(crate) struct Missing {
    reference: MissingPolicy,
    source_map: MissingPolicy,
    /// References that `--ignore-errors` covers.
    ignored: IgnoredErrors,
    /// Where the targets were looked for, as messages name it.
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

    /// Returns the diagnostic for the reference `url` in the asset `from`; `None` if the reference is right.
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

    /// The severity by policy. Ignored references are still shown with `-v`.
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

/// The notice for a reference that `--ignore-errors` covers.
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
