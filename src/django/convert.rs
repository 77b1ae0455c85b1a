//! `HashedFilesMixin.url_converter`, `_url`, `_stored_name` and `hashed_name`, on Django's strings.

use std::borrow::Cow;
use std::ops::Range;

use super::patterns::{Match, Pattern, Words, ignored_blocks, in_block};
use super::python::{
    Python, dirname, filepath_to_uri, join, normpath, repr, strip, unquote, unsplit, urldefrag,
    urljoin, urlsplit, urlunsplit,
};
use super::{Converted, STORAGE};
use crate::options::DjangoVersion;

/// Why Django stops at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Django's text, with its note where that version adds one.
    pub(crate) message: String,
    /// Byte offset in the text as it was when this reference was met (earlier replacements may have moved it).
    pub(crate) offset: Option<usize>,
    /// The URL as it is written, where a reference is at fault.
    pub(crate) url: Option<String>,
    /// A `ValueError`, which `collectstatic` introduces with "Post-processing 'x' failed!".
    pub(crate) introduced: bool,
}

impl Failure {
    /// A `ValueError`.
    pub(crate) fn value_error(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: None,
            url: None,
            introduced: true,
        }
    }

    /// An exception that `collectstatic` does not catch.
    pub(crate) fn fatal(message: impl Into<String>) -> Self {
        Self {
            introduced: false,
            ..Self::value_error(message)
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::value_error(message)
    }
}

/// What `STATIC_ROOT` has under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StaticName {
    Missing,
    Directory,
    /// A file with this MD5 (12 digits).
    File(String),
}

/// What a conversion asks of the storage.
pub(super) trait Storage {
    /// `hashed_files.get(key)`
    fn hashed_file(&self, key: &str) -> Option<String>;
    /// Whether it has it in the first pass too.
    fn is_hashed_yet(&self, key: &str) -> bool;
    /// `exists(name)` and `open(name)`; fails as `safe_join` fails.
    fn look_up(&self, name: &str) -> Result<StaticName, Failure>;
}

/// The conversion of one file.
pub(super) struct Converter<'a> {
    pub(super) version: DjangoVersion,
    pub(super) static_url: &'a str,
    /// The file's name.
    pub(super) name: &'a str,
    pub(super) storage: &'a dyn Storage,
}

