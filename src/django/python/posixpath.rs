//! `posixpath`.

pub(crate) use crate::name::logical_path::normpath;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected values are what CPython 3.13 returns.
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
}
