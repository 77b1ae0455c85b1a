//! A file where a directory has to go, and the reverse: a source that was one of them has become the other.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::os::unix::fs::symlink;

use support::{Project, assert_success, preloaded};

const LONG: &str =
    "a { color : red }\nb { color : blue }\nc { color : green }\nd { color : red }\n";

/// Makes `src` one of two editions, which have `x` as a file and as a directory, and `d/y` as a directory and as a file.
fn edition(site: &Project, number: usize) {
    let _ = fs::remove_dir_all(site.path("src"));
    let css = LONG.repeat(3 + number);
    site.write("src/app.css", "@import \"d/same.css\"; a{}");
    site.write("src/d/same.css", &css);
    if number == 1 {
        site.write("src/x", "a file");
        site.write("src/d/y/z/deep.css", &css);
        site.write("src/d/y/a.css", "@import \"z/deep.css\";");
    } else {
        site.write("src/x/z/deep.css", &css);
        site.write("src/x/a.css", "@import \"z/deep.css\";");
        site.write("src/d/y", "a file");
    }
}

/// In every mode, what was built is replaced by what is built now, and the result is what a first build makes.
#[test]
fn what_builds_have_made_is_replaced() {
    let modes: [&[&str]; 7] = [
        &[],
        &["--clear"],
        &["--keep-only-hashed"],
        &["--django-exact", "--no-gzip", "--no-brotli"],
        &["--link-mode", "copy"],
        &["--link-mode", "hardlink", "--zstd"],
        &["--manifest", "m.json"],
    ];
    for mode in modes {
        let site = Project::new(&[]);
        for number in [1, 2, 1, 2] {
            edition(&site, number);
            site.build(&[mode, &["-n"]].concat());
            assert_success(&site.try_build(mode));
            let elsewhere = if mode.first() == Some(&"--manifest") {
                mode
            } else {
                &[]
            };
            site.ok(&[&["verify", "out"], elsewhere].concat());
            let stdout = site.build(mode);
            assert!(stdout.contains("  0 files written"), "{mode:?}: {stdout}");
            // A first build has every one of these files, with the same bytes.
            let _ = fs::remove_dir_all(site.path("fresh"));
            site.ok(&[
                &["build", "src", "-o", "fresh", "--brotli-quality", "5"],
                mode,
            ]
            .concat());
            let (fresh, out) = (site.tree("fresh"), site.tree("out"));
            for (name, bytes) in fresh.iter().filter(|(name, _)| !name.starts_with('.')) {
                assert_eq!(out.get(name), Some(bytes), "{mode:?} {name}");
            }
            let hidden = |name: &String| name.starts_with(".hashstatic") && name.contains("tmp");
            assert!(!out.keys().any(hidden), "{mode:?}: {:?}", out.keys());
        }
        site.run(&["clean", "out", "--keep", "1"]);
    }
}

#[test]
fn what_no_build_has_made_stays() {
    let site = Project::new(&[]);
    edition(&site, 1);
    site.write("out/d/y/z", "mine");
    site.refuses(
        &[],
        "d/y/z: is a file in the static root, made by no build, where a directory has to go",
    );
    fs::remove_dir_all(site.path("out")).unwrap();
    site.write("out/x/y/mine.txt", "mine");
    site.refuses(
        &[],
        "x/y/mine.txt: lies in the static root, made by no build, where the file x has to go",
    );
    // No plain file has to go there.
    site.build(&["--keep-only-hashed"]);
    // What is in use by another manifest stays, too.
    let site = Project::new(&[]);
    edition(&site, 1);
    site.build(&[]);
    edition(&site, 2);
    site.refuses(&["--manifest", "m.json"], "made by no build");
}

#[test]
fn empty_directories_and_links_make_way() {
    let site = Project::new(&[]);
    edition(&site, 1);
    fs::create_dir_all(site.path("out/x/y/z")).unwrap();
    site.build(&[]);
    assert_eq!(site.read("out/x"), "a file");
    fs::remove_file(site.path("out/x")).unwrap();
    symlink("nowhere", site.path("out/x")).unwrap();
    edition(&site, 2);
    site.build(&[]);
    assert!(site.has("out/x/a.css"));
}

const QUICK: &[&str] = &["-j1", "--no-gzip", "--no-brotli", "--no-cache"];

/// A build whose `at`-th call of `call` fails or, with `kill`, does not return. Whether it ended well.
fn disturbed(site: &Project, call: &str, at: usize, kill: bool) -> bool {
    let mut build = site.command();
    build.args(["build", "src", "-o", "out"]).args(QUICK);
    build.env("LD_PRELOAD", preloaded("refused_writes"));
    build.env("FAULT_CALL", call);
    build.env("FAULT_AT", at.to_string());
    build.env("FAULT_DO", if kill { "kill" } else { "refuse" });
    build.output().unwrap().status.success()
}

/// Kills or fails the calls in turn. What the manifest names is there after each, and the next run repairs all.
#[test]
fn nothing_is_lost_on_the_way() {
    for (number, call, kill) in [
        (1, "rename", true),
        (2, "rename", true),
        (1, "rename", false),
        (2, "rename", false),
        (1, "unlink", true),
        (2, "unlink", true),
        (2, "unlink", false),
        (2, "fsync", false),
    ] {
        for at in 1..60 {
            let site = Project::new(&[]);
            edition(&site, 3 - number);
            site.build(QUICK);
            let (paths, files) = (site.paths("out"), site.tree("out"));
            edition(&site, number);
            let is_ended = disturbed(&site, call, at, kill);
            let what = format!("{number} {call} {at} {kill}");
            let now = site.tree("out");
            if site.paths("out") == paths {
                for hashed in paths.values() {
                    assert_eq!(now.get(hashed), files.get(hashed), "{what}: {hashed}");
                }
                if !kill {
                    assert_eq!(now, files, "{what}");
                }
            } else {
                for hashed in site.paths("out").values() {
                    assert!(now.contains_key(hashed), "{what}: {hashed}");
                }
            }
            site.build(QUICK);
            site.ok(&["verify", "out"]);
            let stdout = site.build(QUICK);
            assert!(stdout.contains("  0 files written"), "{what}: {stdout}");
            let left = |name: &String| name.starts_with(".hashstatic");
            assert!(!site.files("out").iter().any(left), "{what}");
            if is_ended {
                break;
            }
        }
    }
}