impl Converter<'_> {
    /// Applies each pattern to what the one before it left. A reference that fails is left as it is: all failures of
    /// the file are collected, where Django stops at the first.
    pub(super) fn convert(&self, patterns: &[Pattern], text: &str) -> Converted {
        let mut content = Cow::Borrowed(text);
        let mut replaced = 0;
        let mut failures = Vec::new();
        // Of the content, until it changes: the patterns of one kind of file all have the same syntax.
        let mut words = Words::default();
        let mut blocks: (usize, Vec<Range<usize>>) = Default::default();
        for &pattern in patterns {
            let matches = pattern.find_all(self.version, &content, &words);
            let Some(last) = matches.last() else { continue };
            let until = last.span.start;
            if self.version >= DjangoVersion::V6_1 && blocks.0 < until {
                blocks = (until, ignored_blocks(&content, pattern.ignored(), until));
            }
            let mut edits: Vec<(Range<usize>, String)> = Vec::new();
            for found in matches {
                if in_block(found.span.start, &blocks.1) {
                    continue;
                }
                match self.converted_url(&content, &found) {
                    Ok(None) if pattern.forgets_match(self.version) => {
                        edits.push((found.span, String::new()));
                    }
                    Ok(None) => {}
                    Ok(Some(url)) => {
                        let names = &content[found.names];
                        let replacement = pattern.replacement(self.version, names, &url);
                        edits.push((found.span, replacement));
                        replaced += 1;
                    }
                    Err(failure) => failures.push(Failure {
                        offset: Some(found.span.start),
                        url: Some(content[found.url.clone()].to_owned()),
                        ..failure
                    }),
                }
            }
            if !edits.is_empty() {
                content = Cow::Owned(spliced(&content, &edits));
                words = Words::default();
                blocks = Default::default();
            }
        }
        Converted {
            text: match content {
                Cow::Borrowed(_) => None,
                Cow::Owned(content) => Some(content),
            },
            replaced,
            failures,
        }
    }

    /// The body of `url_converter`'s `converter`; `None` where it returns `matched`.
    fn converted_url(&self, content: &str, found: &Match) -> Result<Option<String>, Failure> {
        let url = &content[found.url.clone()];
        if has_lower_case_scheme(url) || url.starts_with("//") && self.version > DjangoVersion::V4_2
        {
            return Ok(None);
        }
        if url.starts_with('/') && !url.starts_with(self.static_url) {
            return Ok(None);
        }
        let (url_path, fragment) = urldefrag(url)?;
        if url_path.is_empty() {
            return Ok(None);
        }
        let target = if url_path.starts_with('/') {
            match url_path.strip_prefix(self.static_url) {
                Some(target) => target.to_owned(),
                None => return Err(Failure::fatal("")), // Django's bare `assert`
            }
        } else {
            join(dirname(self.name), &url_path)
        };
        let hashed_url = self
            .hashed_url(&unquote(&target))
            .map_err(|failure| self.with_note(failure, content, found))?;
        let directory = url_path.rfind('/').map_or("", |at| &url_path[..=at]);
        let file_name = hashed_url
            .rfind('/')
            .map_or(&*hashed_url, |at| &hashed_url[at + 1..]);
        let mut transformed = format!("{directory}{file_name}");
        if !fragment.is_empty() {
            transformed.push_str(if url.contains("?#") { "?#" } else { "#" });
            transformed.push_str(&fragment);
        }
        Ok(Some(unquote(&transformed).into_owned()))
    }

    /// `_url(self._stored_name, name, force=True, hashed_files=hashed_files)`
    fn hashed_url(&self, name: &str) -> Result<String, Failure> {
        let (clean_name, fragment) = urldefrag(name)?;
        let hashed_name = if urlsplit(&clean_name, "")?.path.ends_with('/') {
            name.to_owned()
        } else {
            self.stored_name(&clean_name)?
        };
        let uri = filepath_to_uri(&hashed_name);
        let mut url = urljoin(self.static_url, uri.trim_start_matches('/'))?;
        let query_fragment = name.contains("?#"); // [sic!], says Django
        if !fragment.is_empty() || query_fragment {
            let mut parts = urlsplit(&url, "")?;
            if parts.fragment.is_empty() {
                parts.fragment = fragment;
            }
            if query_fragment && parts.query.is_empty() {
                parts.path.push('?');
            }
            url = urlunsplit(&parts);
        }
        Ok(unquote(&url).into_owned())
    }

    /// `_stored_name`
    fn stored_name(&self, name: &str) -> Result<String, Failure> {
        let name = normpath(name);
        let key = name.replace('\\', "/");
        let hashed = self.storage.hashed_file(&key);
        if let Some(hashed) = &hashed
            && self.storage.is_hashed_yet(&key)
        {
            return Ok(hashed.clone());
        }
        // The first pass takes the file itself for a target that it has not come to yet: that must work too, which it
        // does not if the name has a `?`, `#` or `%` in it.
        let clean_name = clean_name(&name)?;
        let looked_up = self.storage.look_up(&clean_name)?;
        if let (Some(hashed), false) = (hashed, looked_up == StaticName::Missing) {
            return Ok(hashed);
        }
        match looked_up {
            StaticName::Missing => Err(Failure::value_error(format!(
                "The file '{clean_name}' could not be found with {STORAGE}."
            ))),
            StaticName::Directory => Ok(name),
            StaticName::File(digest) => name_with_digest(self.version, &name, &digest),
        }
        .map(|hashed| hashed.replace('\\', "/"))
    }

    /// The note that `url_converter` adds to a `ValueError` since 6.1.
    fn with_note(&self, mut failure: Failure, content: &str, found: &Match) -> Failure {
        if failure.introduced && self.version >= DjangoVersion::V6_1 {
            let start = content[..found.span.start]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            let end = content[found.span.start..]
                .find('\n')
                .map_or(content.len(), |at| found.span.start + at);
            let number = content[..start].matches('\n').count() + 1;
            let mut line = format!("\n{number}: {}", &content[start..end]);
            if line.chars().count() > 79 {
                line = format!("\n{number}");
            }
            failure.message = format!(
                "{}\n{} contains this reference {} on line {line}",
                failure.message,
                repr(self.name),
                repr(&content[found.span.clone()]),
            );
        }
        failure
    }
}

/// `text` with each of the ascending, disjoint edits made.
fn spliced(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let inserted: usize = edits.iter().map(|(_, insert)| insert.len()).sum();
    let mut out = String::with_capacity(text.len() + inserted);
    let mut copied = 0;
    for (range, insert) in edits {
        out.push_str(&text[copied..range.start]);
        out.push_str(insert);
        copied = range.end;
    }
    out.push_str(&text[copied..]);
    out
}

/// `re.match(r"^[a-z]+:", url)`
fn has_lower_case_scheme(url: &str) -> bool {
    url.find(':')
        .is_some_and(|at| at > 0 && url[..at].bytes().all(|b| b.is_ascii_lowercase()))
}

/// `urlsplit(unquote(name)).path.strip()`
fn clean_name(name: &str) -> Result<String, Failure> {
    Ok(strip(&urlsplit(&unquote(name), "")?.path).to_owned())
}

/// The end of `hashed_name`: where the digest goes, and what becomes of a query or fragment in the name.
pub(super) fn name_with_digest(
    version: DjangoVersion,
    name: &str,
    digest: &str,
) -> Result<String, Failure> {
    let mut parts = urlsplit(&unquote(name), "")?;
    let clean = strip(&parts.path).to_owned();
    let at = clean.rfind('/').map_or(0, |at| at + 1);
    let stem = at + crate::logical_path::stem_length(&clean[at..]);
    parts.path = join(
        os_path_head(&clean[..at]),
        &format!("{}.{digest}{}", &clean[at..stem], &clean[stem..]),
    );
    if name.contains("?#") && parts.query.is_empty() {
        parts.path.push('?');
    }
    let python = if version < DjangoVersion::V6_0 {
        Python::V3_12
    } else {
        Python::V3_13
    };
    Ok(unsplit(&parts, python))
}

/// The head of `os.path.split`: without its trailing slashes, unless it is all slashes.
fn os_path_head(head: &str) -> &str {
    let stripped = head.trim_end_matches('/');
    if stripped.is_empty() { head } else { stripped }
}
