//! Diagnostics as documents for other programs: a file for each, and a row in `cli/format.rs`.

use std::path::Path;

use hashstatic::Diagnostic;

/// A kind of document.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its name as a value of `--output-format`.
    pub(crate) name: &'static str,
    /// Writes the diagnostics of a run.
    pub(crate) write: fn(&[Diagnostic]) -> String,
}

pub(super) fn with_help(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// The source file, relative to the current directory if it lies below it; else the logical path.
pub(super) fn file(diagnostic: &Diagnostic) -> String {
    let Some(file) = &diagnostic.file else {
        return diagnostic.path.clone();
    };
    let here = std::env::current_dir().unwrap_or_default();
    let file = Path::new(file);
    let below = file.strip_prefix(&here).unwrap_or(file);
    below.display().to_string()
}
