//! `--headers`: which headers a server or an uploader has to send with each file of the static root, for those that are
//! not told by WhiteNoise. Pure: the plan is made from what the build has decided, and written by `publish`.
//!
//! Servers are given a pattern that tells hashed names by their looks, and the names that it is wrong about: exact for
//! every file, and still a few lines where a list of all names would be thousands.

mod caddy;
mod json;
mod media_types;
mod netlify;
mod nginx;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::name::digest::is_hex;
use crate::options::{HeadersFormat, Options};
use crate::static_root::built_file::{BuiltFile, Role};
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;
use crate::static_root::own_files::{headers_name, headers_names};

/// Of a name whose bytes never change.
const IMMUTABLE: &str = "max-age=31536000, public, immutable";
/// Of a name that stays when its bytes change, the manifest's too: WhiteNoise's 60 seconds.
const SHORT: &str = "max-age=60, public";

/// A file that holds headers, to be written beside the manifest.
#[derive(Debug)]
pub(crate) struct HeadersFile {
    pub(crate) format: HeadersFormat,
    pub(crate) bytes: Vec<u8>,
}

/// What is served under one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ServedFile {
    immutable: bool,
    /// Variants of it, which are served under their own names, too, by who uploads them.
    variants: BTreeSet<Encoding>,
}

/// What there is to know of a static root in order to serve it.
#[derive(Debug, Default)]
struct HeadersPlan {
    /// The path of the static URL, decoded; begins and ends with a slash.
    url: String,
    /// The manifest's name, as it is in the static root or elsewhere.
    manifest: String,
    hash_length: usize,
    /// Which variants the build writes.
    encodings: Vec<Encoding>,
    /// Every file of this build but variants, by its name.
    files: BTreeMap<String, ServedFile>,
    /// What else lies in the static root and looks hashed, and is not.
    lookalikes: BTreeSet<String>,
    /// The extensions, of those with a known media type, of everything in the static root.
    extensions: BTreeSet<&'static str>,
}

/// What a build is about to publish, and what lies in the static root already.
pub(crate) struct Published<'a> {
    /// Every file of the build.
    pub(crate) files: Vec<BuiltFile<'a>>,
    /// The names of the assets.
    pub(crate) catalog: &'a Catalog,
    /// The manifest's name.
    pub(crate) manifest: &'a str,
    /// The manifest that is there, and the record of those before it.
    pub(crate) earlier: (&'a Manifest, &'a Generations),
    /// The names of the files that were there and stay.
    pub(crate) existing: Vec<&'a str>,
    /// Whether a file was there and stays.
    pub(crate) stays: &'a dyn Fn(&str) -> bool,
}

/// The files that the options ask for.
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
    earlier.retain(|name| (published.stays)(name)); // the others will be gone, or are
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
    // The manifest is not there yet in the first run.
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

/// Everything that the build publishes, but for variants and the manifest.
fn files(built: &[BuiltFile<'_>]) -> BTreeMap<String, ServedFile> {
    let mut files: BTreeMap<String, ServedFile> = BTreeMap::new();
    for file in built {
        let immutable = file.role == Role::Hashed;
        let suffix = file.encoding.map_or("", Encoding::suffix);
        let name = file.name.strip_suffix(suffix).unwrap_or(&file.name);
        let served = files.entry(name.to_owned()).or_default();
        served.immutable |= immutable; // a hashed file and another asset may be one
        served.variants.extend(file.encoding);
    }
    for variant in built.iter().filter(|file| file.encoding.is_some()) {
        files.remove(&*variant.name); // an asset of that name gives way to the variant
    }
    files
}

/// The hashed files of earlier generations: what was recorded, without the plain copies among it, which are those whose
/// hashed file was recorded with them.
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
    for name in plain {
        names.remove(name.as_str());
    }
    names
}

/// Whether a name has a digest where hashed names have it, by its looks: [`HeadersPlan::pattern`] in Rust.
fn looks_hashed(name: &str, hash_length: usize) -> bool {
    digest_range(name, hash_length).is_some()
}

