//! Golden cases: every `fixtures/cases/NAME` is built and compared with the record beside it.
//!
//! A case is a directory with `source/` (or `sources/1`, `sources/2`, …), `args` (more arguments, one per line), and a
//! record: `stderr`, `status`, and in `expected/` the files of the static root. Plain copies are not recorded: a plain
//! copy must be equal to its source.
//!
//! Each directory is a test by itself: `cargo test golden::css_references`. `BLESS=1 cargo test --test golden` writes
//! the records anew.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "tests"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use support::{Project, hashstatic, paths_of, tree};

fn main() -> ExitCode {
    let bless = std::env::var_os("BLESS").is_some();
    let cases = fs::read_dir(directory()).unwrap();
    let mut cases: Vec<PathBuf> = cases.map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 20, "only {} cases", cases.len());
    let golden = cases.into_iter().map(|dir| {
        let name = dir.file_name().unwrap().to_str().unwrap();
        let name = format!("golden::{}", name.replace(['-', '.'], "_"));
        Trial::test(name, move || is_as_recorded(&Case::new(dir), bless))
    });
    let judge = BREAKS.iter().map(|(what, case, break_it)| {
        Trial::test(format!("judge::finds_{what}"), move || {
            finds_a_break(&Case::new(directory().join(case)), *break_it)
        })
    });
    let trials = golden.chain(judge).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

