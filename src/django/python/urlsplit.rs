//! `urllib.parse.urlsplit` and `urlunsplit`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::repr::repr;

/// `urllib.parse.SplitResult`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    pub(crate) netloc: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) fragment: String,
}

pub(super) const USES_NETLOC: &[&str] = &[
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
    } else if host.parse::<Ipv4Addr>().is_ok() {
        Err("An IPv4 address cannot be in brackets".into())
    } else {
        Err(format!(
            "{} does not appear to be an IPv4 or IPv6 address",
            repr(host)
        ))
    }
}

/// `urllib.parse.urlunsplit` of CPython 3.13 and later.
pub(crate) fn urlunsplit(url: &Url) -> String {
    unsplit(url, Python::V3_13)
}

/// The CPython that a Django version is assumed to run on. They differ in `urlunsplit` (gh-67693), which shows in the
/// hashed paths of files whose names look like URLs (`http:x.png`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Python {
    /// 3.12 and earlier.
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
