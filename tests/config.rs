//! The configuration file gives what the command line does not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::fs;

use support::{Project, assert_success, stderr};

/// A project with two source roots and this configuration file.
fn project(file: &str, text: &str) -> Project {
    Project::new(&[
        ("assets/css/a.css", &".a {  b : c }\n".repeat(30)),
        ("vendor/b.css", &".b { c : d }\n".repeat(30)),
        ("sub/deeper/x", ""),
        (file, text),
    ])
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
            let mut command = project.command();
            command.current_dir(project.path(below)).arg("build");
            assert_success(&command.output().unwrap());
            let files = project.files("static");
            // Two hashed files with eight digits, their .br, the manifest.
            assert_eq!(files.len(), 5, "{files:?}");
            assert!(
                files.iter().any(|name| name.starts_with("x/b.")),
                "{files:?}"
            );
            assert!(files.iter().all(|name| !name.ends_with(".gz")));
            fs::remove_dir_all(project.path("static")).unwrap();
        }
    }
}

#[test]
fn the_command_line_wins() {
    let project = project("hashstatic.toml", SECTION);
    project.ok(&[
        "build",
        "vendor",
        "-o",
        "other",
        "--gzip",
        "--hash-length",
        "10",
    ]);
    assert!(!project.has("static"));
    let names = project.files("other");
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().any(|name| name.ends_with(".gz")));
    project.ok(&["build", "vendor", "-o", "third", "--no-config"]);
    assert_eq!(project.files("third").len(), 7);
}

#[test]
fn other_commands_take_what_they_know() {
    let project = project("hashstatic.toml", SECTION);
    project.ok(&["check"]);
    let project = self::project(
        "hashstatic.toml",
        "require = ['gone.css']\nkeep = 1\nminify = false\n",
    );
    project.ok(&["build", "vendor", "-o", "out", "--require", "b.css"]);
    assert!(project.has("out/b.css"));
    let output = project.run(&["verify", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("gone.css"));
    project.ok(&["clean", "out", "-v"]);
}

#[test]
fn what_is_wrong_is_reported() {
    for (text, message) in [
        (
            "keep_only_hashed = true",
            "unknown key `keep_only_hashed`; did you mean `keep-only-hashed`?",
        ),
        ("jobs = 1.5", "`jobs` has a value of the wrong type"),
        ("[build]\njobs = 1", "hashstatic.toml:1: `build`: commands have no tables of their own"),
        ("jobs = ", "hashstatic.toml:1: not TOML: "),
        ("dry-run = true", "unknown key `dry-run`"),
        ("minify = 'wild'", "wild"),
    ] {
        let project = project("hashstatic.toml", text);
        let output = project.run(&["build", "assets", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {output:?}");
        let stderr = stderr(&output);
        assert!(stderr.contains(message), "{text}: {stderr}");
        assert!(!project.has("out"));
    }
}

#[test]
fn files_that_are_too_large_or_no_files_are_not_read() {
    let project = Project::with_sources(&[("a.css", "a{}")]);
    for name in ["hashstatic.toml", "pyproject.toml"] {
        project.write(name, &"# x\n".repeat(300_000));
        let output = project.run(&["check", "src"]);
        assert_eq!(output.status.code(), Some(2));
        let stderr = stderr(&output);
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
