//! Sources that a Django project has: `--site-packages` with `--apps`, and how `--from-django` asks. Real projects are
//! asked in `tests/python/test_project.py`.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use support::{Project, hashstatic};

struct Site(Project);

impl Deref for Site {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.0
    }
}

impl Site {
    fn new(files: &[(&str, &str)]) -> Self {
        Self(Project::new(files))
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Output {
        hashstatic(self.dir())
            .env_remove("VIRTUAL_ENV")
            .env("PATH", self.dir())
            .arg(command)
            .args((command == "build").then_some("--no-cache"))
            .args(arguments)
            .output()
            .unwrap()
    }

    /// What is said of wrong usage.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run("build", arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// A Python that prints `answer` behind its arguments.
    fn python(&self, answer: &str) -> String {
        let path = self.path("fake-python");
        let script = format!(
            "#!/bin/sh\necho a word of the settings\nprintf '\\036hashstatic:%s\\n' '{answer}'\n"
        );
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }
}

fn packages() -> Site {
    Site::new(&[
        ("site/django/contrib/admin/static/admin/a.css", "a{}"),
        ("site/django/contrib/auth/models.py", ""),
        ("site/rest/static/rest.css", "r{}"),
        ("src/polls/static/rest.css", "p{}"),
        ("src/polls/static/polls.css", "p{}"),
        ("assets/polls.css", "own{}"),
    ])
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn apps_are_found_in_their_order_behind_named_sources() {
    let project = packages();
    let output = project.run(
        "build",
        &[
            "assets",
            "--site-packages=site",
            "--site-packages=src",
            "--apps",
            "django.contrib.admin,django.contrib.auth,polls.apps.PollsConfig,rest,",
            "-o",
            "out",
        ],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(read(&project.path("out/admin/a.css")), "a{}");
    assert_eq!(read(&project.path("out/rest.css")), "p{}"); // polls comes before rest
    assert_eq!(read(&project.path("out/polls.css")), "own{}");
    let checked = project.run("check", &["--site-packages=site", "--apps=rest"]);
    assert!(checked.status.success());
}

#[test]
fn apps_that_are_not_there_are_told() {
    let project = packages();
    let why = project.refused(&["--site-packages=site", "--apps=polls", "-o", "out"]);
    assert!(
        why.contains("--apps: there is no package polls in site"),
        "{why}"
    );
    let why = project.refused(&["--site-packages=nowhere", "--apps=polls", "-o", "out"]);
    assert!(why.contains("nowhere is not a directory"), "{why}");
    let why = project.refused(&["--apps=polls", "-o", "out"]);
    assert!(why.contains("--site-packages"), "{why}");
    let why = project.refused(&["assets", "--from-django"]);
    assert!(why.contains("cannot be used with"), "{why}");
    assert!(!project.path("out").exists());
}

#[test]
fn what_the_project_says_is_done_and_the_user_wins() {
    let project = packages();
    let python = project.python(
        r#"{"roots": [{"prefix": "p", "dir": "assets"}], "files": null, "sources": ["--ignore=*.x"], "build": ["--out=out", "--hash-length=9", "--no-gzip", "--no-brotli", "--manifest=m.json"]}"#,
    );
    let arguments = ["--from-django", "--python", &python, "--manifest=own.json"];
    let output = project.run("build", &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(!project.path("out/m.json").exists());
    let manifest: serde_json::Value =
        serde_json::from_str(&read(&project.path("out/own.json"))).unwrap();
    let hashed = manifest["paths"]["p/polls.css"].as_str().unwrap();
    assert_eq!(hashed.len(), "p/polls.123456789.css".len());
}

#[test]
fn a_project_may_list_its_files() {
    let project = packages();
    let python = project.python(
        r#"{"roots": null, "files": [{"name": "x.css", "path": "assets/polls.css"}], "sources": [], "build": ["--out=out"]}"#,
    );
    let output = project.run("build", &["--from-django", "--python", &python]);
    assert!(output.status.success());
    assert_eq!(read(&project.path("out/x.css")), "own{}");
}

#[test]
fn a_project_that_cannot_be_asked_is_told() {
    let project = packages();
    let python = project.python(r#"{"error": "it has no static files"}"#);
    let why = project.refused(&["--from-django", "--python", &python]);
    assert_eq!(why, "error: --from-django: it has no static files\n");
    fs::write(&python, "#!/bin/sh\necho oh no >&2\nexit 1\n").unwrap();
    let why = project.refused(&["--from-django", "--python", &python]);
    assert!(
        why.contains("cannot be asked") && why.ends_with("says:\noh no\n"),
        "{why}"
    );
    let why = project.refused(&["--from-django", "--python", "nowhere/python"]);
    assert!(why.contains("nowhere/python cannot be run"), "{why}");
    let why = project.refused(&["--from-django", "--manage", "nowhere.py"]);
    assert!(why.contains("nowhere.py is not a file"), "{why}");
    let why = project.refused(&["--settings", "x", "assets"]);
    assert!(why.contains("cannot be used with"), "{why}");
    let why = project.refused(&["--settings", "x"]);
    assert!(why.contains("--from-django"), "{why}");
}
