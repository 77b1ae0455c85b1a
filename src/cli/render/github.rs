//! Diagnostics as GitHub's workflow commands.

use std::fmt::Write as _;

use hashstatic::{Diagnostic, Severity, is_deceptive};

use super::documents::{Document, file, with_help};

/// `--output-format github`
pub(crate) const GITHUB: Document = Document {
    name: "github",
    write: github,
};

/// The diagnostics as workflow commands, a line each: `::error file=…,line=…,col=…::message`.
fn github(diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        let file = escaped(&file(diagnostic))
            .replace(':', "%3A")
            .replace(',', "%2C");
        let _ = write!(out, "::{command} file={file}"); // writing to a String cannot fail
        if let Some(location) = diagnostic.location {
            let _ = write!(out, ",line={},col={}", location.line, location.column);
        }
        let _ = writeln!(out, "::{}", escaped(&with_help(diagnostic)));
    }
    out
}

/// Escapes a text for workflow commands. Other characters that control terminals or reorder text are escaped as in any
/// message.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            c if is_deceptive(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}
