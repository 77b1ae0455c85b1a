//! A build for a caller that has found the files itself, and copied them: Django's `collectstatic` with our storage.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use support::{BINARY, Project};

const CSS: &str = "a{background:url(x.png)}\n";

/// A project with sources in `src`, and in `out` what a caller has copied there. Builds are from a list of the sources,
/// and leave the plain files alone.
fn site() -> Project {
    let css = CSS.repeat(50);
    let site = Project::new(&[
        ("src/a.css", &css),
        ("src/x.png", "png"),
        ("out/a.css", &css),
        ("out/x.png", "png"),
    ]);
    let entry = |name: &str| {
        let path = site.path("src").join(name);
        json!({"name": name, "path": path, "leave_plain": true})
    };
    let list = json!([entry("a.css"), entry("x.png")]).to_string();
    site.write("list.json", &list);
    site.building_with(&[
        "build",
        "--files-from",
        "list.json",
        "-o",
        "out",
        "--django-exact",
    ])
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn the_document_lists_the_assets() {
    let site = site();
    let assets = |report: &Value| report["assets"].clone();
    let first = assets(&site.report(&["--no-brotli"]));
    let css = first[0]["hashed"].as_str().unwrap();
    let png = first[1]["hashed"].as_str().unwrap();
    assert!(css.starts_with("a.") && png.starts_with("x."));
    assert_eq!(
        first,
        json!([
            {"path": "a.css", "hashed": css, "new": true, "variants": [format!("{css}.gz"), "a.css.gz"]},
            {"path": "x.png", "hashed": png, "new": true, "variants": []},
        ])
    );
    let again = assets(&site.report(&["--no-brotli"]));
    assert_eq!(again[0]["new"], false);
    assert_eq!(again[0]["variants"], first[0]["variants"]);
}

#[test]
fn plain_files_that_are_left_alone_are_not_touched() {
    let site = site();
    // One is newer than its source, one a link to it.
    fs::write(site.path("out/a.css"), "edited ".repeat(100)).unwrap();
    fs::remove_file(site.path("out/x.png")).unwrap();
    symlink(site.path("src/x.png"), site.path("out/x.png")).unwrap();
    let before = fs::metadata(site.path("out/a.css")).unwrap();
    site.report(&["--no-brotli"]);
    let after = fs::metadata(site.path("out/a.css")).unwrap();
    assert_eq!(before.ino(), after.ino());
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert!(site.path("out/x.png").is_symlink());
    // The variant beside the plain file is one of its own bytes, not of the source's.
    let variant = fs::read(site.path("out/a.css.gz")).unwrap();
    let mut decoded = vec![0; 700];
    libdeflater::Decompressor::new()
        .gzip_decompress(&variant, &mut decoded)
        .unwrap();
    assert_eq!(decoded, "edited ".repeat(100).as_bytes());
}

#[test]
fn only_hashed_files_are_kept_if_that_is_asked_for() {
    let site = site();
    let asked = ["--no-gzip", "--no-brotli", "--keep-only-hashed"];
    let report = site.report(&asked);
    let assets = report["assets"].as_array().unwrap();
    let mut expected: Vec<&str> = assets
        .iter()
        .map(|asset| asset["hashed"].as_str().unwrap())
        .collect();
    expected.push("staticfiles.json");
    expected.sort_unstable();
    let names: Vec<String> = site.files("out").into_iter().collect();
    assert_eq!(names, expected);
}

#[test]
fn the_manifest_can_be_the_callers() {
    let site = site();
    fs::write(site.path("out/staticfiles.json"), "theirs").unwrap();
    fs::write(site.path("out/stale.txt"), "stale").unwrap();
    let report = site.report(&["--no-manifest", "--clear"]);
    let stale = site.path("out/stale.txt");
    assert!(stale.exists(), "the old manifest is in use");
    let manifest = fs::read_to_string(site.path("out/staticfiles.json")).unwrap();
    assert_eq!(manifest, "theirs");
    // The caller writes the manifest, then has the build finished.
    let pending = &report["pending"];
    assert_eq!(pending["files"], 1);
    let finish = |build: &str| {
        site.ok(&["finish", "out", "--build", build]);
        stale.exists()
    };
    assert!(finish("another"), "nothing is removed for another build");
    assert!(!finish(pending["build"].as_str().unwrap()));
    assert!(!site.path("out/.hashstatic.journal.json").exists());
}

/// Django clears the static root before it looks at any reference.
#[test]
fn what_will_be_cleared_satisfies_no_reference() {
    let site = site();
    fs::write(site.path("out/stale.png"), "stale").unwrap();
    fs::write(site.path("src/a.css"), "a{b:url(stale.png)}").unwrap();
    site.report(&["--no-manifest"]);
    let output = site.try_build(&["--no-manifest", "--clear"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(site.path("out/stale.png").exists());
}

#[test]
fn modes_are_as_asked_for() {
    let site = site();
    let run = |umask: &str, more: &str, out: &str| {
        let command = format!("umask {umask}; {BINARY} build d=src -o {out} --no-brotli {more}");
        let mut shell = Command::new("sh");
        shell.current_dir(site.dir()).args(["-c", &command]);
        assert!(shell.output().unwrap().status.success());
        let out = site.path(out);
        let modes = ["d/a.css", "d/a.css.gz", "staticfiles.json", "d", ""];
        modes.map(|name| mode(&out.join(name)))
    };
    let asked = run("077", "--file-mode 640 --dir-mode 0o750", "one");
    assert_eq!(asked, [0o640, 0o640, 0o640, 0o750, 0o750]);
    let umask = run("027", "--file-mode umask", "two");
    assert_eq!(umask, [0o640, 0o640, 0o640, 0o750, 0o750]);
    let default = run("077", "", "three");
    assert_eq!(default, [0o644, 0o644, 0o644, 0o700, 0o700]);
    for wrong in ["--file-mode=8", "--dir-mode=rwx", "--file-mode=77777"] {
        assert_eq!(site.try_build(&[wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn errors_can_be_ignored_in_exact_mode_too() {
    let site = site();
    let css = "a{b:url(x.png)}\nc{d:url(nope.png)}\n";
    fs::write(site.path("src/a.css"), css).unwrap();
    assert_eq!(site.try_build(&[]).status.code(), Some(1));
    assert_eq!(
        site.try_build(&["--ignore-errors=a.css:no.png"])
            .status
            .code(),
        Some(1)
    );
    let report = site.report(&["--ignore-errors=*.css:nope.*"]);
    let notice = &report["diagnostics"][0];
    assert_eq!(notice["code"], "ignored-reference");
    assert_eq!(notice["location"], json!({"line": 2, "column": 5}));
    let hashed = report["assets"][0]["hashed"].as_str().unwrap();
    let written = fs::read_to_string(site.path("out").join(hashed)).unwrap();
    assert!(written.starts_with("a{b:url(\"x."), "{written}");
    assert!(written.ends_with("c{d:url(nope.png)}\n"), "{written}");
}
