//! What a build finds out before it writes anything: what it refuses, what it warns about, and what it puts in the place of
//! what was there.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Output;

use support::{Project, assert_success, stderr};

fn refused(output: &Output, status: i32, words: &[&str]) {
    let stderr = stderr(output);
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    for words in words {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
}

#[test]
fn what_an_ignore_rule_left_out_is_named_with_the_rule() {
    let site = Project::with_sources(&[
        (
            "a.css",
            "a{b:url(vendor/x/i.png);c:url(.h/i.png);d:url(e/s.scss);f:url(gone.png)}",
        ),
        ("vendor/x/i.png", "png"),
        (".h/i.png", "png"),
        ("e/s.scss", "s"),
        ("out.png", "png"),
    ]);
    symlink("../elsewhere.png", site.path("src/link.png")).unwrap();
    site.write("elsewhere.png", "png");
    site.write("src/b.css", "a{b:url(link.png)}");
    let output = site.try_build(&[
        "--ignore",
        "vendor",
        "-i",
        "e/*.scss",
        "--require",
        "vendor/x/i.png",
    ]);
    refused(
        &output,
        1,
        &[
            "help: vendor is left out by --ignore vendor (src/vendor)",
            "help: .h is left out by the default rule .*, see --no-default-ignore (src/.h)",
            "help: e/s.scss is left out by --ignore e/*.scss (src/e/s.scss)",
            "help: link.png is left out by the rule that no link leaves its source root",
            "vendor/x/i.png: required, but in no source root",
            "6 errors found",
        ],
    );
    // Below the prefix of its source root, too.
    let output = site.run(&["check", "p=src/vendor", "src", "-i", "x"]);
    refused(&output, 1, &["vendor/x/i.png, which is not"]);
    let output = site.run(&["check", "vendor=src/vendor", "src", "-i", "x"]);
    refused(
        &output,
        1,
        &["vendor/x is left out by --ignore x (src/vendor/x)"],
    );
}

#[test]
fn all_problems_of_the_input_are_reported_at_once() {
    let site = Project::with_sources(&[
        ("a.css", "a{b:url(gone.png)}"),
        ("b.css", "a{b:url(lost.png)}"),
        ("x", "file"),
        ("c.js", "js"),
        ("d.js", "js"),
    ]);
    site.write("more/x/file", "");
    let list = |names: &[&str]| {
        let named = |name: &&str| format!(r#"{{"name": "{name}", "path": "src/{name}"}}"#);
        names.iter().map(named).collect::<Vec<_>>().join(",")
    };
    site.write(
        "list.json",
        &format!("[{}]", list(&["a.css", "b.css", "no1.js", "no2.js"])),
    );
    let output = site.run(&["check", "--files-from", "list.json", "--require", "r.css"]);
    let words = [
        "a.css:1:9: \"gone.png\"",
        "b.css:1:9: \"lost.png\"",
        "src/no1.js: cannot be read",
        "src/no2.js: cannot be read",
        "r.css: required",
        "5 errors found",
    ];
    refused(&output, 1, &words);
    let output = site.run(&[
        "check",
        "src",
        "more",
        "--require",
        "r.css",
        "--require",
        "s.css",
    ]);
    let words = [
        "x: a file in one source root",
        "gone.png",
        "lost.png",
        "r.css",
        "s.css: required",
    ];
    refused(&output, 1, &words);
}

#[test]
fn all_problems_of_the_usage_are_reported_at_once() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    site.write("file", "");
    let output = site.run(&[
        "build",
        "src",
        "nope",
        "nada",
        "-o",
        "file",
        "--hash-length",
        "3",
        "--gzip-level",
        "55",
        "--static-url",
        "/x",
        "--minify",
        "full",
        "--targets",
        "netscape",
        "--bundler-manifest",
        "m.json",
    ]);
    let words = [
        "--static-url: \"/x\" does not end with a slash",
        "--hash-length: 3",
        "--gzip-level: 55",
        "the source root nope does not exist",
        "the source root nada does not exist",
        "the static root file is a file, not a directory",
        "--targets: \"netscape\"",
        "--bundler-manifest m.json",
    ];
    refused(&output, 2, &words);
    site.write(
        "names.json",
        r#"[{"name": "../a", "path": "a"}, {"name": "/b", "path": "b"}]"#,
    );
    let output = site.run(&["check", "--files-from", "names.json"]);
    refused(&output, 2, &["\"../a\"", "\"/b\""]);
}

#[test]
fn a_static_root_that_cannot_be_made_is_a_plain_sentence() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    site.write("file", "");
    for manifest in ["a.css/m.json", "a.css/d/m.json"] {
        let output = site.try_build(&["--manifest", manifest]);
        refused(
            &output,
            1,
            &["out/a.css cannot be made: a file has its name"],
        );
    }
    symlink("nowhere", site.path("dangling")).unwrap();
    symlink("loop", site.path("loop")).unwrap();
    for (out, words) in [
        ("file", "the static root file is a file, not a directory"),
        ("file/a/b", "file is a file, not a directory"),
        ("dangling", "is a symbolic link that leads nowhere"),
        ("dangling/x", "is a symbolic link that leads nowhere"),
        ("loop", "cannot be read: Too many levels of symbolic links"),
    ] {
        let output = site.run(&["build", "src", "-o", out]);
        refused(&output, 2, &["the static root ", words]);
        let output = site.run(&["build", "src", "-n", "-o", out]);
        refused(&output, 2, &[words]);
    }
    // A source that cannot be looked at is not one that does not exist.
    let output = site.run(&["check", "loop"]);
    refused(
        &output,
        2,
        &["the source root loop cannot be read: Too many levels"],
    );
}

