//! The build cache: a build writes the same bytes with it and without, however bad its state.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use support::{Project, stderr, text};

/// A project with a source root and a cache of its own.
fn project() -> Project {
    let project = Project::new(&[]).with_cache();
    for n in 0..10 {
        let css = format!("/* {n} */ .a{n} {{ color : red ; background : url(i.svg) }}\n");
        project.write(&format!("src/{n}.css"), &css.repeat(20));
        let js = format!("export const value{n} = {n};\n").repeat(50);
        project.write(&format!("src/js/{n}.js"), &js);
    }
    project.write("src/i.svg", &"<svg xmlns='x'/>".repeat(30));
    project
}

/// Builds `src` into `out`. Returns the cache's hits and misses.
fn build(project: &Project, out: &str, more: &[&str]) -> (u64, u64) {
    let document = project.json(&[&["build", "src", "-o", out], more].concat());
    let cache = &document["report"]["cache"];
    let count = |field: &str| cache[field].as_u64().unwrap_or(0);
    (count("hits"), count("misses"))
}

#[test]
fn the_same_bytes_cold_warm_and_without() {
    let project = project();
    for more in [
        &[][..],
        &["--minify", "full"],
        &["--zstd", "--gzip-level", "6"],
    ] {
        let more: Vec<&str> = [more, &["--brotli-quality", "5"]].concat();
        project.run(&["cache", "clear"]);
        let (hits, misses) = build(&project, "cold", &more);
        assert_eq!(hits, 0);
        let (warm_hits, warm_misses) = build(&project, "warm", &more);
        assert_eq!(warm_hits + warm_misses, misses);
        // What `full` reports diagnostics about is not cached.
        assert!(warm_misses == 0 || more.contains(&"full"), "{warm_misses}");
        assert_eq!(
            build(&project, "without", &[&more[..], &["--no-cache"]].concat()),
            (0, 0)
        );
        let expected = project.tree("without");
        assert!(expected.len() > 60, "{}", expected.len());
        assert!(project.tree("cold") == expected);
        assert!(project.tree("warm") == expected);
        for out in ["cold", "warm", "without"] {
            fs::remove_dir_all(project.path(out)).unwrap();
        }
    }
}

