//! `HashedFilesMixin.url_converter`, `_url`, `_stored_name` and `hashed_name`, on Django's strings.

use std::borrow::Cow;
use std::ops::Range;

use super::failures::{Failure, Failures};
use super::lines::Lines;
use super::patterns::{Match, Pattern, Words, ignored_blocks, in_block};
use super::python::{
    Python, dirname, filepath_to_uri, join, normpath, repr, strip, unquote, unsplit, urldefrag,
    urljoin, urlsplit, urlunsplit,
};
use super::{Converted, NO_DIGEST, STORAGE};
use crate::diagnostic::DjangoException;
use crate::name::catalog::AssetId;
use crate::options::DjangoVersion;
use crate::text::missing::IgnoredErrors;

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
    /// `hashed_files.get(key)`, and of which asset it is the name.
    fn hashed_file(&self, key: &str) -> Option<(String, AssetId)>;
    /// Whether it has it in the first pass too.
    fn is_hashed_yet(&self, key: &str) -> bool;
    /// `exists(name)`; fails as `safe_join` fails.
    fn exists(&self, name: &str) -> Result<bool, Failure>;
    /// `exists(name)` and `open(name)`; fails as `safe_join` fails.
    fn look_up(&self, name: &str) -> Result<StaticName, Failure>;
}

/// A name or URL that takes the place of another, and the asset whose hashed name is in it, if it is an asset's.
struct Target {
    text: String,
    asset: Option<AssetId>,
}

impl Target {
    fn map<E>(self, change: impl FnOnce(String) -> Result<String, E>) -> Result<Self, E> {
        Ok(Self {
            text: change(self.text)?,
            asset: self.asset,
        })
    }
}

/// The conversion of one file.
pub(super) struct Converter<'a> {
    pub(super) version: DjangoVersion,
    pub(super) static_url: &'a str,
    /// The file's name.
    pub(super) name: &'a str,
    pub(super) storage: &'a dyn Storage,
    pub(super) ignored: &'a IgnoredErrors,
}