#[test]
fn a_build_of_nothing_is_asked_for() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    site.build(&[]);
    fs::create_dir(site.path("empty")).unwrap();
    let before = site.tree("out");
    let empty = ["build", "empty", "-o", "out"];
    refused(
        &site.run(&empty),
        1,
        &["empty: there is no asset to build", "--allow-empty"],
    );
    refused(&site.run(&["check", "empty"]), 1, &["there is no asset"]);
    let ignored = ["build", "src", "-o", "out", "--ignore", "*"];
    refused(
        &site.run(&ignored),
        1,
        &["1 files or directories are left out", "--allow-empty"],
    );
    site.write("list.json", "[]");
    let listed = ["build", "--files-from", "list.json", "-o", "out"];
    refused(&site.run(&listed), 1, &["there is no asset"]);
    assert_eq!(site.tree("out"), before);
    site.ok(&["check", "empty", "src"]);
    site.ok(&[&empty[..], &["--allow-empty"]].concat());
    assert!(site.paths("out").is_empty());
}

#[test]
fn in_place_is_asked_for() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    let sources = site.tree("src");
    for more in [&[][..], &["-n"], &["src2"]] {
        let output = site.run(&[&["build", "src"], more].concat());
        refused(&output, 2, &["--out", "--in-place"]);
    }
    refused(
        &site.run(&["build", "src", "-o", "src"]),
        2,
        &["--in-place"],
    );
    refused(
        &site.run(&["build", "src", "-o", "out", "--in-place"]),
        2,
        &["--in-place"],
    );
    refused(
        &site.run(&["build", "src", "p=src", "--in-place"]),
        2,
        &["--in-place", "exactly one"],
    );
    refused(
        &site.run(&["build", "p=src", "--in-place"]),
        2,
        &["exactly one"],
    );
    assert_eq!(site.tree("src"), sources);
    site.ok(&["build", "src", "--in-place"]);
    assert_eq!(site.paths("src").len(), 1);
    // What was built there is no source of another build.
    let output = site.try_build(&[]);
    assert_success(&output);
    assert!(stderr(&output).contains("staticfiles.json: a build has written here"));
    let output = site.run(&["check", "src"]);
    assert!(!stderr(&output).contains("a build has written"));
}

