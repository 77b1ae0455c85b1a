//! `verify` finds what is broken, and nothing else.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use support::{Project, repository, stderr, text};

/// A source root with everything that `verify` looks at: a chain, a cycle, a source map, CSS that is minified.
fn project() -> Project {
    let project = Project::new(&[]);
    let write = |name: &str, text: String| project.write(&format!("src/{name}"), &text);
    let rule = |n: usize| format!(".rule-{n} {{ color : red ; margin : {n}px }} /* {n} */\n");
    let rules = |n: usize| (0..n).map(rule).collect::<String>();
    write("css/app.css", format!("@import 'base.css';\n{}", rules(40)));
    write(
        "css/base.css",
        format!(
            ".b {{ background : url(../img/i.svg) }}\n{}/*# sourceMappingURL=base.css.map */",
            rules(30)
        ),
    );
    write("css/base.css.map", "{\"version\":3}".repeat(20));
    write("css/one.css", format!("@import 'two.css';{}", rules(20)));
    write("css/two.css", format!("@import 'one.css';{}", rules(25)));
    write("css/plain.css", rules(35));
    write("img/i.svg", "<svg><path d='M0 0'/></svg>".repeat(20));
    write("img/noise.png", format!("{:?}", [7; 3]));
    write("js/app.js", "export const a = 1;\n".repeat(30));
    write("empty.txt", String::new());
    write("noext", "text without an extension\n".repeat(10));
    project
}

/// A new static root, `out`.
fn build(project: &Project, more: &[&str]) {
    let _ = fs::remove_dir_all(project.path("out"));
    project.build(more);
}

/// Whether a static root is intact, and stderr.
fn verify(project: &Project, root: &str, more: &[&str]) -> (bool, String) {
    let output = project.run(&[&["verify", root], more].concat());
    match output.status.code() {
        Some(0) => (true, stderr(&output)),
        Some(1) => (false, stderr(&output)),
        other => panic!("{other:?}: {}", stderr(&output)),
    }
}

const WAYS: [&[&str]; 6] = [
    &["--zstd"],
    &["--keep-only-hashed"],
    &["--no-minify", "--hash", "md5", "--hash-length", "20"],
    &["--minify", "full"],
    &["--no-gzip", "--no-brotli"],
    &["--keep-only-hashed", "--keep-original", "css/*"],
];

#[test]
fn what_builds_write_is_intact() {
    let project = project();
    for more in WAYS {
        build(&project, more);
        let (intact, stderr) = verify(&project, "out", &["--require", "css/app.css"]);
        assert!(intact && stderr.is_empty(), "{more:?}: {stderr}");
    }
    for version in ["6.1", "5.2"] {
        let exact = format!("--django-exact={version}");
        let more = [&exact, "--ignore", "one.css", "--ignore", "two.css"];
        build(&project, &more);
        let (intact, stderr) = verify(&project, "out", &[]);
        assert!(intact && stderr.is_empty(), "{exact}: {stderr}");
    }
}

#[test]
fn a_second_build_is_verified_too_and_so_is_one_in_place() {
    let project = project();
    build(&project, &[]);
    project.write("src/css/plain.css", ".new { color : blue }");
    fs::remove_file(project.path("src/js/app.js")).unwrap();
    project.ok(&["build", "src", "-o", "out"]);
    assert_eq!(verify(&project, "out", &[]), (true, String::new()));
    for _ in 0..2 {
        project.ok(&["build", "src", "--in-place", "--brotli-quality", "5"]);
        assert_eq!(verify(&project, "src", &[]), (true, String::new()));
    }
}

