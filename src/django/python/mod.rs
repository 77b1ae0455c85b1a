//! The parts of Python's standard library whose exact behaviour shows in Django's output: `posixpath`,
//! `urllib.parse`, `str.isspace`, `\w`, `repr` (CPython 3.13).

use crate::text::hex_pair;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::Ipv6Addr;

pub(crate) use crate::name::logical_path::normpath;

use unicode_general_category::{GeneralCategory as Category, get_general_category};

/// `str.isspace` of one character, which is also `\s` in a `str` pattern.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// `\w` in a `str` pattern: `str.isalnum` or an underscore.
pub(crate) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    matches!(
        get_general_category(c),
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
            | Category::DecimalNumber
            | Category::LetterNumber
            | Category::OtherNumber
    )
}

/// `str.strip()`
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `repr()` of a `str`.
pub(crate) fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            // Writing to a String cannot fail.
            c if (c as u32) < 0x100 => drop(write!(out, "\\x{:02x}", c as u32)),
            c if (c as u32) < 0x1_0000 => drop(write!(out, "\\u{:04x}", c as u32)),
            c => drop(write!(out, "\\U{:08x}", c as u32)),
        }
    }
    out.push(quote);
    out
}

/// `str.isprintable` of one character.
fn is_printable(c: char) -> bool {
    c == ' '
        || !matches!(
            get_general_category(c),
            Category::Control
                | Category::Format
                | Category::Surrogate
                | Category::PrivateUse
                | Category::Unassigned
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::SpaceSeparator
        )
}

/// `posixpath.join(a, b)`
pub(crate) fn join(a: &str, b: &str) -> String {
    if b.starts_with('/') {
        b.to_owned()
    } else if a.is_empty() || a.ends_with('/') {
        format!("{a}{b}")
    } else {
        format!("{a}/{b}")
    }
}

/// `posixpath.dirname`
pub(crate) fn dirname(path: &str) -> &str {
    let head = path.rfind('/').map_or("", |at| &path[..=at]);
    let stripped = head.trim_end_matches('/');
    if stripped.is_empty() { head } else { stripped }
}

/// `urllib.parse.unquote`: percent-decoding within runs of ASCII, undecodable bytes become U+FFFD.
pub(crate) fn unquote(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.find(|c: char| !c.is_ascii()).unwrap_or(rest.len());
        out.push_str(&String::from_utf8_lossy(&percent_decode(&rest[..ascii])));
        rest = &rest[ascii..];
        let other = rest.find(|c: char| c.is_ascii()).unwrap_or(rest.len());
        out.push_str(&rest[..other]);
        rest = &rest[other..];
    }
    Cow::Owned(out)
}

fn percent_decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match hex_pair(bytes.get(at + 1), bytes.get(at + 2)) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// `django.utils.encoding.filepath_to_uri`: `quote(path.replace("\\", "/"), safe="/~!*()'")`
pub(crate) fn filepath_to_uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => out.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => out.push(byte.into()),
            b'_' | b'.' | b'-' | b'~' | b'/' | b'!' | b'*' | b'(' | b')' | b'\'' => {
                out.push(byte.into());
            }
            _ => drop(write!(out, "%{byte:02X}")), // writing to a String cannot fail
        }
    }
    out
}

/// `urllib.parse.SplitResult`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    pub(crate) netloc: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) fragment: String,
}

const USES_NETLOC: &[&str] = &[
    "",
    "ftp",
    "http",
    "gopher",
    "nntp",
    "telnet",
    "imap",
    "wais",
    "file",
    "mms",
    "https",
    "shttp",
    "snews",
    "prospero",
    "rtsp",
    "rtsps",
    "rtspu",
    "rsync",
    "svn",
    "svn+ssh",
    "sftp",
    "nfs",
    "git",
    "git+ssh",
    "ws",
    "wss",
    "itms-services",
];
const USES_RELATIVE: &[&str] = &[
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms",
    "prospero", "rtsp", "rtsps", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss",
];
const USES_PARAMS: &[&str] = &[
    "", "ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtsps", "rtspu",
    "sip", "sips", "mms", "sftp", "tel",
];

