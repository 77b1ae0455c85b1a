//! The name of an asset inside the static root, and the naming rule for hashed paths.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The most bytes that file systems take for the name of a file.
pub(crate) const LONGEST_NAME: usize = 255;

/// An asset's name inside the static root: UTF-8, `/`-separated, relative, without empty, `.` or `..` segments.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalPath(Arc<str>);

/// Why a string is not a [`LogicalPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPath {
    /// The name is empty.
    #[error("the name is empty")]
    Empty,
    /// The name starts with `/`.
    #[error("the name is absolute")]
    Absolute,
    /// The name contains a NUL character.
    #[error("the name contains a NUL character")]
    Nul,
    /// The name has an empty, `.` or `..` segment.
    #[error("the name has an empty, `.` or `..` segment")]
    Segment,
}

impl LogicalPath {
    /// Checks `name` without normalizing it.
    pub fn new(name: &str) -> Result<Self, InvalidPath> {
        if name.is_empty() {
            return Err(InvalidPath::Empty);
        }
        if name.starts_with('/') {
            return Err(InvalidPath::Absolute);
        }
        if name.contains('\0') {
            return Err(InvalidPath::Nul);
        }
        if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(InvalidPath::Segment);
        }
        Ok(Self(name.into()))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Everything before the last `/`, or the empty string.
    pub fn directory(&self) -> &str {
        self.0.rfind('/').map_or("", |at| &self.0[..at])
    }

    /// Everything after the last `/`.
    pub fn file_name(&self) -> &str {
        self.0.rfind('/').map_or(&self.0, |at| &self.0[at + 1..])
    }

    /// The extension without its dot, or the empty string.
    pub fn extension(&self) -> &str {
        let name = self.file_name();
        let stem = stem_length(name);
        name.get(stem + 1..).unwrap_or("")
    }

    /// This name with `digest` before its extension: `css/app.css` → `css/app.4889e940a1b2.css`.
    #[must_use]
    pub fn with_digest(&self, digest: &str) -> Self {
        let directory_length = self.0.len() - self.file_name().len();
        let (before, after) = self
            .0
            .split_at(directory_length + stem_length(self.file_name()));
        Self([before, ".", digest, after].concat().into())
    }
}

/// The length of `file_name` without its extension, by the rule of Python's `os.path.splitext`, which names hashed
/// files in Django: the last dot starts the extension, leading dots never do.
pub(crate) fn stem_length(file_name: &str) -> usize {
    match file_name.rfind('.') {
        Some(dot) if file_name[..dot].bytes().any(|b| b != b'.') => dot,
        _ => file_name.len(),
    }
}

/// Returns the digest in `hashed`: the part between the stem and the extension of `logical`.
pub(crate) fn digest_in_name<'h>(logical: &str, hashed: &'h str) -> Option<&'h str> {
    let file_name = logical.rsplit('/').next().unwrap_or(logical);
    let extension = file_name.len() - stem_length(file_name);
    let (stem, extension) = logical.split_at(logical.len() - extension);
    hashed
        .strip_prefix(stem)?
        .strip_prefix('.')?
        .strip_suffix(extension)
}

/// Python's `posixpath.normpath`, which Django normalizes names and patterns with.
pub(crate) fn normpath(path: &str) -> String {
    if path.is_empty() {
        return ".".into();
    }
    let root = match path.bytes().take_while(|b| *b == b'/').count() {
        0 => "",
        2 => "//", // POSIX allows two slashes to mean something else
        _ => "/",
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if (root.is_empty() || !parts.is_empty())
                && parts.last().is_none_or(|p| *p == "..") =>
            {
                parts.push("..");
            }
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() {
        ".".into()
    } else {
        joined
    }
}

impl Borrow<str> for LogicalPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_leave_the_static_root_are_refused() {
        for name in ["", "/a", "a//b", "a/", "./a", "a/../b", "..", "a\0b"] {
            assert!(LogicalPath::new(name).is_err(), "{name:?}");
        }
        for name in ["a", "a/b.c", "...", "a b", "..a", "é/ü"] {
            assert!(LogicalPath::new(name).is_ok(), "{name:?}");
        }
    }

    /// As Python's `os.path.splitext` splits the same names.
    #[test]
    fn the_digest_goes_where_django_puts_it() {
        for (name, hashed) in [
            ("css/app.css", "css/app.X.css"),
            ("x.tar.gz", "x.tar.X.gz"),
            ("LICENSE", "LICENSE.X"),
            ("d.x/README", "d.x/README.X"),
            (".htaccess", ".htaccess.X"),
            ("..a.b", "..a.X.b"),
            ("trailing.", "trailing.X."),
        ] {
            let path = LogicalPath::new(name).unwrap();
            assert_eq!(path.with_digest("X").as_str(), hashed);
        }
    }

    #[test]
    fn parts() {
        let path = LogicalPath::new("a/b.c/d.min.css").unwrap();
        assert_eq!(path.directory(), "a/b.c");
        assert_eq!(path.file_name(), "d.min.css");
        assert_eq!(path.extension(), "css");
        assert_eq!(LogicalPath::new(".css").unwrap().extension(), "");
        assert_eq!(LogicalPath::new("x.").unwrap().extension(), "");
    }
}
