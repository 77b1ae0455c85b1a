//! Hostile and unusual input: odd names, paths, links, files, contents and places. Tested elsewhere: names that collide
//! and names of 255 bytes (`tests/cli.rs`), full disks (`tests/faults.rs`).
//!
//! The ignored tests are long: `make faults` runs them.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use support::{Project, assert_digest, assert_failure, assert_success, stderr, tree};

const FAST: &[&str] = &["--no-gzip", "--no-brotli"];

/// A directory to work in, with a source root `src`; builds are without variants.
fn place(files: &[(&str, &str)]) -> Project {
    let place = Project::with_sources(&[]);
    for (name, text) in files {
        place.write(name, text);
    }
    place.building_with(&["build", "src", "-o", "out", "--no-gzip", "--no-brotli"])
}

#[test]
fn names_that_urls_shells_and_terminals_stumble_over() {
    let names = [
        ("a b.png", "a%20b.png"),
        ("it's.png", "it's.png"),
        ("q\"q.png", "q%22q.png"),
        ("50%.png", "50%25.png"),
        ("%41.png", "%2541.png"),
        ("a#b.png", "a%23b.png"),
        ("a?b.png", "a%3Fb.png"),
        ("line\nbreak.png", "line%0Abreak.png"),
        ("car\rriage.png", "car%0driage.png"),
        ("tab\t.png", "tab%09.png"),
        ("-rf.png", "-rf.png"),
        ("$(x)`y`;&|.png", "$(x)`y`;&|.png"),
        ("\u{1b}[31m.png", "%1b[31m.png"),
        ("back\\slash.png", "back%5Cslash.png"),
        ("data:x.png", "data%3Ax.png"),
        ("trailing.", "trailing."),
        ("\u{202e}gnp.png", "%E2%80%AEgnp.png"),
    ];
    let place = place(&[]);
    let mut css = String::new();
    for (name, url) in names {
        place.write(&format!("src/{name}"), name);
        writeln!(css, "a{{b:url(\"{url}\")}}").unwrap();
    }
    place.write("src/a.css", &css);
    place.build(&[]);
    let paths = place.paths("out");
    assert_eq!(paths.len(), names.len() + 1);
    for (name, _) in names {
        let bytes = fs::read(place.path("out").join(&paths[name])).unwrap();
        assert_eq!(bytes, name.as_bytes());
        assert_digest(&paths[name], &bytes);
    }
    let hashed = fs::read_to_string(place.path("out").join(&paths["a.css"])).unwrap();
    for (name, _) in names {
        let digest = blake3::hash(name.as_bytes()).to_hex();
        assert!(
            hashed.contains(&digest[..12]),
            "{name:?} is not referred to"
        );
    }
}

#[test]
fn a_message_stays_on_its_line_whatever_the_name() {
    let place = place(&[("src/\u{1b}[2Jx\n.css", "a{b:url(\"nope\u{7}\\a .png\")}")]);
    let output = place.try_build(&[]);
    assert_failure(&output, "which is not in any source root");
    assert_eq!(stderr(&output).lines().count(), 2, "{}", stderr(&output));
    let control = |c: char| c.is_control() && c != '\n';
    assert!(!stderr(&output).contains(control), "{:?}", stderr(&output));
}

#[test]
fn paths_past_4096_bytes() {
    let place = place(&[("src/a.css", "a{}")]);
    place.build(&[]);
    // Only a shell, step by step, reaches paths that are too long for one call.
    let name = "d".repeat(250);
    let script = format!(
        "cd src; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do mkdir {name}; cd -P {name}; done; echo x > f"
    );
    let status = Command::new("sh")
        .current_dir(place.path(""))
        .args(["-c", &script])
        .status();
    assert!(status.unwrap().success());
    place.refuses(&[], "cannot be read: File name too long");
}

#[test]
fn paths_that_are_too_long_only_in_the_static_root() {
    let place = place(&[("src/a.css", "a{}")]);
    place.build(&[]);
    let mut name = String::new();
    while name.len() < 3_900 {
        name.push_str(&"d".repeat(200));
        name.push('/');
    }
    place.write(&format!("src/{name}f"), "x");
    let out = "o".repeat(200);
    let output = place.run(&["build", "src", "-o", &out, "--no-gzip", "--no-brotli"]);
    assert_failure(&output, "File name too long");
    assert!(!place.path(&out).exists(), "nothing is left of it");
    place.build(&[]);
}

