//! The sources of a build, and which of their files are assets.

use std::path::PathBuf;

/// A directory that assets come from: a source root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoot {
    /// Prefix of every name found there, as of Django's prefixed `STATICFILES_DIRS`. Empty: none.
    pub prefix: String,
    /// The directory.
    pub dir: PathBuf,
}

/// A file that the caller has found, with the name it is to have.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// The logical path.
    pub name: String,
    /// The file that has the bytes.
    pub path: PathBuf,
    /// Whether the plain file in the static root is the caller's: then it is neither written nor changed. Default:
    /// `false`.
    #[serde(default)]
    pub leave_plain: bool,
}

impl NamedFile {
    /// Parses the list that `--files-from` names: JSON, `[{"name": …, "path": …}, …]`. The error is the parser's
    /// message. Whether the names are logical paths and the files are there is checked by the build.
    pub fn parse_list(json: &[u8]) -> Result<Vec<Self>, String> {
        serde_json::from_slice(json_text(json)?).map_err(|error| error.to_string())
    }
}

/// The text of a JSON file that another program wrote: without the byte order mark that some put before UTF-8. The error
/// names UTF-16, which shells on Windows write.
pub(crate) fn json_text(bytes: &[u8]) -> Result<&[u8], String> {
    match bytes {
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => Err("it is UTF-16, and JSON is UTF-8".into()),
        _ => Ok(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)),
    }
}

/// Where the assets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Walk these source roots; earlier ones win.
    Roots(Vec<SourceRoot>),
    /// Take these files (`--files-from`); earlier entries win.
    Files(Vec<NamedFile>),
}

/// The sources, and which of their files are assets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputOptions {
    /// Where the assets come from. Default: no source root, which no build accepts.
    pub sources: Input,
    /// Globs of files and directories that are left out, by Django's fnmatch rules. Default:
    /// [`InputOptions::IGNORE_DEFAULT`].
    pub ignore: Vec<String>,
    /// Follow symbolic links that leave their source root. Default: `false`.
    pub follow_external_links: bool,
    /// Logical paths that must exist and must not be empty. Default: none.
    pub require: Vec<String>,
    /// Accept sources without any asset. Otherwise that is an error: a source that was never filled would publish a
    /// manifest of nothing. Default: `false`.
    pub allow_empty: bool,
    /// Globs of logical paths that a bundler has hashed already: such an asset keeps its name and its bytes. Default:
    /// none.
    pub prehashed: Vec<String>,
    /// Manifests of bundlers (Vite, webpack, Encore, esbuild, Rollup); the files that they name are prehashed. Default:
    /// none.
    pub bundler_manifest: Vec<PathBuf>,
    /// Globs of logical paths that keep their own names: service workers, `robots.txt`, scripts that look for themselves.
    /// Their references are rewritten like those of other assets. Default: none; with
    /// [`js_modules`](super::ReferenceOptions::js_modules), service workers that a script registers are among them.
    pub unhashed: Vec<String>,
}

impl InputOptions {
    /// The patterns that `collectstatic` ignores unless told otherwise (`StaticFilesConfig.ignore_patterns`).
    pub const IGNORE_DEFAULT: &[&str] = &["CVS", ".*", "*~"];
}

impl Default for InputOptions {
    fn default() -> Self {
        Self {
            sources: Input::Roots(Vec::new()),
            ignore: super::owned(Self::IGNORE_DEFAULT),
            follow_external_links: false,
            require: Vec::new(),
            allow_empty: false,
            prehashed: Vec::new(),
            bundler_manifest: Vec::new(),
            unhashed: Vec::new(),
        }
    }
}
