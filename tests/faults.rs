//! Whatever happens midway: killed runs, runs at the same moment, full and read-only file systems.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::{paths, tree};
use tempfile::TempDir;

fn hashstatic() -> Command {
    let mut command = support::hashstatic(Path::new("."));
    command
        .args(["build", "--no-cache"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
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

/// Everything that the manifest names is there, and the digest in each name is that of the bytes.
fn assert_complete(root: &Path, when: &str) {
    for name in paths(root).into_values() {
        let bytes =
            fs::read(root.join(&name)).unwrap_or_else(|_| panic!("{when}: {name} is missing"));
        let digest = blake3::hash(&bytes).to_hex();
        assert!(
            name.contains(&digest[..12]),
            "{when}: {name} is not what it says"
        );
    }
}

/// SIGKILL at points spread over first builds and re-runs with other content, with and without compression.
#[test]
fn killed_at_any_moment() {
    let points: u64 = std::env::var("FAULT_POINTS").map_or(8, |n| n.parse().unwrap());
    let scratch = tempfile::tempdir().unwrap();
    let source = scratch.path().join("source");
    for compression in [
        &["--no-gzip", "--no-brotli"][..],
        &["--brotli-quality", "5"],
    ] {
        write_source(&source, 0);
        let run = |out: &Path| {
            let mut command = hashstatic();
            command.arg(&source).arg("-o").arg(out).args(compression);
            command
        };
        // How long a whole run takes, to spread the kills over it.
        let clock = std::time::Instant::now();
        let fresh = scratch.path().join("fresh");
        assert!(run(&fresh).status().unwrap().success());
        let whole = clock.elapsed();
        fs::remove_dir_all(&fresh).unwrap();

        let out = scratch.path().join("out");
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
    let scratch = tempfile::tempdir().unwrap();
    let sources: Vec<PathBuf> = (0..2)
        .map(|n| scratch.path().join(format!("source{n}")))
        .collect();
    for (edition, source) in sources.iter().enumerate() {
        write_source(source, edition);
    }
    for round in 0..20 {
        let out = scratch.path().join(format!("out{}", round % 2));
        if round % 4 == 0 && out.exists() {
            fs::remove_dir_all(&out).unwrap();
        }
        let children: Vec<_> = sources
            .iter()
            .map(|source| {
                let mut command = hashstatic();
                command
                    .arg(source)
                    .arg("-o")
                    .arg(&out)
                    .args(["--no-gzip", "--no-brotli"]);
                command.spawn().unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        assert_complete(&out, &format!("round {round}"));
    }
}

#[test]
fn the_second_build_says_who_holds_the_lock() {
    let scratch = tempfile::tempdir().unwrap();
    let (source, out) = (scratch.path().join("source"), scratch.path().join("out"));
    write_source(&source, 0);
    fs::create_dir(&out).unwrap();
    let lock = fs::File::open(&out).unwrap();
    lock.lock().unwrap();
    let mut command = hashstatic();
    command
        .arg(&source)
        .arg("-o")
        .arg(&out)
        .args(["--lock-timeout", "0"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let expected = format!(
        "is locked by another build (process {})",
        std::process::id()
    );
    assert!(stderr.contains(&expected), "{stderr}");
    drop(lock);
    let mut command = hashstatic();
    command
        .arg(&source)
        .arg("-o")
        .arg(&out)
        .args(["--no-gzip", "--no-brotli"]);
    assert!(command.status().unwrap().success());
}

/// A small file system of its own, where this process may mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn new(kilobytes: usize) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(dir.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self(dir))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

#[test]
fn full_disks() {
    let scratch = tempfile::tempdir().unwrap();
    let source = scratch.path().join("source");
    let mut failed = 0;
    for step in 0..20 {
        let Some(disk) = SmallDisk::new(100 + step * 60) else {
            eprintln!("full_disks: this process may not mount a tmpfs, nothing was tested");
            return;
        };
        let out = disk.0.path().join("out");
        // First something small that fits, then the whole.
        fs::create_dir_all(&source).unwrap();
        fs::remove_dir_all(&source).unwrap();
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("a.css"), "a { b : c }").unwrap();
        let run = || {
            let mut command = hashstatic();
            command
                .arg(&source)
                .arg("-o")
                .arg(&out)
                .args(["--brotli-quality", "1"]);
            command.output().unwrap()
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
        let stderr = String::from_utf8(output.stderr).unwrap();
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

/// A large file is proved where it lies: there need not be room for it once more.
#[test]
fn a_large_file_that_is_there_needs_no_room() {
    let Some(disk) = SmallDisk::new(20 << 10) else {
        eprintln!("this process may not mount a tmpfs, nothing was tested");
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let out = disk.0.path().join("out");
    let video = scratch.path().join("video.webm");
    fs::write(&video, "0123456789abcdef".repeat(12 << 16)).unwrap();
    for more in [&[][..], &["--keep-only-hashed"]] {
        let run = || {
            let mut command = hashstatic();
            command
                .arg(scratch.path())
                .arg("-o")
                .arg(&out)
                .args(["--link-mode", "hardlink"])
                .args(more);
            command.output().unwrap()
        };
        let output = run();
        assert!(output.status.success(), "{output:?}");
        let before = tree(&out);
        let output = run();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(tree(&out), before);
    }
    // A damaged one is replaced, which takes the room.
    let hashed = tree(&out)
        .into_keys()
        .find(|name| name.starts_with("video."));
    let hashed = out.join(hashed.unwrap());
    fs::write(&hashed, "damaged").unwrap();
    let mut command = hashstatic();
    command
        .arg(scratch.path())
        .arg("-o")
        .arg(&out)
        .arg("--keep-only-hashed");
    assert!(command.status().unwrap().success());
    assert!(fs::read(&hashed).unwrap() == fs::read(&video).unwrap());
}

/// A build of `source` over the finished output of another edition, in which the system refuses something.
struct Refusal {
    scratch: TempDir,
    shim: PathBuf,
}

impl Refusal {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let shim = scratch.path().join("shim.so");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&shim)
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/refused_writes.c"
            ))
            .arg("-ldl")
            .status();
        assert!(compiled.unwrap().success());
        let refusal = Self { scratch, shim };
        write_source(&refusal.source(), 0);
        let output = refusal.command().output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        write_source(&refusal.source(), 1);
        refusal
    }

    fn source(&self) -> PathBuf {
        self.scratch.path().join("source")
    }

    fn out(&self) -> PathBuf {
        self.scratch.path().join("out")
    }

    fn command(&self) -> Command {
        let mut command = hashstatic();
        command.arg(self.source()).arg("-o").arg(self.out());
        command.args(["--no-brotli", "--gzip-level", "1"]);
        command
    }

    fn run(&self, call: &str, at: usize) -> std::process::Output {
        self.command()
            .env("LD_PRELOAD", &self.shim)
            .env("FAULT_CALL", call)
            .env("FAULT_AT", at.to_string())
            .output()
            .unwrap()
    }
}

/// Status 1, the reason and the path; whatever the manifest names is as it was.
fn assert_refused(output: &std::process::Output, why: &str, refusal: &Refusal, when: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
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
        .args(["-c", script, env!("CARGO_BIN_EXE_hashstatic")])
        .args([refusal.source(), refusal.out()])
        .output()
        .unwrap();
    assert_refused(&output, "File too large", &refusal, "limit");
    assert_eq!(tree(&refusal.out()), before);
}
