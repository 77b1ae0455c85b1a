//! Prepares texts with `--django-exact`.

use super::{Prepare, Prepared, References, Text};
use crate::diagnostic::{Code, Diagnostic, DjangoException, Location, Locator, Severity};
use crate::django::{Exact, Failure, Failures, decode_error};
use crate::name::logical_path::LogicalPath;
use crate::pipeline::asset::Planned;
use crate::text::ReferenceKind;
use crate::text::missing::{self, Diagnosis};
use crate::text::notes::Notes;
use crate::text::resolve::Target;

impl Prepare<'_> {
    /// Reads the references that Django would rewrite.
    pub(super) fn read_django<'t>(
        &self,
        exact: &Exact<'_>,
        asset: &Planned,
        mut text: Text<'t>,
        notes: &mut Notes,
    ) -> Prepared<'t> {
        let name = asset.name();
        let source = &*text.source;
        let content = match std::str::from_utf8(source) {
            Ok(content) => content,
            Err(error) => {
                let failure = Failure {
                    exception: DjangoException::UnicodeDecodeError,
                    ..Failure::value_error(decode_error(source, error))
                };
                let at = Location::of(source, error.valid_up_to());
                notes.push(diagnostic(name, &failure).at(at));
                return Prepared::Failed;
            }
        };
        let scanned = exact.scan(asset.id, asset.syntax, content);
        let converted = &scanned.converted;
        if self.failures(name, source, &converted.failures, notes) {
            return Prepared::Failed;
        }
        if converted.text.is_some() {
            text.references = References::Django {
                targets: scanned.targets.clone(),
                names_only: scanned.names_only,
                draft: scanned.draft(&self.inventory.catalog),
            };
        }
        Prepared::Text(text)
    }

    /// Reports the references that Django fails at. Returns whether one of them is an error: those that
    /// `--ignore-errors`, `--on-missing` or `--missing-source-map` let pass are left as they are.
    pub(in crate::pipeline) fn failures(
        &self,
        name: &LogicalPath,
        source: &[u8],
        failures: &Failures,
        notes: &mut Notes,
    ) -> bool {
        let mut failed = false;
        let mut locator = Locator::new(source);
        for failure in failures.iter() {
            let Diagnosis {
                mut diagnostic,
                unknown,
            } = self.diagnosis(name, failure);
            failed |= diagnostic.severity == Severity::Error;
            diagnostic.more = failure.more;
            diagnostic.location = failure.offset.map(|offset| locator.at(offset));
            notes.diagnosed(
                Diagnosis {
                    diagnostic,
                    unknown,
                },
                || None,
            );
        }
        failed
    }

    /// The diagnostic for a reference that Django fails at: Django's, unless an option lets it pass.
    fn diagnosis(&self, name: &LogicalPath, failure: &Failure) -> Diagnosis {
        let url = failure.url.as_deref().unwrap_or_default();
        let alone = |diagnostic| Diagnosis {
            diagnostic,
            unknown: None,
        };
        if failure.ignored {
            return alone(missing::ignored(name, url));
        }
        let Some(unknown) = &failure.unknown else {
            return alone(diagnostic(name, failure));
        };
        let kind = if failure.is_source_map {
            ReferenceKind::SourceMap
        } else {
            ReferenceKind::Url
        };
        let target = Target::Missing(unknown.to_string());
        match self.missing.diagnose(kind, name, url, &target) {
            Some(passed) if passed.diagnostic.severity != Severity::Error => passed,
            _ => Diagnosis {
                diagnostic: diagnostic(name, failure),
                unknown: Some(unknown.to_string()),
            },
        }
    }
}

/// The diagnostic for one failure.
pub(in crate::pipeline) fn diagnostic(name: &LogicalPath, failure: &Failure) -> Diagnostic {
    let code = if failure.introduced {
        Code::DjangoFailure
    } else {
        Code::OutsideStaticRoot
    };
    let mut diagnostic = Diagnostic::new(Severity::Error, code, name.as_str(), failure.text())
        .raised(failure.exception, &failure.message, &failure.notes);
    diagnostic.help = help(failure).map(str::to_owned);
    diagnostic
}

/// The help for failures other than a name that nothing has.
fn help(failure: &Failure) -> Option<&'static str> {
    match failure.exception {
        DjangoException::UnicodeDecodeError => {
            Some("Django reads UTF-8 only: save the file as UTF-8")
        }
        DjangoException::SuspiciousFileOperation => {
            Some("for a URL outside the static files, write an absolute path")
        }
        DjangoException::AssertionError => {
            Some("Django stops here without a word: remove the # from STATIC_URL")
        }
        _ => None,
    }
}