fn is_as_recorded(case: &Case, bless: bool) -> Result<(), Failed> {
    let scratch = Project::new(&[]);
    let (built, mut wrong) = case.build(&scratch).without_plain_copies(case);
    if bless {
        built.write(&case.dir);
    } else {
        wrong.extend(built.differences(&Outcome::read(&case.dir)));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}

struct Case {
    dir: PathBuf,
    arguments: Vec<String>,
}

impl Case {
    fn new(dir: PathBuf) -> Self {
        let arguments = fs::read_to_string(dir.join("args")).unwrap_or_default();
        let mut arguments: Vec<String> = arguments.lines().map(str::to_owned).collect();
        if !dir.join("sources").exists() {
            arguments.push("source".to_owned());
        }
        Self { dir, arguments }
    }

    fn has(&self, argument: &str) -> bool {
        self.arguments.iter().any(|given| given == argument)
    }

    /// The values of an option.
    fn values(&self, option: &str) -> impl Iterator<Item = &str> {
        let pairs = self.arguments.windows(2);
        pairs.filter_map(move |pair| (pair[0] == option).then_some(&*pair[1]))
    }

    fn build(&self, scratch: &Project) -> Outcome {
        let mut command = hashstatic(&self.dir);
        command.args(["build", "--no-cache"]).args(&self.arguments);
        if !self.has("--gzip") {
            command.args(["--no-gzip", "--no-brotli"]);
        }
        let out = scratch.path("out");
        let manifest = out.join(
            self.values("--manifest")
                .next()
                .unwrap_or("staticfiles.json"),
        );
        let output = command.arg("--out").arg(&out).output().unwrap();
        let stderr = String::from_utf8(output.stderr)
            .unwrap()
            .replace(self.dir.to_str().unwrap(), "CASE")
            .replace(scratch.dir().to_str().unwrap(), "SCRATCH");
        Outcome {
            stderr,
            status: format!("{}\n", output.status.code().unwrap()),
            files: tree(&out),
            paths: if manifest.exists() {
                paths_of(&manifest)
            } else {
                BTreeMap::new()
            },
        }
    }

    /// The plain copy of an asset, which is equal to its source; `None`: the arguments rule it out.
    fn plain_copy(&self, asset: &str, hashed: &str) -> Option<Vec<u8>> {
        let is = |pattern: &str| match pattern.strip_prefix('*') {
            Some(end) => asset.ends_with(end),
            None => asset == pattern,
        };
        let is_left_out = self.has("--keep-only-hashed")
            && asset != hashed
            && !self.values("--keep-original").any(is);
        if is_left_out {
            return None;
        }
        let source = self.arguments.iter().find_map(|root| {
            let (prefix, root) = root.split_once('=').unwrap_or(("", root));
            let inside = asset.strip_prefix(prefix)?;
            let path = self.dir.join(root).join(inside.trim_start_matches('/'));
            fs::read(path).ok().filter(|_| root.starts_with("source"))
        });
        assert!(source.is_some(), "{asset} has no source");
        source
    }
}

/// The outcome of a build: messages, status and files.
struct Outcome {
    stderr: String,
    status: String,
    /// The files of the static root.
    files: BTreeMap<String, Vec<u8>>,
    /// The paths of the manifest.
    paths: BTreeMap<String, String>,
}

impl Outcome {
    /// The record in `dir`.
    fn read(dir: &Path) -> Self {
        Self {
            stderr: fs::read_to_string(dir.join("stderr")).unwrap_or_default(),
            status: fs::read_to_string(dir.join("status")).unwrap_or_default(),
            files: tree(&dir.join("expected")),
            paths: BTreeMap::new(),
        }
    }

    fn write(&self, dir: &Path) {
        let expected = dir.join("expected");
        if expected.exists() {
            fs::remove_dir_all(&expected).unwrap();
        }
        for (name, bytes) in &self.files {
            let path = expected.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        fs::write(dir.join("stderr"), &self.stderr).unwrap();
        fs::write(dir.join("status"), &self.status).unwrap();
    }

    /// Removes the plain copies: returns the rest, to compare with the record, and errors in the plain copies.
    fn without_plain_copies(mut self, case: &Case) -> (Self, Vec<String>) {
        let mut wrong = Vec::new();
        for (asset, hashed) in &self.paths {
            let is = self.files.remove(asset);
            let must_be = case.plain_copy(asset, hashed);
            wrong.extend(difference(
                &format!("the plain copy {asset}"),
                must_be.as_deref(),
                is.as_deref(),
            ));
        }
        (self, wrong)
    }

    fn differences(&self, recorded: &Self) -> Vec<String> {
        let said = [
            ("stderr", &recorded.stderr, &self.stderr),
            ("status", &recorded.status, &self.status),
        ];
        let said = said.into_iter().filter_map(|(what, must_be, is)| {
            difference(what, Some(must_be.as_bytes()), Some(is.as_bytes()))
        });
        let names: BTreeSet<_> = recorded.files.keys().chain(self.files.keys()).collect();
        let files = names.into_iter().filter_map(|name| {
            let must_be = recorded.files.get(name).map(Vec::as_slice);
            difference(name, must_be, self.files.get(name).map(Vec::as_slice))
        });
        said.chain(files).collect()
    }
}

fn difference(what: &str, must_be: Option<&[u8]>, is: Option<&[u8]>) -> Option<String> {
    let show = |bytes: Option<&[u8]>| match bytes {
        Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        None => "(absent)".to_owned(),
    };
    (must_be != is).then(|| format!("{what} must be\n{}\nand is\n{}", show(must_be), show(is)))
}

type Files = BTreeMap<String, Vec<u8>>;
type Break = fn(&mut Files);

/// Faults that this test itself must find: the name, the case, the break.
const BREAKS: [(&str, &str, Break); 7] = [
    ("a_file_that_is_not_recorded", "css-references", |files| {
        files.insert("css/extra.css".to_owned(), Vec::new());
    }),
    ("a_changed_hashed_file", "css-references", |files| {
        files.insert(hashed_style_sheet(files), b"other".to_vec());
    }),
    ("a_missing_hashed_file", "css-references", |files| {
        files.remove(&hashed_style_sheet(files)).unwrap();
    }),
    ("a_changed_manifest", "css-references", |files| {
        files.get_mut("staticfiles.json").unwrap().push(b'\n');
    }),
    ("a_changed_plain_copy", "css-references", |files| {
        files.get_mut("css/b.css").unwrap().push(b'\n');
    }),
    ("a_missing_plain_copy", "keep-only-hashed", |files| {
        files.remove("robots.txt").unwrap();
    }),
    ("an_unwanted_plain_copy", "keep-only-hashed", |files| {
        let source = directory().join("keep-only-hashed/source/a.css");
        files.insert("a.css".to_owned(), fs::read(source).unwrap());
    }),
];

fn hashed_style_sheet(files: &Files) -> String {
    let is_hashed = |name: &&String| name.starts_with("css/b.") && *name != "css/b.css";
    files.keys().find(is_hashed).unwrap().clone()
}

fn finds_a_break(case: &Case, break_it: Break) -> Result<(), Failed> {
    let wrong = |break_it: Break| {
        let mut built = case.build(&Project::new(&[]));
        break_it(&mut built.files);
        let (built, mut wrong) = built.without_plain_copies(case);
        wrong.extend(built.differences(&Outcome::read(&case.dir)));
        wrong
    };
    let found = wrong(break_it);
    if found.len() == wrong(|_| {}).len() + 1 {
        Ok(())
    } else {
        Err(format!("found {found:?}").into())
    }
}
