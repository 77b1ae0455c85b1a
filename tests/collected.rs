//! A build for a caller that has found the files itself, and copied them: Django's `collectstatic` with our storage.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::ops::Deref;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{Project, hashstatic};

const CSS: &str = "a{background:url(x.png)}\n";

/// Sources in `src`, and in `out` what a caller has copied there.
struct Collected(Project);

impl Deref for Collected {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.0
    }
}

impl Collected {
    fn new() -> Self {
        let css = CSS.repeat(50);
        Self(Project::new(&[
            ("src/a.css", &css),
            ("src/x.png", "png"),
            ("out/a.css", &css),
            ("out/x.png", "png"),
        ]))
    }

    /// A build from a list of the sources, whose plain files are left alone.
    fn run(&self, more: &[&str]) -> Output {
        let entry = |name: &str| {
            let path = self.path("src").join(name);
            json!({"name": name, "path": path, "leave_plain": true})
        };
        let list = json!([entry("a.css"), entry("x.png")]).to_string();
        fs::write(self.path("list.json"), list).unwrap();
        hashstatic(self.dir())
            .args(["build", "--files-from", "list.json", "-o", "out"])
            .args(["--output-format", "json", "--django-exact"])
            .args(more)
            .output()
            .unwrap()
    }

    fn build(&self, more: &[&str]) -> Value {
        let output = self.run(more);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("out")).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

#[test]
fn the_document_lists_the_assets() {
    let site = Collected::new();
    let assets = |document: &Value| document["report"]["assets"].clone();
    let first = assets(&site.build(&["--no-brotli"]));
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
    let again = assets(&site.build(&["--no-brotli"]));
    assert_eq!(again[0]["new"], false);
    assert_eq!(again[0]["variants"], first[0]["variants"]);
}

#[test]
fn plain_files_that_are_left_alone_are_not_touched() {
    let site = Collected::new();
    // One is newer than its source, one a link to it.
    fs::write(site.path("out/a.css"), "edited ".repeat(100)).unwrap();
    fs::remove_file(site.path("out/x.png")).unwrap();
    symlink(site.path("src/x.png"), site.path("out/x.png")).unwrap();
    let before = fs::metadata(site.path("out/a.css")).unwrap();
    site.build(&["--no-brotli"]);
    let after = fs::metadata(site.path("out/a.css")).unwrap();
    assert_eq!(before.ino(), after.ino());
    assert_eq!(before.modified().unwrap(), after.modified().unwrap());
    assert!(site.path("out/x.png").is_symlink());
    // The variant beside it is one of what is there, not of the source.
    let variant = fs::read(site.path("out/a.css.gz")).unwrap();
    let mut decoded = vec![0; 700];
    libdeflater::Decompressor::new()
        .gzip_decompress(&variant, &mut decoded)
        .unwrap();
    assert_eq!(decoded, "edited ".repeat(100).as_bytes());
}

#[test]
fn only_hashed_files_are_kept_if_that_is_asked_for() {
    let site = Collected::new();
    let asked = ["--no-gzip", "--no-brotli", "--keep-only-hashed"];
    let document = site.build(&asked);
    let assets = document["report"]["assets"].as_array().unwrap();
    let mut expected: Vec<&str> = assets
        .iter()
        .map(|asset| asset["hashed"].as_str().unwrap())
        .collect();
    expected.push("staticfiles.json");
    expected.sort_unstable();
    assert_eq!(site.names(), expected);
}

#[test]
fn the_manifest_can_be_the_callers() {
    let site = Collected::new();
    fs::write(site.path("out/staticfiles.json"), "theirs").unwrap();
    fs::write(site.path("out/stale.txt"), "stale").unwrap();
    let built = site.build(&["--no-manifest", "--clear"]);
    let stale = site.path("out/stale.txt");
    assert!(stale.exists(), "the old manifest is in use");
    let manifest = fs::read_to_string(site.path("out/staticfiles.json")).unwrap();
    assert_eq!(manifest, "theirs");
    // The caller writes the manifest, and then lets the build finish.
    let pending = &built["report"]["pending"];
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
    let site = Collected::new();
    fs::write(site.path("out/stale.png"), "stale").unwrap();
    fs::write(site.path("src/a.css"), "a{b:url(stale.png)}").unwrap();
    site.build(&["--no-manifest"]);
    let output = site.run(&["--no-manifest", "--clear"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(site.path("out/stale.png").exists());
}

#[test]
fn modes_are_as_asked_for() {
    let site = Collected::new();
    let run = |umask: &str, more: &str, out: &str| {
        let command = format!(
            "umask {umask}; {} build d=src -o {out} --no-brotli {more}",
            env!("CARGO_BIN_EXE_hashstatic")
        );
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
        assert_eq!(site.run(&[wrong]).status.code(), Some(2), "{wrong}");
    }
}

#[test]
fn errors_can_be_ignored_in_exact_mode_too() {
    let site = Collected::new();
    let css = "a{b:url(x.png)}\nc{d:url(nope.png)}\n";
    fs::write(site.path("src/a.css"), css).unwrap();
    assert_eq!(site.run(&[]).status.code(), Some(1));
    assert_eq!(
        site.run(&["--ignore-errors=a.css:no.png"]).status.code(),
        Some(1)
    );
    let document = site.build(&["--ignore-errors=*.css:nope.*"]);
    let notice = &document["report"]["diagnostics"][0];
    assert_eq!(notice["code"], "ignored-reference");
    assert_eq!(notice["location"], json!({"line": 2, "column": 5}));
    let hashed = document["report"]["assets"][0]["hashed"].as_str().unwrap();
    let written = fs::read_to_string(site.path("out").join(hashed)).unwrap();
    assert!(written.starts_with("a{b:url(\"x."), "{written}");
    assert!(written.ends_with("c{d:url(nope.png)}\n"), "{written}");
}
