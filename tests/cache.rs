//! The build cache: the same bytes with it and without, however bad its state.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use support::{hashstatic, tree};
use tempfile::TempDir;

/// A project with a source root and a cache of its own.
fn project() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("src");
    fs::create_dir_all(source.join("js")).unwrap();
    for n in 0..10 {
        let css = format!("/* {n} */ .a{n} {{ color : red ; background : url(i.svg) }}\n");
        fs::write(source.join(format!("{n}.css")), css.repeat(20)).unwrap();
        let js = format!("export const value{n} = {n};\n").repeat(50);
        fs::write(source.join(format!("js/{n}.js")), js).unwrap();
    }
    fs::write(source.join("i.svg"), "<svg xmlns='x'/>".repeat(30)).unwrap();
    dir
}

fn run(project: &Path, arguments: &[&str]) -> Output {
    hashstatic(project)
        .env("HASHSTATIC_CACHE_DIR", project.join("cache"))
        .args(arguments)
        .output()
        .unwrap()
}

/// Builds `src` into `out`; what the build had from the cache: hits, misses.
fn build(project: &Path, out: &str, more: &[&str]) -> (u64, u64) {
    let arguments = [
        &["build", "src", "-o", out, "--output-format", "json"],
        more,
    ]
    .concat();
    let output = run(project, &arguments);
    assert!(output.status.success(), "{output:?}");
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let cache = &document["report"]["cache"];
    let count = |field: &str| cache[field].as_u64().unwrap_or(0);
    (count("hits"), count("misses"))
}

#[test]
fn the_same_bytes_cold_warm_and_without() {
    let project = project();
    let dir = project.path();
    for more in [
        &[][..],
        &["--minify", "full"],
        &["--zstd", "--gzip-level", "6"],
    ] {
        let more: Vec<&str> = [more, &["--brotli-quality", "5"]].concat();
        run(dir, &["cache", "clear"]);
        let (hits, misses) = build(dir, "cold", &more);
        assert_eq!(hits, 0);
        let (warm_hits, warm_misses) = build(dir, "warm", &more);
        assert_eq!(warm_hits + warm_misses, misses);
        // What `full` has something to say about is not kept.
        assert!(warm_misses == 0 || more.contains(&"full"), "{warm_misses}");
        assert_eq!(
            build(dir, "without", &[&more[..], &["--no-cache"]].concat()),
            (0, 0)
        );
        let expected = tree(&dir.join("without"));
        assert!(expected.len() > 60, "{}", expected.len());
        assert!(tree(&dir.join("cold")) == expected);
        assert!(tree(&dir.join("warm")) == expected);
        for out in ["cold", "warm", "without"] {
            fs::remove_dir_all(dir.join(out)).unwrap();
        }
    }
}

/// The end of a script that names its map is all that its plain and its hashed file do not share.
#[test]
fn the_same_bytes_where_a_beginning_is_shared() {
    let project = project();
    let dir = project.path();
    let number = |n: u32| n.wrapping_mul(2_654_435_761) >> 7;
    let script = |n: u32| {
        (0..20_000).fold(String::new(), |s, at| {
            s + &format!("f({});", number(at + n))
        })
    };
    for n in 0..3 {
        let script = script(n) + &format!("\n//# sourceMappingURL=big{n}.js.map\n");
        fs::write(dir.join(format!("src/js/big{n}.js")), script).unwrap();
        fs::write(dir.join(format!("src/js/big{n}.js.map")), "{}").unwrap();
    }
    let quality = ["--brotli-quality", "10"];
    let with = |more: &[&'static str]| [&quality, more].concat();
    build(dir, "without", &with(&["--no-cache", "--jobs", "1"]));
    build(dir, "cold", &with(&[]));
    build(dir, "warm", &with(&[]));
    let expected = tree(&dir.join("without"));
    assert!(tree(&dir.join("cold")) == expected);
    assert!(tree(&dir.join("warm")) == expected);
    fs::remove_file(dir.join("warm/js/big1.js.br")).unwrap();
    assert_eq!(build(dir, "warm", &with(&[])).1, 0);
    assert!(tree(&dir.join("warm")) == expected);
    run(dir, &["cache", "clear"]); // only one of the two is missing, and in no cache
    fs::remove_file(dir.join("warm/js/big1.js.br")).unwrap();
    build(dir, "warm", &with(&[]));
    assert!(tree(&dir.join("warm")) == expected);
    let verified = run(dir, &["verify", "cold"]);
    assert!(verified.status.success(), "{verified:?}");

    // The two streams do begin with the same bytes, which those of whole files would only by chance.
    let br = |start: &str| {
        let is_it =
            |(name, _): &(&String, &Vec<u8>)| name.starts_with(start) && name.contains(".br");
        let found: Vec<_> = expected.iter().filter(is_it).map(|(_, br)| br).collect();
        assert_eq!(found.len(), 2);
        assert_ne!(found[0], found[1]);
        let same = found[0].iter().zip(found[1]).take_while(|(a, b)| a == b);
        (same.count(), found[0].len())
    };
    let (same, all) = br("js/big1.");
    assert!(same + 100 > all, "{same} of {all}");
}

/// The files of the cache but its tag.
fn entries(project: &Path) -> BTreeSet<String> {
    let is_entry = |name: &String| name.contains('/');
    tree(&project.join("cache"))
        .into_keys()
        .filter(is_entry)
        .collect()
}

#[test]
fn a_static_root_that_is_whole_needs_one_entry() {
    let project = project();
    let dir = project.path();
    let quick = ["--brotli-quality", "5", "--minify", "off"];
    build(dir, "first", &quick);
    let others = entries(dir);
    let (_, misses) = build(dir, "second", &quick);
    assert_eq!(misses, 0);
    let expected = tree(&dir.join("second"));
    // The second static root's index is all that came to be; now it is all that there is.
    assert_eq!(entries(dir).len(), others.len() + 1);
    for name in &others {
        fs::remove_file(dir.join("cache").join(name)).unwrap();
    }
    let (hits, misses) = build(dir, "second", &quick);
    assert!(hits > 20 && misses == 0, "{hits} {misses}");
    assert!(tree(&dir.join("second")) == expected);
    assert_eq!(entries(dir).len(), 1);

    // What is not right in place is not taken from the index: its entries are gone, and it is made anew.
    let is_variant = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "gz");
    let variants: Vec<&String> = expected.keys().filter(is_variant).collect();
    assert!(variants.len() > 20);
    fs::write(dir.join("second").join(variants[0]), "?").unwrap();
    fs::remove_file(dir.join("second").join(variants[5])).unwrap();
    build(dir, "second", &quick);
    assert!(tree(&dir.join("second")) == expected);
    assert!(entries(dir).len() > 1);
}

