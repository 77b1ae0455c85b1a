//! Resolves URLs of references inside the static root (RFC 3986 and the WHATWG URL standard, as far as static files
//! need them).

mod decoded_path;

use crate::name::catalog::{AssetId, Catalog};
use crate::name::logical_path::{LogicalPath, stem_length};
use decoded_path::DecodedPath;

/// The space that URLs are resolved in.
#[derive(Clone, Copy)]
pub(crate) struct UrlSpace<'a> {
    /// The assets that a URL can name.
    pub(crate) catalog: &'a Catalog,
    /// The prefix of absolute URLs inside the static root.
    pub(crate) static_url: &'a str,
}

/// The target of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An asset.
    Asset {
        id: AssetId,
        /// Byte range of the path in the decoded URL.
        path: std::ops::Range<usize>,
        /// Byte offset in the decoded URL where the digest is inserted: before the extension of the file name.
        digest_at: usize,
    },
    /// Outside the static URL: another scheme, host or path; or a fragment or query alone, or a directory.
    External,
    /// Inside the static URL, but no asset has this name.
    Missing(String),
    /// A path that leaves the static root by `..`.
    Outside,
}

/// Resolves `url`, found in the asset `from`.
pub(crate) fn resolve(space: UrlSpace<'_>, from: &LogicalPath, url: &str) -> Target {
    let UrlSpace {
        catalog,
        static_url,
    } = space;
    let Some((path, base)) = own_path(static_url, from, url) else {
        return Target::External;
    };
    let decoded = DecodedPath::new(&url[path.clone()], path.start);
    let Some(segments) = normalize(base, &decoded.text) else {
        return Target::Outside;
    };
    let last = decoded.text.rsplit('/').next().unwrap_or("");
    if matches!(last, "" | "." | "..") {
        return Target::External; // a directory
    }
    let name = segments.join("/");
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
        return Target::External;
    }
    Target::Missing(name)
}

/// Returns the byte range of the path, and the directory that it is relative to, if the URL is inside the static URL.
fn own_path<'f>(
    static_url: &str,
    from: &'f LogicalPath,
    url: &str,
) -> Option<(std::ops::Range<usize>, &'f str)> {
    // The URL standard strips these from both ends.
    let start = url.len() - url.trim_start_matches(|c| c <= ' ').len();
    let trimmed = url[start..].trim_end_matches(|c| c <= ' ');
    let (start, base) = if let Some(rest) = trimmed.strip_prefix(static_url)
        && (static_url != "/" || !rest.starts_with(is_slash))
    {
        (start + trimmed.len() - rest.len(), "")
    } else if has_scheme(trimmed) || trimmed.starts_with(is_slash) {
        return None;
    } else {
        (start, from.directory())
    };
    let rest = url[start..].trim_end_matches(|c| c <= ' ');
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    if end == 0 {
        return None; // a fragment or a query alone means the style sheet itself; the static URL alone a directory
    }
    Some((start..start + end, base))
}

/// Whether a URL has a scheme (RFC 3986, section 3.1).
fn has_scheme(url: &str) -> bool {
    url.find(':').is_some_and(|colon| {
        url.starts_with(|c: char| c.is_ascii_alphabetic())
            && url[..colon]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// Whether a character separates segments. The URL standard reads a backslash as a slash in http URLs, unless it is
/// percent-encoded.
fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// Returns the segments of `path` below the directory `base`; `None` if the path leaves the static root.
fn normalize<'s>(base: &'s str, path: &'s str) -> Option<Vec<&'s str>> {
    let mut segments: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(segments.pop()?),
            part => segments.push(part),
        }
    }
    Some(segments)
}

#[cfg(test)]
mod tests;
