//! Diagnostics as a SARIF 2.1.0 log.

use std::fmt::Write as _;

use hashstatic::{Diagnostic, Severity};
use serde_json::{Value, json};

use super::documents::{Document, file, with_help};

/// `--output-format sarif`
pub(crate) const SARIF: Document = Document {
    name: "sarif",
    write: |diagnostics| format!("{}\n", sarif(diagnostics)),
};

/// A SARIF log with one run.
fn sarif(diagnostics: &[Diagnostic]) -> Value {
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
