//! `urllib.parse.urljoin` and `urldefrag`.

use super::urlsplit::{USES_NETLOC, Url, urlsplit, urlunsplit};

const USES_RELATIVE: &[&str] = &[
    "", "ftp", "http", "gopher", "nntp", "imap", "wais", "file", "https", "shttp", "mms",
    "prospero", "rtsp", "rtsps", "rtspu", "sftp", "svn", "svn+ssh", "ws", "wss",
];

const USES_PARAMS: &[&str] = &[
    "", "ftp", "hdl", "prospero", "http", "imap", "https", "shttp", "rtsp", "rtsps", "rtspu",
    "sip", "sips", "mms", "sftp", "tel",
];

/// `urllib.parse.urlparse`: a [`Url`], and the params, which are removed from its path.
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

/// The middle of `urljoin`: resolves a relative path against a base path (RFC 3986, section 5.2).
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
