//! Assets that a bundler has hashed are left as they are.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use support::Project;

const CHUNK: &str = "import './vendor-Bq1.js'; /* a  b */\n//# sourceMappingURL=nowhere.map\n";

fn vite() -> Project {
    Project::new(&[
        (
            "dist/.vite/manifest.json",
            r#"{"src/main.ts": {"file": "assets/main-D4f.js", "css": ["assets/main-9xk.css"]},
                "_vendor.js": {"file": "assets/vendor-Bq1.js"}}"#,
        ),
        ("dist/assets/main-D4f.js", CHUNK),
        ("dist/assets/vendor-Bq1.js", &"let v = 1;\n".repeat(60)),
        ("dist/assets/main-9xk.css", ".a {  b : url(gone.png) }\n"),
        (
            "src/app.css",
            "@import '/static/assets/main-9xk.css';\n.b { c : d }\n",
        ),
        ("src/plain.js", "let p = 1;\n"),
    ])
}

const MANIFEST: &str = "dist/.vite/manifest.json";

#[test]
fn vites_chunks_keep_names_and_bytes() {
    let project = vite();
    let quick = [
        "--brotli-quality",
        "5",
        "--keep-only-hashed",
        "--bundler-manifest",
        MANIFEST,
    ];
    project.ok(&[&["build", "src", "dist", "-o", "out"], &quick[..]].concat());
    let paths = project.paths("out");
    for name in [
        "assets/main-D4f.js",
        "assets/vendor-Bq1.js",
        "assets/main-9xk.css",
    ] {
        assert_eq!(paths[name], name);
        assert_eq!(
            project.read(&format!("out/{name}")),
            project.read(&format!("dist/{name}"))
        );
    }
    assert!(project.has("out/assets/vendor-Bq1.js.br"));
    assert_ne!(paths["app.css"], "app.css");
    // References to them stay as they are written.
    assert!(
        project
            .read(&format!("out/{}", paths["app.css"]))
            .contains("/static/assets/main-9xk.css")
    );
    assert!(!project.has("out/app.css") && !project.has("out/plain.js"));
    project.ok(&["verify", "out", "--ignore-errors", "assets/*:*"]);
    // Again, after one of them was damaged.
    fs::write(project.dir().join("out/assets/vendor-Bq1.js"), "damaged").unwrap();
    project.ok(&[&["build", "src", "dist", "-o", "out"], &quick[..]].concat());
    project.ok(&["verify", "out", "--ignore-errors", "assets/*:*"]);
    assert_eq!(
        project.read("out/assets/vendor-Bq1.js"),
        project.read("dist/assets/vendor-Bq1.js")
    );
}

#[test]
fn the_report_names_each_variant_once() {
    let project = vite();
    let output = project.run(&[
        "build",
        "dist",
        "-o",
        "out",
        "--bundler-manifest",
        MANIFEST,
        "--output-format",
        "json",
    ]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let assets = document["report"]["assets"].as_array().unwrap();
    let chunk = assets
        .iter()
        .find(|asset| asset["path"] == "assets/vendor-Bq1.js");
    let expected = ["assets/vendor-Bq1.js.br", "assets/vendor-Bq1.js.gz"];
    assert_eq!(chunk.unwrap()["variants"], serde_json::json!(expected));
}

#[test]
fn a_prefix_counts_and_so_does_a_public_path() {
    let project = vite();
    project.ok(&[
        "build",
        "app=dist",
        "-o",
        "out",
        "--bundler-manifest",
        MANIFEST,
    ]);
    assert_eq!(
        project.paths("out")["app/assets/main-D4f.js"],
        "app/assets/main-D4f.js"
    );
    let webpack = r#"{"main.js": "/static/assets/main-D4f.js", "main.css": "assets/main-9xk.css"}"#;
    fs::write(project.dir().join("webpack.json"), webpack).unwrap();
    project.ok(&[
        "build",
        "dist",
        "-o",
        "two",
        "--bundler-manifest",
        "webpack.json",
    ]);
    let paths = project.paths("two");
    assert_eq!(paths["assets/main-D4f.js"], "assets/main-D4f.js");
    assert_ne!(paths["assets/vendor-Bq1.js"], "assets/vendor-Bq1.js");
}

#[test]
fn globs_in_place_and_exact() {
    for more in [
        &["--no-gzip", "--no-brotli"][..],
        &["--django-exact", "--keep-only-hashed"],
    ] {
        let project = vite();
        let arguments = [
            &[
                "build",
                "dist",
                "--in-place",
                "--prehashed",
                "assets/*-???.*",
            ],
            more,
        ]
        .concat();
        for _ in 0..3 {
            project.ok(&arguments);
            let paths = project.paths("dist");
            assert_eq!(paths.len(), 3, "{paths:?}");
            assert!(paths.iter().all(|(logical, hashed)| logical == hashed));
            assert_eq!(project.read("dist/assets/main-D4f.js"), CHUNK);
        }
    }
}

#[test]
fn what_is_no_bundlers_manifest_is_refused() {
    let project = vite();
    for (name, text) in [
        ("none.json", None),
        ("a.json", Some("[1]")),
        ("b.json", Some("{")),
    ] {
        if let Some(text) = text {
            fs::write(project.dir().join(name), text).unwrap();
        }
        let output = project.run(&["build", "src", "-o", "out", "--bundler-manifest", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(String::from_utf8(output.stderr).unwrap().contains(name));
        assert!(!project.has("out"));
    }
}
