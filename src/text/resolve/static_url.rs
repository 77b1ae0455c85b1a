//! The parts of a URL that decide where it leads, as the WHATWG URL standard splits an http URL, and those of
//! `--static-url`.

use std::ops::Range;

use super::decoded_path::DecodedPath;

/// A URL, split. What the standard removes (white space at both ends, tabs and line breaks anywhere) is in no part.
#[derive(Debug)]
pub(super) struct Parts {
    /// In lower case, without its colon.
    pub(super) scheme: Option<String>,
    pub(super) place: Place,
    /// Byte range of the path.
    pub(super) path: Range<usize>,
}

/// How the path of a URL is to be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On this host (in lower case).
    Host(String),
    /// From the root of the same host.
    Root,
    /// From a directory.
    Directory,
}

impl Parts {
    pub(super) fn of(url: &str) -> Self {
        let start = url.len() - url.trim_start_matches(|c| c <= ' ').len();
        let end = start + url[start..].trim_end_matches(|c| c <= ' ').len();
        let (scheme, behind) = match scheme(&url[..end], start) {
            Some((scheme, behind)) => (Some(scheme), behind),
            None => (None, start),
        };
        let chars = |from: usize| {
            let chars = url[from..end].char_indices();
            chars
                .map(move |(at, c)| (from + at, c))
                .filter(|(_, c)| !is_removed(*c))
        };
        let slashes = chars(behind).take_while(|(_, c)| is_slash(*c)).count();
        let (place, from) = if slashes >= 2 {
            let authority = |at: &(usize, char)| !is_slash(at.1) && !matches!(at.1, '?' | '#');
            let host = chars(behind).skip(slashes).take_while(authority);
            let host: String = host.map(|(_, c)| c.to_ascii_lowercase()).collect();
            let mut rest = chars(behind).skip(slashes).skip_while(authority);
            let path = rest.next().map_or(end, |(at, _)| at);
            (Place::Host(without_port(host, scheme.as_deref())), path)
        } else if slashes == 1 {
            (Place::Root, behind)
        } else {
            (Place::Directory, behind)
        };
        let length = url[from..end].find(['?', '#']).unwrap_or(end - from);
        Self {
            scheme,
            place,
            path: from..from + length,
        }
    }
}

/// The scheme at `start` (RFC 3986, section 3.1), and the offset after its colon.
fn scheme(url: &str, start: usize) -> Option<(String, usize)> {
    let mut scheme = String::new();
    for (at, c) in url[start..].char_indices().filter(|(_, c)| !is_removed(*c)) {
        match c {
            ':' if !scheme.is_empty() => return Some((scheme, start + at + 1)),
            c if c.is_ascii_alphabetic() => scheme.push(c.to_ascii_lowercase()),
            '0'..='9' | '+' | '-' | '.' if !scheme.is_empty() => scheme.push(c),
            _ => return None,
        }
    }
    None
}

fn without_port(host: String, scheme: Option<&str>) -> String {
    let port = match scheme {
        Some("http") => ":80",
        Some("https") => ":443",
        _ => return host,
    };
    match host.strip_suffix(port) {
        Some(host) => host.to_owned(),
        None => host,
    }
}

/// Whether the URL standard removes a character.
fn is_removed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r')
}

/// Whether a character separates segments. The URL standard reads a backslash as a slash in http URLs, unless it is
/// percent-encoded.
fn is_slash(c: char) -> bool {
    matches!(c, '/' | '\\')
}

/// `--static-url`: where the static root is in URL space.
#[derive(Debug)]
pub(crate) struct StaticUrl {
    /// As it was given.
    pub(crate) text: String,
    pub(super) scheme: Option<String>,
    pub(super) host: Option<String>,
    /// The segments of its path, decoded.
    pub(super) segments: Vec<String>,
}

impl StaticUrl {
    pub(crate) fn new(url: &str) -> Self {
        let Parts {
            scheme,
            place,
            path,
        } = Parts::of(url);
        let decoded = DecodedPath::new(&url[path.clone()], path.start);
        let segments = decoded.text.split('/').filter(|part| !part.is_empty());
        Self {
            text: url.to_owned(),
            scheme,
            segments: segments.map(str::to_owned).collect(),
            host: match place {
                Place::Host(host) => Some(host),
                Place::Root | Place::Directory => None,
            },
        }
    }
}
