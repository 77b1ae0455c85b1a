//! A directory to work in and the command run in it: what the tests share.
#![allow(dead_code, reason = "each of the tests uses a part")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The command, in a directory.
pub(crate) fn hashstatic(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hashstatic"));
    command.current_dir(dir).env_remove("SOURCE_DATE_EPOCH");
    command
}

/// A directory to work in, removed at the end.
pub(crate) struct Project(TempDir);

impl Project {
    /// With these files: name, text.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// With a source root `src` that has these files.
    pub(crate) fn with_sources(files: &[(&str, &str)]) -> Self {
        let project = Self::new(&[]);
        fs::create_dir(project.path("src")).unwrap();
        for (name, text) in files {
            project.write(&format!("src/{name}"), text);
        }
        project
    }

    pub(crate) fn dir(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = hashstatic(self.dir());
        command.args(arguments).output().unwrap()
    }

    /// A run that must succeed; its stdout.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// `build src -o out`, quickly, with more arguments.
    pub(crate) fn try_build(&self, more: &[&str]) -> Output {
        self.run(&[BUILD, more].concat())
    }

    /// The same, which must succeed; its stdout.
    pub(crate) fn build(&self, more: &[&str]) -> String {
        self.ok(&[BUILD, more].concat())
    }

    pub(crate) fn tree(&self, root: &str) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path(root))
    }

    pub(crate) fn files(&self, root: &str) -> BTreeSet<String> {
        files(&self.path(root))
    }

    /// The paths of a static root's manifest.
    pub(crate) fn paths(&self, root: &str) -> BTreeMap<String, String> {
        paths(&self.path(root))
    }

    /// The hashed path of an asset in `out`.
    pub(crate) fn hashed(&self, logical: &str) -> String {
        self.paths("out")[logical].clone()
    }
}

const BUILD: &[&str] = &["build", "src", "-o", "out", "--brotli-quality", "5"];

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The files (and links) below a directory, by name; none if it is not there.
pub(crate) fn files(root: &Path) -> BTreeSet<String> {
    tree(root).into_keys().collect()
}

/// The same with their bytes. Of a link that leads nowhere there are none.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let name = entry.path().strip_prefix(root).unwrap().to_str().unwrap();
            (name.to_owned(), fs::read(entry.path()).unwrap_or_default())
        })
        .collect()
}

/// The paths of a static root's manifest.
pub(crate) fn paths(root: &Path) -> BTreeMap<String, String> {
    let manifest = fs::read(root.join("staticfiles.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    serde_json::from_value(manifest["paths"].clone()).unwrap()
}
