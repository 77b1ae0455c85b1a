//! Conflicts between names, required assets that are missing, and empty style sheets.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::{Catalog, Named};
use crate::pipeline::job::Job;
use crate::text::Syntax;
use crate::text::notes::{self, Notes};

/// The probable cause of a missing or empty asset.
const NOT_MADE: &str = "did the step that makes it (Tailwind, a bundler) run before this one?";

/// Reports files whose name is a directory in another source root: only one of the two can be written.
pub(super) fn file_and_directory(job: &Job<'_>, catalog: &Catalog) {
    let mut conflicts = BTreeSet::new();
    for asset in catalog.iter() {
        let name = asset.name.as_str();
        let directories = name.match_indices('/').map(|(slash, _)| &name[..slash]);
        conflicts.extend(directories.filter_map(|directory| catalog.find(directory)));
    }
    for id in conflicts {
        job.log.push(
            Diagnostic::new(
                Severity::Error,
                Code::PathConflict,
                catalog.name(id).as_str(),
                "a file in one source root and a directory in another",
            )
            .help(format!("the file is {}", shown(catalog.path(id)))),
        );
    }
}

/// Reports assets of `--require` that are missing or empty.
pub(super) fn required(job: &Job<'_>, catalog: &Catalog) {
    for name in &job.options.input.require {
        let problem = match catalog.find(name) {
            None => "required, but in no source root",
            Some(id) if catalog.get(id).length == 0 => "required, but empty",
            Some(_) => continue,
        };
        job.log.push(
            Diagnostic::new(Severity::Error, Code::RequiredAsset, name.as_str(), problem)
                .help(NOT_MADE),
        );
    }
}

/// Warns of style sheets without a byte: that is what a step that has failed leaves. `--require` makes them errors.
pub(super) fn empty(job: &Job<'_>, catalog: &Catalog) {
    let required = &job.options.input.require;
    let is_empty = |asset: &&Named| {
        let name = asset.name.as_str();
        asset.length == 0
            && Syntax::of(&asset.name, false) == Syntax::Css
            && !required.iter().any(|required| required == name)
    };
    let warning = |asset: &Named| {
        let name = asset.name.as_str();
        let message = "the style sheet is empty";
        let mut diagnostic = Diagnostic::new(Severity::Warning, Code::EmptyAsset, name, message)
            .help(format!("{NOT_MADE} --require makes this an error"));
        diagnostic.file = Some(shown(&asset.path));
        let mut notes = Notes::default();
        notes.push(diagnostic);
        notes
    };
    let warnings = catalog.iter().filter(is_empty).map(warning);
    job.log.extend(notes::of_files(warnings, catalog));
}
