//! The sources of a Django project: `--site-packages` with `--apps`, and how `--from-django` asks the project. Real
//! projects are asked in `tests/python/test_project.py`.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use support::{Project, assert_success, paths_of, stderr};

fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::new(files).building_with(&["build", "--no-cache"]);
    let only_path = project.dir().to_owned();
    project.with_env("PATH", only_path)
}

/// The message of a build that must fail as wrong usage.
fn refused(project: &Project, arguments: &[&str]) -> String {
    let output = project.try_build(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    stderr(&output)
}

/// A Python that prints `answer` after its arguments.
fn python(project: &Project, answer: &str) -> String {
    let path = project.path("fake-python");
    let script = format!(
        "#!/bin/sh\necho a word of the settings\nprintf '\\036hashstatic:%s\\n' '{answer}'\n"
    );
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn packages() -> Project {
    project(&[
        ("site/django/contrib/admin/static/admin/a.css", "a{}"),
        ("site/django/contrib/auth/models.py", ""),
        ("site/rest/static/rest.css", "r{}"),
        ("src/polls/static/rest.css", "p{}"),
        ("src/polls/static/polls.css", "p{}"),
        ("assets/polls.css", "own{}"),
    ])
}

#[test]
fn apps_are_found_in_their_order_after_named_sources() {
    let project = packages();
    let output = project.try_build(&[
        "assets",
        "--site-packages=site",
        "--site-packages=src",
        "--apps",
        "django.contrib.admin,django.contrib.auth,polls.apps.PollsConfig,rest,",
        "-o",
        "out",
    ]);
    assert_success(&output);
    assert_eq!(project.read("out/admin/a.css"), "a{}");
    assert_eq!(project.read("out/rest.css"), "p{}"); // polls comes before rest
    assert_eq!(project.read("out/polls.css"), "own{}");
    let checked = project.run(&["check", "--site-packages=site", "--apps=rest"]);
    assert!(checked.status.success());
}

#[test]
fn apps_that_are_not_there_are_reported() {
    let project = packages();
    let why = refused(
        &project,
        &["--site-packages=site", "--apps=polls", "-o", "out"],
    );
    assert!(
        why.contains("--apps: there is no package polls in site"),
        "{why}"
    );
    let why = refused(
        &project,
        &["--site-packages=nowhere", "--apps=polls", "-o", "out"],
    );
    assert!(why.contains("nowhere is not a directory"), "{why}");
    let why = refused(&project, &["--apps=polls", "-o", "out"]);
    assert!(why.contains("--site-packages"), "{why}");
    let why = refused(&project, &["assets", "--from-django"]);
    assert!(why.contains("cannot be used with"), "{why}");
    assert!(!project.path("out").exists());
}

#[test]
fn what_the_project_says_is_done_and_the_user_wins() {
    let project = packages();
    let python = python(
        &project,
        r#"{"roots": [{"prefix": "p", "dir": "assets"}], "files": null, "sources": ["--ignore=*.x"], "build": ["--out=out", "--hash-length=9", "--no-gzip", "--no-brotli", "--manifest=m.json"]}"#,
    );
    let arguments = ["--from-django", "--python", &python, "--manifest=own.json"];
    let output = project.try_build(&arguments);
    assert_success(&output);
    assert!(!project.path("out/m.json").exists());
    let hashed = &paths_of(&project.path("out/own.json"))["p/polls.css"];
    assert_eq!(hashed.len(), "p/polls.123456789.css".len());
}

#[test]
fn a_project_may_list_its_files() {
    let project = packages();
    let python = python(
        &project,
        r#"{"roots": null, "files": [{"name": "x.css", "path": "assets/polls.css"}], "sources": [], "build": ["--out=out"]}"#,
    );
    let output = project.try_build(&["--from-django", "--python", &python]);
    assert!(output.status.success());
    assert_eq!(project.read("out/x.css"), "own{}");
}

#[test]
fn a_project_that_cannot_be_asked_is_reported() {
    let project = packages();
    let python = python(&project, r#"{"error": "it has no static files"}"#);
    let why = refused(&project, &["--from-django", "--python", &python]);
    assert_eq!(why, "error: --from-django: it has no static files\n");
    fs::write(&python, "#!/bin/sh\necho oh no >&2\nexit 1\n").unwrap();
    let why = refused(&project, &["--from-django", "--python", &python]);
    assert!(
        why.contains("cannot be asked") && why.ends_with("exit status: 1: oh no\n"),
        "{why}"
    );
    let answer = r#"{"error": "KeyError: 1", "traceback": "Traceback\nKeyError: 1\n"}"#;
    let script = format!("#!/bin/sh\nprintf '\\036hashstatic:%s\\n' '{answer}'\n");
    fs::write(&python, script).unwrap();
    let why = refused(&project, &["--from-django", "--python", &python]);
    assert_eq!(why, "error: --from-django: KeyError: 1; -v shows more\n");
    let why = refused(&project, &["--from-django", "--python", &python, "-v"]);
    let expected = "error: --from-django: KeyError: 1\nTraceback\nKeyError: 1\n";
    assert_eq!(why, expected);
    fs::write(
        &python,
        "#!/bin/sh\necho first >&2; echo last >&2; kill -9 $$\n",
    )
    .unwrap();
    let why = refused(&project, &["--from-django", "--python", &python]);
    assert!(
        why.ends_with("ended with signal: 9 (SIGKILL): last; -v shows more\n"),
        "{why}"
    );
    let why = refused(&project, &["--from-django", "--python", "nowhere/python"]);
    assert!(why.contains("nowhere/python cannot be run"), "{why}");
    let why = refused(&project, &["--from-django", "--manage", "nowhere.py"]);
    assert!(why.contains("nowhere.py is not a file"), "{why}");
    let why = refused(&project, &["--settings", "x", "assets"]);
    assert!(why.contains("cannot be used with"), "{why}");
    let why = refused(&project, &["--settings", "x"]);
    assert!(why.contains("--from-django"), "{why}");
}

#[test]
fn apps_are_understood_and_helped() {
    let project = project(&[
        ("site/wagtail/images/static/wagtailimages/i.svg", "svg"),
        (
            "site/wagtail/admin/static/wagtailadmin/a.css",
            "a{b:url(../wagtailimages/i.svg)}",
        ),
        ("site/django/contrib/auth/models.py", ""),
        ("site/single.py", ""),
    ]);
    let apps = |apps: &str, more: &[&str]| {
        project.run(&[&["check", "--site-packages=site", "--apps", apps], more].concat())
    };
    // Blanks do not count.
    assert_success(&apps(" wagtail.admin , wagtail.images,, ", &[]));
    // The app that has what is missing is named.
    let said = stderr(&apps(
        "wagtail.admin",
        &["--require", "wagtailimages/i.svg"],
    ));
    let help = "help: the app wagtail.images has it, add that to --apps (site/wagtail/images/static/wagtailimages/i.svg)";
    assert_eq!(said.matches(help).count(), 2, "{said}");
    let said = stderr(&apps("wagtail.admin", &["--on-missing", "warn"]));
    assert!(said.contains(help), "{said}");
    // All wrong names at once, with the nearest ones.
    let output = apps("wagtial.admin,images,nothing.like.it", &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    for words in [
        "there is no package wagtial.admin in site; did you mean wagtail.admin?",
        "there is no package images in site; did you mean wagtail.images?",
        "there is no package nothing.like.it in site\n",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    // Apps without static files.
    let output = apps("django.contrib.auth,single", &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("none of the --apps has a directory `static` (django.contrib.auth, single)"),
        "{said}"
    );
    let output = apps("wagtail.images,django.contrib.auth", &["-v"]);
    assert_success(&output);
    assert!(stderr(&output).contains("notice: django.contrib.auth: this app has no static files"));
    let said = stderr(&project.run(&[
        "check",
        "--site-packages=no1",
        "--site-packages=no2",
        "--apps=x",
    ]));
    assert!(
        said.contains("no1 is not a directory") && said.contains("no2 is not a directory"),
        "{said}"
    );
}
