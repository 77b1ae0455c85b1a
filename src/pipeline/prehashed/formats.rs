//! The manifests of bundlers: which files they name, and which of these are hashed. Nearly every format also names files
//! that keep their names (icons that were copied, entry points of esbuild): these are ordinary assets.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

/// A file that a bundler has hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Output {
    /// Its name as the manifest has it: relative to some directory, or a URL.
    pub(super) name: String,
    /// Its URL and its absolute path, where the manifest has them too.
    pub(super) others: Vec<String>,
}

impl Output {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            others: Vec::new(),
        }
    }
}

/// The files that a manifest names; an error for any other JSON, and for the manifest of a failed run.
pub(super) fn outputs(manifest: &Value) -> Result<Vec<Output>, String> {
    let unknown = || "not a manifest of Vite, webpack, Encore, esbuild or Rollup".to_owned();
    let members = manifest.as_object().ok_or_else(unknown)?;
    let mut found = if let Some(Value::Object(outputs)) = members.get("outputs")
        && members.contains_key("inputs")
    {
        of_esbuild(outputs)
    } else if let Some(Value::String(status)) = members.get("status")
        && (members.contains_key("chunks") || members.contains_key("error"))
    {
        if status != "done" {
            return Err(format!(
                "its status is {status:?}: webpack has failed, or is still at work"
            ));
        }
        of_bundle_tracker(members)
    } else {
        of_map(members).ok_or_else(unknown)?
    };
    // Of `app.js?id=4889e940`, the file itself is not hashed.
    found.retain(|output| !output.name.contains(['?', '#']));
    let mut seen = HashSet::new();
    found.retain(|output| seen.insert(output.name.clone()));
    Ok(found)
}

/// A metafile of esbuild: `{"inputs": …, "outputs": {"assets/main-4889E940.js": {"entryPoint": …}}}`. By default, entry
/// points have no digest in their names.
fn of_esbuild(outputs: &Map<String, Value>) -> Vec<Output> {
    let is_hashed = |name: &str, output: &Value| match output.get("entryPoint") {
        Some(Value::String(entry)) => stem(name) != stem(entry),
        _ => shows_digest(name),
    };
    let hashed = outputs
        .iter()
        .filter(|(name, output)| is_hashed(name, output));
    hashed.map(|(name, _)| Output::new(name)).collect()
}

/// `webpack-stats.json` of webpack-bundle-tracker: `{"status": "done", "publicPath": …, "chunks": {"main": ["main.4889.js"]},
/// "assets": {"main.4889.js": {"name", "path", "publicPath"}}}`. Before its version 1, the chunks had such objects, and
/// there were no assets.
fn of_bundle_tracker(members: &Map<String, Value>) -> Vec<Output> {
    let public_path = members.get("publicPath").and_then(Value::as_str);
    let mut chunk_of: HashMap<&str, &str> = HashMap::new();
    let mut files: Vec<(&str, &Value)> = Vec::new();
    let empty = Map::new();
    let object = |key: &str| {
        members
            .get(key)
            .and_then(Value::as_object)
            .unwrap_or(&empty)
    };
    for (name, asset) in object("assets") {
        files.push((name, asset));
    }
    for (chunk, list) in object("chunks") {
        for file in list.as_array().into_iter().flatten() {
            let name = file.as_str().or_else(|| file.get("name")?.as_str());
            if let Some(name) = name {
                chunk_of.insert(name, chunk);
                files.push((name, file));
            }
        }
    }
    let is_hashed = |name: &str| match chunk_of.get(name) {
        Some(chunk) => stem(name) != *chunk,
        None => shows_digest(name),
    };
    let mut found = Vec::new();
    for (name, asset) in files {
        if !is_hashed(name) {
            continue;
        }
        let mut output = Output::new(name);
        let of_asset = |key: &str| asset.get(key).and_then(Value::as_str);
        let url = of_asset("publicPath").map(str::to_owned);
        let url = url.or_else(|| public_path.map(|path| format!("{path}{name}")));
        output.others.extend(url);
        output.others.extend(of_asset("path").map(str::to_owned));
        found.push(output);
    }
    found
}

