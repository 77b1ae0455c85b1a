//! The law: a build that succeeds is one that `verify` passes; building once more writes nothing; and a changed byte in
//! anything that was written is found, and repaired by the next build. The law is tested for random trees, whose names
//! collide with everything that a build writes, and every combination of options.
//!
//! `LAW_CASES=20000 cargo test --release --test law` is the long run (`make faults`).
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "law/options.rs"]
mod options;
mod support;
#[path = "law/tree.rs"]
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use hashstatic::{Error, Options, Severity, Verification, VerifyOptions};
use options::Choice;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError};
use support::{Project, files};
use tree::Tree;

struct Case {
    source: PathBuf,
    out: PathBuf,
    choice: Choice,
}

impl Case {
    fn options(&self) -> Options {
        self.choice.options(&self.source, &self.out)
    }

    fn verify(&self) -> Verification {
        let options = self.options();
        let mut verify = VerifyOptions::new(self.out.clone());
        verify.manifest.clone_from(&options.root.manifest);
        verify.references.js_modules = Some(options.references.js_modules);
        verify.references.on_missing = options.references.on_missing;
        verify.references.missing_source_map = Some(options.references.missing_source_map);
        verify.jobs = 1;
        hashstatic::verify(&verify).unwrap()
    }

    /// Builds. `None`: the build reports errors in the input.
    fn build(&self, what: &str) -> Result<Option<hashstatic::Report>, TestCaseError> {
        match hashstatic::build(&self.options()) {
            Ok(report) => Ok(Some(report)),
            Err(Error::Input(_) | Error::Usage(_)) => Ok(None),
            // A source has the name of the manifest.
            Err(Error::StaticRoot(_)) if self.choice.in_place => Ok(None),
            Err(error) => Err(TestCaseError::fail(format!("{what}: {error}"))),
        }
    }

    fn assert_verified(&self, what: &str) -> Result<(), TestCaseError> {
        let found = self.verify();
        let errors: Vec<String> = found
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .map(ToString::to_string)
            .collect();
        prop_assert!(found.is_intact(), "{what}: {}", errors.join("\n"));
        Ok(())
    }

    /// Builds, and asserts that there was nothing to do.
    fn assert_settled(&self, what: &str) -> Result<(), TestCaseError> {
        let before = files(&self.out);
        let report = self.build(what)?.unwrap();
        let done = (report.totals.written, report.totals.removed);
        let after = files(&self.out);
        let changed: Vec<_> = before.symmetric_difference(&after).collect();
        prop_assert_eq!(done, (0, 0), "{}: written and removed; {:?}", what, changed);
        prop_assert!(changed.is_empty(), "{}: {:?}", what, changed);
        Ok(())
    }

    /// Changes a byte of each file that was written, one at a time: each is found and repaired.
    fn assert_found(&self, sources: &BTreeSet<String>) -> Result<(), TestCaseError> {
        let manifest = self.options().root.manifest;
        for name in files(&self.out) {
            let is_hidden = Path::new(&name)
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let is_source = self.choice.in_place && sources.contains(&name);
            if is_hidden || is_source || self.choice.is_foreign(&name) {
                continue;
            }
            let path = self.out.join(&name);
            let good = fs::read(&path).unwrap();
            if good.is_empty() {
                continue;
            }
            // A new file, since the plain one may be linked to the hashed one.
            let mut bad = good.clone();
            let at = good.len() / 2;
            bad[at] ^= 1;
            fs::remove_file(&path).unwrap();
            fs::write(&path, &bad).unwrap();
            let is_found = !self.verify().is_intact();
            prop_assert!(is_found, "byte {at} of {name}");
            if self.choice.in_place && Path::new(&name) == manifest {
                fs::write(&path, &good).unwrap(); // without the manifest, nothing is built in place
            }
            if self.build("repair")?.is_none() {
                // The build reports that there is no source to make the file from.
                prop_assert!(self.choice.has_no_sources(), "{name} is not repaired");
                fs::write(&path, &good).unwrap();
            }
            self.assert_verified(&format!("{name} was repaired"))?;
        }
        Ok(())
    }
}

fn law(first: &Tree, second: &Tree, choice: &Choice) -> Result<(), TestCaseError> {
    let project = Project::in_memory(&[]);
    let source = project.path("src");
    let out = if choice.in_place {
        source.clone()
    } else {
        project.path("out")
    };
    fs::create_dir_all(&source).unwrap();
    let case = Case {
        source,
        out,
        choice: choice.clone(),
    };
    first.write(&case.source, &BTreeSet::new());
    if !choice.clear {
        choice.write_foreign(&case.out); // a directory of foreign files alone is not cleared
    }
    if case.build("first")?.is_none() {
        return Ok(());
    }
    case.assert_verified("first")?;
    case.assert_settled("again")?;
    case.assert_found(&first.names())?;

    // In exact mode, a file of the first build satisfies a reference, even if the second build removes that file.
    if choice.is_exact() && second.names_others() {
        return Ok(());
    }
    // The sources change; in place, what is not a source stays.
    second.write(&case.source, &first.names());
    if case.build("second")?.is_none() {
        return Ok(());
    }
    case.assert_verified("second")?;
    case.assert_settled("second, again")
}

/// In `make test`, the cases are always the same; the long run takes others each time, and reports the one that fails.
fn config() -> Config {
    let cases = std::env::var("LAW_CASES").ok();
    Config {
        cases: cases.as_ref().map_or(300, |cases| cases.parse().unwrap()),
        rng_seed: match cases {
            Some(_) => RngSeed::Random,
            None => RngSeed::Fixed(1),
        },
        max_shrink_iters: 2000,
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_build_is_verified_settled_and_guarded(
        first in tree::tree(),
        second in tree::tree(),
        choice in options::choice(),
    ) {
        law(&first, &second, &choice)?;
    }
}
