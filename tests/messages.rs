//! Messages about names that look like messages themselves, or that reorder text.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Output;

use support::{Project, text};

/// A line break and a command to GitHub, a terminal's escape, a switch to right-to-left, separators of lines, C1.
const EVIL: &str =
    "y\n::error file=x::pwned\r\u{1b}[31m\u{202e}\u{2066}\u{200f}\u{61c}\u{2028}\u{85}";

fn is_deceptive(c: char) -> bool {
    c.is_control() && c != '\n'
        || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}".contains(c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

/// Asserts that the output contains `says`, and nothing that `EVIL` could do.
fn assert_harmless(output: &Output, says: &str) {
    let said = text(&output.stderr) + &text(&output.stdout);
    assert!(said.contains(says), "{says:?} is not in {said:?}");
    for line in said.lines() {
        assert!(!line.trim_start().starts_with("::error file=x"), "{said:?}");
        assert!(!line.contains(is_deceptive), "{said:?}");
    }
}

/// A project with these files. `EVIL` in a name stands for the constant.
fn place(files: &[(&str, &str)]) -> Project {
    let place = Project::with_sources(&[("ok.css", "a{}")]);
    for (name, text) in files {
        place.write(&name.replace("EVIL", EVIL), text);
    }
    place
}

fn run(place: &Project, arguments: &str) -> Output {
    let arguments = arguments.split(' ').map(|a| a.replace("EVIL", EVIL));
    let arguments: Vec<String> = arguments.collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    place.run(&arguments)
}

const BUILD: &str = "build src -o out --no-gzip --no-brotli --no-cache -v";

const URL: &str = "a{b:url('nope%0A::error file=x::pwned%1b%e2%80%ae.png')}";
const ESCAPED_URL: &str = "a{b:url(\"no_pe\\a ::error file=x::pwned\\1b \\202e .png\")}";

/// Files (name, text), arguments, part of the message.
type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, &'c str);

const CASES: &[Case<'_>] = &[
    // References
    (
        &[("src/EVIL.css", URL)],
        "",
        "which is not in any source root",
    ),
    (
        &[("src/EVIL.css", ESCAPED_URL)],
        "",
        "which is not in any source root",
    ),
    (
        &[("src/EVIL.css", "a{b:url(../../x)}")],
        "",
        "leaves the static root",
    ),
    (
        &[("src/EVIL.css", URL)],
        "--on-missing warn",
        "which is not in",
    ),
    (
        &[("src/EVIL.css", URL)],
        "--ignore-errors *:*",
        "ignored by",
    ),
    (
        &[("src/EVIL.css", "a{b:url(y)}"), ("src/d/y", "")],
        "",
        "there is d/y",
    ),
    (
        &[
            ("src/a.css", "a{b:url(Y)}"),
            ("src/EVIL/y", ""),
            ("src/EVIL/a.css", "a{b:url(Y)}"),
        ],
        "",
        "differs only in case",
    ),
    (
        &[("src/EVIL.js", "//# sourceMappingURL=n")],
        "",
        "which is not in",
    ),
    // Texts
    (&[("src/EVIL.css", "a{b:'\n'}")], "", "not minified"),
    (
        &[("src/EVIL.css", "a{&:\\a ::error {b:c}}")],
        "--minify full --targets defaults",
        "kept as --minify safe writes it",
    ),
    (
        &[("src/EVIL.js", "import {")],
        "--js-modules",
        "cannot be parsed",
    ),
    // Django's texts
    (
        &[("src/EVIL.css", URL)],
        "--django-exact",
        "could not be found",
    ),
    (
        &[("src/EVIL.css", URL)],
        "--django-exact=4.2",
        "Post-processing",
    ),
    (
        &[("src/EVIL.css", "a{b:url(../../x)}")],
        "--django-exact",
        "located outside",
    ),
    (
        &[("src/EVIL.css", URL)],
        "--django-exact --ignore-errors *:*",
        "ignored by",
    ),
    // Roots and names
    (&[("src/EVIL", ""), ("two/EVIL", "")], "two", "comes first"),
    (
        &[("src/EVIL", ""), ("two/EVIL/y", "")],
        "two",
        "the file is",
    ),
    (&[], "--require EVIL", "in no source root"),
    (&[], "p=EVIL", "does not exist"),
    (&[("EVIL", "")], "p=EVIL", "is not a directory"),
    (
        &[("m.json", "{}")],
        "--bundler-manifest EVIL",
        "--bundler-manifest",
    ),
    (&[], "--files-from EVIL", "--files-from"),
    (&[], "--site-packages EVIL --apps x", "is not a directory"),
    (
        &[],
        "--apps EVIL --site-packages src",
        "there is no package",
    ),
    (&[], "--from-django --python EVIL", "cannot be run"),
    (&[], "--from-django --manage EVIL", "is not a file"),
];

