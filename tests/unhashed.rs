//! Assets that keep their own names: `--unhashed`, and the service workers that scripts register.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use serde_json::Value;
use support::{Project, assert_success, stderr};

const LONG: &str = "// a line that is long enough to be worth a variant, many times over\n";

fn site() -> Project {
    Project::with_sources(&[
        (
            "js/app.js",
            "import './util.js';\nexport const a = new URL('../sw.js?v=1#x', import.meta.url);\n",
        ),
        ("js/util.js", "export const u = 1;\n"),
        (
            "sw.js",
            &format!(
                "import './js/util.js';\nimport './js/app.js';\n{}",
                LONG.repeat(20)
            ),
        ),
        ("robots.txt", "User-agent: *\n"),
        ("css/own.css", ".a { background : url(../img/i.svg) }\n"),
        (
            "css/app.css",
            "@import 'own.css?q#f';\n.b { background : url(../img/i.svg) }\n",
        ),
        ("img/i.svg", "<svg/>"),
    ])
}

const UNHASHED: &[&str] = &[
    "--unhashed=sw.js",
    "--unhashed=robots.txt",
    "--unhashed=css/own*",
];

fn verified(site: &Project, what: &str) {
    let output = site.run(&["verify", "out"]);
    assert!(output.status.success(), "{what}: {}", stderr(&output));
    assert_eq!(stderr(&output), "", "{what}");
}

#[test]
fn one_file_under_its_own_name_rewritten_and_compressed() {
    for more in [
        &[][..],
        &["--keep-only-hashed"],
        &["--no-gzip", "--no-brotli"],
        &["--zstd", "--clear"],
        &["--no-minify", "--hash=md5"],
        &["--link-mode=hardlink"],
        &["--link-mode=copy"],
    ] {
        let site = site();
        let all = [
            UNHASHED,
            more,
            &["--js-modules", "--headers=json", "--output-format=json"],
        ]
        .concat();
        let report: Value = serde_json::from_str(&site.build(&all)).unwrap();
        let paths = site.paths("out");
        for name in ["sw.js", "robots.txt", "css/own.css"] {
            assert_eq!(paths[name], name, "{more:?}");
            let copies = site.files("out").into_iter();
            let stem = name.split('.').next().unwrap();
            let copies: Vec<String> = copies.filter(|file| file.starts_with(stem)).collect();
            assert!(
                copies.iter().all(|file| file.starts_with(name)),
                "{more:?}: {copies:?}"
            );
        }
        // Its references are rewritten, references to it are not.
        let worker = site.read("out/sw.js");
        assert!(
            worker.contains(&format!("'./{}'", paths["js/util.js"])),
            "{worker}"
        );
        assert!(
            worker.contains(&format!("'./{}'", paths["js/app.js"])),
            "{worker}"
        );
        let own = site.read("out/css/own.css");
        assert!(own.contains(&paths["img/i.svg"]), "{own}");
        let app = site.read(&format!("out/{}", paths["js/app.js"]));
        assert!(app.contains("'../sw.js?v=1#x'"), "{app}");
        let css = site.read(&format!("out/{}", paths["css/app.css"]));
        assert!(css.contains("own.css?q#f"), "{css}");
        let compressed = !more.contains(&"--no-gzip");
        assert_eq!(site.has("out/sw.js.gz"), compressed);
        assert_eq!(site.has("out/sw.js.br"), compressed);
        // The headers of a name whose bytes may change.
        let headers: Value =
            serde_json::from_str(&site.read("out/.staticfiles.headers.json")).unwrap();
        let files = headers["files"].as_array().unwrap();
        for file in files {
            let path = file["path"].as_str().unwrap();
            let control = file["headers"]["Cache-Control"].as_str().unwrap();
            let named = |name: &str| path.starts_with(name);
            if ["sw.js", "robots.txt", "css/own.css"]
                .into_iter()
                .any(named)
            {
                assert!(!control.contains("immutable"), "{path}: {control}");
            }
        }
        verified(&site, "first");
        let verified_json = site.json(&["verify", "out"]);
        assert_eq!(
            report["report"]["totals"]["references"], verified_json["verification"]["references"],
            "{more:?}"
        );
        // Again: nothing is written. Changed: only what refers to the change is renamed.
        let again: Value = serde_json::from_str(&site.build(&all)).unwrap();
        assert_eq!(again["report"]["totals"]["written"], 0, "{more:?}");
        assert_eq!(again["report"]["totals"]["removed"], 0, "{more:?}");
        site.write(
            "src/sw.js",
            &format!("import './js/util.js';\nnew_one();\n{}", LONG.repeat(30)),
        );
        site.write("src/img/i.svg", "<svg></svg>");
        site.build(&all);
        verified(&site, "changed");
        let changed = site.paths("out");
        assert_eq!(
            changed["js/app.js"], paths["js/app.js"],
            "its target has changed, not its name"
        );
        assert_ne!(changed["css/app.css"], paths["css/app.css"]);
        assert!(site.read("out/sw.js").contains("new_one()"));
        assert!(site.read("out/css/own.css").contains(&changed["img/i.svg"]));
        // A damaged file is found, and made anew.
        fs::remove_file(site.path("out/sw.js")).unwrap();
        site.write("out/sw.js", "damaged");
        assert!(!site.run(&["verify", "out"]).status.success());
        site.build(&all);
        verified(&site, "repaired");
    }
}