/// `urllib.parse.urlsplit(url, scheme)`; the error is the text of its `ValueError`.
///
/// Left out: the check of non-ASCII host names under NFKC normalization.
pub(crate) fn urlsplit(url: &str, default_scheme: &str) -> Result<Url, String> {
    let url: String = url
        .trim_start_matches(|c| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
        .collect();
    let mut rest = url.as_str();
    let mut scheme = default_scheme.to_owned();
    if let Some(colon) = rest.find(':')
        && rest.starts_with(|c: char| c.is_ascii_alphabetic())
        && rest[..colon]
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        scheme = rest[..colon].to_ascii_lowercase();
        rest = &rest[colon + 1..];
    }
    let mut netloc = "";
    if let Some(after) = rest.strip_prefix("//") {
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        (netloc, rest) = after.split_at(end);
        check_brackets(netloc)?;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Ok(Url {
        scheme,
        netloc: netloc.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        fragment: fragment.to_owned(),
    })
}

fn check_brackets(netloc: &str) -> Result<(), String> {
    match (netloc.find('['), netloc.contains(']')) {
        (None, false) => Ok(()),
        (Some(open), true) => {
            let host = &netloc[open + 1..];
            let host = &host[..host.find(']').unwrap_or(host.len())];
            check_bracketed_host(host)
        }
        _ => Err("Invalid IPv6 URL".into()),
    }
}

fn check_bracketed_host(host: &str) -> Result<(), String> {
    if let Some(future) = host.strip_prefix('v') {
        return match future.split_once('.') {
            Some((version, address))
                if !version.is_empty()
                    && version.bytes().all(|b| b.is_ascii_hexdigit())
                    && !address.is_empty()
                    && !address.contains('\n') =>
            {
                Ok(())
            }
            _ => Err("IPvFuture address is invalid".into()),
        };
    }
    let address = host
        .split_once('%')
        .map_or(host, |(address, _scope)| address);
    if address.parse::<Ipv6Addr>().is_ok() {
        Ok(())
    } else if host.parse::<std::net::Ipv4Addr>().is_ok() {
        Err("An IPv4 address cannot be in brackets".into())
    } else {
        Err(format!(
            "{} does not appear to be an IPv4 or IPv6 address",
            repr(host)
        ))
    }
}

/// `urllib.parse.urlunsplit`
pub(crate) fn urlunsplit(url: &Url) -> String {
    unsplit(url, Python::V3_13)
}

/// The CPython that a Django is taken to run on. They differ in `urlunsplit` (gh-67693), which shows in the hashed
/// names of files whose own names look like URLs (`http:x.png`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Python {
    /// And before.
    V3_12,
    V3_13,
}

/// `urllib.parse.urlunsplit` of either CPython.
pub(crate) fn unsplit(url: &Url, python: Python) -> String {
    let mut out = url.path.clone();
    if !url.netloc.is_empty() {
        if !out.is_empty() && !out.starts_with('/') {
            out.insert(0, '/');
        }
        out = format!("//{}{out}", url.netloc);
    } else if python == Python::V3_12 {
        if !url.scheme.is_empty()
            && USES_NETLOC.contains(&url.scheme.as_str())
            && !out.starts_with("//")
        {
            let slash = if out.is_empty() || out.starts_with('/') {
                ""
            } else {
                "/"
            };
            out = format!("//{slash}{out}");
        }
    } else if out.starts_with("//")
        || !url.scheme.is_empty()
            && USES_NETLOC.contains(&url.scheme.as_str())
            && (out.is_empty() || out.starts_with('/'))
    {
        out = format!("//{out}");
    }
    if !url.scheme.is_empty() {
        out = format!("{}:{out}", url.scheme);
    }
    if !url.query.is_empty() {
        out = format!("{out}?{}", url.query);
    }
    if !url.fragment.is_empty() {
        out = format!("{out}#{}", url.fragment);
    }
    out
}

/// `urllib.parse.urlparse`: a [`Url`] and its params, which are cut off its path.
fn urlparse(url: &str, default_scheme: &str) -> Result<(Url, String), String> {
    let mut split = urlsplit(url, default_scheme)?;
    let mut params = String::new();
    if USES_PARAMS.contains(&split.scheme.as_str()) {
        let last = split.path.rfind('/').unwrap_or(0);
        if let Some(at) = split.path[last..].find(';') {
            split.path[last + at + 1..].clone_into(&mut params);
            split.path.truncate(last + at);
        }
    }
    Ok((split, params))
}

fn urlunparse(mut url: Url, params: &str) -> String {
    if !params.is_empty() {
        url.path = format!("{};{params}", url.path);
    }
    urlunsplit(&url)
}

/// `urllib.parse.urldefrag`: the URL and its fragment.
pub(crate) fn urldefrag(url: &str) -> Result<(String, String), String> {
    if !url.contains('#') {
        return Ok((url.to_owned(), String::new()));
    }
    let (mut parsed, params) = urlparse(url, "")?;
    let fragment = std::mem::take(&mut parsed.fragment);
    Ok((urlunparse(parsed, &params), fragment))
}

/// `urllib.parse.urljoin`
pub(crate) fn urljoin(base: &str, url: &str) -> Result<String, String> {
    if base.is_empty() {
        return Ok(url.to_owned());
    }
    if url.is_empty() {
        return Ok(base.to_owned());
    }
    let (b, b_params) = urlparse(base, "")?;
    let (mut u, mut params) = urlparse(url, &b.scheme)?;
    if u.scheme != b.scheme || !USES_RELATIVE.contains(&u.scheme.as_str()) {
        return Ok(url.to_owned());
    }
    if USES_NETLOC.contains(&u.scheme.as_str()) {
        if !u.netloc.is_empty() {
            return Ok(urlunparse(u, &params));
        }
        u.netloc = b.netloc;
    }
    if u.path.is_empty() && params.is_empty() {
        u.path = b.path;
        params = b_params;
        if u.query.is_empty() {
            u.query = b.query;
        }
        return Ok(urlunparse(u, &params));
    }
    u.path = resolve_dots(&b.path, &u.path);
    Ok(urlunparse(u, &params))
}