impl Converter<'_> {
    /// Applies each pattern to what the one before it left. A reference that fails is left as it is: all failures of
    /// the file are collected, where Django stops at the first.
    pub(super) fn convert(&self, patterns: &[Pattern], text: &str) -> Converted {
        let mut content = Cow::Borrowed(text);
        let mut replaced = 0;
        let mut digests = Some(Vec::new());
        let mut failures = Failures::default();
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
            let mut inserted = Vec::new();
            let mut lines = Lines::new(&content);
            for found in matches {
                if in_block(found.span.start, &blocks.1) {
                    continue;
                }
                match self.converted_url(&content, &found, &mut lines) {
                    Ok(None) if pattern.forgets_match(self.version) => {
                        edits.push((found.span, String::new()));
                    }
                    Ok(None) => {}
                    Ok(Some(Target { text: url, asset })) => {
                        let names = &content[found.names];
                        let replacement = pattern.replacement(self.version, names, &url);
                        let before = &content[found.url];
                        let place = || digest_in(before, &url, &replacement);
                        if let Some(id) = asset {
                            inserted.push((edits.len(), place().map(|at| (at, id))));
                        }
                        edits.push((found.span, replacement));
                        replaced += 1;
                    }
                    Err(failure) => {
                        let url = &content[found.url.clone()];
                        failures.push(Failure {
                            offset: Some(found.span.start),
                            url: Some(url.to_owned()),
                            ignored: failure.introduced && self.ignored.covers(self.name, url),
                            ..failure
                        });
                    }
                }
            }
            if !edits.is_empty() {
                digests = digests.and_then(|before| moved(before, &edits, &inserted));
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
            digests,
            failures,
        }
    }

    /// The body of `url_converter`'s `converter`; `None` where it returns `matched`.
    fn converted_url(
        &self,
        content: &str,
        found: &Match,
        lines: &mut Lines<'_>,
    ) -> Result<Option<Target>, Failure> {
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
                None => return Err(Failure::fatal(DjangoException::AssertionError, "")),
            }
        } else {
            join(dirname(self.name), &url_path)
        };
        let hashed_url = self
            .hashed_url(&unquote(&target))
            .map_err(|failure| self.with_note(failure, content, found, lines))?;
        let directory = url_path.rfind('/').map_or("", |at| &url_path[..=at]);
        let transformed = hashed_url.map(|hashed_url| {
            let file_name = hashed_url
                .rfind('/')
                .map_or(&*hashed_url, |at| &hashed_url[at + 1..]);
            let mut transformed = format!("{directory}{file_name}");
            if !fragment.is_empty() {
                transformed.push_str(if url.contains("?#") { "?#" } else { "#" });
                transformed.push_str(&fragment);
            }
            Ok(unquote(&transformed).into_owned())
        });
        transformed.map(Some)
    }

    /// `_url(self._stored_name, name, force=True, hashed_files=hashed_files)`
    fn hashed_url(&self, name: &str) -> Result<Target, Failure> {
        let (clean_name, fragment) = urldefrag(name)?;
        let hashed_name = if urlsplit(&clean_name, "")?.path.ends_with('/') {
            Target {
                text: name.to_owned(),
                asset: None,
            }
        } else {
            self.stored_name(&clean_name)?
        };
        hashed_name.map(|hashed_name| {
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
        })
    }

    /// `_stored_name`
    fn stored_name(&self, name: &str) -> Result<Target, Failure> {
        let name = normpath(name);
        let key = name.replace('\\', "/");
        let missing = |name: &str| {
            Failure::value_error(format!(
                "The file '{name}' could not be found with {STORAGE}."
            ))
        };
        if let Some((text, asset)) = self.storage.hashed_file(&key) {
            // The first pass takes the file itself for a target that it has not come to yet: that must work too, which
            // it does not if the name has a `?`, `#` or `%` in it.
            if !self.storage.is_hashed_yet(&key) {
                let clean_name = clean_name(&name)?;
                if !self.storage.exists(&clean_name)? {
                    return Err(missing(&clean_name));
                }
            }
            let asset = Some(asset);
            return Ok(Target { text, asset });
        }
        let clean_name = clean_name(&name)?;
        let hashed = match self.storage.look_up(&clean_name)? {
            StaticName::Missing => return Err(missing(&clean_name)),
            StaticName::Directory => name,
            StaticName::File(digest) => name_with_digest(self.version, &name, &digest)?,
        };
        Ok(Target {
            text: hashed.replace('\\', "/"),
            asset: None,
        })
    }

    /// The note that `url_converter` adds to a `ValueError` since 6.1.
    fn with_note(
        &self,
        mut failure: Failure,
        content: &str,
        found: &Match,
        lines: &mut Lines<'_>,
    ) -> Failure {
        if failure.introduced && self.version >= DjangoVersion::V6_1 {
            let (number, line) = lines.at(found.span.start);
            let prefix = format!("\n{number}: ");
            // Lines may be megabytes long: no more is counted than matters.
            let room = 79 - prefix.len();
            let line = if line.chars().nth(room).is_none() {
                prefix + line
            } else {
                format!("\n{number}")
            };
            failure.notes.push(format!(
                "{} contains this reference {} on line {line}",
                repr(self.name),
                repr(&content[found.span.clone()]),
            ));
        }
        failure
    }
}

/// Where in `replacement` the digest is that `url` has got, which is still [`NO_DIGEST`]. `None` if that is not certain:
/// the URL that stood there `before` could have given it such digits, too.
fn digest_in(before: &str, url: &str, replacement: &str) -> Option<usize> {
    if before.contains('%') || before.contains(NO_DIGEST) {
        return None;
    }
    Some(replacement.rfind(url)? + url.find(NO_DIGEST)?)
}

/// A digest's place in a text, and of which asset it is.
type Place = (usize, AssetId);

/// The places of digests after the ascending, disjoint edits: of those that were there before, and of those that the
/// edits have `inserted` (the edit's number, and the place in what it inserts, if that is known). `None` if there is one
/// whose place is not known.
fn moved(
    before: Vec<Place>,
    edits: &[(Range<usize>, String)],
    inserted: &[(usize, Option<Place>)],
) -> Option<Vec<Place>> {
    let mut places = Vec::with_capacity(before.len() + inserted.len());
    let mut before = before.into_iter().peekable();
    let mut inserted = inserted.iter().peekable();
    let (mut removed, mut added) = (0, 0);
    for (number, (span, insert)) in edits.iter().enumerate() {
        while let Some((at, id)) = before.next_if(|(at, _)| *at < span.end) {
            if at + NO_DIGEST.len() > span.start {
                return None; // a pattern has matched what another one made
            }
            places.push((at + added - removed, id));
        }
        if let Some((_, place)) = inserted.next_if(|(edit, _)| *edit == number) {
            let (at, id) = (*place)?;
            places.push((span.start + added - removed + at, id));
        }
        removed += span.len();
        added += insert.len();
    }
    places.extend(before.map(|(at, id)| (at + added - removed, id)));
    Some(places)
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
    let stem = at + crate::name::logical_path::stem_length(&clean[at..]);
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