/// The name without that digest.
fn without_digest(name: &str, hash_length: usize) -> Option<String> {
    let range = digest_range(name, hash_length)?;
    Some(format!("{}{}", &name[..range.start], &name[range.end..]))
}

/// The place of the digest, the dot before it included.
fn digest_range(name: &str, hash_length: usize) -> Option<std::ops::Range<usize>> {
    let is_digest = |part: &str| part.len() == hash_length && is_hex(part);
    let directory = name.rfind('/').map_or(0, |slash| slash + 1);
    let last = directory + name[directory..].rfind('.')?;
    if is_digest(&name[last + 1..]) {
        return Some(last..name.len());
    }
    let before = directory + name[directory..last].rfind('.')?;
    let is_hashed = is_digest(&name[before + 1..last]) && last + 1 < name.len();
    is_hashed.then_some(before..last)
}

/// The path of a URL, decoded, with a slash at both ends.
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

impl HeadersPlan {
    /// What tells hashed names, as a regular expression of both PCRE and Go.
    fn pattern(&self) -> String {
        format!(r"\.[0-9a-f]{{{}}}(?:\.[^./]+)?\z", self.hash_length)
    }

    /// The names that the pattern is wrong about: immutable ones, or those that are not.
    fn exceptions(&self, immutable: bool) -> impl Iterator<Item = &str> {
        let files = self.files.iter().filter(move |(name, file)| {
            file.immutable == immutable && looks_hashed(name, self.hash_length) != immutable
        });
        let lookalikes = self.lookalikes.iter().filter(move |_| !immutable);
        let names: BTreeSet<&str> = files
            .map(|(name, _)| name.as_str())
            .chain(lookalikes.map(String::as_str))
            .collect();
        names.into_iter()
    }

    /// What lies in the static root and is nobody's to see.
    fn hidden(&self) -> Vec<String> {
        let names = std::iter::once(Generations::name(&self.manifest));
        let names = names.chain(headers_names(&self.manifest));
        names.filter(|name| !name.starts_with('/')).collect()
    }

    /// The media types that are needed, each with its extensions.
    fn media_types(&self) -> BTreeMap<String, Vec<&'static str>> {
        let mut types: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for extension in &self.extensions {
            let content_type = media_types::content_type(&format!("x.{extension}"));
            types.entry(content_type).or_default().push(extension);
        }
        types
    }

    fn cache_control(file: &ServedFile) -> &'static str {
        if file.immutable { IMMUTABLE } else { SHORT }
    }

    /// Tells what a format cannot say, rather than saying something wrong.
    fn check(&self, formats: &BTreeSet<HeadersFormat>, diagnostics: &mut Vec<Diagnostic>) {
        let mut warn = |name: &str, what: String, help: &str| {
            let code = Code::InexpressibleHeaders;
            diagnostics.push(Diagnostic::new(Severity::Warning, code, name, what).help(help));
        };
        if formats.contains(&HeadersFormat::Netlify) {
            let names = self.files.keys().filter(|name| !netlify::can_name(name));
            for name in names {
                let what = "Netlify's _headers has no way to write this name; its headers are left to Netlify";
                warn(name, what.into(), "rename the file");
            }
        }
        if formats.contains(&HeadersFormat::Caddy) {
            for name in self.files.keys().filter(|name| name.contains('\\')) {
                let what =
                    "Caddy's file does not find this name; it is served without these headers";
                warn(name, what.into(), "rename the file");
            }
        }
        if !formats.contains(&HeadersFormat::Nginx) && !formats.contains(&HeadersFormat::Caddy) {
            return;
        }
        for name in self.files.keys() {
            for encoding in &self.encodings {
                let Some(file) = name.strip_suffix(encoding.suffix()) else {
                    continue;
                };
                if self.files.contains_key(file) {
                    let what = format!(
                        "servers take this asset for {} in {}",
                        shown(file),
                        encoding.token()
                    );
                    warn(name, what, "rename the file, or leave this encoding out");
                }
            }
        }
    }
}

/// What a comment at the head of each file says.
fn written_by(format: &str) -> String {
    format!(
        "# Written by `hashstatic build --headers {format}`, and again by every build: not to be edited.\n"
    )
}

#[cfg(test)]
mod tests;