/// The plain and the hashed file of a script that names its map differ only at the end.
#[test]
fn the_same_bytes_where_a_beginning_is_shared() {
    let project = project();
    let number = |n: u32| n.wrapping_mul(2_654_435_761) >> 7;
    let script = |n: u32| {
        (0..20_000).fold(String::new(), |s, at| {
            s + &format!("f({});", number(at + n))
        })
    };
    for n in 0..3 {
        let script = script(n) + &format!("\n//# sourceMappingURL=big{n}.js.map\n");
        fs::write(project.path(&format!("src/js/big{n}.js")), script).unwrap();
        fs::write(project.path(&format!("src/js/big{n}.js.map")), "{}").unwrap();
    }
    let quality = ["--brotli-quality", "10"];
    let with = |more: &[&'static str]| [&quality, more].concat();
    build(&project, "without", &with(&["--no-cache", "--jobs", "1"]));
    build(&project, "cold", &with(&[]));
    build(&project, "warm", &with(&[]));
    let expected = project.tree("without");
    assert!(project.tree("cold") == expected);
    assert!(project.tree("warm") == expected);
    fs::remove_file(project.path("warm/js/big1.js.br")).unwrap();
    assert_eq!(build(&project, "warm", &with(&[])).1, 0);
    assert!(project.tree("warm") == expected);
    project.run(&["cache", "clear"]); // one of the two is missing, and not in the cache
    fs::remove_file(project.path("warm/js/big1.js.br")).unwrap();
    build(&project, "warm", &with(&[]));
    assert!(project.tree("warm") == expected);
    let verified = project.run(&["verify", "cold"]);
    assert!(verified.status.success(), "{verified:?}");

    // Both streams begin with the same bytes; those of whole files would only by chance.
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
fn entries(project: &Project) -> BTreeSet<String> {
    let is_entry = |name: &String| name.contains('/');
    project
        .files("cache")
        .into_iter()
        .filter(is_entry)
        .collect()
}

#[test]
fn a_static_root_that_is_whole_needs_one_entry() {
    let project = project();
    let quick = ["--brotli-quality", "5", "--minify", "off"];
    build(&project, "first", &quick);
    let others = entries(&project);
    let (_, misses) = build(&project, "second", &quick);
    assert_eq!(misses, 0);
    let expected = project.tree("second");
    // The only new entry is the second static root's index; now it is the only entry left.
    assert_eq!(entries(&project).len(), others.len() + 1);
    for name in &others {
        fs::remove_file(project.path("cache").join(name)).unwrap();
    }
    let (hits, misses) = build(&project, "second", &quick);
    assert!(hits > 20 && misses == 0, "{hits} {misses}");
    assert!(project.tree("second") == expected);
    assert_eq!(entries(&project).len(), 1);

    // A wrong variant is not taken from the index: its own entry is gone, and it is made anew.
    let is_variant = |name: &&String| Path::new(name).extension().is_some_and(|end| end == "gz");
    let variants: Vec<&String> = expected.keys().filter(is_variant).collect();
    assert!(variants.len() > 20);
    fs::write(project.path("second").join(variants[0]), "?").unwrap();
    fs::remove_file(project.path("second").join(variants[5])).unwrap();
    build(&project, "second", &quick);
    assert!(project.tree("second") == expected);
    assert!(entries(&project).len() > 1);
}

#[test]
fn other_settings_are_other_entries() {
    let project = project();
    build(&project, "out", &["--brotli-quality", "5"]);
    build(&project, "out", &["--brotli-quality", "4"]);
    build(&project, "fresh", &["--brotli-quality", "4", "--no-cache"]);
    assert!(project.tree("out") == project.tree("fresh"));
}

#[test]
fn damaged_entries_are_computed_anew_and_replaced() {
    let project = project();
    let quick = ["--brotli-quality", "5"];
    build(&project, "good", &quick);
    let expected = project.tree("good");
    let entries: Vec<PathBuf> = project
        .tree("cache")
        .into_keys()
        .filter(|name| name.matches('/').count() == 1)
        .map(|name| project.path("cache").join(name))
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
    build(&project, "again", &quick);
    assert!(project.tree("again") == expected);
    let (_, misses) = build(&project, "mended", &quick);
    assert_eq!(misses, 0);
    assert!(project.tree("mended") == expected);
}

#[test]
fn builds_at_the_same_time_share_a_cache() {
    let project = &project();
    for round in 0..5 {
        project.run(&["cache", "clear"]);
        std::thread::scope(|scope| {
            for n in 0..4 {
                scope.spawn(move || {
                    let more = ["--brotli-quality", "5", "--cache-max-size", "3kB"];
                    build(project, &format!("out-{round}-{n}"), &more);
                });
            }
        });
        let expected = project.tree("out-0-0");
        for n in 0..4 {
            assert!(project.tree(&format!("out-{round}-{n}")) == expected);
        }
    }
}

#[test]
fn a_cache_that_cannot_be_used_is_a_warning() {
    let project = project();
    fs::write(project.path("file"), "").unwrap();
    let output = project.run(&["build", "src", "-o", "out", "--cache-dir", "file"]);
    assert!(output.status.success());
    let stderr = stderr(&output);
    assert!(
        stderr.contains("warning: file: the build cache cannot be used"),
        "{stderr}"
    );
    assert!(stderr.contains("--no-cache"), "{stderr}");
    for inside in ["src/cache", "out/cache"] {
        let output = project.run(&["build", "src", "-o", "out", "--cache-dir", inside]);
        assert_eq!(output.status.code(), Some(2), "{inside}");
        assert!(!project.path(inside).exists());
    }
}

#[test]
fn a_dry_run_and_no_cache_leave_no_cache_behind() {
    let project = project();
    build(&project, "out", &["--dry-run"]);
    build(&project, "out", &["--no-cache"]);
    project.run(&["check", "src"]);
    assert!(!project.path("cache").exists());
}

#[test]
fn stats_and_clear() {
    let project = project();
    build(&project, "out", &["--brotli-quality", "5"]);
    let stats = || project.json(&["cache", "stats"]);
    assert!(stats()["cache"]["entries"].as_u64().unwrap() > 30);
    let output = project.run(&["cache", "clear"]);
    assert!(text(&output.stdout).contains(" removed"));
    assert_eq!(stats()["cache"]["entries"], 0);
    assert_eq!(stats()["cache"]["bytes"], 0);
}

#[test]
fn an_unchanged_run_with_variants_writes_nothing() {
    let project = project();
    let inodes = || -> BTreeMap<String, (u64, i64)> {
        project
            .tree("out")
            .into_keys()
            .map(|name| {
                let metadata = fs::metadata(project.path("out").join(&name)).unwrap();
                (name, (metadata.ino(), metadata.ctime_nsec()))
            })
            .collect()
    };
    build(&project, "out", &["--brotli-quality", "5"]);
    let before = inodes();
    let output = project.run(&["build", "src", "-o", "out", "--brotli-quality", "5"]);
    let stdout = text(&output.stdout);
    assert!(stdout.contains("  0 files written"), "{stdout}");
    assert_eq!(inodes(), before);
    // A variant that is wrong is replaced, also where the cache knows the right one.
    fs::write(project.path("out/0.css.gz"), "stale").unwrap();
    build(&project, "out", &["--brotli-quality", "5"]);
    build(&project, "fresh", &["--brotli-quality", "5", "--no-cache"]);
    assert!(project.tree("out") == project.tree("fresh"));
}