#[test]
fn a_cycle_through_it_is_none() {
    // `sw.js` refers to `app.js` and back: the digest of `app.js` depends on `util.js` alone.
    let site = site();
    let all = [UNHASHED, &["--js-modules"]].concat();
    site.build(&all);
    let hashed = site.hashed("js/app.js");
    support::assert_digest(&hashed, site.read(&format!("out/{hashed}")).as_bytes());
    // A cycle of two others keeps its digest when the unhashed asset between them changes.
    site.write(
        "src/js/util.js",
        "import './app.js';\nexport const u = 1;\n",
    );
    site.build(&all);
    verified(&site, "cycle");
    let before = site.paths("out");
    site.write("src/sw.js", "import './js/app.js'; // other\n");
    site.build(&all);
    verified(&site, "cycle, changed");
    assert_eq!(before, site.paths("out"));
}

#[test]
fn switched_on_and_off() {
    let site = site();
    for round in 0..2 {
        site.build(&["--js-modules"]);
        verified(&site, "off");
        assert_ne!(site.hashed("sw.js"), "sw.js");
        assert_eq!(site.read("out/sw.js"), site.read("src/sw.js"), "{round}");
        site.build(&[UNHASHED, &["--js-modules", "--keep-only-hashed"]].concat());
        verified(&site, "on");
        assert_eq!(site.hashed("sw.js"), "sw.js");
    }
    site.ok(&["clean", "out", "--keep", "1"]);
    verified(&site, "cleaned");
    assert!(site.has("out/sw.js"));
    // Gone: `clean` knows it.
    fs::remove_file(site.path("src/robots.txt")).unwrap();
    site.build(&["--unhashed=sw.js", "--js-modules"]);
    site.ok(&["clean", "out", "--keep", "1"]);
    assert!(!site.has("out/robots.txt"));
    verified(&site, "gone");
}

#[test]
fn a_failed_build_leaves_the_last_one() {
    let site = site();
    let all = [UNHASHED, &["--js-modules"]].concat();
    site.build(&all);
    site.write("src/sw.js", "import './js/util.js'; changed();\n");
    site.write("src/img/i.svg", "<svg></svg>");
    site.write("src/css/app.css", ".a{background:url(gone.png)}");
    site.refuses(&all, "gone.png");
    verified(&site, "the last one");
}

#[test]
fn in_place_the_source_stays_as_it_is() {
    for more in [&[][..], &["--keep-only-hashed"]] {
        let site = site().building_with(&["build", "src", "--in-place", "--brotli-quality", "5"]);
        let source = site.read("src/sw.js");
        let all = [UNHASHED, more, &["--js-modules"]].concat();
        for _ in 0..3 {
            site.build(&all);
            assert_eq!(site.read("src/sw.js"), source);
            assert_eq!(site.paths("src")["sw.js"], "sw.js");
            assert_eq!(
                site.read("src/css/own.css"),
                ".a { background : url(../img/i.svg) }\n"
            );
            // What it names keeps its plain copy.
            assert!(site.has("src/js/util.js") && site.has("src/img/i.svg"));
            assert_eq!(site.has("src/css/app.css"), more.is_empty());
            let output = site.run(&["verify", "src"]);
            assert_success(&output);
        }
    }
}

#[test]
fn explained_and_refused() {
    let site = site();
    site.build(&[UNHASHED, &["--prehashed=img/*", "--js-modules"]].concat());
    for (name, naming) in [
        ("sw.js", "unhashed"),
        ("img/i.svg", "prehashed"),
        ("js/app.js", "hashed"),
    ] {
        let explained = site.json(&["explain", "out", name]);
        assert_eq!(explained["explanation"]["naming"], naming, "{name}");
    }
    assert!(
        site.ok(&["explain", "out", "sw.js"])
            .contains("it keeps its own name")
    );
    let exact = site.run(&[
        "build",
        "src",
        "-o",
        "two",
        "--django-exact",
        "--unhashed=sw.js",
    ]);
    assert_eq!(exact.status.code(), Some(2));
    assert!(
        stderr(&exact).contains("Django hashes every file"),
        "{}",
        stderr(&exact)
    );
    let none = site.try_build(&["--unhashed=ws.js"]);
    assert_success(&none);
    assert!(
        stderr(&none).contains("--unhashed: no asset has such a name"),
        "{}",
        stderr(&none)
    );
}