/// Changes every file, at several places, in several ways.
#[test]
fn a_flipped_byte_in_any_output_is_found() {
    let project = project();
    for more in [
        &["--zstd"][..],
        &["--no-minify", "--no-gzip", "--no-brotli"],
    ] {
        build(&project, more);
        let mut tried = 0;
        for (name, bytes) in project.tree("out") {
            if name == ".staticfiles.generations.json" {
                continue; // the record is no output; without it, `verify` tries what a build may have done
            }
            // A plain copy and its hashed file may be one file on disk: write a new one.
            let path = project.path("out").join(&name);
            let positions = [
                0,
                bytes.len() / 3,
                bytes.len() / 2,
                bytes.len().saturating_sub(1),
            ];
            for at in positions.into_iter().filter(|at| *at < bytes.len()) {
                for bit in [1, 0x20, 0x80] {
                    let mut changed = bytes.clone();
                    changed[at] ^= bit;
                    fs::remove_file(&path).unwrap();
                    fs::write(&path, changed).unwrap();
                    let (intact, stderr) = verify(&project, "out", &[]);
                    assert!(!intact, "{name} byte {at} ^ {bit}: {stderr}");
                    tried += 1;
                }
            }
            fs::remove_file(&path).unwrap();
            fs::write(&path, bytes).unwrap();
        }
        assert!(tried > 150, "{tried}");
        assert_eq!(verify(&project, "out", &[]), (true, String::new()));
    }
}

#[test]
fn a_missing_file_is_found() {
    let project = project();
    build(&project, &[]);
    for (name, bytes) in project.tree("out") {
        let is_variant = [".gz", ".br"].iter().any(|s| name.ends_with(s));
        let path = project.path("out").join(&name);
        fs::remove_file(&path).unwrap();
        let output = project.run(&["verify", "out"]);
        assert_eq!(output.status.success(), is_variant, "{name}");
        fs::write(&path, bytes).unwrap();
    }
}

/// Breaks a static root that has this manifest.
type Break = fn(&Path, &BTreeMap<String, String>);

/// Each kind of break, with its message.
#[test]
fn every_break_has_its_message() {
    let project = project();
    let kinds: [(&str, Break, &[&str]); 9] = [
        (
            "an extra entry",
            |root, _| {
                let path = root.join("staticfiles.json");
                let text = fs::read_to_string(&path).unwrap();
                let text = text.replacen(
                    "{\"paths\": {",
                    "{\"paths\": {\"a.css\": \"a.0123456789ab.css\", ",
                    1,
                );
                fs::write(path, text).unwrap();
            },
            &[
                "a.0123456789ab.css: not there, but the manifest names it for a.css",
                "hash is not that of its paths",
            ],
        ),
        (
            "a removed file that is referred to",
            |root, paths| fs::remove_file(root.join(&paths["img/i.svg"])).unwrap(),
            &[
                "which is not in the static root",
                "not there, but the manifest names it for img/i.svg",
            ],
        ),
        (
            "a removed plain copy that is referred to",
            |root, _| fs::remove_file(root.join("img/i.svg")).unwrap(),
            &["img/i.svg: the plain copy is not there"],
        ),
        (
            "a stale variant",
            |root, paths| {
                let other = root.join(format!("{}.br", paths["css/plain.css"]));
                fs::copy(other, root.join(format!("{}.br", paths["css/app.css"]))).unwrap();
            },
            &[
                "css.br: not a variant of css/app.",
                "decodes to other bytes",
            ],
        ),
        (
            "a changed member of a cycle",
            |root, paths| {
                let path = root.join(&paths["css/one.css"]);
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("red", "tan")).unwrap();
            },
            &["its bytes do not have the digest in its name"],
        ),
        (
            "a plain copy of something else",
            |root, _| {
                fs::remove_file(root.join("css/plain.css")).unwrap();
                fs::write(root.join("css/plain.css"), ".other { color : red }").unwrap();
            },
            &[
                "css/plain.css: the plain copy is not what css/plain.",
                "collectstatic --clear",
            ],
        ),
        (
            "a truncated manifest",
            |root, _| fs::write(root.join("staticfiles.json"), "{\"paths\": {").unwrap(),
            &["the manifest is not readable"],
        ),
        (
            "an entry that leads out",
            |root, _| {
                let json = r#"{"paths": {"a": "../a.0123456789ab"}, "version": "1.1", "hash": ""}"#;
                fs::write(root.join("staticfiles.json"), json).unwrap();
            },
            &["names no file"],
        ),
        (
            "an empty asset that is required",
            |_, _| {},
            &[
                "empty.txt: required, but empty",
                "gone.css: required, but not in the manifest",
            ],
        ),
    ];
    for (kind, break_it, messages) in kinds {
        build(&project, &[]);
        break_it(&project.path("out"), &project.paths("out"));
        let more: &[&str] = if kind.contains("required") {
            &["--require", "empty.txt", "--require", "gone.css"]
        } else {
            &[]
        };
        let (intact, stderr) = verify(&project, "out", more);
        assert!(!intact, "{kind}");
        for message in messages {
            assert!(
                stderr.contains(message),
                "{kind}: {message:?} not in {stderr}"
            );
        }
    }
}

