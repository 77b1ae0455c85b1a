//! The files that builds keep for themselves in a static root: hidden, so that no build takes them for assets.

use std::ffi::OsStr;

use crate::options::HeadersFormat;

/// The beginning of the names of temporary files.
pub(crate) const TEMPORARY: &str = ".hashstatic-";
/// The list of what a build is about to do, for the one after it.
pub(crate) const JOURNAL: &str = ".hashstatic.journal.json";
/// The list of the manifests in a static root.
pub(crate) const MANIFESTS: &str = ".hashstatic.manifests.json";

/// A hidden name beside the manifest that ends in `what`: `.staticfiles.` and that.
pub(crate) fn beside(manifest: &str, what: &str) -> String {
    let (directory, file) = match manifest.rfind('/') {
        Some(slash) => manifest.split_at(slash + 1),
        None => ("", manifest),
    };
    let stem = file.strip_suffix(".json").unwrap_or(file);
    format!("{directory}.{stem}.{what}")
}

/// Whether a name is that of a temporary file.
pub(super) fn is_temporary(name: &OsStr) -> bool {
    name.to_str()
        .is_some_and(|name| name.starts_with(TEMPORARY) && name.contains(".tmp"))
}

/// The name of the record of generations.
pub(super) fn record_name(manifest: &str) -> String {
    beside(manifest, "generations.json")
}

/// Whether a name is one of those that builds with this manifest keep for themselves, besides that of the manifest.
pub(crate) fn is_own_file(name: &str, manifest: &str) -> bool {
    let file_name = name.rsplit('/').next().unwrap_or(name);
    file_name.starts_with('.')
        && (name == JOURNAL
            || name == MANIFESTS
            || is_temporary(file_name.as_ref())
            || name == record_name(manifest)
            || headers_names(manifest).iter().any(|file| file == name))
}

/// The name of the file with the headers in one format.
pub(crate) fn headers_name(manifest: &str, format: HeadersFormat) -> String {
    let format = match format {
        HeadersFormat::Nginx => "nginx",
        HeadersFormat::Caddy => "caddy",
        HeadersFormat::Netlify => "netlify",
        HeadersFormat::Json => "json",
    };
    beside(manifest, &format!("headers.{format}"))
}

/// The names of the files with headers, in all formats.
pub(crate) fn headers_names(manifest: &str) -> Vec<String> {
    let formats = HeadersFormat::ALL.iter();
    formats
        .map(|format| headers_name(manifest, *format))
        .collect()
}
