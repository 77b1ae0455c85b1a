//! The configuration file gives what the command line does not.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::fs;

use support::{Project, assert_success, stderr};

/// A project with two source roots and this configuration file.
fn project(file: &str, text: &str) -> Project {
    Project::new(&[
        ("assets/css/a.css", &".a {  b : c }\n".repeat(30)),
        ("vendor/b.css", &".b { c : d }\n".repeat(30)),
        ("sub/deeper/x", ""),
        (file, text),
    ])
}

const SECTION: &str = r#"
sources = ["assets", "x=vendor"]
out = "static"
brotli-quality = 5
gzip = false
keep-only-hashed = true
hash-length = 8
"#;

#[test]
fn both_files_from_below_too() {
    for (file, text) in [
        ("hashstatic.toml", SECTION.to_owned()),
        (
            "pyproject.toml",
            format!("[tool.other]\nx = 1\n[tool.hashstatic]\n{SECTION}"),
        ),
    ] {
        let project = project(file, &text);
        for below in ["", "sub/deeper"] {
            let mut command = project.command();
            command.current_dir(project.path(below)).arg("build");
            assert_success(&command.output().unwrap());
            let files = project.files("static");
            // Two hashed files with eight digits, their .br, the manifest.
            assert_eq!(files.len(), 5, "{files:?}");
            assert!(
                files.iter().any(|name| name.starts_with("x/b.")),
                "{files:?}"
            );
            assert!(files.iter().all(|name| !name.ends_with(".gz")));
            fs::remove_dir_all(project.path("static")).unwrap();
        }
    }
}

#[test]
fn the_command_line_wins() {
    let project = project("hashstatic.toml", SECTION);
    project.ok(&[
        "build",
        "vendor",
        "-o",
        "other",
        "--gzip",
        "--hash-length",
        "10",
    ]);
    assert!(!project.has("static"));
    let names = project.files("other");
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().any(|name| name.ends_with(".gz")));
    project.ok(&["build", "vendor", "-o", "third", "--no-config"]);
    assert_eq!(project.files("third").len(), 7);
}