#[test]
fn what_check_and_build_say() {
    for (files, arguments, says) in CASES {
        let place = place(files);
        let built = if arguments.contains("--files-from")
            || arguments.contains("--apps")
            || arguments.contains("--from-django")
        {
            BUILD.replace(" src", "")
        } else {
            BUILD.to_owned()
        };
        let more = if arguments.is_empty() {
            String::new()
        } else {
            format!(" {arguments}")
        };
        assert_harmless(&run(&place, &format!("{built}{more}")), says);
        if !arguments.contains("--minify") {
            let check = built.replace("build", "check");
            let check = check.replace(" -o out --no-gzip --no-brotli --no-cache", "");
            for format in ["human", "github"] {
                let output = run(&place, &format!("{check}{more} --output-format {format}"));
                assert_harmless(&output, "");
            }
        }
    }
}

#[test]
fn what_the_file_system_says() {
    let place = place(&[("src/EVIL", "text")]);
    // Not a directory, where one is needed.
    place.write(EVIL, "");
    assert_harmless(&run(&place, &BUILD.replace("out", "EVIL/out")), "error");
    assert_harmless(&run(&place, &BUILD.replace("out", "EVIL")), "error");
    // Links that lead nowhere, and back.
    symlink("nowhere", place.path(&format!("src/link{EVIL}"))).unwrap();
    fs::create_dir(place.path("src/d")).unwrap();
    symlink("..", place.path(&format!("src/d/{EVIL}"))).unwrap();
    assert_harmless(&run(&place, BUILD), "");
    assert_harmless(
        &run(&place, &(BUILD.replace("--no-cache", "--cache-dir EVIL/c"))),
        "",
    );
    assert_harmless(
        &run(
            &place,
            &(BUILD.replace("--no-cache", "--cache-dir src/EVIL")),
        ),
        "lies inside",
    );
}

#[test]
fn what_is_said_about_a_static_root() {
    let css = "a{b:url(y)}";
    let place = place(&[
        ("src/EVIL.css", css),
        ("src/y", "y"),
        ("src/EVIL.js", &"x\n".repeat(2_000)),
    ]);
    let build = BUILD.replace("--no-gzip", "--gzip").replace("out", "EVIL");
    assert_harmless(&run(&place, &build), "Built");
    assert_harmless(&run(&place, &build), "unchanged");
    assert_harmless(&run(&place, "explain EVIL EVIL.css"), "refers to");
    assert_harmless(&run(&place, "explain EVIL y"), "used by");
    assert_harmless(&run(&place, "explain EVIL EVIL.cs"), "did you mean");
    assert_harmless(&run(&place, "verify EVIL"), "verified");
    assert_harmless(&run(&place, "verify EVIL --require EVIL"), "required");
    assert_harmless(&run(&place, "verify EVIL/nope"), "is not a directory");
    assert_harmless(&run(&place, "clean EVIL/nope"), "is not a directory");
    assert_harmless(&run(&place, "verify EVIL --manifest EVIL"), "cannot read");
    assert_harmless(&run(&place, "clean EVIL --manifest EVIL"), "cannot");
    assert_harmless(&run(&place, "cache stats --cache-dir EVIL"), "0 entries");

    // Everything broken: bytes, plain copies, variants, then the files themselves.
    let files = place.files(EVIL);
    for name in files.iter().filter(|name| !name.starts_with("staticfiles")) {
        place.write(&format!("{EVIL}/{name}"), "a{b:url(nope)}");
    }
    let verified = run(&place, "verify EVIL");
    for says in ["digest in its name", "not a variant of", "resolves to"] {
        assert_harmless(&verified, says);
    }
    for name in files
        .iter()
        .filter(|name| name.contains(".js") && name.contains("pwned"))
    {
        fs::remove_file(place.path(&format!("{EVIL}/{name}"))).unwrap();
    }
    assert_harmless(&run(&place, "verify EVIL"), "names it for");
    place.write("src/y", "another");
    assert_harmless(&run(&place, &build), "Built");
    assert_harmless(&run(&place, "clean EVIL --keep 1 -v"), "removed");
    place.write(&format!("{EVIL}/staticfiles.json"), "{");
    assert_harmless(&run(&place, "verify EVIL"), "the manifest is not readable");
    assert_harmless(&run(&place, "clean EVIL"), "is not readable");
    assert_harmless(&run(&place, "explain EVIL y"), "is not in the manifest");
}

#[test]
fn json_has_the_real_names() {
    let place = place(&[("src/EVIL.css", "a{b:url(nope)}")]);
    let output = run(&place, "check src --output-format json");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["diagnostics"][0]["path"], format!("{EVIL}.css"));
}
