//! The command as its users see it: what is written, kept, repaired, removed and refused.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Command;

use support::{BINARY, Project, text};

const LONG: &str = ".a { color : red }
.b { color : blue }
.c { color : green }
.d { color : red }
\
    .e { color : red }
.f { color : blue }
.g { color : green }
.h { color : red }
\
    .i { color : red }
.j { color : blue }
.k { color : green }
.l { color : red }
";

fn site() -> Project {
    Project::with_sources(&[
        (
            "css/a.css",
            &format!("@import \"b.css\";\n.x {{ y : url(../img/c.png) }}\n{LONG}"),
        ),
        ("css/b.css", LONG),
        ("img/c.png", "png"),
        ("app.js", "f()\n//# sourceMappingURL=app.js.map\n"),
        ("app.js.map", "{}"),
    ])
}

#[test]
fn a_second_run_writes_nothing() {
    let site = site();
    site.build(&["--zstd"]);
    let before = site.tree("out");
    let inode = |name: &str| fs::metadata(site.path(name)).unwrap().ino();
    let inodes: Vec<u64> = before
        .keys()
        .map(|name| inode(&format!("out/{name}")))
        .collect();
    let stdout = site.build(&["--zstd"]);
    assert!(stdout.contains("  0 files written"), "{stdout}");
    assert_eq!(site.tree("out"), before);
    let after: Vec<u64> = before
        .keys()
        .map(|name| inode(&format!("out/{name}")))
        .collect();
    assert_eq!(inodes, after, "a live file was replaced");
}

#[test]
fn altered_and_lost_outputs_are_repaired() {
    let site = site();
    site.build(&[]);
    let before = site.tree("out");
    for name in before.keys() {
        let path = site.path(&format!("out/{name}"));
        let bytes = fs::read(&path).unwrap();
        for damage in [
            Some(&b""[..]),
            Some(&bytes[..bytes.len() / 2]),
            Some(b"other"),
            None,
        ] {
            fs::remove_file(&path).unwrap();
            if let Some(damage) = damage {
                fs::write(&path, damage).unwrap();
            }
            site.build(&[]);
            assert_eq!(site.tree("out"), before, "{name} {damage:?}");
        }
    }
}

#[test]
fn variants_that_no_longer_belong_are_removed() {
    let site = site();
    site.build(&["--zstd"]);
    let hashed = site.hashed("css/b.css");
    for name in ["css/b.css", &hashed] {
        for suffix in ["gz", "br", "zst"] {
            assert!(
                site.path(&format!("out/{name}.{suffix}")).exists(),
                "{name}.{suffix}"
            );
        }
    }
    site.build(&["--no-gzip"]);
    let tree = site.tree("out");
    assert!(
        !tree
            .keys()
            .any(|name| name.ends_with(".gz") || name.ends_with(".zst")),
        "{tree:?}"
    );
    // New content that does not compress.
    site.write("src/css/b.css", "x{}");
    site.build(&[]);
    assert!(!site.path("out/css/b.css.br").exists());
}

