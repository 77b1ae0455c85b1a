//! What all tests share: a directory to work in, and the command run in it.
#![allow(dead_code, reason = "each of the tests uses a part")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_hashstatic");

/// The repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command, in a directory. A test that has a `Project` takes the command from the project.
pub(crate) fn hashstatic(dir: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command
        .current_dir(dir)
        .env_remove("SOURCE_DATE_EPOCH")
        .env_remove("VIRTUAL_ENV");
    command
}

/// A directory to work in, removed at the end, and how the command runs there.
pub(crate) struct Project {
    dir: TempDir,
    environment: Vec<(&'static str, OsString)>,
    build: &'static [&'static str],
}

impl Project {
    /// With these files: name, text.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        Self::at(tempfile::tempdir().unwrap(), files)
    }

    /// The same on tmpfs (`/dev/shm`), if there is one.
    pub(crate) fn in_memory(files: &[(&str, &str)]) -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() {
            Self::at(tempfile::tempdir_in(memory).unwrap(), files)
        } else {
            Self::new(files)
        }
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

    fn at(dir: TempDir, files: &[(&str, &str)]) -> Self {
        let project = Self {
            dir,
            environment: Vec::new(),
            build: &["build", "src", "-o", "out", "--brotli-quality", "5"],
        };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// With a build cache of its own: `cache`.
    pub(crate) fn with_cache(self) -> Self {
        let cache = self.path("cache");
        self.with_env("HASHSTATIC_CACHE_DIR", cache)
    }

    pub(crate) fn with_env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Sets the arguments of `try_build` and `build`.
    pub(crate) fn building_with(mut self, arguments: &'static [&'static str]) -> Self {
        self.build = arguments;
        self
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
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

    /// The command in this directory.
    pub(crate) fn command(&self) -> Command {
        let mut command = hashstatic(self.dir());
        command.envs(self.environment.iter().cloned());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs a command that must succeed. Returns its stdout.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_success(&output);
        text(&output.stdout)
    }

    /// Runs a command that must fail with status 1 and this text.
    pub(crate) fn fails(&self, arguments: &[&str], why: &str) {
        assert_failure(&self.run(arguments), why);
    }

    /// Runs a command that must succeed. Returns its JSON document.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let stdout = self.ok(&[arguments, &["--output-format", "json"]].concat());
        serde_json::from_str(&stdout).unwrap()
    }

    /// Runs `build src -o out`, quickly, with more arguments.
    pub(crate) fn try_build(&self, more: &[&str]) -> Output {
        self.run(&[self.build, more].concat())
    }

    /// The same, which must succeed. Returns its stdout.
    pub(crate) fn build(&self, more: &[&str]) -> String {
        self.ok(&[self.build, more].concat())
    }

    /// The same, which must succeed. Returns its report.
    pub(crate) fn report(&self, more: &[&str]) -> serde_json::Value {
        self.json(&[self.build, more].concat())["report"].take()
    }

    /// Runs a build that must fail with this text, and leave the static root as it was.
    pub(crate) fn refuses(&self, more: &[&str], why: &str) {
        let before = self.tree("out");
        assert_failure(&self.try_build(more), why);
        assert_eq!(self.tree("out"), before);
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

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    text(&output.stderr)
}

pub(crate) fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}", stderr(output));
}

/// Asserts status 1 and this text.
pub(crate) fn assert_failure(output: &Output, why: &str) {
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    assert!(stderr(output).contains(why), "{}", stderr(output));
}

/// Asserts that the name of a hashed file has the digest of these bytes.
pub(crate) fn assert_digest(hashed: &str, bytes: &[u8]) {
    let digest = blake3::hash(bytes).to_hex();
    assert!(
        hashed.contains(&digest[..12]),
        "{hashed} is not what it says"
    );
}

/// The files (and links) below a directory, by name; none if it is not there.
pub(crate) fn files(root: &Path) -> BTreeSet<String> {
    tree(root).into_keys().collect()
}

/// The same with their bytes. A link that leads nowhere has none.
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
    paths_of(&root.join("staticfiles.json"))
}

pub(crate) fn paths_of(manifest: &Path) -> BTreeMap<String, String> {
    let manifest = fs::read(manifest).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    serde_json::from_value(manifest["paths"].clone()).unwrap()
}

/// `tests/NAME.c` as a library for `LD_PRELOAD`.
pub(crate) fn preloaded(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let library = directory.join(format!("{name}.so"));
    // Renamed when complete: other tests compile the same library at the same moment.
    let unfinished = tempfile::NamedTempFile::new_in(directory).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(unfinished.path())
        .arg(repository().join(format!("tests/{name}.c")))
        .arg("-ldl")
        .status();
    assert!(compiled.unwrap().success());
    unfinished.persist(&library).unwrap();
    library
}
