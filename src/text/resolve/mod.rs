//! Resolves URLs of references to assets, as the WHATWG URL standard does: in URL space, in which the static root is the
//! directory of `--static-url`. A URL may leave that directory by `..` and come back.

mod decoded_path;
mod static_url;

use std::ops::Range;

use crate::name::catalog::{AssetId, Catalog};
use crate::name::logical_path::stem_length;
use crate::text::css::uses::PropertyUses;
use decoded_path::DecodedPath;
pub(crate) use static_url::StaticUrl;
use static_url::{Parts, Place};

/// The space that URLs are resolved in.
#[derive(Clone, Copy)]
pub(crate) struct UrlSpace<'a> {
    /// The assets that a URL can name.
    pub(crate) catalog: &'a Catalog,
    /// The prefix of absolute URLs inside the static root.
    pub(crate) static_url: &'a StaticUrl,
    /// Where custom properties are used, for relative URLs in them.
    pub(crate) uses: &'a PropertyUses,
}

/// What a URL is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base<'f> {
    /// A directory of the static root: that of the text with the URL.
    Directory(&'f str),
    /// A page, which may be on another host than the static files.
    Page,
}

/// The target of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An asset.
    Asset {
        id: AssetId,
        /// Byte range of the path in the decoded URL.
        path: Range<usize>,
        /// Byte offset in the decoded URL where the digest is inserted: before the extension of the file name.
        digest_at: usize,
    },
    /// Not in the static root: another scheme, host or path; a fragment or query alone; relative to a page.
    External,
    /// A directory of the static root, or one above it.
    Directory(String),
    /// Inside the static URL, but no asset has this name.
    Missing(String),
    /// A path that leaves the static root by `..`.
    Outside,
    /// A relative URL in a custom property that does not mean the same asset everywhere, see [`PropertyUses`].
    Uncertain(Box<Uncertain>),
}

/// What is known about a URL in a custom property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uncertain {
    /// The name of the property.
    pub(crate) property: String,
    /// The assets that the URL can mean.
    pub(crate) candidates: Vec<AssetId>,
    /// An absolute URL of the first candidate.
    pub(crate) absolute: Option<String>,
}

/// Resolves `url`.
pub(crate) fn resolve(space: UrlSpace<'_>, base: Base<'_>, url: &str) -> Target {
    let catalog = space.catalog;
    let static_url = space.static_url;
    let parts = Parts::of(url);
    let Some(start) = start(static_url, base, &parts) else {
        return Target::External;
    };
    let path = parts.path;
    let is_relative = start != Start::Root;
    if is_relative && path.is_empty() {
        return Target::External; // a fragment or a query alone means the text itself
    }
    let decoded = DecodedPath::new(&url[path.clone()], path.start);
    let text = decoded.text.strip_prefix('/').unwrap_or(&decoded.text);
    let own: Vec<&str> = static_url.segments.iter().map(String::as_str).collect();
    let mut segments = match start {
        Start::Directory(directory) => {
            let below = directory.split('/').filter(|part| !part.is_empty());
            own.iter().copied().chain(below).collect()
        }
        Start::Root => Vec::new(),
    };
    for part in text.split('/') {
        match part {
            "." => {}
            ".." => drop(segments.pop()), // nothing is above the root
            part => segments.push(part),  // empty ones count: `a//../b` is `a/b`
        }
    }
    segments.retain(|part| !part.is_empty());
    let last = text.rsplit('/').next().unwrap_or("");
    let is_directory = matches!(last, "" | "." | "..");
    let Some(below) = segments.strip_prefix(own.as_slice()) else {
        let mut began = text.split('/').filter(|part| !part.is_empty());
        let left = is_relative || own.iter().all(|part| began.next() == Some(part));
        return match left {
            _ if is_directory => Target::External,
            true => Target::Outside,
            false => Target::External,
        };
    };
    let name = below.join("/");
    if is_directory {
        return Target::Directory(name);
    }
    let is_name = decoded.is_utf8 || !name.contains(char::REPLACEMENT_CHARACTER);
    if let Some(id) = catalog.find(&name).filter(|_| is_name) {
        let file_name = catalog.name(id).file_name();
        let extension = file_name.len() - stem_length(file_name);
        let digest_at = decoded.offset(decoded.text.len() - extension);
        return Target::Asset {
            id,
            path,
            digest_at,
        };
    }
    if catalog.has_directory(&name) {
        return Target::Directory(name);
    }
    Target::Missing(name)
}

/// Whether a URL means different things in different directories.
pub(crate) fn is_relative(space: UrlSpace<'_>, url: &str) -> bool {
    let parts = Parts::of(url);
    let start = start(space.static_url, Base::Directory(""), &parts);
    start == Some(Start::Directory("")) && !parts.path.is_empty()
}

/// What the path of a URL is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start<'f> {
    /// The root of the host with the static files.
    Root,
    /// A directory of the static root.
    Directory(&'f str),
}

/// Returns what the path of a URL is relative to; `None` if the URL is on another host than the static files.
fn start<'f>(static_url: &StaticUrl, base: Base<'f>, parts: &Parts) -> Option<Start<'f>> {
    let host = static_url.host.as_deref();
    let has_same_scheme = match (&parts.scheme, &static_url.scheme) {
        (None, _) => true,
        (Some(scheme), Some(own)) => scheme == own,
        // A static URL without a scheme has that of the page.
        (Some(scheme), None) => {
            matches!(parts.place, Place::Host(_)) && matches!(scheme.as_str(), "http" | "https")
        }
    };
    if !has_same_scheme || (parts.scheme.is_some() && host.is_none()) {
        return None;
    }
    match (&parts.place, base) {
        (Place::Host(of), _) => (host == Some(of)).then_some(Start::Root),
        (Place::Root, Base::Directory(_)) => Some(Start::Root),
        (Place::Root, Base::Page) => host.is_none().then_some(Start::Root),
        (Place::Directory, Base::Directory(directory)) => Some(Start::Directory(directory)),
        (Place::Directory, Base::Page) => None,
    }
}

#[cfg(test)]
mod tests;