#[test]
fn a_dry_run_writes_nothing_and_finds_everything() {
    let site = site();
    site.build(&["--dry-run"]);
    assert!(!site.path("out").exists());
    site.write("src/bad.css", "a{b:url(nope.png)}");
    let output = site.try_build(&["-n"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("error: bad.css:1:9: \"nope.png\" resolves to nope.png"));
    assert!(!site.path("out").exists());
}

#[test]
fn a_failed_build_publishes_nothing() {
    let site = site();
    site.write("src/bad.css", "a{b:url(nope.png)}");
    assert_eq!(site.try_build(&[]).status.code(), Some(1));
    assert!(
        !site.path("out").exists(),
        "what the run had made was not removed"
    );

    fs::remove_file(site.path("src/bad.css")).unwrap();
    site.build(&[]);
    let before = site.tree("out");
    site.write("src/bad.css", "a{b:url(nope.png)}");
    site.write("src/css/b.css", "new{}");
    site.write("src/new/file.txt", "new");
    assert_eq!(site.try_build(&[]).status.code(), Some(1));
    assert_eq!(site.tree("out"), before);
    assert!(!site.path("out/new").exists());
}

#[test]
fn in_place_nothing_is_hashed_twice() {
    let modes: &[&[&str]] = &[
        &[],
        &["--minify", "off"],
        &["--minify", "full"],
        &["--keep-only-hashed"],
        &["--keep-only-hashed", "--minify", "off"],
        &["--keep-only-hashed", "--keep-original", "app.js"],
        &["--django-exact"],
        &["--django-exact", "--keep-only-hashed"],
        &["--django-exact=5.2"],
    ];
    for mode in modes {
        let site = site();
        let run = || {
            let arguments = [
                &["build", "src", "--in-place", "--brotli-quality", "5"],
                *mode,
            ]
            .concat();
            let output = site.run(&arguments);
            assert!(
                output.status.success(),
                "{mode:?}: {}",
                text(&output.stderr)
            );
        };
        run();
        let first = site.tree("src");
        run();
        assert_eq!(site.tree("src"), first, "{mode:?}");
        run();
        assert_eq!(site.tree("src"), first, "{mode:?}");
        let manifest: serde_json::Value =
            serde_json::from_str(&site.read("src/staticfiles.json")).unwrap();
        assert_eq!(manifest["paths"].as_object().unwrap().len(), 5, "{mode:?}");
    }
}

#[test]
fn in_place_the_sources_are_not_linked_to_the_outputs() {
    let site = Project::with_sources(&[("a.png", "one")]);
    site.run(&["build", "src", "--in-place"]);
    site.write("src/a.png", "two");
    let kept: Vec<_> = site
        .tree("src")
        .into_values()
        .filter(|bytes| bytes == b"one")
        .collect();
    assert_eq!(kept.len(), 1, "the old hashed file changed with its source");
}

#[test]
fn in_place_old_outputs_are_not_taken_for_sources() {
    let site = site();
    site.run(&["build", "src", "--in-place"]);
    site.write("src/css/b.css", "changed{}");
    fs::remove_file(site.path("src/staticfiles.json")).unwrap();
    let output = site.run(&["build", "src", "--in-place"]);
    assert!(output.status.success());
    let manifest = site.read("src/staticfiles.json");
    let names: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(names["paths"].as_object().unwrap().len(), 5, "{manifest}");
}

#[test]
fn clear_removes_what_is_not_ours() {
    let site = site();
    site.write("out/old/stale.css", "x");
    site.write("out/img/c.png", "old");
    site.build(&[]);
    assert!(site.path("out/old/stale.css").exists());
    site.build(&["--clear"]);
    assert!(!site.path("out/old").exists());
    assert_eq!(site.read("out/img/c.png"), "png");
    let output = site.run(&["build", "src", "--in-place", "--clear"]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "in place it would remove the sources"
    );
}

#[test]
fn files_from_a_list() {
    let site = site();
    let list = format!(
        r#"[{{"name": "x/b.css", "path": {0:?}}}, {{"name": "x/c.css", "path": {1:?}}}, {{"name": "x/b.css", "path": {1:?}}}]"#,
        site.path("src/css/b.css"),
        site.path("src/app.js.map"),
    );
    site.write("list.json", &list);
    let output = site.run(&["build", "--files-from", "list.json", "-o", "out"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(site.read("out/x/b.css"), LONG);
    assert_eq!(site.read("out/x/c.css"), "{}");
    for (bad, why) in [
        ("[{\"name\": \"../x\", \"path\": \"list.json\"}]", "`..`"),
        ("[{\"name\": \"/x\", \"path\": \"list.json\"}]", "absolute"),
        ("[{\"name\": \"x\"}]", "missing field"),
        ("{", "--files-from list.json"),
        ("[{\"name\": \"x\", \"path\": \"src\"}]", "not a file"),
    ] {
        site.write("list.json", bad);
        let output = site.run(&["build", "--files-from", "list.json", "-o", "out"]);
        assert_eq!(output.status.code(), Some(2), "{bad}");
        assert!(
            text(&output.stderr).contains(why),
            "{bad}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let site = site();
    site.write("out/x.css", "x{}");
    for (arguments, why) in [
        (&["build"][..], "source"),
        (&["build", "nowhere", "-o", "out"], "nowhere does not exist"),
        (&["build", "src", "src/css"], "--out"),
        (
            &["build", "src", "-o", "out", "--static-url", "/static"],
            "slash",
        ),
        (&["build", "src", "-o", "out", "--hash-length", "65"], "65"),
        (&["build", "src", "-o", "out", "--gzip-level", "13"], "13"),
        (
            &[
                "build",
                "src",
                "-o",
                "out",
                "--django-exact",
                "--hash",
                "blake3",
            ],
            "--django-exact",
        ),
        (&["build", "src", "-o", "out", "--django-exact=3.2"], "3.2"),
        (
            &[
                "build",
                "src",
                "-o",
                "out",
                "--minify",
                "full",
                "--targets",
                "no such browser",
            ],
            "--targets",
        ),
        (
            &["build", "src/css", "-o", "src"],
            "lies inside the static root",
        ),
        (&["build", "src", "css=out", "-o", "src"], "of its own"),
        (&["build", "src", "--frobnicate"], "--frobnicate"),
    ] {
        let output = site.run(arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        assert!(
            text(&output.stderr).contains(why),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn json_output_is_one_document() {
    let site = site();
    let ok: serde_json::Value =
        serde_json::from_str(&site.build(&["--output-format", "json"])).unwrap();
    assert_eq!(ok["status"], "ok");
    assert_eq!(ok["report"]["totals"]["assets"]["files"], 5);
    assert_eq!(ok["report"]["totals"]["references"], 3);
    site.write("src/bad.css", "\na{b:url(nope.png)}");
    let output = site.try_build(&["--output-format", "json"]);
    let bad: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(bad["status"], "error");
    assert_eq!(bad["diagnostics"][0]["code"], "missing-reference");
    assert_eq!(bad["diagnostics"][0]["location"]["line"], 2);
    assert_eq!(bad["diagnostics"][0]["location"]["column"], 9);
}

#[test]
fn check_reports_all_problems_and_writes_nothing() {
    let site = site();
    let before = site.tree(".");
    let output = site.run(&["check", "src"]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), "5 assets, 3 references, no errors\n");
    site.write("src/bad.css", "\na{b:url(nope.png)}.c{d:url(gone.png)}");
    let output = site.run(&["check", "src", "more=src/css", "--output-format", "github"]);
    assert_eq!(output.status.code(), Some(1));
    let lines = text(&output.stdout);
    assert!(lines.contains(
        "::error file=src/bad.css,line=2,col=9::\"nope.png\" resolves to nope.png, which is not in any source root\n"
    ), "{lines}");
    assert_eq!(lines.matches("::error file=src/bad.css").count(), 2);
    let output = site.run(&["check", "src", "--output-format", "sarif"]);
    let log: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["level"], "error");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/bad.css");
    assert_eq!(place["region"]["startLine"], 2);
    std::fs::remove_file(site.path("src/bad.css")).unwrap();
    assert_eq!(site.tree("."), before);
}

#[test]
fn ignored_errors_are_listed_and_nothing_else_is_ignored() {
    let site = site();
    site.write("src/vendor/bad.css", "a{b:url(nope.png)}");
    let ignore = &["--ignore-errors", "vendor/*:nope.*"];
    let output = site.try_build(&[&["-v"], &ignore[..]].concat());
    assert!(output.status.success());
    assert!(
        text(&output.stderr)
            .contains("notice: vendor/bad.css:1:9: \"nope.png\" resolves to nothing")
    );
    site.write("src/vendor/bad.css", "a{b:url(other.png)}");
    assert_eq!(site.try_build(ignore).status.code(), Some(1));
    assert_eq!(
        site.try_build(&["--ignore-errors", "vendor"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_full_stdout_is_an_error_and_a_closed_one_is_not() {
    let site = site();
    let run = |to: std::process::Stdio| {
        let mut command = site.command();
        command.args(["build", "src", "-o", "out"]).stdout(to);
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let (status, stderr) = run(full.into());
    assert_eq!(status, Some(1));
    assert!(stderr.contains("cannot write to stdout"), "{stderr}");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(run(writer.into()).0, Some(0));
}

#[test]
fn times_and_modes() {
    let site = site();
    site.build(&[]);
    let source = fs::metadata(site.path("src/css/b.css"))
        .unwrap()
        .modified()
        .unwrap();
    let hashed = site.hashed("css/b.css");
    for name in [
        "css/b.css",
        "css/b.css.br",
        &hashed,
        &format!("{hashed}.gz"),
    ] {
        let metadata = fs::metadata(site.path(&format!("out/{name}"))).unwrap();
        assert_eq!(metadata.modified().unwrap(), source, "{name}");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o644, "{name}");
    }
    let output = site
        .command()
        .env("SOURCE_DATE_EPOCH", "1000000000")
        .args(["build", "src", "-o", "out"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let metadata = fs::metadata(site.path("out/css/b.css")).unwrap();
    assert_eq!(metadata.mtime(), 1_000_000_000);
}

#[test]
fn files_are_0644_whatever_the_umask() {
    let site = site();
    let shell = format!("umask 077; {BINARY} build src -o out");
    let status = Command::new("sh")
        .args(["-c", &shell])
        .current_dir(site.dir())
        .output()
        .unwrap();
    assert!(status.status.success());
    for name in site.tree("out").keys() {
        let mode = fs::metadata(site.path(&format!("out/{name}")))
            .unwrap()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o644, "{name}");
    }
}

#[test]
fn symbolic_links() {
    let site = site();
    site.write("elsewhere/secret.txt", "secret");
    symlink("css/b.css", site.path("src/inside.css")).unwrap();
    symlink(site.path("elsewhere"), site.path("src/outside")).unwrap();
    symlink(site.path("elsewhere/secret.txt"), site.path("src/file.txt")).unwrap();
    symlink("..", site.path("src/css/loop")).unwrap();
    let output = site.try_build(&[]);
    let stderr = text(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert!(site.path("out/inside.css").exists());
    assert!(!site.path("out/outside").exists() && !site.path("out/file.txt").exists());
    assert!(
        stderr.contains("outside: the symbolic link leaves its source root"),
        "{stderr}"
    );
    assert!(
        stderr.contains("leads back to a directory above it"),
        "{stderr}"
    );
    site.build(&["--follow-external-links"]);
    assert_eq!(site.read("out/outside/secret.txt"), "secret");
    symlink("nowhere", site.path("src/dangling")).unwrap();
    let output = site.try_build(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("dangling: cannot be read"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn an_output_never_goes_through_a_link_in_the_static_root() {
    let site = site();
    site.write("elsewhere/b.css", "not to be written over");
    fs::create_dir_all(site.path("out/css")).unwrap();
    symlink(site.path("elsewhere/b.css"), site.path("out/css/b.css")).unwrap();
    site.build(&[]);
    assert_eq!(site.read("elsewhere/b.css"), "not to be written over");
    assert_eq!(site.read("out/css/b.css"), LONG);
}

#[test]
fn deep_import_chains_and_large_cycles() {
    let chain: Vec<(String, String)> = (0..3_000)
        .map(|n| {
            (
                format!("c{n}.css"),
                format!("@import \"c{}.css\";", (n + 1).min(2_999)),
            )
        })
        .map(|(name, css)| {
            if name == "c2999.css" {
                (name, "x{}".into())
            } else {
                (name, css)
            }
        })
        .collect();
    let files: Vec<(&str, &str)> = chain
        .iter()
        .map(|(n, c)| (n.as_str(), c.as_str()))
        .collect();
    let site = Project::with_sources(&files);
    site.build(&["--no-gzip", "--no-brotli"]);
    site.build(&["--no-gzip", "--no-brotli", "--django-exact"]);
    site.write("src/c2999.css", "@import \"c0.css\";");
    site.build(&["--no-gzip", "--no-brotli"]);
    let digest = |name: &str| site.hashed(name).split('.').nth(1).unwrap().to_owned();
    let (first, last) = (digest("c0.css"), digest("c2999.css"));
    assert_eq!(first, last, "one digest for all members");
    site.write("src/c5.css", "@import \"c6.css\";/*!*/");
    site.build(&["--no-gzip", "--no-brotli"]);
    assert_ne!(
        digest("c0.css"),
        first,
        "any member's change renames them all"
    );
}

#[test]
fn an_unreadable_manifest_is_replaced() {
    let site = site();
    for bad in ["", "{", "[]", "{\"version\": \"9\", \"paths\": {}}"] {
        site.write("out/staticfiles.json", bad);
        let output = site.try_build(&[]);
        assert!(output.status.success());
        assert!(
            text(&output.stderr).contains("warning: staticfiles.json: the manifest that was there")
        );
        assert!(site.read("out/staticfiles.json").contains("css/a.css"));
    }
}

#[test]
fn a_source_that_looks_like_a_variant() {
    let site = Project::with_sources(&[
        ("a.css", LONG),
        ("a.css.gz", "an old one"),
        ("b.png.gz", "kept"),
    ]);
    site.write("src/c.css", LONG);
    site.ok(&["build", "src", "-o", "packed", "--gzip-level", "1"]);
    fs::copy(site.path("packed/c.css.gz"), site.path("src/c.css.gz")).unwrap();
    site.build(&[]);
    assert_eq!(
        site.read("out/a.css.gz"),
        "an old one",
        "an asset of its own"
    );
    assert!(site.has("out/a.css.br") && site.has(&format!("out/{}.gz", site.hashed("a.css"))));
    assert!(
        !site.paths("out").contains_key("c.css.gz"),
        "no asset: it decodes to c.css"
    );
    assert!(site.has("out/c.css.gz"));
    assert_eq!(site.read("out/b.png.gz"), "kept");
    let hashed = site.hashed("a.css.gz");
    assert_eq!(site.read(&format!("out/{hashed}")), "an old one");
    let before = site.tree("out");
    site.build(&[]);
    assert_eq!(site.tree("out"), before);
}

#[test]
fn leftovers_of_a_killed_run_are_removed() {
    let site = site();
    site.write("out/css/.hashstatic-1f-2.tmp", "half");
    site.build(&[]);
    assert!(!site.path("out/css/.hashstatic-1f-2.tmp").exists());
}

#[test]
fn large_files_are_streamed_to_the_same_names() {
    let site = Project::with_sources(&[]);
    let large = vec![7_u8; 20 << 20];
    fs::write(site.path("src/video.mp4"), &large).unwrap();
    site.build(&[]);
    let hashed = site.hashed("video.mp4");
    assert!(hashed.contains(&blake3_hex(&large)[..12]));
    assert_eq!(
        fs::read(site.path(&format!("out/{hashed}"))).unwrap(),
        large
    );
    let stdout = site.build(&[]);
    assert!(stdout.contains("  0 files written"), "{stdout}");
}

fn blake3_hex(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

#[test]
fn hashed_paths_that_collide_with_sources() {
    for options in [&[][..], &["--django-exact", "--no-gzip", "--no-brotli"]] {
        let site = Project::with_sources(&[("a.css", "x{}")]);
        site.build(options);
        let hashed = site.hashed("a.css");
        site.write(&format!("src/{hashed}"), "x{}");
        site.build(options);
        site.write(&format!("src/{hashed}"), "other{}");
        let output = site.try_build(options);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains("is the name of another asset with other content"));
    }
}

#[test]
fn names_at_the_limits() {
    let long = "n".repeat(238);
    let site = Project::with_sources(&[(&format!("{long}.css"), LONG)]);
    let output = site.try_build(&[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    site.write(&format!("src/{}.css", "m".repeat(250)), "x{}");
    let before = site.tree("out");
    let output = site.try_build(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("would end in a name of 267 bytes"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(site.tree("out"), before);
}

#[test]
#[cfg(target_os = "linux")]
fn names_that_are_not_utf8() {
    use std::os::unix::ffi::OsStrExt as _;
    let site = site();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.png");
    fs::write(site.path("src").join(name), "x").unwrap();
    let output = site.try_build(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("not valid UTF-8"));
    assert!(!site.path("out").exists());
}
