//! Prepares texts with `--django-exact`.

use super::{Prepare, Prepared, References, Text};
use crate::diagnostic::{Code, Diagnostic, DjangoException, Location, Locator, Severity};
use crate::django::{Exact, Failure, Failures, decode_error};
use crate::name::logical_path::LogicalPath;
use crate::pipeline::asset::Planned;
use crate::text::missing;
use crate::text::notes::Notes;

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
        if failures(name, source, &converted.failures, notes) {
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
}

/// Reports the references that Django fails at. Returns whether one of them is an error: those that `--ignore-errors`
/// covers are left as they are.
pub(in crate::pipeline) fn failures(
    name: &LogicalPath,
    source: &[u8],
    failures: &Failures,
    notes: &mut Notes,
) -> bool {
    let mut failed = false;
    let mut locator = Locator::new(source);
    for failure in failures.iter() {
        failed |= !failure.ignored;
        let mut diagnostic = if failure.ignored {
            missing::ignored(name, failure.url.as_deref().unwrap_or_default())
        } else {
            diagnostic(name, failure)
        };
        diagnostic.more = failure.more;
        diagnostic.location = failure.offset.map(|offset| locator.at(offset));
        notes.push(diagnostic);
    }
    failed
}

/// The diagnostic for one failure.
pub(in crate::pipeline) fn diagnostic(name: &LogicalPath, failure: &Failure) -> Diagnostic {
    let code = if failure.introduced {
        Code::DjangoFailure
    } else {
        Code::OutsideStaticRoot
    };
    Diagnostic::new(Severity::Error, code, name.as_str(), failure.text()).raised(
        failure.exception,
        &failure.message,
        &failure.notes,
    )
}
