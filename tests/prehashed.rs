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

const STATS: &str = r#"{"status": "done", "publicPath": PUBLIC, "chunks": {"main": ["js/main-D4f.js"]},
    "assets": {"js/main-D4f.js": {"name": "js/main-D4f.js", "path": "/app/dist/js/main-D4f.js"},
               "css/main.4889e940.css": {"name": "css/main.4889e940.css", "path": "/app/dist/css/main.4889e940.css"}}}"#;

/// The names of a bundler lead to the assets, whatever they begin with.
#[test]
fn the_manifests_of_bundlers_and_their_public_paths() {
    let urls = |prefix: &str| {
        format!(
            r#"{{"main.js": "{prefix}js/main-D4f.js", "main.css": "{prefix}css/main.4889e940.css"}}"#
        )
    };
    let entrypoints = |prefix: &str| {
        format!(
            r#"{{"entrypoints": {{"main": {{"js": ["{prefix}js/main-D4f.js"], "css": ["{prefix}css/main.4889e940.css"]}}}}}}"#
        )
    };
    let metafile = r#"{"inputs": {}, "outputs": {"web/dist/js/main-D4f.js": {"entryPoint": "main.ts"}, "web/dist/css/main.4889e940.css": {}}}"#;
    for manifest in [
        urls(""),
        urls("auto/"),
        urls("./"),
        urls("/"),
        urls("/static/"),
        urls("/build/"),
        urls("/a/b/c/"),
        urls("build/"),
        urls("https://cdn.test/x/"),
        urls("https://cdn.test/static/"),
        urls("//cdn.test/"),
        format!("\u{feff}{}", urls("")),
        entrypoints("/build/"),
        entrypoints("/static/"),
        entrypoints("https://cdn.test/build/"),
        STATS.replace("PUBLIC", "\"auto\""),
        STATS.replace("PUBLIC", "\"/static/\""),
        STATS.replace("PUBLIC", "\"https://cdn.test/s/\""),
        STATS.replace("\"publicPath\": PUBLIC, ", ""),
        metafile.to_owned(),
    ] {
        // Beside the files, and elsewhere; with the files in the root of the source, and below it.
        for (place, root) in [
            ("dist/manifest.json", "dist"),
            ("manifest.json", "dist"),
            ("manifest.json", "app=dist"),
            ("dist/manifest.json", "app=dist"),
        ] {
            let project = Project::new(&[
                ("dist/js/main-D4f.js", "let a = 1;\n"),
                ("dist/css/main.4889e940.css", ".a {  b : c }\n"),
                ("dist/favicon.ico", "icon"),
            ]);
            project.write(place, &manifest);
            let output = project.run(&["build", root, "-o", "out", "--bundler-manifest", place]);
            assert!(output.status.success());
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(stderr, "", "{manifest} {place} {root}");
            let paths = project.paths("out");
            let prefix = if root == "dist" { "" } else { "app/" };
            for name in ["js/main-D4f.js", "css/main.4889e940.css"] {
                let name = format!("{prefix}{name}");
                assert_eq!(paths[&name], name, "{manifest} {place} {root}");
            }
            let icon = format!("{prefix}favicon.ico");
            assert_ne!(paths[&icon], icon);
        }
    }
}

