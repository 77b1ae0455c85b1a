//! The configuration file says what the command line does not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A project with two source roots and this configuration file.
fn project(file: &str, text: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("assets/css/a.css", ".a {  b : c }\n".repeat(30)),
        ("vendor/b.css", ".b { c : d }\n".repeat(30)),
        ("sub/deeper/x", String::new()),
        (file, text.to_owned()),
    ] {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hashstatic"))
        .current_dir(directory)
        .args(arguments)
        .output()
        .unwrap()
}

fn files(root: &Path) -> BTreeSet<String> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.is_file())
        .map(|path| {
            path.strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

const SECTION: &str = r#"
sources = ["assets", "x=vendor"]
out = "static"
brotli-quality = 5
gzip = false
keep-only-hashed = true
hash-length = 8
"#;

#[test]
fn both_files_from_below_too() {
    for (file, text) in [
        ("hashstatic.toml", SECTION.to_owned()),
        (
            "pyproject.toml",
            format!("[tool.other]\nx = 1\n[tool.hashstatic]\n{SECTION}"),
        ),
    ] {
        let project = project(file, &text);
        for below in ["", "sub/deeper"] {
            let output = run(&project.path().join(below), &["build"]);
            assert!(output.status.success(), "{output:?}");
            let files = files(&project.path().join("static"));
            // Two hashed files with eight digits, their .br, the manifest.
            assert_eq!(files.len(), 5, "{files:?}");
            assert!(
                files.iter().any(|name| name.starts_with("x/b.")),
                "{files:?}"
            );
            assert!(files.iter().all(|name| !name.ends_with(".gz")));
            fs::remove_dir_all(project.path().join("static")).unwrap();
        }
    }
}

#[test]
fn the_command_line_wins() {
    let project = project("hashstatic.toml", SECTION);
    let output = run(
        project.path(),
        &[
            "build",
            "vendor",
            "-o",
            "other",
            "--gzip",
            "--hash-length",
            "10",
        ],
    );
    assert!(output.status.success(), "{output:?}");
    assert!(!project.path().join("static").exists());
    let names = files(&project.path().join("other"));
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().any(|name| name.ends_with(".gz")));
    let output = run(
        project.path(),
        &["build", "vendor", "-o", "third", "--no-config"],
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(files(&project.path().join("third")).len(), 7);
}

#[test]
fn other_commands_take_what_they_know() {
    let project = project("hashstatic.toml", SECTION);
    let output = run(project.path(), &["check"]);
    assert!(output.status.success(), "{output:?}");
    let project = self::project(
        "hashstatic.toml",
        "require = ['gone.css']\nkeep = 1\nminify = false\n",
    );
    let path = project.path();
    let output = run(
        path,
        &["build", "vendor", "-o", "out", "--require", "b.css"],
    );
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read_to_string(path.join("out/b.css")).is_ok());
    let output = run(path, &["verify", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("gone.css")
    );
    let output = run(path, &["clean", "out", "-v"]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn what_is_wrong_is_said() {
    for (text, message) in [
        (
            "keep_only_hashed = true",
            "unknown key `keep_only_hashed`; did you mean `keep-only-hashed`?",
        ),
        ("jobs = 1.5", "`jobs` has a value of the wrong type"),
        ("[build]\njobs = 1", "unknown key `build`"),
        ("jobs = ", "hashstatic.toml: TOML parse error"),
        ("dry-run = true", "unknown key `dry-run`"),
        ("minify = 'wild'", "wild"),
    ] {
        let project = project("hashstatic.toml", text);
        let output = run(project.path(), &["build", "assets", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{text}: {stderr}");
        assert!(!project.path().join("out").exists());
    }
}