#[test]
fn the_configuration_names_the_way_too() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    site.write("hashstatic.toml", "sources = ['src']\nout = 'static'\n");
    site.ok(&["build"]);
    assert!(site.has("static/staticfiles.json"));
    site.ok(&["build", "--in-place"]);
    assert!(site.has("src/staticfiles.json"));
    site.write(
        "hashstatic.toml",
        "sources = ['src']\nout = 'static'\nin-place = true\n",
    );
    refused(
        &site.run(&["build"]),
        2,
        &[
            "hashstatic.toml: its settings do not go together",
            "--in-place",
        ],
    );
    site.ok(&["build", "-o", "third", "-i", "a.*.css", "-i", "*.json"]);
    site.write("hashstatic.toml", "sources = ['src']\nin-place = true\n");
    site.ok(&["build"]);
    site.ok(&[
        "build", "-o", "other", "--ignore", "a.*.css", "-i", "*.json",
    ]);
    assert!(site.has("other/staticfiles.json"));
}

#[test]
fn clear_is_for_static_roots() {
    let site = Project::with_sources(&[("a.css", "a{}"), ("css/b.css", "b{}")]);
    let clear = |out: &str| site.run(&["build", "src", "-o", out, "--clear"]);
    for work in [".git/config", "manage.py", "pyproject.toml", "package.json"] {
        site.write(&format!("project/{work}"), "mine");
        site.write("project/a.css", "old");
        site.write("project/css/b.css", "old");
        let before = site.tree("project");
        refused(&clear("project"), 2, &["--clear would remove what is in"]);
        assert_eq!(site.tree("project"), before);
        // Also where a build has written.
        site.ok(&["build", "src", "-o", "project"]);
        let before = site.tree("project");
        refused(&clear("project"), 2, &["and so is no static root"]);
        assert_eq!(site.tree("project"), before);
        fs::remove_dir_all(site.path("project")).unwrap();
    }
    for name in ["a.txt", "b.txt", "deep/er/c.txt", "a.css"] {
        site.write(&format!("documents/{name}"), "mine");
    }
    refused(&clear("documents"), 2, &["has no manifest of a build"]);
    assert_eq!(site.files("documents").len(), 4);
    // An empty manifest shows nothing.
    site.write(
        "documents/staticfiles.json",
        r#"{"paths": {}, "version": "1.1", "hash": ""}"#,
    );
    refused(&clear("documents"), 2, &["has no manifest of a build"]);

    // What Django has filled, with a manifest and without one.
    site.write("manifest/old.0123456789ab.css", "x");
    site.write("manifest/gone.css", "x");
    site.write("manifest/gone.js", "x");
    site.write(
        "manifest/staticfiles.json",
        r#"{"paths": {"old.css": "old.0123456789ab.css"}, "version": "1.1", "hash": "x"}"#,
    );
    site.write("plain/a.css", "x");
    site.write("plain/css/b.css", "x");
    site.write("plain/css/b.css.gz", "x");
    site.write("plain/stale.css", "x");
    for out in ["manifest", "plain", "new"] {
        assert_success(&clear(out));
        assert_eq!(site.files(out).len(), 5, "{out}");
    }
}

#[test]
fn a_dry_run_lists_what_clear_would_remove() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    site.build(&[]);
    site.write("out/old/stale.css", "x");
    site.write("out/b.css", "x");
    let before = site.tree("out");
    let stdout = site.build(&["--clear", "-n"]);
    let expected = "  would be removed: b.css\n  would be removed: old/stale.css\n";
    assert!(stdout.contains(expected), "{stdout}");
    let report = site.report(&["--clear", "-n"]);
    assert_eq!(
        report["removals"],
        serde_json::json!(["b.css", "old/stale.css"])
    );
    assert_eq!(site.tree("out"), before);
}

