//! `clean` removes what no kept generation names, and nothing else.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use support::Project;

fn site() -> Project {
    let steady = ".s { color : red }\n".repeat(30);
    Project::with_sources(&[("steady.css", &steady)])
}

/// Generation `n`: a changed style sheet, an asset of its own.
fn build(site: &Project, n: usize, more: &[&str]) {
    site.write("src/app.css", &format!(".a {{ order : {n} }}\n").repeat(30));
    if n > 0 {
        let _ = fs::remove_file(site.path(&format!("src/only-{}.js", n - 1)));
    }
    site.write(
        &format!("src/only-{n}.js"),
        &format!("let a = {n};\n").repeat(30),
    );
    site.build(more);
}

const RECORD: &str = ".staticfiles.generations.json";

#[test]
fn the_last_generations_stay_with_their_variants() {
    let site = site();
    let mut app = BTreeMap::new();
    for n in 0..5 {
        build(&site, n, &[]);
        app.insert(n, site.hashed("app.css"));
        assert_eq!(site.path("out").join(RECORD).exists(), n > 0);
    }
    let before = site.files("out");
    let listed = site.ok(&["clean", "out", "--keep", "3", "--dry-run"]);
    assert_eq!(site.files("out"), before);
    site.ok(&["clean", "out", "--keep", "3"]);
    let after = site.files("out");
    for (n, name) in &app {
        for name in [
            name.clone(),
            format!("{name}.gz"),
            format!("{name}.br"),
            format!("only-{n}.js"),
        ] {
            assert!(before.contains(&name), "{name}");
            assert_eq!(after.contains(&name), *n >= 2, "{name}");
        }
    }
    let gone: BTreeSet<String> = before.difference(&after).cloned().collect();
    let listed: BTreeSet<String> = listed
        .lines()
        .filter(|line| !line.starts_with("would remove"))
        .map(str::to_owned)
        .collect();
    assert_eq!(listed, gone);
    // Again, with nothing more to do. Then without all generations but the current one: the tree of a fresh build.
    let removed = site.ok(&["clean", "out", "--keep", "3"]);
    assert!(removed.starts_with("removed 0 files"), "{removed}");
    site.ok(&["clean", "out", "--keep", "1"]);
    site.ok(&["build", "src", "-o", "fresh", "--brotli-quality", "5"]);
    assert_eq!(site.files("out"), site.files("fresh"));
    site.ok(&["verify", "out"]);
}

#[test]
fn what_came_back_into_use_stays() {
    let site = site();
    for n in [0, 1, 0, 2, 0] {
        let _ = fs::remove_file(site.path("src/only-1.js"));
        let _ = fs::remove_file(site.path("src/only-2.js"));
        build(&site, n, &["--keep-only-hashed"]);
    }
    site.ok(&["clean", "out", "--keep", "1"]);
    site.ok(&["verify", "out"]);
    assert!(site.files("out").contains(&site.hashed("app.css")));
    assert!(!site.files("out").contains(RECORD));
}

#[test]
fn age_goes_by_the_record_and_not_by_the_files() {
    let site = site();
    build(&site, 0, &[]);
    let old = site.hashed("app.css");
    build(&site, 1, &[]);
    let file = fs::File::open(site.path("out").join(&old)).unwrap();
    let long_ago = std::time::SystemTime::UNIX_EPOCH;
    file.set_times(fs::FileTimes::new().set_modified(long_ago))
        .unwrap();
    site.ok(&["clean", "out", "--age", "1h"]);
    assert!(site.files("out").contains(&old));
    // Sets the time of replacement in the record to two hours ago.
    let record = site.path("out").join(RECORD);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    let superseded = &mut json["generations"][0]["superseded"];
    *superseded = (superseded.as_u64().unwrap() - 7200).into();
    fs::write(&record, json.to_string()).unwrap();
    site.ok(&["clean", "out", "--age", "3h"]);
    assert!(site.files("out").contains(&old));
    site.ok(&["clean", "out", "--age", "1h"]);
    assert!(!site.files("out").contains(&old));
}

