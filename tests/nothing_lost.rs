//! Nothing is lost: what was there stays until the new manifest is in place, and the next run repairs what a failed or
//! killed run has left. Kills and errors at every system call: `tests/faults` (`make faults`).
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use support::{BINARY, Project, preloaded, text};

const IN_PLACE: &[&str] = &[
    "build",
    "src",
    "--in-place",
    "--no-cache",
    "--keep-only-hashed",
    "--no-brotli",
];

fn site() -> Project {
    Project::with_sources(&[
        ("a.css", "@import 'b.css'; .a { color : red }\n"),
        ("b.css", "@import 'a.css'; .b { background : url(i.svg) }\n"),
        ("c.css", &".c { background : url(i.svg) }\n".repeat(20)),
        ("i.svg", &"<svg xmlns='x'/>".repeat(30)),
    ])
}

fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| preloaded("refused_writes"))
}

/// A run whose `at`-th call of `call` fails or, with `kill`, does not return.
fn disturbed(site: &Project, arguments: &[&str], call: &str, at: usize, kill: bool) -> Output {
    site.command()
        .args(arguments)
        .env("LD_PRELOAD", shim())
        .env("FAULT_CALL", call)
        .env("FAULT_AT", at.to_string())
        .env("FAULT_DO", if kill { "kill" } else { "refuse" })
        .output()
        .unwrap()
}

/// A run with a time limit: nothing may wait for ever.
fn soon(site: &Project, arguments: &[&str]) -> Output {
    let began = Instant::now();
    let mut command = Command::new("timeout");
    command.current_dir(site.dir()).arg("20");
    command.arg(BINARY).args(arguments);
    let output = command.output().unwrap();
    assert!(began.elapsed() < Duration::from_secs(19), "{arguments:?}");
    output
}