#[test]
fn links_that_lead_to_themselves() {
    let place = place(&[("src/a.css", "a{}")]);
    place.build(&[]);
    symlink("two", place.path("src/one")).unwrap();
    symlink("one", place.path("src/two")).unwrap();
    place.refuses(&[], "cannot be read: Too many levels of symbolic links");
}

#[test]
fn links_to_what_every_system_has() {
    let place = place(&[("src/a.css", "a{b:url(passwd.png)}")]);
    symlink("/etc/passwd", place.path("src/passwd.png")).unwrap();
    symlink("/proc/self/environ", place.path("src/environ")).unwrap();
    symlink("../../../../../../etc", place.path("src/etc")).unwrap();
    let output = place.try_build(&["--on-missing", "warn"]);
    assert_success(&output);
    assert_eq!(
        stderr(&output)
            .matches("leaves its source root and was not followed")
            .count(),
        3
    );
    assert_eq!(place.paths("out").keys().collect::<Vec<_>>(), ["a.css"]);
}

#[test]
fn pipes_sockets_and_devices_are_skipped() {
    let place = place(&[("src/a.css", "a{}")]);
    let status = Command::new("mkfifo").arg(place.path("src/pipe")).status();
    assert!(status.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(place.path("src/socket")).unwrap();
    let output = place.try_build(&[]); // does not wait for a writer to the pipe
    assert_success(&output);
    for name in ["pipe", "socket"] {
        let warning = format!("warning: {name}: neither a file nor a directory, skipped");
        assert!(stderr(&output).contains(&warning), "{}", stderr(&output));
    }
    assert_eq!(place.paths("out").len(), 1);
}

/// The command as the user `nobody`: modes mean nothing to root.
fn as_nobody(place: &Project) -> Command {
    let binary = place.path("hashstatic");
    fs::copy(support::BINARY, &binary).unwrap();
    fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o777)).unwrap();
    let am_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if am_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(binary);
        command
    } else {
        Command::new(binary)
    };
    command
        .current_dir(place.path(""))
        .args(["build", "src", "-o", "out", "--no-cache"])
        .args(FAST);
    command
}

#[test]
fn what_may_not_be_read_or_written() {
    for (locked, mode, why) in [
        (
            "src/secret.css",
            0,
            "secret.css: cannot be read: Permission denied",
        ),
        ("src/d", 0, "d: cannot be read: Permission denied"),
        ("out", 0o555, "out/.hashstatic-"),
        ("out/d", 0o555, "out/d/.hashstatic-"),
    ] {
        let place = place(&[("src/d/b.css", "b{}")]);
        let status = as_nobody(&place).output().unwrap();
        assert_success(&status);
        place.write("src/d/b.css", "new{}");
        place.write("src/secret.css", "s{}");
        let path = place.path(locked);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let before = tree(&place.path("out"));
        let output = as_nobody(&place).output().unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        assert_failure(&output, why);
        assert!(stderr(&output).contains("Permission denied"));
        assert_eq!(tree(&place.path("out")), before, "{locked}");
    }
}

/// Each file is read once: its digest, its copy and its variants are of the same bytes, even if the source changes.
#[test]
fn sources_that_change_during_the_run() {
    /// Stops the changes, also when an assertion fails: the scope waits for them.
    struct Stop<'s>(&'s AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let place = place(&[("src/a.css", ".a { b : c }\n")]);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stopped = Stop(&stop);
        scope.spawn(|| {
            // Small, and large enough to be streamed; written over, cut, lengthened, removed.
            for round in 0_usize.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let text = format!("/* {} */\n", round % 10).repeat(100 + round % 7 * 30_000);
                fs::write(place.path("src/small.txt"), &text).unwrap();
                fs::write(place.path("src/styles.css"), &text).unwrap();
                let mut large = File::create(place.path("src/large.txt")).unwrap();
                for _ in 0..9 + round % 3 {
                    large
                        .write_all(&vec![b'a' + u8::try_from(round % 26).unwrap(); 1 << 20])
                        .unwrap();
                }
                if round % 5 == 0 {
                    fs::remove_file(place.path("src/small.txt")).unwrap();
                }
            }
        });
        let mut succeeded = 0;
        for _ in 0..25 {
            let output = place.run(&[
                "build",
                "src",
                "-o",
                "out",
                "--no-brotli",
                "--gzip-level",
                "1",
            ]);
            if output.status.success() {
                succeeded += 1;
                assert_consistent(&place);
            } else {
                // The source was gone when the build read it.
                assert_failure(
                    &output,
                    "small.txt: cannot be read: No such file or directory",
                );
            }
        }
        drop(stopped);
        assert!(succeeded > 0);
    });
}