#[test]
fn names_that_fit_nothing_are_warnings() {
    let many: Vec<String> = (0..40)
        .map(|n| format!("\"{n}.js\": \"x/{n}.4889e940.js\""))
        .collect();
    let many = format!("{{{}}}", many.join(","));
    for (json, expected) in [
        ("{}", &["names no hashed file"][..]),
        (r#"{"a.js": "a.js"}"#, &["names no hashed file"]),
        (
            r#"{"a.js": "gone.4889.js"}"#,
            &["names gone.4889.js, which is no asset"],
        ),
        (
            &many,
            &[
                "names x/0.4889e940.js, which is no asset",
                "20 more of this kind in this file",
            ],
        ),
        (
            // A name that is lost does not lead to what lies elsewhere.
            r#"{"b.js": "x/b.1234.js", "app.js": "x/app.js?4889", "c.js": "plain.js"}"#,
            &["names x/b.1234.js, which is no asset"],
        ),
    ] {
        let project = vite();
        project.write("m.json", json);
        let output = project.run(&[
            "build",
            "src",
            "dist",
            "-o",
            "out",
            "--bundler-manifest",
            "m.json",
            "--on-missing=warn",
        ]);
        assert!(output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        for text in expected {
            assert!(stderr.contains(text), "{text}: {stderr}");
        }
    }
    let project = vite();
    project.write(
        "m.json",
        r#"{"status": "error", "chunks": {}, "error": "ModuleParseError"}"#,
    );
    let output = project.run(&["build", "src", "-o", "out", "--bundler-manifest", "m.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("webpack has failed")
    );
}

/// What a prehashed text names keeps its plain copy; what it names and is not there is a warning, for `verify` too.
#[test]
fn references_of_prehashed_texts() {
    let css = ".a{background:url(../img/logo.svg)}";
    for more in [
        &["--keep-only-hashed"][..],
        &["--keep-only-hashed", "--no-gzip", "--no-brotli"],
        &["--keep-only-hashed", "--django-exact"],
        &["--keep-only-hashed", "--js-modules"],
        &[],
    ] {
        let project = Project::with_sources(&[
            ("css/bundle.abcdef12.css", css),
            ("css/bundle.12345678.js", "import '/static/js/dep.js';\n"),
            ("img/logo.svg", "<svg/>"),
            ("img/other.svg", "<svg></svg>"),
            ("js/dep.js", "let d;\n"),
        ]);
        let all = [&["--prehashed=css/bundle.*"], more].concat();
        for _ in 0..2 {
            project.build(&all);
            assert_eq!(project.ok(&["verify", "out", "-q"]), "");
        }
        let only_hashed = more.contains(&"--keep-only-hashed");
        assert!(project.has("out/img/logo.svg"));
        assert_eq!(project.has("out/img/other.svg"), !only_hashed);
        let is_module = more.contains(&"--js-modules");
        assert_eq!(project.has("out/js/dep.js"), !only_hashed || is_module);
        assert_eq!(project.read("out/css/bundle.abcdef12.css"), css);

        project.write(
            "src/css/bundle.abcdef12.css",
            ".a{background:url(gone.png)}",
        );
        for arguments in [
            [&["build", "src", "-o", "out"], &all[..]].concat(),
            vec!["verify", "out"],
        ] {
            let output = project.run(&arguments);
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{more:?}: {stderr}");
            assert!(
                stderr.contains("warning") && stderr.contains("gone.png"),
                "{more:?}: {stderr}"
            );
        }
    }
}

/// The plain copies that are kept name other plain copies.
#[test]
fn what_is_kept_is_whole() {
    let project = Project::with_sources(&[
        ("dist/app.abcdef12.css", "@import '/static/css/base.css';"),
        ("css/base.css", "@import 'more.css';"),
        (
            "css/more.css",
            "@import 'base.css'; .a{background:url(../img/i.svg)}",
        ),
        ("img/i.svg", "<svg/>"),
        ("img/not.svg", "<svg></svg>"),
    ]);
    project.build(&["--prehashed=dist/*", "--keep-only-hashed"]);
    for (name, is_kept) in [
        ("css/base.css", true),
        ("css/more.css", true),
        ("img/i.svg", true),
        ("img/not.svg", false),
    ] {
        assert_eq!(project.has(&format!("out/{name}")), is_kept, "{name}");
    }
    project.ok(&["verify", "out"]);
}

/// A site of a bundler's files, and few others without plain copies, is whole.
#[test]
fn plain_copies_are_not_guessed_from_prehashed_files() {
    let project = Project::with_sources(&[("own.txt", "own"), ("own2.txt", "own2")]);
    for n in 0..40 {
        project.write(&format!("src/assets/{n}.png"), &n.to_string());
    }
    project.build(&["--prehashed=assets/*", "--keep-only-hashed"]);
    project.ok(&["verify", "out"]);
    project.build(&["--keep-original=assets/*", "--keep-only-hashed"]);
    project.ok(&["verify", "out"]);
    project.build(&[
        "--keep-original=assets/*",
        "--keep-only-hashed",
        "--django-exact",
    ]);
    project.ok(&["verify", "out"]);
    // Where all have them, one that is missing is found.
    project.build(&[]);
    fs::remove_file(project.path("out/own.txt")).unwrap();
    project.fails(&["verify", "out"], "the plain copy is not there");
}