#[test]
fn other_settings_are_other_entries() {
    let project = project();
    let dir = project.path();
    build(dir, "out", &["--brotli-quality", "5"]);
    build(dir, "out", &["--brotli-quality", "4"]);
    build(dir, "fresh", &["--brotli-quality", "4", "--no-cache"]);
    assert!(tree(&dir.join("out")) == tree(&dir.join("fresh")));
}

#[test]
fn damaged_entries_are_computed_anew_and_mended() {
    let project = project();
    let dir = project.path();
    let quick = ["--brotli-quality", "5"];
    build(dir, "good", &quick);
    let expected = tree(&dir.join("good"));
    let entries: Vec<PathBuf> = tree(&dir.join("cache"))
        .into_keys()
        .filter(|name| name.matches('/').count() == 1)
        .map(|name| dir.join("cache").join(name))
        .collect();
    assert!(entries.len() > 30, "{}", entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let mut bytes = fs::read(entry).unwrap();
        match index % 4 {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.clear(),
            2 => bytes.push(b'x'),
            _ => {
                let at = bytes.len() - 1 - index % 10; // in the payload, if there is one
                bytes[at] ^= 0x20;
            }
        }
        fs::write(entry, bytes).unwrap();
    }
    build(dir, "again", &quick);
    assert!(tree(&dir.join("again")) == expected);
    let (_, misses) = build(dir, "mended", &quick);
    assert_eq!(misses, 0);
    assert!(tree(&dir.join("mended")) == expected);
}

#[test]
fn builds_at_the_same_time_share_a_cache() {
    let project = project();
    let dir = project.path();
    for round in 0..5 {
        run(dir, &["cache", "clear"]);
        std::thread::scope(|scope| {
            for n in 0..4 {
                scope.spawn(move || {
                    let more = ["--brotli-quality", "5", "--cache-max-size", "3kB"];
                    build(dir, &format!("out-{round}-{n}"), &more);
                });
            }
        });
        let expected = tree(&dir.join("out-0-0"));
        for n in 0..4 {
            assert!(tree(&dir.join(format!("out-{round}-{n}"))) == expected);
        }
    }
}

#[test]
fn a_cache_that_cannot_be_used_is_a_warning() {
    let project = project();
    let dir = project.path();
    fs::write(dir.join("file"), "").unwrap();
    let output = run(dir, &["build", "src", "-o", "out", "--cache-dir", "file"]);
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("warning: file: the build cache cannot be used"),
        "{stderr}"
    );
    assert!(stderr.contains("--no-cache"), "{stderr}");
    for inside in ["src/cache", "out/cache"] {
        let output = run(dir, &["build", "src", "-o", "out", "--cache-dir", inside]);
        assert_eq!(output.status.code(), Some(2), "{inside}");
        assert!(!dir.join(inside).exists());
    }
}

#[test]
fn a_dry_run_and_no_cache_leave_no_cache_behind() {
    let project = project();
    let dir = project.path();
    build(dir, "out", &["--dry-run"]);
    build(dir, "out", &["--no-cache"]);
    run(dir, &["check", "src"]);
    assert!(!dir.join("cache").exists());
}

#[test]
fn stats_and_clear() {
    let project = project();
    let dir = project.path();
    build(dir, "out", &["--brotli-quality", "5"]);
    let stats = || -> serde_json::Value {
        let output = run(dir, &["cache", "stats", "--output-format", "json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert!(stats()["cache"]["entries"].as_u64().unwrap() > 30);
    let output = run(dir, &["cache", "clear"]);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains(" removed")
    );
    assert_eq!(stats()["cache"]["entries"], 0);
    assert_eq!(stats()["cache"]["bytes"], 0);
}

#[test]
fn an_unchanged_run_with_variants_writes_nothing() {
    let project = project();
    let dir = project.path();
    let inodes = || -> BTreeMap<String, (u64, i64)> {
        tree(&dir.join("out"))
            .into_keys()
            .map(|name| {
                let metadata = fs::metadata(dir.join("out").join(&name)).unwrap();
                (name, (metadata.ino(), metadata.ctime_nsec()))
            })
            .collect()
    };
    build(dir, "out", &["--brotli-quality", "5"]);
    let before = inodes();
    let output = run(dir, &["build", "src", "-o", "out", "--brotli-quality", "5"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("  0 files written"), "{stdout}");
    assert_eq!(inodes(), before);
    // A variant that is wrong is replaced, also where the cache knows the right one.
    fs::write(dir.join("out/0.css.gz"), "stale").unwrap();
    build(dir, "out", &["--brotli-quality", "5"]);
    build(dir, "fresh", &["--brotli-quality", "5", "--no-cache"]);
    assert!(tree(&dir.join("out")) == tree(&dir.join("fresh")));
}
