//! Builds that are disturbed: killed runs, runs at the same moment, full and read-only file systems.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use support::{BINARY, Project, assert_digest, assert_success, paths, preloaded, stderr, tree};

/// A project with this edition of `source`.
fn project(edition: usize) -> Project {
    let project = Project::new(&[]);
    write_source(&project.path("source"), edition);
    project
}

/// The command of a build of `source`, for tests that do not wait for it.
fn build(project: &Project, source: &str, out: &Path) -> Command {
    let mut command = project.command();
    command.args(["build", source, "--no-cache", "-o"]).arg(out);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// A source root with style sheets that refer to one another and to images; `edition` changes all of them.
fn write_source(root: &Path, edition: usize) {
    for n in 0..147 {
        let directory = root.join(format!("d{}", n % 7));
        fs::create_dir_all(&directory).unwrap();
        let image = format!("image {n} of edition {edition}\n").repeat(200 + n);
        fs::write(directory.join(format!("{n}.svg")), image).unwrap();
        // A chain of 20 in each directory; the last one is plain.
        let css = if n < 140 {
            let next = n + 7;
            format!("@import \"{next}.css\";\n.a{n} {{ b : url({n}.svg) }} /* {edition} */\n")
        } else {
            format!(".last {{ edition : {edition} }}\n").repeat(30)
        };
        fs::write(directory.join(format!("{n}.css")), css).unwrap();
    }
}

/// Asserts that every file that the manifest names is there, with the digest of its bytes in its name.
fn assert_complete(root: &Path, when: &str) {
    for name in paths(root).into_values() {
        let bytes =
            fs::read(root.join(&name)).unwrap_or_else(|_| panic!("{when}: {name} is missing"));
        assert_digest(&name, &bytes);
    }
}

/// SIGKILL at points spread over first builds and re-runs with other content, with and without compression.
#[test]
fn killed_at_any_moment() {
    let points: u64 = std::env::var("FAULT_POINTS").map_or(8, |n| n.parse().unwrap());
    let project = project(0);
    let source = project.path("source");
    for compression in [
        &["--no-gzip", "--no-brotli"][..],
        &["--brotli-quality", "5"],
    ] {
        write_source(&source, 0);
        let run = |out: &Path| {
            let mut command = build(&project, "source", out);
            command.args(compression);
            command
        };
        // The time of a whole run, to spread the kills over it.
        let clock = std::time::Instant::now();
        let fresh = project.path("fresh");
        assert!(run(&fresh).status().unwrap().success());
        let whole = clock.elapsed();
        fs::remove_dir_all(&fresh).unwrap();

        let out = project.path("out");
        let mut killed = 0;
        for point in 0..points {
            let first_build = point % 3 == 0;
            if first_build && out.exists() {
                fs::remove_dir_all(&out).unwrap();
            }
            let before = out.join("staticfiles.json").exists().then(|| paths(&out));
            write_source(&source, usize::try_from(point).unwrap() + 1);
            let mut child = run(&out).spawn().unwrap();
            let share = u32::try_from(point).unwrap() * 97 % 100;
            std::thread::sleep(whole * share / 100);
            child.kill().unwrap();
            killed += usize::from(!child.wait().unwrap().success());
            let when = format!("point {point}");
            if out.join("staticfiles.json").exists() {
                assert_complete(&out, &when);
            }
            for name in before.into_iter().flat_map(BTreeMap::into_values) {
                assert!(
                    out.join(&name).exists(),
                    "{when}: {name} of the last manifest is gone"
                );
            }
            if point % 4 == 3 {
                // The next run repairs the rest and leaves no temporaries.
                assert!(run(&out).status().unwrap().success());
                assert_complete(&out, &when);
                assert!(run(&fresh).status().unwrap().success());
                let (repaired, expected) = (tree(&out), tree(&fresh));
                for (name, bytes) in &expected {
                    assert_eq!(repaired.get(name), Some(bytes), "{when}: {name}");
                }
                assert!(!repaired.keys().any(|name| name.contains(".hashstatic-")));
                fs::remove_dir_all(&fresh).unwrap();
            }
        }
        assert!(killed > 0, "no run was killed midway");
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn builds_at_the_same_moment() {
    let project = Project::new(&[]);
    let sources = ["source0", "source1"];
    for (edition, source) in sources.iter().enumerate() {
        write_source(&project.path(source), edition);
    }
    for round in 0..20 {
        let out = project.path(&format!("out{}", round % 2));
        if round % 4 == 0 && out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        let children: Vec<_> = sources
            .iter()
            .map(|source| {
                let mut command = build(&project, source, &out);
                command.args(["--no-gzip", "--no-brotli"]);
                command.spawn().unwrap()
            })
            .collect();
        for child in children {
            assert_success(&child.wait_with_output().unwrap());
        }
        assert_complete(&out, &format!("round {round}"));
    }
}

#[test]
fn the_second_build_says_who_holds_the_lock() {
    let project = project(0);
    let out = project.path("out");
    fs::create_dir(&out).unwrap();
    let lock = fs::File::open(&out).unwrap();
    lock.lock().unwrap();
    let mut command = build(&project, "source", &out);
    let output = command.args(["--lock-timeout", "0"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = stderr(&output);
    let expected = format!(
        "is locked by another build (process {})",
        std::process::id()
    );
    assert!(stderr.contains(&expected), "{stderr}");
    drop(lock);
    let mut command = build(&project, "source", &out);
    command.args(["--no-gzip", "--no-brotli"]);
    assert!(command.status().unwrap().success());
}

/// A small file system of its own, where this process may mount one.
struct SmallDisk(Project);

impl SmallDisk {
    fn new(kilobytes: usize) -> Option<Self> {
        let project = Project::new(&[]);
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(project.dir())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(project))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.dir()).status();
    }
}

#[test]
fn full_disks() {
    let project = Project::new(&[]);
    let source = project.path("source");
    let mut failed = 0;
    for step in 0..20 {
        let Some(disk) = SmallDisk::new(100 + step * 60) else {
            eprintln!("full_disks: this process may not mount a tmpfs, nothing was tested");
            return;
        };
        let out = disk.0.path("out");
        // First something small that fits, then the whole.
        fs::create_dir_all(&source).unwrap();
        fs::remove_dir_all(&source).unwrap();
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("a.css"), "a { b : c }").unwrap();
        let run = || {
            let mut command = build(&project, "source", &out);
            command.args(["--brotli-quality", "1"]).output().unwrap()
        };
        assert!(run().status.success());
        let before = tree(&out);
        write_source(&source, step);
        let output = run();
        if output.status.success() {
            assert_complete(&out, &format!("step {step}"));
            continue;
        }
        failed += 1;
        let stderr = stderr(&output);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr.contains("error: cannot") && stderr.contains("No space left"),
            "{stderr}"
        );
        assert!(
            stderr.contains(out.to_str().unwrap()),
            "the path is not named: {stderr}"
        );
        assert_eq!(tree(&out), before, "step {step}");
    }
    assert!(failed > 5, "only {failed} of 20 disks were too small");
}

/// A large file is verified in its place, without room for a second copy.
#[test]
fn a_large_file_that_is_there_needs_no_room() {
    let Some(disk) = SmallDisk::new(20 << 10) else {
        eprintln!("this process may not mount a tmpfs, nothing was tested");
        return;
    };
    let project = Project::new(&[]);
    let out = disk.0.path("out");
    let video = project.path("video.webm");
    fs::write(&video, "0123456789abcdef".repeat(12 << 16)).unwrap();
    for more in [&[][..], &["--keep-only-hashed"]] {
        let run = || {
            let mut command = build(&project, ".", &out);
            command.args(["--link-mode", "hardlink"]).args(more);
            command.output().unwrap()
        };
        let output = run();
        assert!(output.status.success(), "{output:?}");
        let before = tree(&out);
        let output = run();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(tree(&out), before);
    }
    // A damaged file is replaced, which needs room for the new one.
    let hashed = tree(&out)
        .into_keys()
        .find(|name| name.starts_with("video."));
    let hashed = out.join(hashed.unwrap());
    fs::write(&hashed, "damaged").unwrap();
    let mut command = build(&project, ".", &out);
    command.arg("--keep-only-hashed");
    assert!(command.status().unwrap().success());
    assert!(fs::read(&hashed).unwrap() == fs::read(&video).unwrap());
}

/// A build of `source` over the finished output of another edition, in which the system refuses something.
struct Refusal {
    project: Project,
    shim: PathBuf,
}

impl Refusal {
    fn new() -> Self {
        let refusal = Self {
            project: project(0),
            shim: preloaded("refused_writes"),
        };
        assert_success(&refusal.command().output().unwrap());
        write_source(&refusal.source(), 1);
        refusal
    }

    fn source(&self) -> PathBuf {
        self.project.path("source")
    }

    fn out(&self) -> PathBuf {
        self.project.path("out")
    }

    fn command(&self) -> Command {
        let mut command = build(&self.project, "source", &self.out());
        command.args(["--no-brotli", "--gzip-level", "1"]);
        command
    }

    fn run(&self, call: &str, at: usize) -> Output {
        self.command()
            .env("LD_PRELOAD", &self.shim)
            .env("FAULT_CALL", call)
            .env("FAULT_AT", at.to_string())
            .output()
            .unwrap()
    }
}

/// Asserts status 1, the reason and the path; every file that the manifest names is as it was.
fn assert_refused(output: &Output, why: &str, refusal: &Refusal, when: &str) {
    let stderr = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{when}: {stderr}");
    assert!(stderr.contains(why), "{when}: {stderr}");
    let out = refusal.out();
    assert!(
        stderr.contains(out.to_str().unwrap()),
        "{when}: the path is not named: {stderr}"
    );
    assert_complete(&out, when);
}

#[test]
fn write_errors() {
    let refusal = Refusal::new();
    let before = tree(&refusal.out());
    for step in 0..20 {
        let when = format!("write {}", step * 30 + 1);
        let output = refusal.run("write", step * 30 + 1);
        assert_refused(&output, "Input/output error", &refusal, &when);
        assert_eq!(tree(&refusal.out()), before, "{when}");
    }
}

#[test]
fn errors_while_publishing() {
    let refusal = Refusal::new();
    let manifest = || fs::read(refusal.out().join("staticfiles.json")).unwrap();
    let before = manifest();
    let names = paths(&refusal.out());
    // Hashed files, plain files (which cannot be published all at once), the manifest.
    for (call, at) in [
        ("rename", 1),
        ("rename", 100),
        ("rename", 300),
        ("rename", 600),
        ("fsync", 1),
    ] {
        let when = format!("{call} {at}");
        let output = refusal.run(call, at);
        assert_refused(&output, "Input/output error", &refusal, &when);
        assert_eq!(manifest(), before, "{when}");
        assert_eq!(paths(&refusal.out()), names);
        let is_left_over = |name: &String| name.contains(".hashstatic-");
        assert!(!tree(&refusal.out()).keys().any(is_left_over), "{when}");
    }
    assert!(refusal.command().status().unwrap().success());
    assert_complete(&refusal.out(), "in the end");
    assert_ne!(manifest(), before);
}

#[test]
fn short_writes_are_continued() {
    let refusal = Refusal::new();
    for at in [1, 40, 200] {
        write_source(&refusal.source(), at);
        let output = refusal.run("short", at);
        assert!(output.status.success());
        assert_complete(&refusal.out(), &format!("short write {at}"));
    }
}

#[test]
fn files_larger_than_the_limit() {
    let refusal = Refusal::new();
    let before = tree(&refusal.out());
    fs::write(refusal.source().join("large.bin"), vec![1; 2 << 20]).unwrap();
    let script = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" build \"$1\" -o \"$2\" --no-cache";
    let output = Command::new("sh")
        .args(["-c", script, BINARY])
        .args([refusal.source(), refusal.out()])
        .output()
        .unwrap();
    assert_refused(&output, "File too large", &refusal, "limit");
    assert_eq!(tree(&refusal.out()), before);
}
