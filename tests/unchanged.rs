//! A build with nothing to do opens no file, and misses no change.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::cell::Cell;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;

use support::{Project, preloaded, tree};

/// Seconds after which a file that was not touched counts as unchanged (`stamp.rs`).
const SETTLED: u32 = 120;

thread_local! {
    /// Seconds by which the clock of this test's builds is ahead.
    static LATER: Cell<u32> = const { Cell::new(0) };
}

/// Lets time pass for the builds of this test.
fn wait() {
    LATER.set(LATER.get() + SETTLED);
}

/// The library that sets the clock of the builds.
fn clock() -> &'static Path {
    static CLOCK: OnceLock<PathBuf> = OnceLock::new();
    CLOCK.get_or_init(|| preloaded("later"))
}

fn project() -> Project {
    Project::with_sources(&[
        ("app.css", "a { background: url(i.svg) }\n"),
        ("js/app.js", &"console.log('x');\n".repeat(50)),
        ("js/lib.js", &"console.log('y');\n".repeat(50)),
        ("i.svg", &"<svg xmlns='x'/>".repeat(30)),
        ("lost.js", "f();\n//# sourceMappingURL=lost.js.map\n"),
    ])
    .with_cache()
    .with_env("LD_PRELOAD", clock())
}

fn run(project: &Project, arguments: &[&str]) -> Output {
    project
        .command()
        .env("LATER", LATER.get().to_string())
        .args(arguments)
        .args(["--output-format", "json"])
        .output()
        .unwrap()
}

/// Runs a build that must succeed. Returns its report.
fn build(project: &Project, more: &[&str]) -> serde_json::Value {
    report(&run(
        project,
        &[&["build", "src", "-o", "out"], more].concat(),
    ))
}

fn report(output: &Output) -> serde_json::Value {
    assert!(output.status.success(), "{output:?}");
    let mut document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    document["report"].take()
}

/// Whether the build took its report from an earlier one.
fn is_repeat(report: &serde_json::Value) -> bool {
    report["stages"][0]["stage"] == "unchanged"
}

/// Replaces a byte; the length and the modification time stay.
fn tamper(path: &Path) {
    let modified = path.metadata().unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(path, bytes).unwrap();
    let file = File::options().write(true).open(path).unwrap();
    file.set_times(FileTimes::new().set_modified(modified))
        .unwrap();
}