/// A map of names:
/// - Vite: `{"src/main.ts": {"file": …, "css": […], "assets": […]}}`
/// - webpack-manifest-plugin, Encore, Rollup, Parcel: `{"main.js": "/static/main.4889e940.js"}`
/// - webpack-assets-manifest: `{"main.js": {"src": …, "integrity": …}}`
/// - assets-webpack-plugin: `{"main": {"js": …, "css": […]}}`
/// - Encore's `entrypoints.json`: `{"entrypoints": {"main": {"js": […], "css": […]}}, "integrity": …}`
fn of_map(members: &Map<String, Value>) -> Option<Vec<Output>> {
    let mut found = Vec::new();
    for (key, member) in members {
        match member {
            Value::String(file) => found.extend(renamed(key, file)),
            Value::Object(entries) if key == "entrypoints" && !entries.contains_key("file") => {
                found.extend(listed(member));
            }
            Value::Object(_) if key == "integrity" && members.contains_key("entrypoints") => {}
            Value::Object(chunk) => {
                if let Some(Value::String(file)) = chunk.get("file") {
                    found.extend(of_vite(key, file, chunk));
                } else if let (Some(Value::String(file)), Some(_)) =
                    (chunk.get("src"), chunk.get("integrity"))
                {
                    found.extend(renamed(key, file));
                } else if is_by_extension(chunk) {
                    found.extend(listed(member));
                } else {
                    return None;
                }
            }
            _ => return None,
        }
    }
    Some(found)
}

/// The files of an entry of Vite's, unless they have the name of the source or the chunk.
fn of_vite(source: &str, file: &str, chunk: &Map<String, Value>) -> Vec<Output> {
    let listed = ["css", "assets"].into_iter().flat_map(|list| {
        let list = chunk.get(list).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    });
    let name = chunk.get("name").and_then(Value::as_str);
    let is_hashed = |file: &&str| stem(file) != stem(source) && Some(stem(file)) != name;
    let files = std::iter::once(file).chain(listed).filter(is_hashed);
    files.map(Output::new).collect()
}

/// A file that the manifest gives a name without its digest. If both are the same, only a digest in the name shows that it
/// is hashed.
fn renamed(key: &str, file: &str) -> Option<Output> {
    let is_same = file_name(key) == file_name(file);
    (!is_same || shows_digest(file)).then(|| Output::new(file))
}

/// The strings in lists at any depth, if they show digests. Hashes of the bytes are not names.
fn listed(value: &Value) -> Vec<Output> {
    match value {
        Value::String(file) if shows_digest(file) => vec![Output::new(file)],
        Value::Array(list) => list.iter().flat_map(listed).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(key, _)| *key != "integrity");
            members.flat_map(|(_, member)| listed(member)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an object has files by their extensions.
fn is_by_extension(chunk: &Map<String, Value>) -> bool {
    let is_list = |value: &Value| match value {
        Value::String(_) => true,
        Value::Array(list) => list.iter().all(Value::is_string),
        _ => false,
    };
    let is_extension = |key: &str| key.len() <= 5 && key.bytes().all(|b| b.is_ascii_alphanumeric());
    !chunk.is_empty()
        && !chunk.contains_key("src")
        && chunk
            .iter()
            .all(|(key, value)| is_extension(key) && is_list(value))
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file name without its extension.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether a file name seems to have a digest in it, behind a dot, a hyphen or an underscore; or is one.
fn shows_digest(path: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_digest = |part: &str| {
        let has_digit = part.bytes().any(|b| b.is_ascii_digit());
        let has_capital = part.bytes().any(|b| b.is_ascii_uppercase());
        let is_word = part.bytes().all(|b| b.is_ascii_alphanumeric());
        is_word
            && part.len() >= 3
            && (has_digit || is_hex(part) || (has_capital && part.len() >= 8))
    };
    let stem = stem(path);
    let mut parts = stem.split(['.', '-', '_', '~']);
    let first = parts.next().unwrap_or_default();
    (first.len() >= 8 && is_hex(first)) || parts.any(is_digest)
}

#[cfg(test)]
#[path = "formats_tests.rs"]
mod tests;
