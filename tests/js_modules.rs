//! `--js-modules` from outside: builds with modules, and `verify` and `explain` of these.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;

use support::{Project, stderr};

const FAST: &[&str] = &["--no-gzip", "--no-brotli", "--no-cache"];

/// A project with a source root `src`, whose builds write `out`.
fn place(files: &[(&str, &str)]) -> Project {
    Project::with_sources(files).building_with(&[
        "build",
        "src",
        "-o",
        "out",
        "--js-modules",
        "--no-gzip",
        "--no-brotli",
        "--no-cache",
    ])
}

/// Runs a build that must succeed. Returns the paths of its manifest.
fn build(place: &Project, more: &[&str]) -> BTreeMap<String, String> {
    place.build(more);
    place.paths("out")
}

/// Keeps the options of the build.
const RECORD: &str = "out/.staticfiles.generations.json";

const CYCLE: &[(&str, &str)] = &[
    ("app.js", "import './lib/one.js';\nimport './lib/c.js';\n"),
    ("lib/one.js", "import './two.js';\nexport const one = 1;\n"),
    ("lib/two.js", "import './one.js';\nimport './c.js';\n"),
    ("lib/c.js", "export const c = 1;\n"),
];

fn digest(path: &str) -> &str {
    path.rsplit('.').nth(1).unwrap()
}

#[test]
fn members_of_a_cycle_share_a_digest_that_changes_with_any_of_them() {
    let place = place(CYCLE);
    let before = build(&place, &[]);
    assert_eq!(digest(&before["lib/one.js"]), digest(&before["lib/two.js"]));
    let one = place.read(&format!("out/{}", before["lib/one.js"]));
    let two = before["lib/two.js"].trim_start_matches("lib/");
    assert_eq!(one, format!("import './{two}';\nexport const one = 1;\n"));
    assert_eq!(build(&place, &[]), before);
    place.write("src/lib/c.js", "export const c = 2;\n");
    let after = build(&place, &[]);
    assert!(before.keys().all(|name| before[name] != after[name]));
    place.write("src/lib/one.js", "import './two.js';\n");
    let last = build(&place, &[]);
    for name in ["app.js", "lib/one.js", "lib/two.js"] {
        assert_ne!(last[name], after[name], "{name}");
    }
    assert_eq!(last["lib/c.js"], after["lib/c.js"]);
}

#[test]
fn without_the_option_modules_stay_as_they_are() {
    let place = place(CYCLE);
    let output = place.run(&[&["build", "src", "-o", "out"], FAST].concat());
    assert!(output.status.success());
    let paths = place.paths("out");
    assert_eq!(place.read(&format!("out/{}", paths["app.js"])), CYCLE[0].1);
}

#[test]
fn verify_accepts_modules_and_finds_what_is_broken() {
    let verify = |place: &Project, more: &[&str]| {
        let output = place.run(&[&["verify", "out"], more].concat());
        (output.status.code().unwrap(), stderr(&output))
    };
    for more in [&[][..], &["--keep-only-hashed"], &["--hash", "md5"]] {
        let place = place(CYCLE);
        let paths = build(&place, more);
        assert_eq!(verify(&place, &["--js-modules"]), (0, String::new()));
        // Without the option, and without the record of the build, a cycle cannot be verified.
        assert_eq!(verify(&place, &[]), (0, String::new()));
        fs::remove_file(place.path(RECORD)).unwrap();
        let (status, said) = verify(&place, &[]);
        assert_eq!(status, 1);
        assert!(
            said.contains("or give the --js-modules of the build"),
            "{said}"
        );

        let c = place.path("out").join(&paths["lib/c.js"]);
        fs::remove_file(c).unwrap();
        let (status, said) = verify(&place, &["--js-modules"]);
        assert_eq!(status, 1);
        let reference = format!(
            "error: {}:2:9: \"./{}\" resolves to",
            paths["app.js"], paths["lib/c.js"]
        );
        assert!(said.contains(&reference), "{said}");
    }
}

/// A module is verified by its plain copy, with the option or without.
#[test]
fn verify_accepts_plain_copies_either_way() {
    let place = place(&CYCLE[3..]);
    place.write("src/app.js", "import './lib/c.js';\n");
    build(&place, &[]);
    for more in [&[][..], &["--js-modules"]] {
        let output = place.run(&[&["verify", "out"], more].concat());
        assert_eq!(stderr(&output), "");
    }
    place.write("out/app.js", "import  './lib/c.js';\n");
    for more in [&[][..], &["--js-modules"]] {
        let output = place.run(&[&["verify", "out"], more].concat());
        assert!(stderr(&output).contains("the plain copy is not what"));
    }
}