#[test]
fn a_link_in_the_static_root_that_leads_among_the_sources_is_refused() {
    let site = Project::with_sources(&[("css/a.css", "a{}"), ("js/a.js", "a")]);
    fs::create_dir(site.path("out")).unwrap();
    let sources = site.tree("src");
    for target in ["../src/css", "../src", "../src/js/.."] {
        symlink(target, site.path("out/css")).unwrap();
        refused(
            &site.try_build(&[]),
            1,
            &["css: is a symbolic link in the static root that leads among"],
        );
        assert_eq!(site.tree("src"), sources);
        fs::remove_file(site.path("out/css")).unwrap();
    }
    // Elsewhere it may lead, and where nothing is written, too.
    fs::create_dir(site.path("elsewhere")).unwrap();
    symlink("../elsewhere", site.path("out/css")).unwrap();
    symlink("../src", site.path("out/unused")).unwrap();
    site.build(&[]);
    assert_eq!(site.files("elsewhere").len(), 2);
}

#[test]
fn other_things_that_were_silent() {
    let site = Project::with_sources(&[("a.css", "a{}")]);
    let long = format!("src/{}.css", "n".repeat(238)); // 242 bytes
    site.write(&long, &"a { b : c }\n".repeat(50));
    let output = site.try_build(&["-v", "--hash-length", "10"]);
    assert_success(&output);
    let text = stderr(&output);
    assert!(
        text.contains("its hashed file gets no .gz and no .br variant"),
        "{text}"
    );
    refused(
        &site.try_build(&["--hash-length", "20"]),
        1,
        &["would end in a name of 263 bytes"],
    );
    fs::remove_file(site.path(&long)).unwrap();

    let output = site.try_build(&["--targets", "defaults"]);
    assert_success(&output);
    assert!(stderr(&output).contains("warning: --targets: has no effect"));
    let output = site.try_build(&["--targets", "defaults", "--minify", "full"]);
    assert!(!stderr(&output).contains("--targets"));

    site.write(
        "list.json",
        "\u{feff}[{\"name\": \"x.css\", \"path\": \"src/a.css\"}]",
    );
    site.write("src/b.0123456789ab.css", "b{c:d}");
    let manifest = "\u{feff}{\"b.css\": \"b.0123456789ab.css\"}";
    site.write("manifest.json", manifest);
    site.ok(&["check", "--files-from", "list.json"]);
    site.build(&["--bundler-manifest", "manifest.json"]);
    assert_eq!(site.hashed("b.0123456789ab.css"), "b.0123456789ab.css");
    let utf16: Vec<u8> = "\u{feff}[]"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(site.path("list.json"), utf16).unwrap();
    refused(
        &site.run(&["check", "--files-from", "list.json"]),
        2,
        &["it is UTF-16"],
    );
}

#[test]
fn a_static_url_is_completed_as_django_completes_it() {
    let site = Project::with_sources(&[
        ("a.css", "a{b:url(/static/i.svg)}"),
        ("img/b.css", "a{b:url(static/i.svg)}"),
        ("img/static/i.svg", "svg"),
        ("i.svg", "svg"),
    ]);
    for url in ["static/", "./static/", "/static/"] {
        site.build(&["--static-url", url]);
        let css = site.read(&format!("out/{}", site.hashed("a.css")));
        assert!(
            css.contains(&format!("/static/{}", site.hashed("i.svg"))),
            "{css}"
        );
        site.ok(&["verify", "out", "--static-url", url]);
        site.ok(&["verify", "out"]);
    }
    site.write("hashstatic.toml", "static-url = 'static/'\n");
    site.build(&[]);
    site.ok(&["verify", "out"]);
    site.write("src/c.css", "a{b:url(/static/gone.svg)}");
    refused(&site.try_build(&[]), 1, &["gone.svg"]);
    fs::remove_file(site.path("hashstatic.toml")).unwrap();
    fs::remove_file(site.path("src/c.css")).unwrap();
    site.write(
        "src/a.css",
        "a{b:url(https://cdn.test/s/i.svg);c:url(//cdn.test/s/i.svg)}",
    );
    for url in ["https://cdn.test/s/", "//cdn.test/s/"] {
        site.build(&["--static-url", url]);
        let css = site.read(&format!("out/{}", site.hashed("a.css")));
        assert!(
            css.contains(&format!("{url}{}", site.hashed("i.svg"))),
            "{css}"
        );
    }
    refused(
        &site.run(&["verify", "out", "--static-url", "/static"]),
        2,
        &["does not end with a slash"],
    );
}
