//! Reading with `--django-exact`.

use std::borrow::Cow;

use super::{ReadAsset, Reader, References, TextAsset};
use crate::diagnostic::{Code, Diagnostic, DjangoException, Location, Locator, Severity};
use crate::django::{Exact, Failure, Failures, decode_error};
use crate::error::Error;
use crate::fold::Notes;
use crate::logical_path::LogicalPath;
use crate::missing;
use crate::plan::AssetId;

impl Reader<'_> {
    /// `--django-exact`: reads what Django would rewrite.
    pub(super) fn read_django<'t>(
        &self,
        exact: &Exact<'_>,
        id: AssetId,
        source: &'t [u8],
        diagnostics: &mut Notes,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let text = match std::str::from_utf8(source) {
            Ok(text) => text,
            Err(error) => {
                let failure = Failure {
                    exception: DjangoException::UnicodeDecodeError,
                    ..Failure::value_error(decode_error(source, error))
                };
                let at = Location::of(source, error.valid_up_to());
                diagnostics.push(django_diagnostic(name, &failure).at(at));
                return Ok(ReadAsset::Failed);
            }
        };
        let scanned = exact.scan(id, asset.kind, text);
        let converted = &scanned.converted;
        if django_failures(name, source, &converted.failures, diagnostics) {
            return Ok(ReadAsset::Failed);
        }
        if converted.text.is_none() {
            return self.finish(asset, source, None, diagnostics);
        }
        Ok(ReadAsset::Text(TextAsset {
            id,
            kind: asset.kind,
            source: Cow::Borrowed(source),
            minified: None,
            references: References::Django {
                targets: scanned.targets.clone(),
                names_only: scanned.names_only,
                draft: scanned.draft(self.plan),
            },
        }))
    }
}

/// What is to be said of references that Django fails at, and whether that is an error: `--ignore-errors` may cover all
/// of them. Such references are left as they are.
pub(crate) fn django_failures(
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
            django_diagnostic(name, failure)
        };
        diagnostic.more = failure.more;
        diagnostic.location = failure.offset.map(|offset| locator.at(offset));
        notes.push(diagnostic);
    }
    failed
}

pub(super) fn django_diagnostic(name: &LogicalPath, failure: &Failure) -> Diagnostic {
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
