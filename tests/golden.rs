//! Golden directories: every `fixtures/cases/NAME` is built and compared with what is recorded beside it.
//!
//! A case is `source/` (or `sources/1`, `sources/2`, …), `args` (more arguments, one a line), and the recorded
//! `expected/` (the static root), `stderr` and `status`. `BLESS=1 cargo test --test golden` records anew.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::{hashstatic, tree};

#[test]
fn every_case_is_as_recorded() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases");
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    let mut count = 0;
    let mut names: Vec<PathBuf> = fs::read_dir(&cases)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    for case in names {
        count += 1;
        failures.extend(check(&case, bless));
    }
    assert!(count >= 20, "only {count} cases in {}", cases.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Builds one case; what differs from the record.
fn check(case: &Path, bless: bool) -> Vec<String> {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let mut command = hashstatic(case);
    command.args(["build", "--no-cache"]);
    let arguments = fs::read_to_string(case.join("args")).unwrap_or_default();
    for argument in arguments.lines() {
        command.arg(argument);
    }
    if !case.join("sources").exists() {
        command.arg("source");
    }
    if !arguments.contains("--gzip") {
        command.args(["--no-gzip", "--no-brotli"]);
    }
    let output = command.arg("--out").arg(&out).output().unwrap();
    let stderr = String::from_utf8(output.stderr)
        .unwrap()
        .replace(case.to_str().unwrap(), "CASE")
        .replace(scratch.path().to_str().unwrap(), "SCRATCH");
    let status = format!("{}\n", output.status.code().unwrap());
    let tree = tree(&out);

    if bless {
        let expected = case.join("expected");
        if expected.exists() {
            fs::remove_dir_all(&expected).unwrap();
        }
        for (name, bytes) in &tree {
            let path = expected.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        fs::write(case.join("stderr"), &stderr).unwrap();
        fs::write(case.join("status"), &status).unwrap();
        return Vec::new();
    }
    let name = case.file_name().unwrap().to_string_lossy();
    let mut failures = Vec::new();
    for (what, got) in [("stderr", &stderr), ("status", &status)] {
        let recorded = fs::read_to_string(case.join(what)).unwrap_or_default();
        if recorded != *got {
            failures.push(format!("{name}: {what} was\n{recorded}\nand is\n{got}"));
        }
    }
    let recorded = support::tree(&case.join("expected"));
    for name_of_file in recorded
        .keys()
        .chain(tree.keys())
        .collect::<std::collections::BTreeSet<_>>()
    {
        if recorded.get(name_of_file) != tree.get(name_of_file) {
            let show = |bytes: Option<&Vec<u8>>| {
                bytes.map_or("(absent)".into(), |b| {
                    String::from_utf8_lossy(b).into_owned()
                })
            };
            failures.push(format!(
                "{name}: {name_of_file} was\n{}\nand is\n{}",
                show(recorded.get(name_of_file)),
                show(tree.get(name_of_file))
            ));
        }
    }
    failures
}