fn fifo(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A failure after all other work leaves no empty directory.
#[test]
fn a_manifest_that_cannot_be_written_costs_no_source() {
    let site = site();
    site.write("nodir", "");
    fs::create_dir(site.path("src/taken")).unwrap();
    let sources = site.tree("src");
    let nodir = site.path("nodir/m.json");
    for manifest in ["taken", "a.css/m.json", nodir.to_str().unwrap()] {
        let output = site.run(&[IN_PLACE, &["--manifest", manifest]].concat());
        assert!(!output.status.success(), "{manifest}");
        assert_eq!(site.tree("src"), sources, "{manifest}");
    }
}

/// In place, whichever call is refused and wherever the run is killed, the sources are there until the manifest names
/// their hashed files; the next run has the result of an undisturbed one.
#[test]
fn in_place_each_moment_is_either_before_or_after() {
    let undisturbed = site();
    undisturbed.ok(IN_PLACE);
    let expected = undisturbed.tree("src");
    for call in ["fsync", "rename", "unlink", "write"] {
        for kill in [false, true] {
            for at in 1..100 {
                let site = site();
                let sources = site.tree("src");
                let output = disturbed(&site, IN_PLACE, call, at, kill);
                let when = format!("{call} {at} {kill}");
                let is_committed = site.has("src/staticfiles.json");
                for (name, bytes) in &sources {
                    let now = fs::read(site.path("src").join(name)).ok();
                    assert!(
                        is_committed || now.as_ref() == Some(bytes),
                        "{when}: {name}"
                    );
                }
                if is_committed {
                    for hashed in site.paths("src").values() {
                        assert!(site.path("src").join(hashed).exists(), "{when}: {hashed}");
                    }
                }
                if output.status.code() == Some(1) && !is_committed {
                    assert_eq!(site.tree("src"), sources, "{when}");
                }
                let is_over = output.status.success();
                site.ok(IN_PLACE);
                assert_eq!(site.tree("src"), expected, "{when}");
                if is_over {
                    break;
                }
            }
        }
    }
}

/// A manifest that cannot be read is not treated as a missing one.
#[test]
fn in_place_an_unreadable_manifest_or_record_stops_the_build() {
    let site = site();
    site.ok(IN_PLACE);
    site.write("src/new.css", "n{}");
    let record = ".staticfiles.generations.json";
    assert!(site.has(&format!("src/{record}")));
    for name in ["staticfiles.json", record] {
        let good = site.read(&format!("src/{name}"));
        for bad in ["", "{", "[]"] {
            site.write(&format!("src/{name}"), bad);
            let before = site.tree("src");
            site.fails(IN_PLACE, "in place");
            assert_eq!(site.tree("src"), before);
        }
        site.write(&format!("src/{name}"), &good);
    }
    site.ok(IN_PLACE);
    site.ok(&["verify", "src"]);
}

/// Assets without a source stay, whatever options the next build has, and follow their targets.
#[test]
fn in_place_what_is_only_hashed_lives_on() {
    let site = site();
    site.ok(IN_PLACE);
    let all: BTreeSet<String> = site.paths("src").into_keys().collect();
    site.ok(&["build", "src", "--in-place", "--no-cache", "--no-brotli"]);
    let now: BTreeSet<String> = site.paths("src").into_keys().collect();
    assert_eq!(now, all);
    // A new image: the style sheets that name it, and each other, get new names, and the old files can go.
    let before = site.paths("src");
    site.write("src/i.svg", &"<svg xmlns='y'/>".repeat(30));
    site.ok(IN_PLACE);
    let after = site.paths("src");
    for name in ["a.css", "b.css", "c.css", "i.svg"] {
        assert_ne!(before[name], after[name], "{name}");
    }
    site.ok(&["clean", "src", "--keep", "1"]);
    site.ok(&["verify", "src"]);
    // A damaged hashed file cannot be made anew, which is reported.
    let hashed = site.path("src").join(&after["i.svg"]);
    fs::write(&hashed, "damaged").unwrap();
    site.fails(IN_PLACE, "was changed, and it has no other");
}

/// `--clear` removes nothing before the new manifest is there.
#[test]
fn clear_removes_nothing_if_the_build_fails() {
    let site = site();
    site.write("out/foreign.txt", "foreign");
    site.build(&["--no-cache"]);
    site.write("src/i.svg", "<svg/>");
    let mut before = site.tree("out");
    let clear = [
        "build",
        "src",
        "-o",
        "out",
        "--no-cache",
        "--no-brotli",
        "--clear",
    ];
    for call in ["write", "fsync", "rename"] {
        for at in 1..100 {
            let output = disturbed(&site, &clear, call, at, false);
            if output.status.success() {
                assert!(at > 2, "{call}");
                break;
            }
            assert_eq!(output.status.code(), Some(1), "{call} {at}");
            // With the new manifest, everything is in place; only removals may be left.
            let is_done = site.tree("out")["staticfiles.json"] != before["staticfiles.json"];
            if is_done {
                assert!(site.has("out/.hashstatic.journal.json"));
                site.ok(&["verify", "out"]);
                break;
            }
            assert!(site.tree("out") == before, "{call} {at}");
        }
        site.ok(&clear);
        site.write("src/i.svg", &format!("<svg id='{call}'/>"));
        before = site.tree("out");
    }
    let elsewhere = site.path("src/i.svg/m.json");
    let elsewhere = elsewhere.to_str().unwrap();
    site.fails(&[&clear[..], &["--manifest", elsewhere]].concat(), "cannot");
    assert_eq!(site.tree("out"), before);
    site.ok(&clear);
    let fresh = ["build", "src", "-o", "fresh", "--no-cache", "--no-brotli"];
    site.ok(&fresh);
    assert_eq!(site.tree("out"), site.tree("fresh"));
}

/// The journal is finished by the next run, which goes by the files' identity and not by their names.
#[test]
fn removals_are_finished_by_the_next_run() {
    let site = site();
    site.write("out/old/foreign.txt", "foreign");
    site.write("out/again.txt", "old");
    site.build(&["--no-cache"]);
    let clear = [
        "build",
        "src",
        "-o",
        "out",
        "--no-cache",
        "--brotli-quality",
        "5",
        "--clear",
    ];
    disturbed(&site, &clear, "unlink", 1, true);
    let journal = "out/.hashstatic.journal.json";
    assert!(site.has(journal) && site.has("out/old/foreign.txt"));
    fs::remove_file(site.path("out/again.txt")).unwrap();
    site.write("out/again.txt", "somebody's new file");
    site.build(&["--no-cache"]);
    assert!(!site.has(journal) && !site.has("out/old"));
    assert!(site.has("out/again.txt"), "not the file that was listed");
    // A journal that cannot be parsed removes nothing.
    site.write(journal, "{");
    let output = site.try_build(&["--no-cache"]);
    assert!(text(&output.stderr).contains("is not readable"));
    assert!(output.status.success() && !site.has(journal));
    // A name in the journal does not lead out of the static root.
    site.write("victim", "");
    let manifest = site.read("out/staticfiles.json");
    site.write("out/../journal", &manifest);
    site.write(
        journal,
        r#"{"version":1,"manifest":"staticfiles.json","identity":"","remove":[],"create":[{"name":"../victim","inode":1,"length":0,"modified":[0,0],"born":null}]}"#,
    );
    site.build(&["--no-cache"]);
    assert!(site.has("victim"));
}

/// A variant of bytes that the build has not read goes neither into the cache nor beside the file.
#[test]
fn a_plain_file_that_changes_meanwhile_poisons_nothing() {
    let site = Project::with_sources(&[]);
    let big = "a line of a big file\n".repeat(60_000);
    let red = format!(
        ".a {{ color : red; background : url(i.png) }}\n{}",
        "/* x */\n".repeat(90)
    );
    site.write("src/big.txt", &big);
    site.write("src/i.png", "i");
    let run = |cache: &str, dir: &str| {
        let mut command = site.command();
        command.env("HASHSTATIC_CACHE_DIR", site.path(cache)).args([
            "build",
            dir,
            "--in-place",
            "-j1",
            "-q",
            "--no-brotli",
            "--gzip-level",
            "12",
        ]);
        command
    };
    for delay in [0, 20, 40, 60, 80, 120, 200, 300] {
        site.write("src/app.css", &red);
        let mut build = run("cache", "src").spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        let edited = Instant::now();
        // A new file in the old one's place, as editors write it.
        site.write("new", &red.replace("red", "blue"));
        fs::rename(site.path("new"), site.path("src/app.css")).unwrap();
        assert!(build.wait().unwrap().success());
        // No build can notice an edit that comes while it ends, or later.
        let is_during = edited.elapsed() > Duration::from_millis(50);
        if is_during && site.has("src/app.css.gz") {
            assert_eq!(
                unzipped(&site.path("src/app.css.gz")),
                site.read("src/app.css"),
                "{delay}"
            );
        }
        // Another project with the same cache.
        let fresh = format!("fresh{delay}");
        site.write(&format!("{fresh}/app.css"), &red);
        site.write(&format!("{fresh}/i.png"), "i");
        assert!(run("cache", &fresh).status().unwrap().success());
        assert_eq!(
            unzipped(&site.path(&format!("{fresh}/app.css.gz"))),
            red,
            "{delay}"
        );
    }
}

fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    let mut decoder = flate2::read::GzDecoder::new(fs::File::open(path).unwrap());
    std::io::Read::read_to_string(&mut decoder, &mut text).unwrap();
    text
}

