//! Hashed paths that are names of other assets.

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::pipeline::asset::Hashed;
use crate::pipeline::job::Job;

/// Reports hashed paths that are the plain name of another asset, unless both files have the same bytes.
pub(super) fn between_hashed_and_plain(job: &Job<'_>, catalog: &Catalog, hashed: &[Hashed]) {
    for asset in hashed {
        let Some(other) = catalog.find(&asset.file.name) else {
            continue;
        };
        let Some(plain) = hashed[other].file.plain_content() else {
            continue;
        };
        if plain.content() == asset.file.content.content() {
            continue;
        }
        job.log.push(
            Diagnostic::new(
                Severity::Error,
                Code::PathConflict,
                asset.asset.name().as_str(),
                format!(
                    "its hashed path {} is the name of another asset with other content",
                    shown(&asset.file.name)
                ),
            )
            .help(format!("the other is {}", shown(catalog.path(other)))),
        );
    }
}
