//! Diagnostics as documents for other programs: SARIF 2.1.0, and GitHub's workflow commands.

use std::fmt::Write as _;
use std::path::Path;

use hashstatic::{Diagnostic, Severity, is_deceptive};
use serde_json::{Value, json};

/// A SARIF log with one run.
pub(crate) fn sarif(diagnostics: &[Diagnostic]) -> Value {
    let results: Vec<Value> = diagnostics.iter().map(sarif_result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "hashstatic",
                "version": env!("CARGO_PKG_VERSION"),
            }},
            "results": results,
        }],
    })
}

fn sarif_result(diagnostic: &Diagnostic) -> Value {
    let mut place = json!({"artifactLocation": {"uri": uri(&file(diagnostic))}});
    if let Some(location) = diagnostic.location {
        place["region"] = json!({"startLine": location.line, "startColumn": location.column});
    }
    json!({
        "ruleId": diagnostic.code,
        "level": match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "note",
        },
        "message": {"text": with_help(diagnostic)},
        "locations": [{"physicalLocation": place}],
    })
}

/// The diagnostics as workflow commands, a line each: `::error file=…,line=…,col=…::message`.
pub(crate) fn github(diagnostics: &[Diagnostic]) -> String {
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

fn with_help(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

/// The source file, relative to the current directory if it lies below it; else the logical path.
fn file(diagnostic: &Diagnostic) -> String {
    let Some(file) = &diagnostic.file else {
        return diagnostic.path.clone();
    };
    let here = std::env::current_dir().unwrap_or_default();
    let file = Path::new(file);
    let below = file.strip_prefix(&here).unwrap_or(file);
    below.display().to_string()
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(byte.into());
            }
            _ => {
                let _ = write!(out, "%{byte:02X}"); // writing to a String cannot fail
            }
        }
    }
    out
}