#[test]
fn nothing_is_opened_and_no_change_is_missed() {
    type Change = (&'static str, fn(&Project), &'static [&'static str]);
    let changes: &[Change] = &[
        ("a source", |p| tamper(&p.path("src/js/lib.js")), &[]),
        ("a new source", |p| p.write("src/new.txt", "new"), &[]),
        (
            "a source less",
            |p| fs::remove_file(p.path("src/js/lib.js")).unwrap(),
            &[],
        ),
        (
            "a source's name",
            |p| fs::rename(p.path("src/js/lib.js"), p.path("src/js/bil.js")).unwrap(),
            &[],
        ),
        (
            "a hashed file",
            |p| tamper(&p.path("out").join(p.hashed("js/app.js"))),
            &[],
        ),
        ("a plain file", |p| tamper(&p.path("out/js/app.js")), &[]),
        ("a variant", |p| tamper(&p.path("out/js/app.js.br")), &[]),
        (
            "the manifest",
            |p| tamper(&p.path("out/staticfiles.json")),
            &[],
        ),
        (
            "a file less",
            |p| fs::remove_file(p.path("out/js/app.js.gz")).unwrap(),
            &[],
        ),
        (
            "another file in its place",
            |p| {
                let modified = p.path("out/i.svg").metadata().unwrap().modified().unwrap();
                p.write("other", &"<svg xmlns='y'/>".repeat(30));
                let file = File::options().write(true).open(p.path("other")).unwrap();
                file.set_times(FileTimes::new().set_modified(modified))
                    .unwrap();
                fs::rename(p.path("other"), p.path("out/i.svg")).unwrap();
            },
            &[],
        ),
        (
            "a file that is nobody's",
            |p| p.write("out/mine", "mine"),
            &["--clear"],
        ),
        ("an option", |_| (), &["--keep-only-hashed"]),
    ];
    let projects: Vec<Project> = changes.iter().map(|_| project()).collect();
    for project in &projects {
        assert!(!is_repeat(&build(project, &[])));
    }
    wait();
    for ((what, change, more), project) in changes.iter().zip(&projects) {
        let clear: &[&str] = if more.contains(&"--clear") { more } else { &[] };
        let read = build(project, clear);
        assert!(
            !is_repeat(&read),
            "{what}: a first time, everything is read"
        );
        let mut repeat = build(project, clear);
        assert!(is_repeat(&repeat), "{what}: {repeat}");
        assert_eq!(
            repeat["cache"],
            serde_json::json!({"hits": 1, "misses": 0, "added": 0})
        );
        for of_its_own in ["stages", "cache"] {
            repeat[of_its_own] = read[of_its_own].clone();
        }
        assert_eq!(repeat, read, "{what}: the report stays");
        assert_eq!(
            read["diagnostics"][0]["code"], "missing-source-map",
            "{what}"
        );

        change(project);
        let report = build(project, more);
        assert!(!is_repeat(&report), "{what}");

        fs::remove_dir_all(project.path("cache")).unwrap();
        let before = tree(&project.path("out"));
        let report = build(project, more);
        assert_eq!(report["totals"]["written"], 0, "{what}: repaired at once");
        assert_eq!(tree(&project.path("out")), before, "{what}");
    }
}

#[test]
fn a_damaged_record_is_none() {
    let project = project();
    build(&project, &[]);
    wait();
    build(&project, &[]);
    let record = tree(&project.path("cache"))
        .into_iter()
        .find(|(_, bytes)| bytes.windows(10).any(|part| part == b"\"variants\""))
        .unwrap();
    for at in [0, 40, record.1.len() / 2, record.1.len() - 1] {
        let mut bytes = record.1.clone();
        bytes[at] ^= 1;
        fs::write(project.path("cache").join(&record.0), bytes).unwrap();
        assert!(!is_repeat(&build(&project, &[])), "byte {at}");
        assert!(is_repeat(&build(&project, &[])), "and a new one is made");
    }
}

#[test]
fn without_a_cache_everything_is_read() {
    let project = project();
    build(&project, &[]);
    wait();
    build(&project, &[]);
    assert!(!is_repeat(&build(&project, &["--no-cache"])));
    assert!(!is_repeat(&build(&project, &["--dry-run"])));
    assert!(is_repeat(&build(&project, &[])));
}

/// Django writes the manifest anew in each `collectstatic`.
#[test]
fn a_manifest_may_be_written_anew_with_the_same_bytes() {
    let project = project();
    let build = || build(&project, &["--no-manifest"]);
    let write = |text: &str| {
        let _ = fs::remove_file(project.path("out/staticfiles.json"));
        project.write("out/staticfiles.json", text);
    };
    build();
    write(r#"{"paths": {}, "version": "1.1"}"#);
    wait();
    assert!(!is_repeat(&build()));
    write(r#"{"paths": {}, "version": "1.1"}"#);
    assert!(is_repeat(&build()));
    write(r#"{"paths": {}, "version": "1.2"}"#);
    assert!(!is_repeat(&build()));
    assert!(is_repeat(&build()));
    fs::remove_file(project.path("out/staticfiles.json")).unwrap();
    assert!(!is_repeat(&build()));
}

/// Timestamps are too coarse to show that a file was changed again right after it was read; and for half a minute, the
/// system may not record a change through a memory mapping.
#[test]
fn what_was_changed_a_while_ago_is_read_again() {
    let project = project();
    build(&project, &[]);
    project.write("src/js/app.js", "just now");
    let written = build(&project, &[]);
    assert_eq!(written["totals"]["written"], 3, "hashed, plain, manifest");
    for seconds in [0, 1, 10, 40, 60] {
        LATER.set(seconds);
        for _ in 0..2 {
            assert!(!is_repeat(&build(&project, &[])), "{seconds} s later");
        }
    }
    wait();
    assert!(!is_repeat(&build(&project, &[])), "this one takes note");
    assert!(is_repeat(&build(&project, &[])));
}

/// On tmpfs, a write through a memory mapping changes no timestamp.
#[test]
fn not_every_file_system_is_relied_on() {
    let memory = Project::in_memory(&[]);
    let project = project();
    for (from, to) in [("src", "memory"), ("memory", "out")] {
        let place = |name: &str| match name {
            "memory" => memory.path("root"),
            name => project.path(name),
        };
        let build = || {
            LATER.set(SETTLED);
            let (from, to) = (place(from), place(to));
            let roots = ["build", from.to_str().unwrap(), "-o", to.to_str().unwrap()];
            report(&run(&project, &roots))
        };
        for _ in 0..3 {
            assert!(!is_repeat(&build()), "{from} to {to}");
        }
    }
}
