//! Reading with `--django-exact`.

use std::borrow::Cow;

use super::{ReadAsset, Reader, References, TextAsset};
use crate::diagnostic::{Code, Diagnostic, Location, Severity};
use crate::django::{Exact, Failure, decode_error};
use crate::error::Error;
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
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<ReadAsset<'t>, Error> {
        let asset = &self.plan.assets[id];
        let name = &asset.source.logical;
        let text = match std::str::from_utf8(source) {
            Ok(text) => text,
            Err(error) => {
                let failure = Failure {
                    offset: Some(error.valid_up_to()),
                    ..Failure::value_error(decode_error(source, error))
                };
                diagnostics.push(django_diagnostic(name, source, &failure));
                return Ok(ReadAsset::Failed);
            }
        };
        let scanned = exact.scan(id, asset.kind, text);
        let converted = &scanned.converted;
        let (failed, notes) = self.django_failures(name, source, &converted.failures);
        diagnostics.extend(notes);
        if failed {
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

    /// What is to be said of references that Django fails at, and whether that is an error: `--ignore-errors` may cover
    /// all of them. Such references are left as they are.
    pub(crate) fn django_failures(
        &self,
        name: &LogicalPath,
        source: &[u8],
        failures: &[Failure],
    ) -> (bool, Vec<Diagnostic>) {
        let mut failed = false;
        let told = failures.iter().map(|failure| match &failure.url {
            Some(url) if failure.introduced && self.missing.is_ignored(name, url) => {
                let note = missing::ignored(name, url);
                match failure.offset {
                    Some(offset) => note.at(Location::of(source, offset)),
                    None => note,
                }
            }
            _ => {
                failed = true;
                django_diagnostic(name, source, failure)
            }
        });
        let told = told.collect();
        (failed, told)
    }
}

pub(super) fn django_diagnostic(
    name: &LogicalPath,
    source: &[u8],
    failure: &Failure,
) -> Diagnostic {
    let code = if failure.introduced {
        Code::DjangoFailure
    } else {
        Code::OutsideStaticRoot
    };
    let diagnostic = Diagnostic::new(
        Severity::Error,
        code,
        name.as_str(),
        failure.message.clone(),
    );
    match failure.offset {
        Some(offset) => diagnostic.at(Location::of(source, offset)),
        None => diagnostic,
    }
}
