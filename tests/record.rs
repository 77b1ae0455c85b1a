//! The record of a build: `verify` takes from it the options that decided what was written and what was allowed.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use serde_json::Value;
use support::{Project, text};

const SOURCES: &[(&str, &str)] = &[
    (
        "css/a.css",
        "@import 'b.css';\n.a { color : #ff0000 ; background : url(../img/i.svg) }\n.b{background:url(gone.png)}\n",
    ),
    (
        "css/b.css",
        ".b { background : url(/x/img/i.svg) url(/static/img/i.svg) }\n",
    ),
    (
        "css/full.css",
        "a { margin : 1px 1px 1px 1px ; color : #ff0000 }\n",
    ),
    ("img/i.svg", "<svg/>"),
    (
        "js/a.js",
        "import './b.js';\n//# sourceMappingURL=a.js.map\n",
    ),
    (
        "js/b.js",
        "export const b = new URL('../img/i.svg', import.meta.url);\n",
    ),
];

fn json(output: &str) -> Value {
    serde_json::from_str(output).unwrap()
}

/// What the options of a build allow is no error for `verify`.
#[test]
fn verify_judges_as_the_build_did() {
    for options in [
        &["--on-missing", "warn"][..],
        &["--on-missing", "ignore", "--missing-source-map", "ignore"],
        &["--ignore-errors", "css/*:gone*"],
        &["--on-missing=warn", "--static-url=/x/"],
        &["--on-missing=warn", "--js-modules"],
        &["--on-missing=warn", "--no-minify"],
        &["--on-missing=warn", "--minify=full", "--targets=chrome 100"],
        &["--on-missing=warn", "--hash=md5", "--hash-length=20"],
    ] {
        let site = Project::with_sources(SOURCES);
        site.build(options);
        let output = site.run(&["verify", "out", "--quiet"]);
        assert!(
            output.status.success(),
            "{options:?}: {}",
            text(&output.stderr)
        );
        // Options that are given win over the record.
        if options[0] == "--on-missing=warn" {
            let strict = site.run(&["verify", "out", "--on-missing", "error"]);
            assert!(text(&strict.stderr).contains("gone.png"), "{options:?}");
            assert_eq!(strict.status.code(), Some(1), "{options:?}");
        }
        // An edited plain copy is found, whatever the options.
        let path = site.path("out/css/full.css");
        std::fs::remove_file(&path).unwrap();
        std::fs::write(path, "a{margin:2px}").unwrap();
        assert!(
            !site.run(&["verify", "out"]).status.success(),
            "{options:?}"
        );
    }
}

/// A record that belongs to another manifest is ignored.
#[test]
fn the_record_counts_only_for_its_own_manifest() {
    let site = Project::with_sources(SOURCES);
    site.build(&["--on-missing=warn"]);
    let manifest = site.read("out/staticfiles.json");
    site.write(
        "out/staticfiles.json",
        &manifest.replace("\"css/full.css\": ", "\"css/other.css\": "),
    );
    let output = site.run(&["verify", "out"]);
    assert!(
        text(&output.stderr).contains("error"),
        "{}",
        text(&output.stderr)
    );
    assert!(text(&output.stderr).contains("gone.png"));
}

/// A build with every default leaves no record.
#[test]
fn defaults_are_not_recorded() {
    let site = Project::with_sources(&SOURCES[3..4]);
    site.build(&[]);
    assert!(!site.has("out/.staticfiles.generations.json"));
    site.build(&["--no-minify"]);
    assert!(site.has("out/.staticfiles.generations.json"));
}

/// The number of references has one meaning, for `build` and `verify`.
#[test]
fn build_and_verify_count_the_same_references() {
    for options in [
        &[][..],
        &["--js-modules"],
        &["--no-minify"],
        &["--static-url=/x/"],
    ] {
        let site = Project::with_sources(SOURCES);
        let all = ["--on-missing=ignore", "--zstd", "--output-format=json"];
        for _ in 0..2 {
            let built = json(&site.build(&[&all[..], options].concat()));
            let verified = json(&site.ok(&["verify", "out", "--output-format=json"]));
            let references = &built["report"]["totals"]["references"];
            assert!(references.as_u64().unwrap() >= 3);
            assert_eq!(
                references, &verified["verification"]["references"],
                "{options:?}"
            );
        }
    }
}