fn assert_consistent(place: &Project) {
    let out = place.path("out");
    for (plain, hashed) in place.paths("out") {
        let bytes = fs::read(out.join(&hashed)).unwrap();
        assert_digest(&hashed, &bytes);
        if !plain.contains(".css") {
            assert!(fs::read(out.join(&plain)).unwrap() == bytes, "{plain}");
        }
        for name in [&hashed, &plain] {
            let Ok(variant) = fs::read(out.join(format!("{name}.gz"))) else {
                continue;
            };
            let expected = fs::read(out.join(name)).unwrap();
            let mut decoded = vec![0; expected.len()];
            let length = libdeflater::Decompressor::new()
                .gzip_decompress(&variant, &mut decoded)
                .unwrap();
            assert!(decoded[..length] == expected, "{name}.gz");
        }
    }
}

#[test]
fn names_that_differ_only_in_case_or_unicode_form() {
    let names = [
        "logo.png",
        "Logo.png",
        "LOGO.PNG",
        "caf\u{e9}.png",
        "cafe\u{301}.png",
    ];
    let place = place(&[(
        "src/a.css",
        "a{b:url(Logo.png),url(logo.png),url(caf%C3%A9.png),url(cafe%CC%81.png)}",
    )]);
    for name in names {
        place.write(&format!("src/{name}"), name);
    }
    if fs::read_dir(place.path("src")).unwrap().count() != names.len() + 1 {
        return; // this file system does not distinguish them
    }
    place.build(&[]);
    let paths = place.paths("out");
    for name in names {
        let bytes = fs::read(place.path("out").join(&paths[name])).unwrap();
        assert_eq!(bytes, name.as_bytes());
    }
    let css = fs::read_to_string(place.path("out").join(&paths["a.css"])).unwrap();
    for name in ["Logo.png", "logo.png", "caf\u{e9}.png", "cafe\u{301}.png"] {
        let digest = blake3::hash(name.as_bytes()).to_hex();
        assert!(css.contains(&digest[..12]), "{name} in {css}");
    }
}

#[test]
fn the_static_root_inside_a_source_root() {
    let place = place(&[("src/a.css", "a{b:url(d/b.png)}"), ("src/d/b.png", "b")]);
    symlink("static", place.path("src/link")).unwrap();
    let run = || {
        let output = place.run(&[&["build", "src", "-o", "src/static"], FAST].concat());
        assert_success(&output);
        tree(&place.path("src"))
    };
    let first = run();
    assert_eq!(run(), first);
    assert_eq!(place.paths("src/static").len(), 2);
}

#[test]
fn a_static_root_that_is_no_directory() {
    let place = place(&[("src/a.css", "a{}"), ("out", "a file")]);
    for words in [
        "is a file, not a directory",
        "a symbolic link that leads nowhere",
    ] {
        let output = place.try_build(&[]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        fs::remove_file(place.path("out")).unwrap();
        symlink("nowhere", place.path("out")).unwrap();
    }
}

#[test]
fn a_file_where_a_directory_must_go_and_the_reverse() {
    let place = place(&[("src/css/a.css", "a{}"), ("out/css", "a file")]);
    place.refuses(&[], "css: is a file in the static root, made by no build");
    fs::remove_file(place.path("out/css")).unwrap();
    place.write("out/css/a.css/b", "b");
    place.refuses(
        &[],
        "css/a.css/b: lies in the static root, made by no build",
    );
}

#[test]
fn read_only_file_systems() {
    let place = place(&[("src/a.css", "a{}")]);
    let out = place.path("out");
    fs::create_dir(&out).unwrap();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(&out);
        command.stderr(Stdio::null()).status().unwrap().success()
    };
    if !mount("size=1m") {
        eprintln!("read_only_file_systems: this process may not mount a tmpfs, nothing was tested");
        return;
    }
    place.build(&[]);
    assert!(mount("remount,ro"));
    let before = tree(&out);
    place.write("src/a.css", "b{}");
    let output = place.try_build(&[]);
    let after = tree(&out);
    assert!(Command::new("umount").arg(&out).status().unwrap().success());
    assert_failure(&output, "Read-only file system");
    assert!(
        stderr(&output).contains("out/.hashstatic-"),
        "{}",
        stderr(&output)
    );
    assert_eq!(after, before);
}

