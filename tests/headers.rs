//! `--headers`: where its files go, when they are written, and when they are removed.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::SystemTime;

use support::Project;

const FORMATS: [&str; 4] = ["nginx", "caddy", "netlify", "json"];

fn project() -> Project {
    Project::with_sources(&[
        ("app.css", &"a { color: red }\n".repeat(50)),
        ("app.0123456789ab.js", "1"),
    ])
}

fn run(project: &Project, arguments: &str) -> Output {
    project.run(&arguments.split(' ').collect::<Vec<_>>())
}

fn succeed(project: &Project, arguments: &str) -> String {
    project.ok(&arguments.split(' ').collect::<Vec<_>>())
}

fn build_all(source: &str) -> String {
    let formats = FORMATS
        .map(|format| format!("--headers {format}"))
        .join(" ");
    format!("build {source} --no-cache {formats}")
}

/// The headers files of a directory.
fn there(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let names = entries.map(|name| name.into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.contains(".headers.")).collect();
    names.sort();
    names
}

fn tree(dir: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let files = walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap);
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let modified = entry.metadata().unwrap().modified().unwrap();
            let bytes = fs::read(entry.path()).unwrap();
            (entry.into_path(), (bytes, modified))
        })
        .collect()
}

const ALL: [&str; 4] = [
    ".staticfiles.headers.caddy",
    ".staticfiles.headers.json",
    ".staticfiles.headers.netlify",
    ".staticfiles.headers.nginx",
];

#[test]
fn headers_lie_beside_the_manifest_and_a_second_run_writes_nothing() {
    for source in ["src -o out", "--in-place src"] {
        let dir = project();
        let root = dir.path(source.rsplit(' ').next().unwrap());
        let told = succeed(&dir, &build_all(source));
        assert!(told.contains("/.staticfiles.headers.nginx\n"), "{told}");
        assert_eq!(there(&root), ALL);
        let before = tree(&root);
        succeed(&dir, &build_all(&format!("{source} --no-default-ignore")));
        assert!(tree(&root) == before, "{source}");
        let name = root.display().to_string();
        succeed(&dir, &format!("verify {name}"));
        succeed(&dir, &format!("clean {name} --keep 1"));
        assert!(tree(&root) == before, "{source}");
    }
}

#[test]
fn what_is_not_asked_for_any_more_is_removed() {
    let dir = project();
    let root = dir.path("out");
    succeed(&dir, &build_all("src -o out"));
    succeed(&dir, "build src -o out --no-cache --headers json --clear");
    assert_eq!(there(&root), [".staticfiles.headers.json"]);
    succeed(&dir, "build src -o out --no-cache --headers json --clear");
    assert_eq!(there(&root), [".staticfiles.headers.json"]);
    fs::write(dir.path("src/bad.css"), "a { background: url(no.png) }").unwrap();
    let before = tree(&root);
    assert!(!run(&dir, "build src -o out --no-cache").status.success());
    assert!(tree(&root) == before);
    fs::remove_file(dir.path("src/bad.css")).unwrap();
    succeed(&dir, "build src -o out --no-cache --dry-run");
    assert!(tree(&root) == before);
    succeed(&dir, "build src -o out --no-cache");
    assert_eq!(there(&root), [""; 0]);
}

#[test]
fn the_manifest_says_where() {
    let dir = project();
    let root = dir.path("out");
    fs::create_dir(dir.path("elsewhere")).unwrap();
    let manifest = dir.path("elsewhere/m.json");
    fs::write(dir.path("hashstatic.toml"), "headers = ['json', 'nginx']").unwrap();
    succeed(
        &dir,
        &format!(
            "build src -o out --no-cache --manifest {}",
            manifest.display()
        ),
    );
    assert_eq!(there(&root), [""; 0]);
    assert_eq!(
        there(&dir.path("elsewhere")),
        [".m.headers.json", ".m.headers.nginx"]
    );
    let json = fs::read_to_string(dir.path("elsewhere/.m.headers.json")).unwrap();
    assert!(!json.contains("m.json"), "{json}"); // the manifest is not served
    let nginx = fs::read_to_string(dir.path("elsewhere/.m.headers.nginx")).unwrap();
    assert!(!nginx.contains("generations"), "{nginx}");
    assert!(
        nginx.contains("location = \"/static/app.0123456789ab.js\" {"),
        "{nginx}"
    );
    let manifest = manifest.display();
    let config = dir.path("hashstatic.toml");
    fs::write(config, "headers = ['json']").unwrap();
    succeed(
        &dir,
        &format!("build src -o out --no-cache --manifest {manifest}"),
    );
    let left = there(&dir.path("elsewhere"));
    assert_eq!(
        left,
        [".m.headers.json"],
        "what is not asked for goes there, too"
    );
}

#[test]
fn an_asset_of_that_name_is_an_error() {
    let dir = project();
    fs::write(dir.path("src/.staticfiles.headers.json"), "{}").unwrap();
    let output = run(
        &dir,
        "build src -o out --no-cache --no-default-ignore --headers json",
    );
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    let expected =
        ".staticfiles.headers.json: an asset has the name of the file that --headers writes";
    assert!(told.contains(expected), "{told}");
    assert!(!dir.path("out/staticfiles.json").exists());
}
