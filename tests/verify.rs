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
use std::process::Output;

use support::{hashstatic, paths as manifest, tree};
use tempfile::TempDir;

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn run(arguments: &[&str]) -> Output {
    hashstatic(project()).args(arguments).output().unwrap()
}

/// A source root with everything that `verify` looks at: a chain, a cycle, a source map, CSS that is minified.
fn source() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
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
    dir
}

fn build(source: &Path, more: &[&str]) -> TempDir {
    let out = tempfile::tempdir().unwrap();
    let paths = [source.to_str().unwrap(), out.path().to_str().unwrap()];
    let arguments = [
        &["build", paths[0], "-o", paths[1], "--brotli-quality", "5"],
        more,
    ]
    .concat();
    let output = run(&arguments);
    assert!(output.status.success(), "{output:?}");
    out
}

/// Whether a static root is proven, and what is said on stderr.
fn verify(root: &Path, more: &[&str]) -> (bool, String) {
    let output = run(&[&["verify", root.to_str().unwrap()], more].concat());
    let stderr = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0) => (true, stderr),
        Some(1) => (false, stderr),
        other => panic!("{other:?}: {stderr}"),
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
fn what_builds_write_is_proven() {
    let source = source();
    for more in WAYS {
        let out = build(source.path(), more);
        let (proven, stderr) = verify(out.path(), &["--require", "css/app.css"]);
        assert!(proven && stderr.is_empty(), "{more:?}: {stderr}");
    }
    for version in ["6.1", "5.2"] {
        let exact = format!("--django-exact={version}");
        let more = [&exact, "--ignore", "one.css", "--ignore", "two.css"];
        let out = build(source.path(), &more);
        let (proven, stderr) = verify(out.path(), &[]);
        assert!(proven && stderr.is_empty(), "{exact}: {stderr}");
    }
}

#[test]
fn a_second_build_is_proven_too_and_so_is_one_in_place() {
    let source = source();
    let out = build(source.path(), &[]);
    fs::write(source.path().join("css/plain.css"), ".new { color : blue }").unwrap();
    fs::remove_file(source.path().join("js/app.js")).unwrap();
    let paths = [
        source.path().to_str().unwrap(),
        out.path().to_str().unwrap(),
    ];
    assert!(run(&["build", paths[0], "-o", paths[1]]).status.success());
    assert_eq!(verify(out.path(), &[]), (true, String::new()));
    for _ in 0..2 {
        assert!(
            run(&["build", paths[0], "--brotli-quality", "5"])
                .status
                .success()
        );
        assert_eq!(verify(source.path(), &[]), (true, String::new()));
    }
}

/// Every file, at several places, in several ways.
#[test]
fn a_flipped_byte_in_any_output_is_found() {
    let source = source();
    for more in [
        &["--zstd"][..],
        &["--no-minify", "--no-gzip", "--no-brotli"],
    ] {
        let out = build(source.path(), more);
        let mut tried = 0;
        for (name, bytes) in tree(out.path()) {
            // A plain copy and its hashed file may be one file on disk: write a new one.
            let path = out.path().join(&name);
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
                    let (proven, stderr) = verify(out.path(), &[]);
                    assert!(!proven, "{name} byte {at} ^ {bit}: {stderr}");
                    tried += 1;
                }
            }
            fs::remove_file(&path).unwrap();
            fs::write(&path, bytes).unwrap();
        }
        assert!(tried > 150, "{tried}");
        assert_eq!(verify(out.path(), &[]), (true, String::new()));
    }
}

#[test]
fn a_missing_file_is_found() {
    let source = source();
    let out = build(source.path(), &[]);
    for (name, bytes) in tree(out.path()) {
        let is_variant = [".gz", ".br"].iter().any(|s| name.ends_with(s));
        let path = out.path().join(&name);
        fs::remove_file(&path).unwrap();
        let output = run(&["verify", out.path().to_str().unwrap()]);
        assert_eq!(output.status.success(), is_variant, "{name}");
        fs::write(&path, bytes).unwrap();
    }
}

/// Breaks a static root with that manifest.
type Break = fn(&Path, &BTreeMap<String, String>);

/// Each kind of break, with what is said about it.
#[test]
fn every_break_has_its_message() {
    let source = source();
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
            &["css/plain.css: the plain copy is not what css/plain."],
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
        let out = build(source.path(), &[]);
        break_it(out.path(), &manifest(out.path()));
        let more: &[&str] = if kind.contains("required") {
            &["--require", "empty.txt", "--require", "gone.css"]
        } else {
            &[]
        };
        let (proven, stderr) = verify(out.path(), more);
        assert!(!proven, "{kind}");
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
    let source = source();
    fs::write(
        source.path().join("css/broken.css"),
        ".a { b : url(gone.png) }",
    )
    .unwrap();
    fs::write(
        source.path().join("js/map.js"),
        "a()\n//# sourceMappingURL=gone.map\n",
    )
    .unwrap();
    let out = build(source.path(), &["--on-missing", "warn"]);
    let (proven, stderr) = verify(out.path(), &[]);
    assert!(
        !proven && stderr.contains("css/gone.png, which is not in the static root"),
        "{stderr}"
    );
    assert!(stderr.contains("warning: js/map."), "{stderr}");
    assert!(verify(out.path(), &["--on-missing", "warn"]).0);
    assert!(verify(out.path(), &["--ignore-errors", "css/*:gone.png"]).0);
    assert!(
        !verify(
            out.path(),
            &["--on-missing", "warn", "--missing-source-map", "error"]
        )
        .0
    );
}

#[test]
fn usage_and_json() {
    let source = source();
    let out = build(source.path(), &[]);
    assert_eq!(run(&["verify", "/nowhere"]).status.code(), Some(2));
    assert_eq!(
        run(&["verify", source.path().to_str().unwrap()])
            .status
            .code(),
        Some(1)
    );
    let root = out.path().to_str().unwrap();
    let json = |more: &[&str]| -> serde_json::Value {
        let output = run(&[&["verify", root, "--output-format", "json"], more].concat());
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
    let site = project().join("fixtures/site");
    let out = build(&site, &[]);
    let root = out.path().to_str().unwrap();
    let paths = manifest(out.path());
    let css = paths.keys().find(|name| name.ends_with(".css")).unwrap();
    let output = run(&["explain", root, css]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    for label in ["digest", "hashed", "plain", "refers to", "used by"] {
        assert!(stdout.contains(label), "{stdout}");
    }
    let output = run(&["explain", root, &paths[css], "--output-format", "json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["explanation"]["asset"], **css);
    let output = run(&["explain", root, &css[1..]]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("did you mean")
    );
}

#[test]
fn references_and_referrers() {
    let source = source();
    let out = build(source.path(), &[]);
    let root = out.path().to_str().unwrap();
    let explain = |asset: &str| -> serde_json::Value {
        let output = run(&["explain", root, asset, "--output-format", "json"]);
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
