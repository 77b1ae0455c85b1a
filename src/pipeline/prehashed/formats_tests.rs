use super::*;

/// The manifests are shaped as the programs named above write them (webpack 5.113, webpack-manifest-plugin 6,
/// webpack-bundle-tracker 3, webpack-assets-manifest 6, assets-webpack-plugin 7).
#[test]
fn manifests_of_every_bundler() {
    for (json, expected) in [
        (
            r#"{"src/a.ts": {"file": "assets/a.1.js", "isEntry": true, "css": ["assets/a.2.css"], "assets": ["i.3.png"]}}"#,
            Ok(vec!["assets/a.1.js", "assets/a.2.css", "i.3.png"]),
        ),
        (
            r#"{"src/main.ts": {"file": "assets/app.js", "name": "app", "css": ["assets/app.css", "assets/x-1.css"]}, "style.css": {"file": "style.css"},
                "_shared-B7.js": {"file": "assets/shared-B7.js", "name": "shared"}}"#,
            Ok(vec!["assets/shared-B7.js", "assets/x-1.css"]),
        ),
        (
            r#"{"a.js": "/static/a.1.js", "b.js": "b.2.js", "icon.svg": "/static/icon.svg", "c.4889.js": "c.4889.js"}"#,
            Ok(vec!["/static/a.1.js", "b.2.js", "c.4889.js"]),
        ),
        (
            r#"{"/js/app.js": "/js/app.js?id=4889e940"}"#, // Laravel Mix
            Ok(vec![]),
        ),
        (
            r#"{"inputs": {"a.ts": {}}, "outputs": {"dist/a-4SR7.js": {"entryPoint": "a.ts"}, "dist/b.js": {"entryPoint": "src/b.ts"},
                "dist/chunk-ABCDEFGH.js": {}, "dist/b.css": {}, "dist/b.js.map": {}}}"#,
            Ok(vec!["dist/a-4SR7.js", "dist/chunk-ABCDEFGH.js"]),
        ),
        (
            r#"{"status": "done", "publicPath": "auto", "chunks": {"main": ["js/main-abc.js", "main.js"]},
                "assets": {"js/main-abc.js": {"name": "js/main-abc.js", "path": "/x/main-abc.js"}, "stats.json": {"name": "stats.json"}}}"#,
            Ok(vec!["js/main-abc.js"]),
        ),
        (
            r#"{"status": "done", "chunks": {"main": [{"name": "main-zyx.js", "publicPath": "/static/main-zyx.js", "path": "/x/main-zyx.js"}]}}"#,
            Ok(vec!["main-zyx.js"]),
        ),
        (
            r#"{"status": "error", "chunks": {}, "error": "ModuleParseError"}"#,
            Err("its status is \"error\""),
        ),
        (
            r#"{"status": "compile", "chunks": {}}"#,
            Err("its status is \"compile\""),
        ),
        (
            r#"{"entrypoints": {"app": {"js": ["/build/runtime.188fa053.js", "/build/app.js"], "css": ["/build/app.4889e940.css"]}},
                "integrity": {"/build/app.4889e940.css": "sha384-x1"}}"#,
            Ok(vec![
                "/build/app.4889e940.css",
                "/build/runtime.188fa053.js",
            ]),
        ),
        (
            r#"{"entrypoints": {"main": {"assets": {"js": ["js/main.7073ad6c.js"]}}}, "main.js": {"src": "js/main.7073ad6c.js", "integrity": "sha256-x"}}"#,
            Ok(vec!["js/main.7073ad6c.js"]),
        ),
        (
            r#"{"main": {"js": "auto/js/main.7073ad6c.js"}, "": {"json": ["auto/wam.json"], "js": "auto/js/497.f6b761fa.js"}}"#,
            Ok(vec!["auto/js/497.f6b761fa.js", "auto/js/main.7073ad6c.js"]),
        ),
        ("{}", Ok(vec![])),
        ("[]", Err("not a manifest")),
        (r#"{"a": 1}"#, Err("not a manifest")),
        (r#"{"a": {"src": "b"}}"#, Err("not a manifest")),
    ] {
        let manifest = serde_json::from_str(json).unwrap();
        let found = outputs(&manifest);
        match expected {
            Ok(names) => {
                let mut found: Vec<String> = found.unwrap().into_iter().map(|o| o.name).collect();
                found.sort();
                let mut names = names;
                names.sort_unstable();
                assert_eq!(found, names, "{json}");
            }
            Err(why) => assert!(found.unwrap_err().contains(why), "{json}"),
        }
    }
}

#[test]
fn digests_in_names() {
    for (name, expected) in [
        ("js/main.7073ad6c28b7aed65299.js", true),
        ("main-D4f.js", true),
        ("chunk-4SR7TXQF.js", true),
        ("index-BqXyZkLm.js", true),
        ("5f9c2e1d8a7b6c4d.png", true),
        ("a/497.f6b761fa3dbc039a7d2b.js", true),
        ("main.js", false),
        ("jquery.min.js", false),
        ("bootstrap-5.3.2.css", false),
        ("favicon.ico", false),
        ("a.1234/main.js", false),
        ("main.js.map", false),
        ("", false),
    ] {
        assert_eq!(shows_digest(name), expected, "{name}");
    }
}