/// Files below a linked directory, and links, count as files that were there before.
#[test]
fn a_failed_build_removes_nothing_through_links() {
    let site = Project::with_sources(&[("css/a.css", "a{}"), ("i.png", "i")]);
    fs::create_dir_all(site.path("shared")).unwrap();
    fs::create_dir_all(site.path("out")).unwrap();
    symlink("../shared", site.path("out/css")).unwrap();
    site.build(&["--no-cache"]);
    let image = site.hashed("i.png");
    fs::rename(site.path("out").join(&image), site.path("store")).unwrap();
    symlink("../store", site.path("out").join(&image)).unwrap();
    site.write("src/bad.css", "p{q:url(nope.png)}");
    assert!(!site.try_build(&["--no-cache"]).status.success());
    fs::remove_file(site.path("src/bad.css")).unwrap();
    site.ok(&["verify", "out"]);
    let again = site.build(&["--no-cache"]);
    assert!(again.contains(" 0 removed"), "{again}");
    let again = site.build(&["--no-cache"]);
    assert!(
        again.contains("  0 files written"),
        "below a link, too: {again}"
    );
}

/// Leftovers of any name do no harm.
#[test]
fn a_leftover_of_the_same_process_id_does_no_harm() {
    let site = site();
    let id = std::process::id();
    for n in 0..2000 {
        let name = format!("out/.hashstatic-{:x}-0.tmp", id + n);
        site.write(&name, "");
    }
    site.build(&["--no-cache"]);
    assert!(
        !site
            .files("out")
            .iter()
            .any(|name| name.contains(".hashstatic-"))
    );
}

