//! The plan of headers that all formats are written from.

use std::collections::{BTreeMap, BTreeSet};

use super::looks::looks_hashed;
use super::media_types;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::own_files::headers_names;

/// `Cache-Control` of a name whose bytes never change.
pub(super) const IMMUTABLE: &str = "max-age=31536000, public, immutable";

/// `Cache-Control` of a name that stays when its bytes change, as the manifest's: WhiteNoise's 60 seconds.
pub(super) const SHORT: &str = "max-age=60, public";

/// A file as it is served under one name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ServedFile {
    pub(super) immutable: bool,
    /// Encodings of its variants. Uploaders serve these under their own names, too.
    pub(super) variants: BTreeSet<Encoding>,
}

/// Everything about a static root that its headers depend on.
#[derive(Debug, Default)]
pub(super) struct HeadersPlan {
    /// The path of the static URL, decoded; begins and ends with a slash.
    pub(super) url: String,
    /// Path of the manifest, relative to the static root or absolute.
    pub(super) manifest: String,
    pub(super) hash_length: usize,
    /// Encodings of the variants that the build writes.
    pub(super) encodings: Vec<Encoding>,
    /// All files of this build except variants, by name.
    pub(super) files: BTreeMap<String, ServedFile>,
    /// Other files in the static root that look hashed and are not.
    pub(super) lookalikes: BTreeSet<String>,
    /// The extensions with a known media type of all files in the static root.
    pub(super) extensions: BTreeSet<&'static str>,
}

impl HeadersPlan {
    /// The regular expression of names that look hashed, in the common syntax of PCRE and Go.
    pub(super) fn pattern(&self) -> String {
        format!(r"\.[0-9a-f]{{{}}}(?:\.[^./]+)?\z", self.hash_length)
    }

    /// Names that the pattern gets wrong, sorted: those that are immutable, or those that are not.
    pub(super) fn exceptions(&self, immutable: bool) -> impl Iterator<Item = &str> {
        let files = self.files.iter().filter(move |(name, file)| {
            file.immutable == immutable && looks_hashed(name, self.hash_length) != immutable
        });
        let lookalikes = self.lookalikes.iter().filter(move |_| !immutable);
        let names: BTreeSet<&str> = files
            .map(|(name, _)| name.as_str())
            .chain(lookalikes.map(String::as_str))
            .collect();
        names.into_iter()
    }

    /// Names in the static root that must not be served.
    pub(super) fn hidden(&self) -> Vec<String> {
        let names = std::iter::once(Generations::name(&self.manifest));
        let names = names.chain(headers_names(&self.manifest));
        names.filter(|name| !name.starts_with('/')).collect()
    }

    /// The needed media types, each with its extensions.
    pub(super) fn media_types(&self) -> BTreeMap<String, Vec<&'static str>> {
        let mut types: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for extension in &self.extensions {
            let content_type = media_types::content_type(&format!("x.{extension}"));
            types.entry(content_type).or_default().push(extension);
        }
        types
    }

    pub(super) fn cache_control(file: &ServedFile) -> &'static str {
        if file.immutable { IMMUTABLE } else { SHORT }
    }
}

/// The comment at the head of a file.
pub(super) fn written_by(format: &str) -> String {
    format!(
        "# Written by `hashstatic build --headers {format}`, and again by every build: not to be edited.\n"
    )
}