#[test]
fn explain_shows_what_imports_what() {
    let place = place(CYCLE);
    build(&place, &[]);
    let explain = |more: &[&str]| {
        let arguments = ["explain", "out", "lib/two.js", "--output-format", "json"];
        let output = place.run(&[&arguments, more].concat());
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let told = &json["explanation"];
        (told["references"].clone(), told["referrers"].clone())
    };
    let (references, referrers) = explain(&["--js-modules"]);
    assert_eq!(references[0]["asset"], "lib/one.js");
    assert_eq!(references[1]["asset"], "lib/c.js");
    assert_eq!(referrers, serde_json::json!(["lib/one.js"]));
    assert_eq!(explain(&[]).1, serde_json::json!(["lib/one.js"]));
    fs::remove_file(place.path(RECORD)).unwrap();
    assert_eq!(explain(&[]).1, serde_json::json!([]));
}

#[test]
fn builds_in_place_come_to_rest() {
    for more in [&[][..], &["--keep-only-hashed"]] {
        let place = place(CYCLE);
        let arguments = [&["build", "src", "--in-place", "--js-modules"], FAST, more].concat();
        let mut seen = Vec::new();
        for _ in 0..3 {
            let output = place.run(&arguments);
            assert!(output.status.success(), "{}", stderr(&output));
            let names = walkdir::WalkDir::new(place.path("src"));
            let names = names.sort_by_file_name().into_iter();
            let names: Vec<_> = names.map(|entry| entry.unwrap().into_path()).collect();
            seen.push((place.paths("src"), names));
        }
        assert_eq!(seen[0].0, seen[1].0, "{more:?}");
        assert_eq!(seen[1], seen[2], "{more:?}");
        assert_eq!(seen[0].0.len(), CYCLE.len());
    }
}

#[test]
fn what_a_bundler_has_hashed_is_neither_read_nor_renamed() {
    let place = place(&[
        ("app.js", "import './dist/a-1234abcd.js'; import './b.js';"),
        (
            "dist/a-1234abcd.js",
            "import '../b.js'; import './nope.js';",
        ),
        ("b.js", "1"),
    ]);
    let paths = build(&place, &["--prehashed", "dist/*"]);
    assert_eq!(paths["dist/a-1234abcd.js"], "dist/a-1234abcd.js");
    assert_eq!(
        place.read("out/dist/a-1234abcd.js"),
        "import '../b.js'; import './nope.js';"
    );
    let app = place.read(&format!("out/{}", paths["app.js"]));
    assert_eq!(
        app,
        format!(
            "import './dist/a-1234abcd.js'; import './{}';",
            paths["b.js"]
        )
    );
}

#[test]
fn bytes_that_are_no_utf_8_stay() {
    let place = place(&[("a.js", "1"), ("\u{e9}.js", "2")]);
    let source = b"// caf\xe9\nimport './a.js'; import './\xe9.js'; x = '\xff\xfe';".to_vec();
    fs::write(place.path("src/m.js"), source).unwrap();
    let paths = build(&place, &[]);
    let built = fs::read(place.path("out").join(&paths["m.js"])).unwrap();
    let hashed = paths["\u{e9}.js"].trim_start_matches('\u{e9}');
    let mut expected = format!("import './{}'; import './", paths["a.js"]).into_bytes();
    expected.splice(0..0, b"// caf\xe9\n".iter().copied());
    expected.extend(b"\xe9");
    expected.extend(format!("{hashed}'; x = '").into_bytes());
    expected.extend(b"\xff\xfe';");
    assert_eq!(built, expected);
}

#[test]
fn nesting_without_end_ends_no_process() {
    let nested = |piece: &str, times: usize| format!("import './a.js';{}", piece.repeat(times));
    let place = place(&[("a.js", "1")]);
    place.write("src/deep.js", &nested("(", 1_000_000));
    place.write("src/not.js", &(nested("!", 1_000_000) + "1"));
    let output = place.try_build(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    let warning = "warning: deep.js:1:1: cannot be parsed: it is nested too deeply";
    assert!(said.contains(warning) && !said.contains("not.js"), "{said}");
    let paths = place.paths("out");
    assert!(
        place
            .read(&format!("out/{}", paths["deep.js"]))
            .starts_with("import './a.js';(")
    );
    let a = format!("import './{}';!", paths["a.js"]);
    assert!(
        place
            .read(&format!("out/{}", paths["not.js"]))
            .starts_with(&a)
    );
}
