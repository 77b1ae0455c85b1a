//! The configuration file says what the command line does not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Output;

use support::{Project, files, hashstatic, text};

/// A project with two source roots and this configuration file.
fn project(file: &str, text: &str) -> Project {
    Project::new(&[
        ("assets/css/a.css", &".a {  b : c }\n".repeat(30)),
        ("vendor/b.css", &".b { c : d }\n".repeat(30)),
        ("sub/deeper/x", ""),
        (file, text),
    ])
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    hashstatic(directory).args(arguments).output().unwrap()
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
            let output = run(&project.dir().join(below), &["build"]);
            assert!(output.status.success(), "{output:?}");
            let files = files(&project.dir().join("static"));
            // Two hashed files with eight digits, their .br, the manifest.
            assert_eq!(files.len(), 5, "{files:?}");
            assert!(
                files.iter().any(|name| name.starts_with("x/b.")),
                "{files:?}"
            );
            assert!(files.iter().all(|name| !name.ends_with(".gz")));
            fs::remove_dir_all(project.dir().join("static")).unwrap();
        }
    }
}

#[test]
fn the_command_line_wins() {
    let project = project("hashstatic.toml", SECTION);
    let output = run(
        project.dir(),
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
    assert!(!project.dir().join("static").exists());
    let names = files(&project.dir().join("other"));
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().any(|name| name.ends_with(".gz")));
    let output = run(
        project.dir(),
        &["build", "vendor", "-o", "third", "--no-config"],
    );
    assert!(output.status.success(), "{output:?}");
    assert_eq!(files(&project.dir().join("third")).len(), 7);
}

#[test]
fn other_commands_take_what_they_know() {
    let project = project("hashstatic.toml", SECTION);
    let output = run(project.dir(), &["check"]);
    assert!(output.status.success(), "{output:?}");
    let project = self::project(
        "hashstatic.toml",
        "require = ['gone.css']\nkeep = 1\nminify = false\n",
    );
    let path = project.dir();
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
        let output = run(project.dir(), &["build", "assets", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {output:?}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(message), "{text}: {stderr}");
        assert!(!project.dir().join("out").exists());
    }
}

#[test]
fn files_that_are_too_large_or_no_files_are_not_read() {
    let project = Project::with_sources(&[("a.css", "a{}")]);
    for name in ["hashstatic.toml", "pyproject.toml"] {
        project.write(name, &"# x\n".repeat(300_000));
        let output = project.run(&["check", "src"]);
        assert_eq!(output.status.code(), Some(2));
        let stderr = text(&output.stderr);
        assert!(
            stderr.contains(&format!("{name}: larger than 1000000 bytes")),
            "{stderr}"
        );
        std::fs::remove_file(project.path(name)).unwrap();
    }
    // Reading one of these would never end, or never begin.
    std::os::unix::fs::symlink("/dev/zero", project.path("hashstatic.toml")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(project.path("pyproject.toml"))
        .status();
    assert!(pipe.unwrap().success());
    project.ok(&["check", "src"]);
}
