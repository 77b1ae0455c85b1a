//! Sources with the names of what builds write: variants, the manifest, files of hashstatic's own. A build that succeeds is
//! one that `verify` passes, and one that does not says why.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::io::Write as _;
use std::process::Output;

use flate2::{Compression, write::GzEncoder};
use support::{Project, assert_success, stderr};

const TEXT: &str = "a line that is long enough to be compressed\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn verify(site: &Project) -> Output {
    site.run(&["verify", "out"])
}

/// Of a file and one that is named like its variant, with every option that decides about variants and plain copies.
#[test]
fn variants_among_the_sources() {
    let text = TEXT.repeat(20);
    for (bytes, is_variant) in [
        (gzip(&text), true),
        (gzip("old"), false),
        ([gzip(&text), gzip("more")].concat(), false),
        (b"no gzip".to_vec(), false),
        (Vec::new(), false),
    ] {
        for (more, is_served) in [
            (&[][..], true),
            (&["--no-gzip"], true),
            (&["--no-gzip", "--no-brotli"], true),
            (&["--keep-only-hashed"], false),
            (&["--keep-only-hashed", "--keep-original=app*"], true),
            (&["--keep-only-hashed", "--prehashed=app*"], true),
            (&["--keep-only-hashed", "--unhashed=app*"], true),
        ] {
            let site = Project::with_sources(&[("app.js", &text), ("other.txt", "other")]);
            fs::write(site.path("src/app.js.gz"), &bytes).unwrap();
            let what = format!("{is_variant} {} {more:?}", bytes.len());
            for _ in 0..2 {
                let built = site.try_build(more);
                assert_success(&built);
                let warning = "is an asset of its own, as it does not decode to app.js";
                let warned = stderr(&built).contains(warning);
                assert_eq!(
                    warned,
                    !is_variant && is_served,
                    "{what}: {}",
                    stderr(&built)
                );
                let is_asset = site.paths("out").contains_key("app.js.gz");
                assert_eq!(is_asset, !is_variant, "{what}");
                if is_asset && is_served {
                    assert_eq!(
                        fs::read(site.path("out/app.js.gz")).unwrap(),
                        bytes,
                        "{what}"
                    );
                }
                let verified = verify(&site);
                assert_success(&verified);
                let warning = "an asset that is no variant of app.js";
                let warned = stderr(&verified).contains(warning);
                assert_eq!(
                    warned,
                    !is_variant && is_served,
                    "{what}: {}",
                    stderr(&verified)
                );
            }
        }
    }
}

#[test]
fn the_name_of_the_manifest() {
    for (name, manifest) in [
        ("staticfiles.json", "staticfiles.json"),
        ("m.json", "m.json"),
        ("d/m.json", "d/m.json"),
        ("staticfiles.json", "d/m.json"),
    ] {
        let manifest_option = format!("--manifest={manifest}");
        for more in [
            &[][..],
            &["--keep-only-hashed"],
            &["--django-exact"],
            &["--clear"],
            &["--headers=nginx"],
        ] {
            let site = Project::with_sources(&[("a.css", &format!("a{{b:url({name})}}"))]);
            site.write(&format!("src/{name}"), "{\"mine\": 1}");
            for n in 0..40 {
                site.write(&format!("src/{n}.txt"), &n.to_string());
            }
            let what = format!("{name} {manifest} {more:?}");
            let all = [more, &[manifest_option.as_str()]].concat();
            for _ in 0..2 {
                let built = site.try_build(&all);
                assert_success(&built);
                let has_name = name == manifest && !more.contains(&"--keep-only-hashed");
                let warning =
                    "has the name of the manifest: it is published under its hashed path only";
                assert_eq!(stderr(&built).contains(warning), has_name, "{what}");
                let verified = site.run(&["verify", "out", "--manifest", manifest]);
                assert_success(&verified);
            }
        }
        if name == manifest {
            for option in ["--prehashed", "--unhashed"] {
                let site = Project::with_sources(&[(name, "{}"), ("a.txt", "a")]);
                site.build(&[]);
                let option = format!("{option}={name}");
                site.refuses(
                    &[&option, &manifest_option],
                    "has to be published under its own name",
                );
            }
        }
    }
    let site = Project::with_sources(&[("a.css", "a{}"), ("d/b.css", "b{}")]);
    site.refuses(
        &["--manifest=a.css.gz"],
        "the manifest has the name of a variant",
    );
    site.refuses(
        &["--manifest=d"],
        "a directory has the name of the manifest",
    );
}

#[test]
fn the_names_of_our_own_files() {
    for name in [
        ".staticfiles.generations.json",
        ".hashstatic.journal.json",
        ".hashstatic.manifests.json",
        ".hashstatic-1-1.tmp",
        "d/.hashstatic-1-1.tmp",
        ".staticfiles.headers.nginx",
        ".other.generations.json",
        "d/.hashstatic.journal.json",
    ] {
        for more in [
            &[][..],
            &["--keep-only-hashed"],
            &["--django-exact"],
            &["--on-missing=warn"],
        ] {
            let site = Project::with_sources(&[("a.txt", "a")]);
            site.write(&format!("src/{name}"), "mine");
            let all = [more, &["--no-default-ignore"]].concat();
            let is_ours = !name.contains("other") && name != "d/.hashstatic.journal.json";
            for round in 0..2 {
                let built = site.try_build(&all);
                assert_success(&built);
                let warning = "is left out: builds keep a file of that name";
                assert_eq!(
                    stderr(&built).contains(warning),
                    is_ours,
                    "{}",
                    stderr(&built)
                );
                assert_eq!(
                    site.paths("out").contains_key(name),
                    !is_ours,
                    "{name} {more:?}"
                );
                let verified = verify(&site);
                assert!(
                    verified.status.success(),
                    "{name} {more:?} {round}: {}",
                    stderr(&verified)
                );
            }
            let report = site.report(&all);
            assert_eq!(report["totals"]["written"], 0, "{name} {more:?}");
        }
    }
}