#[test]
fn what_is_not_recorded_is_not_touched() {
    let site = site();
    build(&site, 0, &[]);
    site.write("out/mine.0123456789ab.css", "a {}");
    site.write("out/mine.txt", "mine");
    build(&site, 1, &[]);
    site.ok(&["clean", "out", "--keep", "1"]);
    let left = site.files("out");
    assert!(left.contains("mine.txt") && left.contains("mine.0123456789ab.css"));
}

#[test]
fn without_a_manifest_nothing_is_removed() {
    let site = site();
    build(&site, 0, &[]);
    build(&site, 1, &[]);
    let before = site.files("out");
    for (name, broken) in [("staticfiles.json", "{"), (RECORD, "[]")] {
        let good = fs::read(site.path("out").join(name)).unwrap();
        fs::write(site.path("out").join(name), broken).unwrap();
        let output = site.run(&["clean", "out", "--keep", "1"]);
        assert_eq!(output.status.code(), Some(1));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("nothing was removed"), "{stderr}");
        assert_eq!(site.files("out"), before);
        fs::write(site.path("out").join(name), good).unwrap();
    }
    // No name in the record leads out of the static root, or to what is in use.
    site.write("victim", "");
    let in_use = site.hashed("app.css");
    let record = format!(
        r#"{{"version":1,"generations":[{{"superseded":0,"files":["../victim","{in_use}","staticfiles.json"]}}]}}"#
    );
    fs::write(site.path("out").join(RECORD), record).unwrap();
    site.ok(&["clean", "out", "--keep", "1"]);
    assert!(site.path("victim").exists());
    site.ok(&["verify", "out"]);
}

#[test]
fn in_place_and_cleared_roots() {
    let site = site();
    for n in 0..3 {
        site.write("src/app.css", &format!(".a {{ order : {n} }}\n").repeat(30));
        site.write(
            "src/loop.css",
            &format!("@import 'pool.css'; .a {{ order : {n} }}"),
        );
        site.write("src/pool.css", "@import 'loop.css';");
        site.ok(&["build", "src", "--in-place", "--brotli-quality", "5"]);
    }
    // Old members of a reference cycle carry no digest of their own; the record knows them.
    let manifest = fs::read_to_string(site.path("src/staticfiles.json")).unwrap();
    assert_eq!(manifest.matches("\": \"").count(), 4 + 2, "{manifest}");
    site.ok(&["clean", "src", "--keep", "1"]);
    assert!(site.path("src/app.css").exists() && site.path("src/loop.css").exists());
    site.ok(&["build", "src", "-o", "out", "--no-gzip", "--no-brotli"]);
    site.ok(&["verify", "src"]);
    build(&site, 7, &["--clear"]);
    assert!(!site.files("out").contains(RECORD));
}

/// Django's storage writes the manifest itself, after the build.
#[test]
fn generations_are_recorded_for_a_caller_who_writes_the_manifest() {
    let site = site();
    build(&site, 0, &[]);
    let old = site.hashed("app.css");
    let manifest = fs::read(site.path("out/staticfiles.json")).unwrap();
    build(&site, 1, &["--no-manifest"]);
    assert_eq!(
        fs::read(site.path("out/staticfiles.json")).unwrap(),
        manifest
    );
    // Until the caller has written it, the old one is in use.
    site.ok(&["clean", "out", "--keep", "1", "--dry-run"]);
    assert!(site.files("out").contains(&old));
    site.ok(&["build", "src", "-o", "fresh", "--no-gzip", "--no-brotli"]);
    fs::copy(
        site.path("fresh/staticfiles.json"),
        site.path("out/staticfiles.json"),
    )
    .unwrap();
    site.ok(&["clean", "out", "--keep", "1"]);
    assert!(!site.files("out").contains(&old));
    site.ok(&["verify", "out"]);
}