/// The middle of `urljoin`: a relative path on top of a base path (RFC 3986, section 5.2).
fn resolve_dots(base: &str, path: &str) -> String {
    let segments: Vec<&str> = if path.starts_with('/') {
        path.split('/').collect()
    } else {
        let mut parts: Vec<&str> = base.split('/').collect();
        if parts.last() != Some(&"") {
            parts.pop();
        }
        parts.extend(path.split('/'));
        let last = parts.len() - 1;
        let mut index = 0;
        parts.retain(|part| {
            let keep = index == 0 || index == last || !part.is_empty();
            index += 1;
            keep
        });
        parts
    };
    let mut resolved: Vec<&str> = Vec::new();
    for segment in &segments {
        match *segment {
            ".." => drop(resolved.pop()),
            "." => {}
            segment => resolved.push(segment),
        }
    }
    if matches!(segments.last(), Some(&("." | ".."))) {
        resolved.push("");
    }
    let joined = resolved.join("/");
    if joined.is_empty() {
        "/".into()
    } else {
        joined
    }
}

/// The text of the `UnicodeDecodeError` that `bytes.decode("utf-8")` raises.
pub(crate) fn decode_error(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let start = error.valid_up_to();
    let (end, reason) = match error.error_len() {
        None => (bytes.len(), "unexpected end of data"),
        Some(length) => match bytes[start] {
            0x80..=0xc1 | 0xf5..=0xff => (start + length, "invalid start byte"),
            _ => (start + length, "invalid continuation byte"),
        },
    };
    if end - start == 1 {
        format!(
            "'utf-8' codec can't decode byte 0x{:02x} in position {start}: {reason}",
            bytes[start]
        )
    } else {
        format!(
            "'utf-8' codec can't decode bytes in position {start}-{}: {reason}",
            end - 1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every expected value is what CPython 3.13 answers.
    #[test]
    fn paths() {
        for (path, normal) in [
            ("", "."),
            ("a//b/./c/../d", "a/b/d"),
            ("../a/../../b", "../../b"),
            ("/../a", "/a"),
            ("//a", "//a"),
            ("///a", "/a"),
            ("a/..", "."),
            ("/..", "/"),
        ] {
            assert_eq!(normpath(path), normal, "{path}");
        }
        assert_eq!(dirname("a/b//c"), "a/b");
        assert_eq!(dirname("/c"), "/");
        assert_eq!(dirname("c"), "");
        assert_eq!(join("a", "/b"), "/b");
        assert_eq!(join("", "b"), "b");
        assert_eq!(join("a/", "b"), "a/b");
    }

    #[test]
    fn quoting() {
        assert_eq!(unquote("a%20b%2"), "a b%2");
        assert_eq!(unquote("%C3%A9é%C3"), "éé\u{fffd}");
        assert_eq!(unquote("%zz%41"), "%zzA");
        assert_eq!(filepath_to_uri("a b\\c?é'"), "a%20b/c%3F%C3%A9'");
        assert_eq!(repr("a'b\"\n\u{a0}é\u{7f}"), "'a\\'b\"\\n\\xa0é\\x7f'");
        assert_eq!(repr("it's"), "\"it's\"");
    }

    #[test]
    fn urls() {
        for (base, url, joined) in [
            ("/static/", "css/a.png", "/static/css/a.png"),
            ("/static/", ".", "/static/"),
            ("/static/", "a/../..", "/"),
            ("/static/", "../../x", "x"),
            ("http://h/s/", "a;b?c", "http://h/s/a;b?c"),
            ("/static/", "http:x", "http:x"),
            ("/static/", "a//b", "/static/a/b"),
        ] {
            assert_eq!(urljoin(base, url).unwrap(), joined, "{base} {url}");
        }
        for (url, whole, fragment) in [
            ("a.eot?#iefix", "a.eot", "iefix"),
            ("a?b#c#d", "a?b", "c#d"),
            ("HTTP://X/a#b", "http://X/a", "b"),
            ("http:a#b", "http:a", "b"),
            ("http:#b", "http://", "b"),
        ] {
            assert_eq!(
                urldefrag(url).unwrap(),
                (whole.to_owned(), fragment.to_owned()),
                "{url}"
            );
        }
        assert!(urlsplit("A://[x", "").is_err());
        assert!(urlsplit("A://[::1]/x", "").is_ok());
    }

    #[test]
    fn decode_errors() {
        let text = |bytes: &[u8]| decode_error(bytes, std::str::from_utf8(bytes).unwrap_err());
        assert_eq!(
            text(b"ab\xe9\"c"),
            "'utf-8' codec can't decode byte 0xe9 in position 2: invalid continuation byte"
        );
        assert_eq!(
            text(b"a\xe2\x82"),
            "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"
        );
        assert_eq!(
            text(b"\xff"),
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
        );
        assert_eq!(
            text(b"\xe2\x82x"),
            "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"
        );
    }
}
