//! `--headers`: the headers that a server or uploader must send with each file of the static root, for sites without
//! WhiteNoise. No I/O: the plan is made from the files of a build, and `pipeline/write` writes the files.
//!
//! Servers get a pattern for names that look hashed, and the exceptions to it: exact for every file, in a few lines
//! instead of thousands.

mod caddy;
mod check;
mod json;
mod looks;
mod media_types;
mod netlify;
mod nginx;
mod plan;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::name::catalog::Catalog;
use crate::options::{HeadersFormat, Options};
use crate::static_root::built_file::{BuiltFile, Role};
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;
use crate::static_root::own_files::{headers_name, headers_names};
use looks::{looks_hashed, without_digest};
use plan::{HeadersPlan, ServedFile};

/// A file with headers, written beside the manifest.
#[derive(Debug)]
pub(crate) struct HeadersFile {
    pub(crate) format: HeadersFormat,
    pub(crate) bytes: Vec<u8>,
}

/// The files of a build, and those already in the static root.
pub(crate) struct Published<'a> {
    /// Every file of the build.
    pub(crate) files: Vec<BuiltFile<'a>>,
    /// The names of the assets.
    pub(crate) catalog: &'a Catalog,
    /// The manifest's name.
    pub(crate) manifest: &'a str,
    /// The existing manifest, and the record of the builds before it.
    pub(crate) earlier: (&'a Manifest, &'a Generations),
    /// Names of existing files that stay.
    pub(crate) existing: Vec<&'a str>,
    /// Whether an existing file stays.
    pub(crate) stays: &'a dyn Fn(&str) -> bool,
}

/// Makes the files that `options.headers` asks for, and the diagnostics about them.
pub(crate) fn headers(
    options: &Options,
    published: &Published<'_>,
) -> (Vec<HeadersFile>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let formats: BTreeSet<HeadersFormat> = options.root.headers.iter().copied().collect();
    let mut headers = HeadersPlan {
        url: url_path(&options.references.static_url),
        manifest: published.manifest.to_owned(),
        hash_length: options.naming.hash_length,
        encodings: encodings(options),
        files: files(&published.files),
        ..HeadersPlan::default()
    };
    let mut earlier = hashed_earlier(published.earlier, headers.hash_length);
    earlier.retain(|name| (published.stays)(name)); // the others are removed
    let is_ours = |name: &str| {
        published.catalog.find(name).is_some()
            || headers.files.contains_key(name)
            || earlier.contains(name)
    };
    let written = headers_names(published.manifest);
    let others: Vec<&str> = published
        .existing
        .iter()
        .copied()
        .filter(|name| !is_ours(name))
        .filter(|name| !Encoding::files_behind(name).any(is_ours))
        .filter(|name| !written.iter().any(|file| file == name))
        .collect();
    let is_lookalike = |name: &&str| looks_hashed(name, headers.hash_length);
    let lookalikes = others.iter().copied().filter(is_lookalike);
    headers.lookalikes = lookalikes.map(str::to_owned).collect();
    let files = headers.files.keys().map(String::as_str);
    // The manifest does not exist before the first build.
    let names = files
        .chain(earlier)
        .chain(others)
        .chain([published.manifest]);
    headers.extensions = names.filter_map(media_types::extension).collect();
    headers.check(&formats, &mut diagnostics);
    for format in &formats {
        let name = headers_name(published.manifest, *format);
        if published.catalog.find(&name).is_some() {
            let what = "an asset has the name of the file that --headers writes";
            diagnostics.push(Diagnostic::new(
                Severity::Error,
                Code::PathConflict,
                name,
                what,
            ));
        }
    }
    let write = |format| HeadersFile {
        format,
        bytes: match format {
            HeadersFormat::Nginx => nginx::write(&headers),
            HeadersFormat::Caddy => caddy::write(&headers),
            HeadersFormat::Netlify => netlify::write(&headers),
            HeadersFormat::Json => json::write(&headers),
        }
        .into_bytes(),
    };
    (formats.into_iter().map(write).collect(), diagnostics)
}

fn encodings(options: &Options) -> Vec<Encoding> {
    let levels = options.variants.encodings;
    let wanted = [
        (Encoding::Brotli, levels.brotli),
        (Encoding::Zstd, levels.zstd),
        (Encoding::Gzip, levels.gzip),
    ];
    let wanted = wanted.into_iter().filter(|(_, level)| level.is_some());
    wanted.map(|(encoding, _)| encoding).collect()
}

/// Returns all files of the build except variants and the manifest, by name.
fn files(built: &[BuiltFile<'_>]) -> BTreeMap<String, ServedFile> {
    let mut files: BTreeMap<String, ServedFile> = BTreeMap::new();
    for file in built {
        let immutable = file.role == Role::Hashed;
        let suffix = file.encoding.map_or("", Encoding::suffix);
        let name = file.name.strip_suffix(suffix).unwrap_or(&file.name);
        let served = files.entry(name.to_owned()).or_default();
        served.immutable |= immutable; // a hashed file and another asset may be one file
        served.variants.extend(file.encoding);
    }
    for variant in built.iter().filter(|file| file.encoding.is_some()) {
        files.remove(&*variant.name); // the variant replaces an asset of that name
    }
    files
}

/// Returns the hashed files of earlier generations: the recorded names without plain copies, whose hashed files are
/// recorded too, and without files that have kept their own names.
fn hashed_earlier<'a>(
    (manifest, generations): (&'a Manifest, &'a Generations),
    hash_length: usize,
) -> HashSet<&'a str> {
    let manifest = manifest.paths.values().map(String::as_str);
    let mut names: HashSet<&str> = generations.files().chain(manifest).collect();
    let plain: Vec<String> = names
        .iter()
        .filter_map(|name| without_digest(name, hash_length))
        .collect();
    let unhashed = generations.unhashed.iter();
    for name in plain.iter().chain(unhashed) {
        names.remove(name.as_str());
    }
    names
}

/// Returns the path of a URL, percent-decoded, with a slash at both ends.
fn url_path(url: &str) -> String {
    let after_scheme = url.split_once("://").map(|(_, rest)| rest);
    let path = match after_scheme.or_else(|| url.strip_prefix("//")) {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => url,
    };
    let path = crate::django::unquote(path);
    match path.trim_matches('/') {
        "" => "/".into(),
        path => format!("/{path}/"),
    }
}

#[cfg(test)]
mod tests;