/// Renaming a hard link over another one of the same file does nothing, and leaves both (POSIX `rename`).
#[test]
fn a_link_that_is_there_already_leaves_no_temporary() {
    let site = Project::with_sources(&[("i.svg", "")]);
    let build = ["--no-cache", "--link-mode", "hardlink"];
    site.build(&build);
    let text = "<svg xmlns='x'/>".repeat(30);
    let hashed = format!("i.{}.svg", &blake3::hash(text.as_bytes()).to_hex()[..12]);
    site.write("src/i.svg", &text);
    site.write(&format!("src/{hashed}"), &text);
    site.build(&build);
    let is_temporary = |name: &String| name.contains(".hashstatic-");
    assert!(!site.files("out").iter().any(is_temporary));
    let again = site.build(&build);
    assert!(again.contains("  0 files written"), "{again}");
}

/// Devices and pipes are neither replaced nor waited for.
#[test]
fn no_device_is_replaced_and_no_pipe_waited_for() {
    let site = site();
    let output = site.try_build(&["--no-cache", "--manifest", "/dev/null"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("not a regular file"));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
    site.build(&["--no-cache"]);
    let build = ["build", "src", "-o", "out", "--no-brotli"];
    for name in [".staticfiles.generations.json", ".hashstatic.journal.json"] {
        fifo(&site.path("out").join(name));
        let output = soon(&site, &build);
        assert!(
            !text(&output.stderr).contains("panicked"),
            "{}",
            text(&output.stderr)
        );
        let _ = fs::remove_file(site.path("out").join(name));
    }
    fifo(&site.path("out/staticfiles.json"));
    for command in [
        &build[..],
        &["verify", "out"],
        &["clean", "out"],
        &["explain", "out", "a.css"],
    ] {
        assert!(!soon(&site, command).status.success(), "{command:?}");
    }
    fs::remove_file(site.path("out/staticfiles.json")).unwrap();
    // A pipe in the place of a file that the build writes is replaced; and so is a link.
    site.build(&["--no-cache"]);
    for name in ["c.css", "c.css.gz", &site.hashed("c.css")] {
        fifo(&site.path("out").join(name));
        assert!(soon(&site, &build).status.success(), "{name}");
        fs::remove_file(site.path("out").join(name)).unwrap();
        site.write("elsewhere", "other bytes");
        symlink("../elsewhere", site.path("out").join(name)).unwrap();
        site.ok(&build);
        assert!(
            fs::symlink_metadata(site.path("out").join(name))
                .unwrap()
                .is_file(),
            "{name}"
        );
        assert_eq!(site.read("elsewhere"), "other bytes");
    }
    site.ok(&["verify", "out"]);
    site.ok(&["build", "src", "-o", "out", "--no-gzip", "--no-brotli"]);
    assert!(!site.has("out/c.css.gz"));
}

/// Files that another manifest names are in use.
#[test]
fn manifests_in_one_static_root_know_of_one_another() {
    let site = site();
    let build = |manifest: &str| {
        let quick = ["--no-cache", "--no-brotli", "--keep-only-hashed"];
        let arguments = ["build", "src", "-o", "out", "--manifest", manifest];
        site.ok(&[&arguments[..], &quick].concat());
    };
    let images = || -> usize {
        let files = site.files("out").into_iter();
        files.filter(|name| name.starts_with("i.")).count()
    };
    let outside = site.path("elsewhere/m.json");
    let all = [
        "a.json",
        "staticfiles.json",
        "deep/b.json",
        outside.to_str().unwrap(),
    ];
    for manifest in all {
        build(manifest);
    }
    site.write("src/i.svg", &"<svg xmlns='y'/>".repeat(30));
    for manifest in all {
        assert_eq!(images(), if manifest == all[0] { 2 } else { 4 });
        build(manifest);
        site.ok(&["clean", "out", "--manifest", manifest, "--keep", "1"]);
        for other in all {
            site.ok(&["verify", "out", "--manifest", other]);
        }
    }
    site.ok(&["clean", "out", "--manifest", all[0], "--keep", "1"]);
    assert_eq!(images(), 2, "the last one has let go");
    // If a manifest cannot be parsed, nothing is removed.
    site.write("out/a.json", "{");
    build("staticfiles.json");
    site.fails(&["clean", "out", "--keep", "1"], "nothing was removed");
}

/// A build sets the modes of files that are there to those asked for.
#[test]
fn modes_are_repaired() {
    let site = site();
    site.build(&["--no-cache", "--file-mode", "600"]);
    let modes = || -> BTreeSet<u32> {
        let files = site.files("out").into_iter();
        let visible = files.filter(|name| !name.starts_with('.'));
        visible
            .map(|name| fs::metadata(site.path("out").join(name)).unwrap().mode() & 0o7777)
            .collect()
    };
    assert_eq!(modes(), BTreeSet::from([0o600]));
    site.build(&["--no-cache"]);
    let hashed = site.path("out").join(site.hashed("c.css"));
    fs::set_permissions(&hashed, fs::Permissions::from_mode(0o000)).unwrap();
    let output = site.run(&["verify", "out"]);
    assert!(
        text(&output.stderr).contains("its mode is 000"),
        "{}",
        text(&output.stderr)
    );
    site.build(&["--no-cache"]);
    let manifest = site.path("out/staticfiles.json");
    fs::set_permissions(manifest, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(modes(), BTreeSet::from([0o644]));
    site.ok(&["verify", "out"]);
}

/// The state of a static root during a build is no fault for `verify`.
#[test]
fn verify_waits_for_a_build_at_work() {
    let site = site();
    for n in 0..200 {
        site.write(
            &format!("src/{}/{n}.css", n % 9),
            &format!(".a{n}{{}}\n").repeat(20),
        );
    }
    site.build(&["--no-cache"]);
    for round in 0..15 {
        site.write("src/i.svg", &format!("<svg id='{round}'/>").repeat(30));
        for n in (round % 3..200).step_by(3) {
            let text = format!(".a{n} {{ order : {round} }}\n").repeat(20);
            site.write(&format!("src/{}/{n}.css", n % 9), &text);
        }
        let mut build = site
            .command()
            .args([
                "build",
                "src",
                "-o",
                "out",
                "--no-cache",
                "-q",
                "--brotli-quality",
                "5",
            ])
            .args(if round % 2 == 0 {
                &["--clear"][..]
            } else {
                &[]
            })
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(round * 4));
        site.ok(&["verify", "out"]);
        assert!(build.wait().unwrap().success());
        site.ok(&["verify", "out"]);
    }
    // A fault that stays is found even so.
    fs::remove_file(site.path("out").join(site.hashed("i.svg"))).unwrap();
    site.fails(&["verify", "out"], "not there");
}

/// A snapshot that shares its files with the static root keeps their times.
#[test]
fn a_snapshot_by_hard_links_keeps_its_times() {
    let site = site();
    site.build(&["--no-cache"]);
    let status = Command::new("cp")
        .current_dir(site.dir())
        .args(["-al", "out", "snapshot"])
        .status();
    assert!(status.unwrap().success());
    let times = || -> Vec<SystemTime> {
        let files = site.files("snapshot").into_iter();
        files
            .map(|name| {
                fs::metadata(site.path("snapshot").join(name))
                    .unwrap()
                    .modified()
                    .unwrap()
            })
            .collect()
    };
    let before = times();
    let later = SystemTime::now() + Duration::from_secs(100);
    for name in site.files("src") {
        let file = fs::File::open(site.path("src").join(name)).unwrap();
        file.set_times(fs::FileTimes::new().set_modified(later))
            .unwrap();
    }
    site.build(&["--no-cache"]);
    assert_eq!(times(), before);
    let modified = |name: &str| fs::metadata(site.path(name)).unwrap().modified().unwrap();
    assert_eq!(modified("out/i.svg"), later);
}

/// A killed run leaves nothing beside a manifest outside of the static root; files of other builds stay.
#[test]
fn what_is_left_beside_a_manifest_elsewhere_is_removed() {
    let site = site();
    let manifest = site.path("elsewhere/m.json");
    let build = [
        "build",
        "src",
        "-o",
        "out",
        "--no-cache",
        "--no-brotli",
        "--manifest",
    ];
    let build = [&build[..], &[manifest.to_str().unwrap()]].concat();
    site.write(
        "elsewhere/.hashstatic-0123456789abcdef-other.json.tmp",
        "another build's",
    );
    for at in 1..8 {
        disturbed(&site, &build, "fsync", at, true);
    }
    site.ok(&build);
    let left: Vec<String> = site.files("elsewhere").into_iter().collect();
    assert_eq!(
        left,
        [".hashstatic-0123456789abcdef-other.json.tmp", "m.json"]
    );
}

/// The static root is the source root also through a link or a mount: then it is not overwritten unasked.
#[test]
fn a_static_root_that_is_the_source_by_another_way_is_refused() {
    let site = site();
    let sources = site.tree("src");
    let refused = |source: &str| {
        let output = site.run(&["build", source, "-o", "src", "--no-cache", "--no-brotli"]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
        assert!(text(&output.stderr).contains("--in-place"));
        assert_eq!(site.tree("src"), sources);
    };
    refused("src");
    symlink("src", site.path("way")).unwrap();
    refused("way");
    for _ in 0..3 {
        site.ok(&["build", "way", "--in-place", "--no-cache", "--no-brotli"]);
        assert_eq!(site.paths("src").len(), 4);
    }
    let sources = site.tree("src");
    let mounted = site.path("mounted");
    fs::create_dir(&mounted).unwrap();
    let mount = Command::new("mount")
        .args(["--bind"])
        .args([&site.path("src"), &mounted])
        .status();
    assert!(
        mount.unwrap().success(),
        "this test mounts a directory: run it as root"
    );
    let output = site.run(&["build", "mounted", "-o", "src", "--no-cache", "--no-brotli"]);
    Command::new("umount").arg(&mounted).status().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert_eq!(site.tree("src"), sources);
}

/// A `SOURCE_DATE_EPOCH` beyond the system's times is an error, not a crash.
#[test]
fn no_time_is_too_late() {
    let site = site();
    let mut command = site.command();
    command.env("SOURCE_DATE_EPOCH", u64::MAX.to_string());
    let output = command
        .args(["build", "src", "-o", "out"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("SOURCE_DATE_EPOCH"));
}

/// A cache that others can write to is not used.
#[test]
fn a_cache_that_is_not_ours_alone_is_not_used() {
    let site = site();
    let run = |cache: &str| {
        let mut command = site.command();
        command.env("HASHSTATIC_CACHE_DIR", site.path(cache));
        command
            .args(["build", "src", "-o", "out", "--no-brotli"])
            .output()
            .unwrap()
    };
    run("cache");
    assert!(site.files("cache").len() > 2);
    fs::set_permissions(site.path("cache"), fs::Permissions::from_mode(0o777)).unwrap();
    let output = run("cache");
    assert!(output.status.success());
    assert!(
        text(&output.stderr).contains("everybody may write to it"),
        "{}",
        text(&output.stderr)
    );
    fs::set_permissions(site.path("cache"), fs::Permissions::from_mode(0o755)).unwrap();
    // `clear` follows no link out of the cache.
    site.write(&format!("elsewhere/{}", "0".repeat(62)), "mine");
    let _ = fs::remove_dir_all(site.path("cache/ab"));
    symlink("../elsewhere", site.path("cache/ab")).unwrap();
    site.ok(&["cache", "clear", "--cache-dir", "cache"]);
    assert_eq!(site.files("elsewhere").len(), 1);
}