#[test]
fn other_commands_take_what_they_know() {
    let project = project("hashstatic.toml", SECTION);
    project.ok(&["check"]);
    let project = self::project(
        "hashstatic.toml",
        "require = ['gone.css']\nkeep = 1\nminify = false\n",
    );
    project.ok(&["build", "vendor", "-o", "out", "--require", "b.css"]);
    assert!(project.has("out/b.css"));
    let output = project.run(&["verify", "out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("gone.css"));
    project.ok(&["clean", "out", "-v"]);
}

#[test]
fn what_is_wrong_is_reported() {
    for (text, message) in [
        (
            "keep_only_hashed = true",
            "unknown key `keep_only_hashed`; did you mean `keep-only-hashed`?",
        ),
        ("jobs = 1.5", "`jobs` has a value of the wrong type"),
        (
            "[build]\njobs = 1",
            "hashstatic.toml:1: `build`: commands have no tables of their own",
        ),
        ("jobs = ", "hashstatic.toml:1: not TOML: "),
        ("dry-run = true", "unknown key `dry-run`"),
        ("minify = 'wild'", "wild"),
    ] {
        let project = project("hashstatic.toml", text);
        let output = project.run(&["build", "assets", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2), "{text}: {output:?}");
        let stderr = stderr(&output);
        assert!(stderr.contains(message), "{text}: {stderr}");
        assert!(!project.has("out"));
    }
}

#[test]
fn files_that_are_too_large_or_no_files_are_not_read() {
    let project = Project::with_sources(&[("a.css", "a{}")]);
    for name in ["hashstatic.toml", "pyproject.toml"] {
        project.write(name, &"# x\n".repeat(300_000));
        let output = project.run(&["check", "src"]);
        assert_eq!(output.status.code(), Some(2));
        let stderr = stderr(&output);
        assert!(
            stderr.contains(&format!("{name}: larger than 1000000 bytes")),
            "{stderr}"
        );
        std::fs::remove_file(project.path(name)).unwrap();
    }
    // Reading one of these would never end, or never begin.
    std::os::unix::fs::symlink("/dev/zero", project.path("hashstatic.toml")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(project.path("pyproject.toml"))
        .status();
    assert!(pipe.unwrap().success());
    project.ok(&["check", "src"]);
}

#[test]
fn everything_wrong_is_reported_with_its_line() {
    let text = "brotli-quality = 'ten'\n\nhash = 'sha1'\ngzip_level = 3\nhash-length = false\njs-modules = 1\n[build]\nx = 1\n";
    for (file, before, place, lines) in [
        ("hashstatic.toml", "", "at the top of the file", 0),
        (
            "pyproject.toml",
            "[tool.hashstatic]\n",
            "in [tool.hashstatic]",
            1,
        ),
    ] {
        let text = text.replace(
            "[build]",
            if lines == 0 {
                "[build]"
            } else {
                "[tool.hashstatic.build]"
            },
        );
        let project = project(file, &format!("{before}{text}"));
        let output = project.run(&["build", "assets", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        for (line, words) in [
            (1, "`brotli-quality`: invalid value 'ten'"),
            (
                3,
                "`hash`: invalid value 'sha1' for '--hash <HASH>' [possible values: blake3, md5]",
            ),
            (4, "unknown key `gzip_level`; did you mean `gzip-level`?"),
            (5, "`hash-length` has a value of the wrong type"),
            (6, "`js-modules`: "),
            (
                7,
                &format!("`build`: commands have no tables of their own; write their keys {place}"),
            ),
        ] {
            let words = format!("error: {file}:{}: {words}", line + lines);
            assert!(said.contains(&words), "{words}\n{said}");
        }
        assert_eq!(said.lines().count(), 6, "{said}");
    }
    // What only the build knows, and from a directory below.
    let project = project(
        "hashstatic.toml",
        "\nbrotli-quality = 99\nhash-length = 2\n",
    );
    let output = project.run(&["build", "assets", "-o", "out"]);
    let said = stderr(&output);
    assert!(
        said.contains("hashstatic.toml:2: `brotli-quality`: 99 is not from 0 to 11"),
        "{said}"
    );
    assert!(
        said.contains("hashstatic.toml:3: `hash-length`: 2 is not from 4"),
        "{said}"
    );
    let output = project.run(&[
        "build",
        "assets",
        "-o",
        "out",
        "--brotli-quality",
        "98",
        "--hash-length",
        "8",
    ]);
    assert!(stderr(&output).contains("--brotli-quality: 98"));
    project.write("hashstatic.toml", "keep-original = ['a']\n");
    let output = project.run(&["build", "assets", "-o", "out"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("hashstatic.toml: its settings do not go together"),
        "{said}"
    );
    assert!(said.contains("--keep-only-hashed"), "{said}");
    project.write("hashstatic.toml", "[tool.hashstatic]\njobs = 1\n");
    let said = stderr(&project.run(&["check", "assets"]));
    assert!(
        said.contains("hashstatic.toml:1: `tool`: in hashstatic.toml, the keys stand at the top"),
        "{said}"
    );
    project.write("hashstatic.toml", "");
    fs::remove_file(project.path("hashstatic.toml")).unwrap();
    project.write("pyproject.toml", "[tool]\n\nhashstatic = 3\n");
    let said = stderr(&project.run(&["check", "assets"]));
    assert!(
        said.contains("pyproject.toml:3: `tool.hashstatic` is no table"),
        "{said}"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_a_missing_one() {
    use std::os::unix::fs::symlink;
    let project = Project::with_sources(&[("a.css", "a{}")]);
    for name in ["hashstatic.toml", "pyproject.toml"] {
        let refused = |words: &str| {
            let output = project.run(&["check", "src"]);
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(&format!("{name}: {words}")), "{said}");
            project.ok(&["check", "src", "--no-config"]);
            fs::remove_file(project.path(name)).unwrap();
        };
        for target in [name, "nowhere.toml"] {
            symlink(target, project.path(name)).unwrap();
            refused("cannot be read: ");
        }
        fs::write(project.path(name), b"out = '\xff'").unwrap();
        refused("not UTF-8");
        project.write(name, "\u{feff}# a byte order mark\n");
        project.ok(&["check", "src"]);
        fs::remove_file(project.path(name)).unwrap();
    }
}

#[test]
fn the_file_in_use_is_named() {
    let project = project("hashstatic.toml", "minify = 'off'\n");
    let output = project.run(&["check", "assets", "-v"]);
    assert!(stderr(&output).contains("notice: hashstatic.toml is the configuration file"));
    assert!(!stderr(&project.run(&["check", "assets"])).contains("configuration"));
    project.write("pyproject.toml", "[tool.other]\n");
    assert!(!stderr(&project.run(&["check", "assets"])).contains("configuration"));
    project.write("pyproject.toml", "[tool.hashstatic]\nhash = 'md5'\n");
    let output = project.run(&["check", "assets"]);
    assert!(stderr(&output).contains(
        "warning: hashstatic.toml is the configuration file; [tool.hashstatic] of pyproject.toml is not read"
    ));
    assert!(!stderr(&project.run(&["check", "assets", "-q"])).contains("configuration"));
}

#[test]
fn the_static_root_of_the_file_is_that_of_every_command() {
    let project = project("hashstatic.toml", SECTION);
    let output = project.run(&["verify"]);
    assert_eq!(output.status.code(), Some(2)); // not built yet
    project.ok(&["build"]);
    for below in ["", "sub/deeper"] {
        for words in [&["verify"][..], &["clean"], &["explain", "css/a.css"]] {
            let mut command = project.command();
            command.current_dir(project.path(below)).args(words);
            assert_success(&command.output().unwrap());
        }
    }
    project.ok(&["build", "-o", "other"]);
    fs::remove_dir_all(project.path("static")).unwrap();
    project.ok(&["verify", "other"]);
    project.ok(&["clean", "other"]);
    project.ok(&["explain", "other", "css/a.css"]);
    let output = project.run(&["verify", "--no-config"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("name the static root, or set `out`"));
}
