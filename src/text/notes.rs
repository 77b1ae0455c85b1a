//! Diagnostics of files, folded: of many of one kind, the first are kept and the others counted. A file with a million
//! broken references is one problem to its author, and must not become a gigabyte of messages.

use crate::diagnostic::fold::{Fold, PER_FILE, Place};
use crate::diagnostic::{Code, Diagnostic, Location, Severity};
use crate::name::catalog::Catalog;
use crate::text::missing::{Diagnosis, Suggestions};

/// Most diagnostics of one kind that are kept in a run. Those of further files are only counted.
pub(crate) const PER_RUN: usize = 1_000;

/// The same for warnings and notices about references: a package for bundlers has hundreds, all of one kind.
const FEW: Limits = Limits {
    file: 3,
    run: 10,
    files: 5,
};

const MANY: Limits = Limits {
    file: PER_FILE,
    run: PER_RUN,
    files: PER_RUN,
};

/// How many diagnostics are kept of a kind.
struct Limits {
    /// Of one file.
    file: usize,
    /// Of a run.
    run: usize,
    /// Of a run, those that count what is left of a file.
    files: usize,
}

fn limits((code, severity): (Code, Severity)) -> Limits {
    let is_about_references = matches!(
        code,
        Code::MissingReference | Code::UncertainReference | Code::OutsideStaticRoot
    );
    if is_about_references && severity != Severity::Error {
        FEW
    } else {
        MANY
    }
}

/// The diagnostics of one file, folded.
#[derive(Default)]
pub(crate) struct Notes {
    diagnostics: Vec<Diagnostic>,
    fold: Fold<(Code, Severity)>,
    /// Names that no asset has, with the index of the diagnostic that may still get a suggestion.
    unknown: Vec<(usize, String)>,
}

impl From<Diagnostic> for Notes {
    fn from(diagnostic: Diagnostic) -> Self {
        let mut notes = Self::default();
        notes.push(diagnostic);
        notes
    }
}

impl Notes {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let diagnosis = Diagnosis {
            diagnostic,
            unknown: None,
        };
        self.diagnosed(diagnosis, || None);
    }

    /// Adds a diagnosis. `at` finds the location; it is only called for what is kept.
    pub(crate) fn diagnosed(
        &mut self,
        diagnosis: Diagnosis,
        at: impl FnOnce() -> Option<Location>,
    ) {
        let Diagnosis {
            mut diagnostic,
            unknown,
        } = diagnosis;
        let length = self.diagnostics.len();
        let more = diagnostic.more;
        let kind = (diagnostic.code, diagnostic.severity);
        match self.fold.place(kind, length, limits(kind).file) {
            Place::More(at) => {
                self.diagnostics[at].more += diagnostic.count();
                return;
            }
            Place::First => diagnostic.more = diagnostic.count(),
            Place::Kept => {}
        }
        self.unknown.extend(unknown.map(|name| (length, name)));
        if more == 0 {
            diagnostic.location = at().or(diagnostic.location);
        }
        self.diagnostics.push(diagnostic);
    }

    pub(crate) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|d| self.push(d));
    }

    /// Whether there are no diagnostics.
    pub(crate) fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Sets the source file of all diagnostics.
    pub(crate) fn set_file(&mut self, file: impl Fn() -> String) {
        for diagnostic in &mut self.diagnostics {
            diagnostic.file = Some(file());
        }
    }

    /// Returns the kept diagnostics, and the counts with their messages.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.more > 0 {
                diagnostic.message = format!("{} more of this kind in this file", diagnostic.more);
            }
        }
        self.diagnostics
    }
}

/// Folds the diagnostics of all files, in the order of `files`.
pub(crate) fn of_files(
    files: impl IntoIterator<Item = Notes>,
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> = Vec::new();
    let mut single = Fold::default();
    let mut by_file = Fold::default();
    let mut suggestions = Suggestions::new(catalog);
    for mut notes in files {
        for (at, name) in std::mem::take(&mut notes.unknown) {
            notes.diagnostics[at].help = suggestions.next(&name);
        }
        // Once the run has enough of a kind, those of a file are counted together.
        let mut counted = Fold::default();
        let mut kept: Vec<Diagnostic> = Vec::with_capacity(notes.diagnostics.len());
        for mut diagnostic in notes.diagnostics {
            let kind = (diagnostic.code, diagnostic.severity);
            let limit = limits(kind).run;
            if diagnostic.more == 0 && matches!(single.place(kind, 0, limit), Place::Kept) {
                kept.push(diagnostic);
                continue;
            }
            match counted.place(kind, kept.len(), 0) {
                Place::More(at) => kept[at].more += diagnostic.count(),
                Place::Kept | Place::First => {
                    diagnostic.more = diagnostic.count();
                    diagnostic.missing = None;
                    kept.push(diagnostic);
                }
            }
        }
        for mut diagnostic in kept {
            if diagnostic.more == 0 {
                all.push(diagnostic);
                continue;
            }
            let kind = (diagnostic.code, diagnostic.severity);
            diagnostic.message = format!("{} more of this kind in this file", diagnostic.more);
            match by_file.place(kind, all.len(), limits(kind).files) {
                Place::Kept => all.push(diagnostic),
                Place::First => {
                    diagnostic.message =
                        format!("{} of this kind in further files", diagnostic.more);
                    all.push(diagnostic);
                }
                Place::More(at) => {
                    all[at].more += diagnostic.more;
                    all[at].message = format!(
                        "{} more of this kind, here and in other files",
                        all[at].more
                    );
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(file: &str, count: usize) -> Notes {
        let mut notes = Notes::default();
        for line in 1..=count {
            let diagnostic = Diagnostic::new(Severity::Error, Code::MissingReference, file, "gone");
            let diagnosis = Diagnosis {
                diagnostic,
                unknown: None,
            };
            notes.diagnosed(diagnosis, || Some(Location { line, column: 1 }));
        }
        notes
    }

    fn of_run(files: impl IntoIterator<Item = Notes>) -> Vec<Diagnostic> {
        of_files(files, &Catalog::default())
    }

    #[test]
    fn a_file_keeps_the_first_of_a_kind() {
        let kept = of_run([notes("a.css", 479)]);
        assert_eq!(kept.len(), PER_FILE + 1);
        assert_eq!(
            kept[PER_FILE].to_string(),
            "a.css:21:1: 459 more of this kind in this file"
        );
        assert_eq!(kept.iter().map(Diagnostic::count).sum::<usize>(), 479);
        assert!(
            of_run([notes("a.css", PER_FILE)])
                .iter()
                .all(|d| d.more == 0)
        );
    }

    #[test]
    fn a_run_keeps_so_many_files() {
        for (files, each) in [(1_000, 1_000), (50_000, 1), (3_000, 30)] {
            let kept = of_run((0..files).map(|n| notes(&format!("{n}.css"), each)));
            assert!(kept.len() <= 2 * PER_RUN + PER_FILE + 2, "{}", kept.len());
            assert_eq!(
                kept.iter().map(Diagnostic::count).sum::<usize>(),
                files * each
            );
        }
    }
}
