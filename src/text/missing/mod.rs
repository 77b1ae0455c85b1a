//! Diagnostics for references that resolve to nothing.

mod ignored_errors;
mod suggestions;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::logical_path::LogicalPath;
use crate::options::MissingPolicy;
use crate::text::ReferenceKind;
use crate::text::resolve::{Target, Uncertain};
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
    /// `None`: by the kind of reference.
    reference: Option<MissingPolicy>,
    source_map: MissingPolicy,
    /// References that `--ignore-errors` covers.
    ignored: IgnoredErrors,
    /// Where the targets were looked for, as messages name it.
    place: &'static str,
}

impl Missing {
    pub(crate) fn new(
        on_missing: Option<MissingPolicy>,
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
            Target::Directory(_) if !loads_text(kind) => None,
            _ if self.ignored.covers(from.as_str(), url) => Some(alone(ignored(from, url))),
            Target::Missing(name) => Some(Diagnosis {
                diagnostic: self.missing(kind, from, url, name),
                unknown: Some(name.clone()),
            }),
            Target::Directory(name) => Some(Diagnosis {
                diagnostic: self.directory(kind, from, url, name),
                unknown: Some(name.clone()).filter(|_| kind == ReferenceKind::Module),
            }),
            Target::Outside => Some(alone(
                Diagnostic::new(
                    self.severity(kind, url),
                    Code::OutsideStaticRoot,
                    from.as_str(),
                    format!("\"{}\" leaves the static root", shown(url)),
                )
                .help("for a URL outside the static files, write an absolute path"),
            )),
            Target::Uncertain(uncertain) => Some(alone(self.uncertain(from, url, uncertain))),
        }
    }

    fn directory(
        &self,
        kind: ReferenceKind,
        from: &LogicalPath,
        url: &str,
        name: &str,
    ) -> Diagnostic {
        let what = format!(
            "\"{}\" resolves to {}/, which is a directory",
            shown(url),
            shown(name)
        );
        let severity = self.severity(kind, url);
        Diagnostic::new(severity, Code::MissingReference, from.as_str(), what)
    }

    /// The warning about a relative URL in a custom property.
    fn uncertain(&self, from: &LogicalPath, url: &str, uncertain: &Uncertain) -> Diagnostic {
        let severity = match self.reference {
            Some(MissingPolicy::Ignore) => Severity::Notice,
            _ => Severity::Warning,
        };
        let property = shown(&uncertain.property);
        let what = format!(
            "\"{}\" is not rewritten: it is relative to the files that use {property}, and does not lead to one asset \
            from all of them",
            shown(url)
        );
        let diagnostic = Diagnostic::new(severity, Code::UncertainReference, from.as_str(), what);
        match &uncertain.absolute {
            Some(absolute) => diagnostic.help(format!(
                "an absolute URL means the same everywhere: {}",
                shown(absolute)
            )),
            None => diagnostic.help("an absolute URL means the same everywhere"),
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
            _ => Code::MissingReference,
        };
        let place = self.place;
        Diagnostic::new(
            self.severity(kind, url),
            code,
            from.as_str(),
            format!(
                "\"{}\" resolves to {}, which is not in {place}",
                shown(url),
                shown(name)
            ),
        )
        .missing(name)
    }

    /// The severity by policy. Ignored references are still shown with `-v`.
    fn severity(&self, kind: ReferenceKind, url: &str) -> Severity {
        let policy = match kind {
            ReferenceKind::SourceMap => self.source_map,
            _ => self.reference.unwrap_or_else(|| default_policy(kind, url)),
        };
        match policy {
            MissingPolicy::Error => Severity::Error,
            MissingPolicy::Warn => Severity::Warning,
            MissingPolicy::Ignore => Severity::Notice,
        }
    }
}

/// What a text loads that resolves to nothing is a fault of the page, or of code that never runs: a bundler's, a
/// development server's. Names without an extension are for bundlers.
fn default_policy(kind: ReferenceKind, url: &str) -> MissingPolicy {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let is_for_bundlers = path
        .trim()
        .rsplit('/')
        .next()
        .is_some_and(|name| !name.contains('.') || name.trim_matches('.').is_empty());
    match kind {
        ReferenceKind::Module | ReferenceKind::ScriptUrl => MissingPolicy::Warn,
        ReferenceKind::Import if is_for_bundlers => MissingPolicy::Warn,
        ReferenceKind::Url | ReferenceKind::Import | ReferenceKind::SourceMap => {
            MissingPolicy::Error
        }
    }
}

/// Whether a reference loads a text, which no directory is.
fn loads_text(kind: ReferenceKind) -> bool {
    matches!(kind, ReferenceKind::Import | ReferenceKind::Module)
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