#[test]
fn empty_files_and_an_empty_source_root() {
    let place = place(&[]);
    assert_success(&place.run(&["build", "src", "-o", "out", "--allow-empty"]));
    assert!(place.paths("out").is_empty());
    for name in ["a.css", "b.js", "c.png", "d"] {
        place.write(&format!("src/{name}"), "");
    }
    assert_success(&place.run(&["build", "src", "-o", "out", "--zstd"]));
    let names: Vec<String> = place.files("out").into_iter().collect();
    assert_eq!(
        names,
        [
            "a.af1349b9f5f9.css",
            "a.css",
            "b.af1349b9f5f9.js",
            "b.js",
            "c.af1349b9f5f9.png",
            "c.png",
            "d",
            "d.af1349b9f5f9",
            "staticfiles.json"
        ]
    );
}

/// Nesting costs no stack, and repetition no quadratic time: with that, this test would take hours.
#[test]
fn style_sheets_that_are_made_to_be_slow() {
    let many = |n: usize, text: &str| text.repeat(n);
    for css in [
        many(1_000_000, "{"),
        many(500_000, "a{b:("),
        many(100_000, "a{") + "b:c" + &many(100_000, "}"),
        many(500_000, "url("),
        many(300_000, ":is("),
        many(500_000, "/*"),
        many(200_000, "a:is(b)/**/") + "{}",
        many(300_000, "@media "),
    ] {
        let place = place(&[("src/a.css", &css)]);
        for mode in ["safe", "full"] {
            place.build(&["--minify", mode, "--on-missing", "ignore"]);
        }
    }
}

#[test]
fn very_many_broken_references() {
    let css: String = (0..30_000).fold(String::new(), |mut css, n| {
        write!(css, ".a{{ b : url( nope{n}.png ) }}").unwrap();
        css
    });
    let place = place(&[("src/a.css", &css)]);
    let output = place.try_build(&[]);
    assert_failure(&output, "30000 errors found");
    assert_eq!(stderr(&output).matches("error: a.css:1:").count(), 21);
}

#[test]
fn scripts_that_are_made_to_be_slow() {
    for script in [
        "//x\n".repeat(1_000_000) + "//# sourceMappingURL=x",
        "x//".repeat(1_000_000) + "sourceMappingURL=x",
        "//# sourceMappingURL=x x\n".repeat(200_000),
        "\u{2028}".repeat(500_000) + "//# sourceMappingURL=",
    ] {
        let place = place(&[("src/a.js", &script)]);
        place.build(&["--missing-source-map", "ignore"]);
    }
}

/// A chain of `length` style sheets, closed to a cycle or not.
fn chain(place: &Project, length: usize, closed: bool) {
    for n in 0..length {
        let css = match n + 1 {
            next if next < length => format!("@import \"{next}.css\";\n"),
            _ if closed => "@import \"0.css\";\n".into(),
            _ => "a{}\n".into(),
        };
        fs::write(place.path(&format!("src/{n}.css")), css).unwrap();
    }
}

#[test]
fn import_chains_of_10_000() {
    let place = place(&[]);
    chain(&place, 10_000, false);
    for mode in [&["--minify", "safe"][..], &["--django-exact"]] {
        place.build(&[mode, &["--keep-only-hashed"]].concat());
        let paths = place.paths("out");
        let first = fs::read_to_string(place.path("out").join(&paths["0.css"])).unwrap();
        assert!(first.contains(&paths["1.css"]), "{first}");
        fs::remove_dir_all(place.path("out")).unwrap();
    }
}