#[test]
fn the_configuration_file_has_it() {
    let site = site();
    site.write(
        "hashstatic.toml",
        "sources = ['src']\nout = 'out'\nunhashed = ['sw.js', 'robots.txt']\n",
    );
    site.ok(&["build"]);
    let paths = site.paths("out");
    assert_eq!(
        [&paths["sw.js"], &paths["robots.txt"]],
        ["sw.js", "robots.txt"]
    );
}

#[test]
fn a_registered_service_worker_is_unhashed_by_itself() {
    for (script, is_known) in [
        (
            "navigator.serviceWorker.register(new URL('../sw.js', import.meta.url))",
            true,
        ),
        (
            "navigator.serviceWorker.register('/static/sw.js', {scope: '/'})",
            true,
        ),
        ("navigator.serviceWorker.register('sw.js')", false), // of the page
    ] {
        let site = site();
        site.write("src/js/register.js", script);
        let output = site.try_build(&["--js-modules", "--keep-only-hashed", "-v"]);
        assert_success(&output);
        let notice = "keeps its own name: js/register.js registers it as a service worker";
        assert_eq!(
            stderr(&output).contains(notice),
            is_known,
            "{}",
            stderr(&output)
        );
        assert_eq!(site.hashed("sw.js") == "sw.js", is_known, "{script}");
        let hashed = site.hashed("js/register.js");
        assert_eq!(site.read(&format!("out/{hashed}")), script);
        verified(&site, script);
        // Without --js-modules no script is read.
        site.build(&[]);
        assert_ne!(site.hashed("sw.js"), "sw.js");
    }
    // Scripts of a bundler register service workers, too.
    let site = site();
    site.write(
        "src/js/register.4889.js",
        "navigator.serviceWorker.register('/static/sw.js')",
    );
    site.build(&["--js-modules", "--prehashed=js/register.*"]);
    assert_eq!(site.hashed("sw.js"), "sw.js");
}

/// `--unhashed` is an exception from `--prehashed`; a registered service worker is one, too, and keeps its bytes.
#[test]
fn among_prehashed_files() {
    for (more, is_rewritten) in [
        (&["--unhashed=dist/sw.js"][..], true),
        (&["--js-modules"], false),
    ] {
        let site = site();
        let worker = "import '../js/util.js';\n//# sourceMappingURL=sw.js.map\n";
        site.write("src/dist/sw.js", worker);
        site.write("src/dist/sw.js.map", "{}");
        site.write(
            "src/dist/main.4889.js",
            "navigator.serviceWorker.register('/static/dist/sw.js')",
        );
        site.build(&[&["--prehashed=dist/*.js", "--headers=json"], more].concat());
        assert_eq!(site.hashed("dist/sw.js"), "dist/sw.js");
        let is_changed = site.read("out/dist/sw.js") != worker;
        assert_eq!(is_changed, is_rewritten, "{more:?}");
        let headers: Value =
            serde_json::from_str(&site.read("out/.staticfiles.headers.json")).unwrap();
        let control = |name: &str| {
            let files = headers["files"].as_array().unwrap();
            let file = files.iter().find(|file| file["path"] == name).unwrap();
            file["headers"]["Cache-Control"].to_string()
        };
        assert!(!control("dist/sw.js").contains("immutable"));
        assert!(control("dist/main.4889.js").contains("immutable"));
        verified(&site, "prehashed");
    }
}

/// With two manifests in one static root, in place: the other one's unhashed asset is a source.
#[test]
fn of_another_manifest() {
    let site = Project::with_sources(&[("sw.js", "let a = 1;\n"), ("i.svg", "<svg/>")])
        .building_with(&["build", "src", "--in-place", "--brotli-quality", "5"]);
    for _ in 0..2 {
        site.build(&["--unhashed=sw.js"]);
        site.build(&["--unhashed=sw.js", "--manifest=m.json"]);
        for manifest in ["staticfiles.json", "m.json"] {
            let paths = support::paths_of(&site.path(&format!("src/{manifest}")));
            assert_eq!(
                paths.keys().collect::<Vec<_>>(),
                ["i.svg", "sw.js"],
                "{manifest}"
            );
            site.ok(&["verify", "src", "--manifest", manifest]);
        }
    }
}

#[test]
fn a_script_that_looks_for_itself() {
    let script = r"var a = /(^|.*[\\\/])editor\.js(?:\?.*|;.*)?$/i;";
    for (more, is_warned) in [
        (&[][..], true),
        (&["--js-modules"], true),
        (&["--unhashed=js/editor.js"], false),
        (&["--prehashed=js/editor.js"], false),
        (&["--django-exact"], false),
    ] {
        let site = site();
        site.write("src/js/editor.js", &format!("// 1\n{script}\n"));
        let output = site.try_build(more);
        assert_success(&output);
        let is_there = stderr(&output).contains("tests its own file name");
        assert_eq!(is_there, is_warned, "{more:?}: {}", stderr(&output));
        if is_warned {
            assert!(stderr(&output).contains("--unhashed js/editor.js"));
            assert!(stderr(&output).contains("js/editor.js:2:"));
        }
    }
}
