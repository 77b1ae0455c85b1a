//! Assets that a bundler has hashed: they keep their names and bytes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::diagnostic::shown;
use crate::error::{Error, OptionError};
use crate::name::glob::Glob;
use crate::name::logical_path::normpath;
use crate::options::{Input, Options, json_text};

/// The directory of Vite's manifest, below Vite's output directory.
const VITE: &str = ".vite";

/// The names of prehashed assets.
#[derive(Debug, Default)]
pub(crate) struct Prehashed {
    globs: Vec<Glob>,
    names: BTreeSet<String>,
}

impl Prehashed {
    /// Reads `--prehashed` and `--bundler-manifest`, and the manifests that the latter names.
    pub(crate) fn read(options: &Options) -> Result<Self, Error> {
        let mut names = BTreeSet::new();
        for file in &options.input.bundler_manifest {
            let usage = |problem: String| {
                Error::Option(OptionError {
                    option: "bundler-manifest",
                    value: Some(shown(file)),
                    problem,
                })
            };
            let json = fs::read(file).map_err(|error| usage(error.to_string()))?;
            let manifest: Value = serde_json::from_slice(json_text(&json).map_err(&usage)?)
                .map_err(|error| usage(error.to_string()))?;
            let files = named_files(&manifest)
                .ok_or_else(|| usage("not a manifest of Vite, webpack or esbuild".into()))?;
            let base = base(file, options);
            let static_url = options.references.static_url.as_str();
            names.extend(files.into_iter().map(|file| {
                match file.strip_prefix(static_url).or(file.strip_prefix('/')) {
                    Some(name) => normpath(name),
                    None => normpath(&format!("{base}{file}")),
                }
            }));
        }
        Ok(Self {
            globs: options
                .input
                .prehashed
                .iter()
                .map(|glob| Glob::new(glob))
                .collect(),
            names,
        })
    }

    /// Whether the asset of that name is prehashed.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name) || self.globs.iter().any(|glob| glob.matches(name))
    }
}

/// The files that a bundler's manifest names; `None` for any other JSON:
/// - Vite (and Rollup plugins like it): `{"src/main.ts": {"file": …, "css": […], "assets": […]}}`
/// - webpack-manifest-plugin and others like it: `{"main.js": "/static/main.4889e940.js"}`
/// - esbuild's metafile: `{"inputs": …, "outputs": {"assets/main-4889E940.js": …}}`
fn named_files(manifest: &Value) -> Option<Vec<&str>> {
    let members = manifest.as_object()?;
    if let (Some(outputs), true) = (members.get("outputs"), members.contains_key("inputs")) {
        return Some(outputs.as_object()?.keys().map(String::as_str).collect());
    }
    let mut files = Vec::new();
    for member in members.values() {
        match member {
            Value::String(file) => files.push(file.as_str()),
            Value::Object(chunk) => {
                files.push(chunk.get("file")?.as_str()?);
                for list in ["css", "assets"] {
                    let list = chunk.get(list).and_then(Value::as_array);
                    files.extend(list.into_iter().flatten().filter_map(Value::as_str));
                }
            }
            _ => return None,
        }
    }
    Some(files)
}

/// The logical path of the bundler's output directory, ending in a slash: the directory of the manifest, if that lies
/// in a source root. Otherwise empty: names are taken as they are.
fn base(file: &Path, options: &Options) -> String {
    let Input::Roots(roots) = &options.input.sources else {
        return String::new();
    };
    let directory = |file: &Path| -> Option<PathBuf> {
        let file = file.canonicalize().ok()?;
        let parent = file.parent()?;
        Some(match parent.file_name() {
            Some(name) if name == VITE => parent.parent()?.to_owned(),
            _ => parent.to_owned(),
        })
    };
    let Some(directory) = directory(file) else {
        return String::new();
    };
    let found = roots.iter().find_map(|root| {
        let below = directory.strip_prefix(root.dir.canonicalize().ok()?).ok()?;
        let mut base = String::new();
        for part in [root.prefix.as_str(), below.to_str()?] {
            if !part.is_empty() {
                base.push_str(part);
                base.push('/');
            }
        }
        Some(base)
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_of_every_bundler() {
        for (json, expected) in [
            (
                r#"{"src/a.ts": {"file": "assets/a.1.js", "isEntry": true, "css": ["assets/a.2.css"], "assets": ["i.3.png"]}}"#,
                Some(vec!["assets/a.1.js", "assets/a.2.css", "i.3.png"]),
            ),
            (
                r#"{"a.js": "/static/a.1.js", "b.js": "b.2.js"}"#,
                Some(vec!["/static/a.1.js", "b.2.js"]),
            ),
            (
                r#"{"inputs": {"a.ts": {}}, "outputs": {"dist/a-1.js": {"bytes": 3}}}"#,
                Some(vec!["dist/a-1.js"]),
            ),
            ("{}", Some(vec![])),
            ("[]", None),
            (r#"{"a": 1}"#, None),
            (r#"{"a": {"src": "b"}}"#, None),
        ] {
            let manifest = serde_json::from_str(json).unwrap();
            assert_eq!(named_files(&manifest), expected, "{json}");
        }
    }
}