#[test]
fn policies_are_those_of_the_build() {
    let project = project();
    project.write("src/css/broken.css", ".a { b : url(gone.png) }");
    project.write("src/js/map.js", "a()\n//# sourceMappingURL=gone.map\n");
    build(&project, &["--on-missing", "warn"]);
    assert!(verify(&project, "out", &[]).0);
    let (intact, stderr) = verify(&project, "out", &["--on-missing", "error"]);
    assert!(
        !intact && stderr.contains("css/gone.png, which is not in the static root"),
        "{stderr}"
    );
    assert!(stderr.contains("warning: js/map."), "{stderr}");
    assert!(verify(&project, "out", &["--on-missing", "warn"]).0);
    assert!(verify(&project, "out", &["--ignore-errors", "css/*:gone.png"]).0);
    assert!(
        !verify(
            &project,
            "out",
            &["--on-missing", "warn", "--missing-source-map", "error"]
        )
        .0
    );
}

#[test]
fn usage_and_json() {
    let project = project();
    build(&project, &[]);
    assert_eq!(project.run(&["verify", "/nowhere"]).status.code(), Some(2));
    assert_eq!(project.run(&["verify", "src"]).status.code(), Some(1));
    let json = |more: &[&str]| -> serde_json::Value {
        let output = project.run(&[&["verify", "out", "--output-format", "json"], more].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let document = json(&[]);
    assert_eq!(document["status"], "ok");
    assert_eq!(document["verification"]["assets"], 11);
    let document = json(&["--require", "gone.css"]);
    assert_eq!(document["status"], "error");
    assert_eq!(
        document["verification"]["diagnostics"][0]["code"],
        "required-asset"
    );
}

#[test]
fn the_readme_site_explained() {
    let project = Project::new(&[]);
    let site = repository().join("fixtures/site");
    project.ok(&["build", site.to_str().unwrap(), "-o", "out"]);
    let paths = project.paths("out");
    let css = paths.keys().find(|name| name.ends_with(".css")).unwrap();
    let output = project.run(&["explain", "out", css]);
    let stdout = text(&output.stdout);
    for label in ["digest", "hashed", "plain", "refers to", "used by"] {
        assert!(stdout.contains(label), "{stdout}");
    }
    let output = project.run(&["explain", "out", &paths[css], "--output-format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["explanation"]["asset"], **css);
    let output = project.run(&["explain", "out", &css[1..]]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("did you mean"));
}

#[test]
fn references_and_referrers() {
    let project = project();
    build(&project, &[]);
    let explain = |asset: &str| -> serde_json::Value {
        let output = project.run(&["explain", "out", asset, "--output-format", "json"]);
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        document["explanation"].clone()
    };
    let base = explain("css/base.css");
    assert_eq!(base["referrers"], serde_json::json!(["css/app.css"]));
    assert_eq!(base["references"][0]["asset"], "img/i.svg");
    assert_eq!(base["references"][1]["asset"], "css/base.css.map");
    assert_eq!(base["own_digest"], true);
    let one = explain("css/one.css");
    assert_eq!(one["referrers"], serde_json::json!(["css/two.css"]));
    assert_eq!(one["own_digest"], false);
}
