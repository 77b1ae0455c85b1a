//! Stage 5, resolve: what a reference's URL means inside the static root (RFC 3986 and the WHATWG URL standard, as far
//! as static files need them).

use super::hex_pair;
use crate::name::catalog::{AssetId, Catalog};
use crate::name::logical_path::{LogicalPath, stem_length};

/// What URLs are resolved against.
#[derive(Clone, Copy)]
pub(crate) struct UrlSpace<'a> {
    /// The assets that a URL can lead to.
    pub(crate) catalog: &'a Catalog,
    /// The prefix that makes an absolute URL ours.
    pub(crate) static_url: &'a str,
}

/// What a URL leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// An asset.
    Asset {
        id: AssetId,
        /// Byte range of the URL's path in the (decoded) URL.
        path: std::ops::Range<usize>,
        /// Byte offset in the URL where the digest belongs: before the file name's extension.
        digest_at: usize,
    },
    /// Not ours: another scheme or host, a path outside the static URL, a mere fragment or query, a directory.
    External,
    /// Ours, but no source root has it.
    Missing(String),
    /// `..` leads out of the static root.
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

/// The range of the URL's path if the URL is ours, and the directory it is relative to.
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

/// RFC 3986, section 3.1.
fn has_scheme(url: &str) -> bool {
    url.find(':').is_some_and(|colon| {
        url.starts_with(|c: char| c.is_ascii_alphabetic())
            && url[..colon]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// The URL standard takes a backslash for a slash in http URLs, but not a percent-encoded one.
fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// The segments of `path` on top of the directory `base`; `None` if it leaves the static root.
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

/// A URL's path with its percent-encoding undone, once, as servers do, and with slashes for backslashes, as browsers do
/// (not for encoded ones).
struct DecodedPath {
    text: String,
    /// The offset in the URL of every byte of `text`, and of its end.
    offsets: Vec<usize>,
    /// Otherwise, `text` has replacement characters for what could not be decoded.
    is_utf8: bool,
}

impl DecodedPath {
    fn new(path: &str, start: usize) -> Self {
        let raw = path.as_bytes();
        let mut bytes = Vec::with_capacity(raw.len());
        let mut offsets = Vec::with_capacity(raw.len() + 1);
        let mut at = 0;
        while at < raw.len() {
            let (byte, length) = match hex_pair(raw.get(at + 1), raw.get(at + 2)) {
                Some(byte) if raw[at] == b'%' => (Some(byte), 3),
                _ if matches!(raw[at], b'\t' | b'\n' | b'\r') => (None, 1), // the URL standard drops them
                _ if raw[at] == b'\\' => (Some(b'/'), 1),
                _ => (Some(raw[at]), 1),
            };
            if let Some(byte) = byte {
                bytes.push(byte);
                offsets.push(start + at);
            }
            at += length;
        }
        offsets.push(start + raw.len());
        // What is not UTF-8 names no asset of ours, but `..` may take it away again: the offsets behind it stay right.
        match String::from_utf8(bytes) {
            Ok(text) => Self {
                text,
                offsets,
                is_utf8: true,
            },
            Err(error) => Self::lossy(error.as_bytes(), &offsets),
        }
    }

    /// A replacement character has the offset of what it stands for.
    fn lossy(bytes: &[u8], offsets: &[usize]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        let mut kept = Vec::with_capacity(offsets.len());
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            let end = at + chunk.valid().len();
            kept.extend_from_slice(&offsets[at..end]);
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                kept.resize(text.len(), offsets[end]);
            }
            at = end + chunk.invalid().len();
        }
        kept.push(offsets[at]);
        Self {
            text,
            offsets: kept,
            is_utf8: false,
        }
    }

    fn offset(&self, at: usize) -> usize {
        self.offsets[at.min(self.offsets.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 11] = [
        "css/m.css",
        "css/a.png",
        "css/x y.png",
        "css/é.png",
        "img/c.png",
        "img/a%b.png",
        "css/a#b.png",
        "css/noext",
        "css/d/e.png",
        "css/a\\b.png",
        "css/\u{fffd}.gif",
    ];

    #[test]
    fn every_shape_of_url() {
        let catalog = Catalog::of_names(NAMES);
        let from = LogicalPath::new("css/m.css").unwrap();
        let own = "/static/";
        let cdn = "https://cdn.test/s/";
        // Expected: the asset and the URL with the digest in it, or what else.
        for (static_url, url, expected) in [
            (own, "a.png", "css/a.png a.H.png"),
            (own, " a.png\n", "css/a.png  a.H.png\n"),
            (own, "./a.png", "css/a.png ./a.H.png"),
            (own, ".//a.png", "css/a.png .//a.H.png"),
            (own, "../img/c.png", "img/c.png ../img/c.H.png"),
            (own, "..\\img\\c.png", "img/c.png ..\\img\\c.H.png"),
            (own, "x/../a.png", "css/a.png x/../a.H.png"),
            (own, "%2e%2E/img/c.png", "img/c.png %2e%2E/img/c.H.png"),
            (own, "a.png?v=1.0#x.y", "css/a.png a.H.png?v=1.0#x.y"),
            (own, "a.png?#iefix", "css/a.png a.H.png?#iefix"),
            (own, "x%20y.png", "css/x y.png x%20y.H.png"),
            (own, "x%20y%2Epng", "css/x y.png x%20y.H%2Epng"),
            (own, "%C3%A9.png", "css/é.png %C3%A9.H.png"),
            (own, "é.png", "css/é.png é.H.png"),
            (own, "../img/a%25b.png", "img/a%b.png ../img/a%25b.H.png"),
            (own, "a%23b.png", "css/a#b.png a%23b.H.png"),
            (own, "noext", "css/noext noext.H"),
            (own, "noext?q", "css/noext noext.H?q"),
            (own, "a.\tpng", "css/a.png a.H.\tpng"),
            (own, "a%5Cb.png", "css/a\\b.png a%5Cb.H.png"),
            (own, "..%5Cimg/c.png", "missing css/..\\img/c.png"),
            (own, "/static/img/c.png", "img/c.png /static/img/c.H.png"),
            (
                cdn,
                "https://cdn.test/s/css/a.png",
                "css/a.png https://cdn.test/s/css/a.H.png",
            ),
            (cdn, "/static/css/a.png", "external"),
            (own, "", "external"),
            (own, "#x", "external"),
            (own, "?x", "external"),
            (own, "data:,x", "external"),
            (own, "DATA:,x", "external"),
            (own, "moz-extension://x/y.png", "external"),
            (own, "about:blank", "external"),
            (own, "//host/a.png", "external"),
            (own, "\\\\host/a.png", "external"),
            ("/", "//host/css/a.png", "external"),
            ("/", "/\\host/css/a.png", "external"),
            ("/", "/css/a.png", "css/a.png /css/a.H.png"),
            (
                "//cdn.test/s/",
                "//cdn.test/s/css/a.png",
                "css/a.png //cdn.test/s/css/a.H.png",
            ),
            (own, "/other/a.png", "external"),
            (own, "/staticfoo.png", "external"),
            (own, "/static/", "external"),
            (own, ".", "external"),
            (own, "..", "external"),
            (own, "d", "external"),
            (own, "d/", "external"),
            (own, "nope/", "external"),
            (own, "nope.png", "missing css/nope.png"),
            (own, "/static/nope.png", "missing nope.png"),
            (own, "a.PNG", "missing css/a.PNG"),
            (own, "../../x.png", "outside"),
            (own, "/static/../x.png", "outside"),
            (own, "%FF.png", "missing css/\u{fffd}.png"),
            (own, "%FE.gif", "missing css/\u{fffd}.gif"), // not the file of that name
            (own, "\u{fffd}.gif", "css/\u{fffd}.gif \u{fffd}.H.gif"),
            (
                own,
                "x%AA\u{8208}%E2%82/../a.png?q",
                "css/a.png x%AA\u{8208}%E2%82/../a.H.png?q",
            ),
        ] {
            let space = UrlSpace {
                catalog: &catalog,
                static_url,
            };
            let got = match resolve(space, &from, url) {
                Target::Asset {
                    id,
                    path,
                    digest_at,
                } => {
                    assert!(path.contains(&(digest_at - 1)), "{url}");
                    format!(
                        "{} {}.H{}",
                        catalog.name(id),
                        &url[..digest_at],
                        &url[digest_at..]
                    )
                }
                Target::External => "external".into(),
                Target::Missing(name) => format!("missing {name}"),
                Target::Outside => "outside".into(),
            };
            assert_eq!(got, expected, "{url}");
        }
    }
}
