//! Required assets that are missing, and empty style sheets.

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::{Catalog, Named};
use crate::pipeline::job::Job;
use crate::text::Syntax;
use crate::text::missing::Suggestions;
use crate::text::notes::{self, Notes};

/// The probable cause of a missing or empty asset.
const NOT_MADE: &str = "did the step that makes it (Tailwind, a bundler) run before this one?";

/// Reports assets of `--require` that are missing or empty.
pub(super) fn required(job: &Job<'_>, catalog: &Catalog) {
    let mut suggestions = Suggestions::new(catalog);
    for name in &job.options.input.require {
        let error = |problem: &str| {
            Diagnostic::new(Severity::Error, Code::RequiredAsset, name.as_str(), problem)
        };
        job.log.push(match catalog.find(name) {
            None => {
                let help = suggestions.next(name).unwrap_or_else(|| NOT_MADE.into());
                let missing = error("required, but in no source root").missing(name);
                missing.help(help)
            }
            Some(id) if catalog.get(id).length == 0 => error("required, but empty").help(NOT_MADE),
            Some(_) => continue,
        });
    }
}

/// Warns of style sheets without a byte: that is what a step that has failed leaves. `--require` makes them errors.
pub(super) fn empty_style_sheets(job: &Job<'_>, catalog: &Catalog) {
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