#[test]
fn cycles_of_1_000() {
    let place = place(&[]);
    chain(&place, 1_000, true);
    place.build(&["--keep-only-hashed"]);
    let paths = place.paths("out");
    for n in 0..1_000 {
        let css = &paths[&format!("{n}.css")];
        let next = &paths[&format!("{}.css", (n + 1) % 1_000)];
        let text = fs::read_to_string(place.path("out").join(css)).unwrap();
        assert_eq!(text, format!("@import \"{next}\";"));
    }
    assert_failure(
        &place.try_build(&["--django-exact"]),
        "Max post-process passes exceeded",
    );
}

/// A source root with everything that outputs are made of, with a cycle where the mode allows one.
fn write_site(place: &Project, with_cycle: bool) {
    let filler = ".filler { color : red }\n".repeat(30);
    let import = if with_cycle {
        "@import \"a.css\";\n"
    } else {
        ""
    };
    place.write(
        "src/css/a.css",
        &format!("@import \"b.css\";\n.x {{ y : url(../img/c.png) }}\n{filler}"),
    );
    place.write(
        "src/css/b.css",
        &format!("{import}.b {{ c : url(\"d e.svg\") }}\n{filler}"),
    );
    place.write("src/css/d e.svg", &"<svg> </svg>".repeat(30));
    place.write("src/css/broken.css", "a { b : c ");
    place.write("src/img/c.png", "png");
    place.write("src/LICENSE", "text");
    place.write("src/empty.css", "");
    place.write("src/app.js", "f()\n//# sourceMappingURL=app.js.map\n");
    place.write("src/app.js.map", "{}");
}

/// Three runs in a row, in place: the first run's tree stays, to the byte.
#[test]
fn in_place_three_runs_in_every_mode() {
    let modes: &[(&[&str], bool)] = &[
        (&["--minify", "off"], true),
        (&["--minify", "safe"], true),
        (&["--minify", "full"], true),
        (&["--hash", "md5", "--hash-length", "32"], true),
        (&["--django-exact"], false),
        (&["--django-exact=5.2"], false),
    ];
    let keeps: &[&[&str]] = &[
        &[],
        &["--keep-only-hashed"],
        &["--keep-only-hashed", "--keep-original", "*.css"],
    ];
    let variants: &[&[&str]] = &[FAST, &["--brotli-quality", "5", "--zstd"]];
    for (mode, with_cycle) in modes {
        for keep in keeps {
            for variant in variants {
                let options = [*mode, *keep, *variant].concat();
                three_runs(&options, *with_cycle);
            }
        }
    }
}

fn three_runs(options: &[&str], with_cycle: bool) {
    let place = place(&[]);
    write_site(&place, with_cycle);
    let run = || {
        assert_success(&place.run(&[&["build", "src", "--in-place"], options].concat()));
        (tree(&place.path("src")), place.paths("src"))
    };
    let first = run();
    assert_eq!(first.1.len(), 9, "{options:?}: {:?}", first.1);
    for _ in 0..2 {
        assert!(run() == first, "{options:?}");
    }
}

#[test]
#[ignore = "writes 8 GiB"]
fn files_of_4_gib() {
    let place = place(&[]);
    let length = (4_u64 << 30) + 1;
    File::create(place.path("src/large.bin"))
        .unwrap()
        .set_len(length)
        .unwrap();
    place.build(&[]);
    let hashed = place.path("out").join(&place.paths("out")["large.bin"]);
    assert_eq!(fs::metadata(&hashed).unwrap().len(), length);
    let mut digest = blake3::Hasher::new();
    let mut file = File::open(&hashed).unwrap();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer).unwrap();
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
    }
    let digest = digest.finalize().to_hex();
    assert!(hashed.to_str().unwrap().contains(&digest[..12]));
    place.build(&[]);
}

#[test]
#[ignore = "writes 600,000 files"]
fn trees_of_200_000_files() {
    let place = place(&[]);
    for directory in 0..200 {
        let directory = place.path(&format!("src/{directory}"));
        fs::create_dir(&directory).unwrap();
        for file in 0..1_000 {
            fs::write(directory.join(format!("{file}.txt")), file.to_string()).unwrap();
        }
    }
    place.build(&[]);
    assert_eq!(place.paths("out").len(), 200_000);
    let stdout = place.build(&[]);
    assert!(stdout.contains("  0 files written"), "{stdout}");
}
