//! `HashedFilesMixin.url_converter`, `_url` and `_stored_name`: the replacement of one URL.

use super::failures::Failure;
use super::hashed_name::{clean_name, name_with_digest};
use super::lines::Lines;
use super::patterns::Match;
use super::python::{
    dirname, filepath_to_uri, join, normpath, repr, unquote, urldefrag, urljoin, urlsplit,
    urlunsplit,
};
use super::storage::{StaticName, Storage};
use crate::diagnostic::DjangoException;
use crate::name::catalog::AssetId;
use crate::options::DjangoVersion;
use crate::text::missing::IgnoredErrors;

/// The storage's `%r` in Django's messages.
const STORAGE: &str = "<django.contrib.staticfiles.storage.ManifestStaticFilesStorage>";

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::value_error(message)
    }
}

/// A replacement for a name or URL, and the asset whose hashed path it contains, if any.
pub(super) struct Target {
    pub(super) text: String,
    pub(super) asset: Option<AssetId>,
}

impl Target {
    fn map<E>(self, change: impl FnOnce(String) -> Result<String, E>) -> Result<Self, E> {
        Ok(Self {
            text: change(self.text)?,
            asset: self.asset,
        })
    }
}

/// Converts the text of one file.
pub(super) struct Converter<'a> {
    pub(super) version: DjangoVersion,
    pub(super) static_url: &'a str,
    /// The file's name.
    pub(super) name: &'a str,
    pub(super) storage: &'a dyn Storage,
    pub(super) ignored: &'a IgnoredErrors,
}

impl Converter<'_> {
    /// The body of `url_converter`'s `converter`; `None` where it returns `matched`.
    pub(super) fn converted_url(
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
        let missing = |name: String| Failure {
            unknown: Some(name.as_str().into()),
            ..Failure::value_error(format!(
                "The file '{name}' could not be found with {STORAGE}."
            ))
        };
        if let Some((text, asset)) = self.storage.hashed_file(&key) {
            // For a target not processed yet, the first pass hashes the file itself. That must succeed too, and fails
            // if the name contains `?`, `#` or `%`.
            if !self.storage.is_hashed_yet(&key) {
                let clean_name = clean_name(&name)?;
                if !self.storage.exists(&clean_name)? {
                    return Err(missing(clean_name));
                }
            }
            let asset = Some(asset);
            return Ok(Target { text, asset });
        }
        let clean_name = clean_name(&name)?;
        let hashed = match self.storage.look_up(&clean_name)? {
            StaticName::Missing => return Err(missing(clean_name)),
            StaticName::Directory => name,
            StaticName::File(digest) => name_with_digest(self.version, &name, &digest)?,
        };
        Ok(Target {
            text: hashed.replace('\\', "/"),
            asset: None,
        })
    }

    /// Adds the note that `url_converter` adds to a `ValueError` since 6.1.
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
            // Lines may be megabytes long: only the characters that matter are counted.
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

/// `re.match(r"^[a-z]+:", url)`
fn has_lower_case_scheme(url: &str) -> bool {
    url.find(':')
        .is_some_and(|at| at > 0 && url[..at].bytes().all(|b| b.is_ascii_lowercase()))
}
