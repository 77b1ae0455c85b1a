//! Input with a hundred thousand errors: its diagnostics stay short, complete and the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;

use support::{BINARY, Project, text};

const MISSING: usize = 8_000;

/// A project whose style sheets name this many files, none of which is there.
fn missing(files: usize) -> Project {
    let project = Project::with_sources(&[]);
    for file in 0..files {
        let css = (0..MISSING / files).fold(String::new(), |mut css, n| {
            writeln!(css, "a{{b:url(nope{n}.png)}}").unwrap();
            css
        });
        project.write(&format!("src/d{}/{file}.css", file % 7), &css);
    }
    project
}

#[test]
fn messages_are_folded_and_all_of_them_counted() {
    for files in [1, 200] {
        let project = missing(files);
        for format in ["human", "json", "sarif", "github"] {
            for more in [&[][..], &["--django-exact"]] {
                let check = |jobs| {
                    let check = ["check", "src", "-j", jobs, "--output-format", format];
                    project.run(&[&check, more].concat())
                };
                let output = check("1");
                assert_eq!(output.status.code(), Some(1));
                let said = output.stderr.len() + output.stdout.len();
                assert!(said < 1_500_000, "{format}: {said} bytes");
                assert!(output.stderr.len() < 1_000_000);
                let stderr = text(&output.stderr);
                assert!(
                    stderr.contains(&format!("{MISSING} errors found")),
                    "{format}: {}",
                    &stderr[stderr.len().saturating_sub(300)..]
                );
                let again = check("4");
                assert_eq!(text(&again.stderr), stderr);
                assert_eq!(again.stdout, output.stdout);
            }
        }
    }
}

#[test]
fn a_folded_file_shows_the_first_and_how_many_more() {
    let project = missing(1);
    let stderr = text(&project.run(&["check", "src"]).stderr);
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(lines.len(), 22, "{stderr}");
    assert!(lines[0].starts_with("error: d0/0.css:1:9: \"nope0.png\""));
    assert_eq!(
        lines[20],
        format!(
            "error: d0/0.css:21:9: {} more of this kind in this file",
            MISSING - 20
        )
    );

    let exact = text(&project.run(&["check", "src", "--django-exact"]).stderr);
    assert!(
        exact.starts_with(
            "Post-processing 'd0/0.css' failed!\n\nerror: d0/0.css:1:5: The file 'd0/nope0.png' could not be found"
        ),
        "{exact}"
    );

    let json = project.run(&["check", "src", "--output-format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    assert_eq!(diagnostics.len(), 21);
    assert_eq!(diagnostics[0].get("more"), None);
    assert_eq!(diagnostics[20]["more"], MISSING - 20);
}

#[test]
fn warnings_are_counted_too() {
    let project = missing(1);
    let stdout = project.ok(&["build", "src", "-o", "out", "-n", "--on-missing", "warn"]);
    assert!(stdout.contains("8,000 warnings, 0 notices"), "{stdout}");
}

#[test]
fn verify_folds_as_build_does() {
    let project = missing(1);
    project.ok(&[
        "build",
        "src",
        "-o",
        "out",
        "--no-gzip",
        "--no-brotli",
        "-q",
        "--on-missing",
        "ignore",
    ]);
    let output = project.run(&["verify", "out", "--on-missing", "error"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = text(&output.stderr);
    assert!(stderr.lines().count() < 50, "{stderr}");
    assert!(stderr.contains("16,000 errors found"), "{stderr}");
}

/// Input for which Django's regular expressions take quadratic time.
#[test]
fn style_sheets_and_scripts_that_are_made_for_the_exact_mode() {
    let n = 40_000;
    let cases = [
        ("a.css", "url('".repeat(n)),
        ("b.css", "url(\"".repeat(n)),
        ("c.css", "url(".repeat(n)),
        ("d.css", "@import '".repeat(n)),
        ("e.css", "@import url('".repeat(n)),
        ("f.css", "/*# sourceMappingURL=".repeat(n)),
        ("g.css", "/*".repeat(n)),
        ("h.css", "url(nope.png)".repeat(n / 4)),
        ("i.js", "import(\"./".repeat(n)),
        ("j.js", "import {".repeat(n) + &" ".repeat(n) + "from './x'"),
        ("k.js", "import'./".repeat(n)),
        ("l.js", "//# sourceMappingURL=".repeat(n)),
        ("m.js", "import * as ".repeat(n)),
        ("n.js", "import {".repeat(n) + ";from './x'"),
        ("o.js", "import {x} from './x' ".repeat(n)),
        (
            "p.css",
            format!("a{{b:url({})}}", ".000000000000".repeat(n)),
        ),
    ];
    for version in ["6.1", "5.2", "4.2"] {
        for (name, text) in &cases {
            let project = Project::with_sources(&[(name, text)]);
            let exact = format!("--django-exact={version}");
            // The limit is generous: quadratic time would be minutes.
            let status = std::process::Command::new("timeout")
                .current_dir(project.dir())
                .args(["60", BINARY])
                .args(["check", "src", "-q", "--js-modules", &exact])
                .stderr(std::process::Stdio::null())
                .status();
            assert_ne!(status.unwrap().code(), Some(124), "{version} {name}");
        }
    }
}
