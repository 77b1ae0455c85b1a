//! The options of a build, in groups. Plain data: the command line, a configuration file or a caller fills it in.
//!
//! Every option is defined here, once: its type, its default, its documentation. Stages take the groups that they need.

mod django_version;
mod input;
mod minify;
mod naming;
mod references;
mod root;
mod run;
mod variants;

pub use django_version::DjangoVersion;
pub use input::{Input, InputOptions, NamedFile, SourceRoot};
pub use minify::{Minify, MinifyOptions};
pub use naming::{HashAlgorithm, NamingOptions};
pub use references::{MissingPolicy, ReferenceOptions, ReferenceOverrides};
pub use root::{FileMode, HeadersFormat, LinkMode, RootOptions};
pub use run::RunOptions;
pub use variants::{Encodings, VariantOptions};

pub(crate) use input::json_text;
use references::check_static_url;
pub(crate) use root::DEFAULT_MANIFEST;

use std::path::Path;

use crate::error::Error;

/// Everything that decides what [`crate::build`] writes, and how.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// The assets.
    pub input: InputOptions,
    /// The digests in hashed paths.
    pub naming: NamingOptions,
    /// The references between assets.
    pub references: ReferenceOptions,
    /// The minifying of style sheets.
    pub minify: MinifyOptions,
    /// The precompressed variants.
    pub variants: VariantOptions,
    /// The static root.
    pub root: RootOptions,
    /// The run itself.
    pub run: RunOptions,
}

impl Options {
    /// A build of `sources` with every default.
    pub fn new(sources: Input) -> Self {
        let mut options = Self::default();
        options.input.sources = sources;
        options
    }

    /// Sets what `--django-exact` implies: MD5, 12 digits, no minifying, and an error for a missing source map.
    #[must_use]
    pub fn exactly(mut self, version: DjangoVersion) -> Self {
        self.naming = NamingOptions {
            hash: HashAlgorithm::Md5,
            hash_length: 12,
            django_exact: Some(version),
        };
        self.minify.mode = Minify::Off;
        self.references.missing_source_map = MissingPolicy::Error;
        self
    }

    /// Checks the options, each by itself and against each other. All that is wrong is returned.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let mut wrong = Vec::new();
        let usage = |message: &str| Error::Usage(message.into());
        if matches!(&self.input.sources, Input::Roots(roots) if roots.is_empty()) {
            wrong.push(usage("name at least one source root"));
        }
        wrong.extend(check_static_url(&self.references.static_url).err());
        let digits = self.naming.hash.hex_digits();
        let length = self.naming.hash_length;
        if !(4..=digits).contains(&length) {
            let problem = format!("{length} is not from 4 to {digits}");
            wrong.push(Error::option("hash-length", problem));
        }
        let encodings = self.variants.encodings;
        let levels = [
            ("gzip-level", encodings.gzip, 1..=12),
            ("brotli-quality", encodings.brotli, 0..=11),
            ("zstd-level", encodings.zstd, 1..=22),
        ];
        for (option, level, range) in levels {
            if let Some(level) = level.filter(|level| !range.contains(level)) {
                let (low, high) = (range.start(), range.end());
                let problem = format!("{level} is not from {low} to {high}");
                wrong.push(Error::option(option, problem));
            }
        }
        if self.minify.mode == Minify::Full && !cfg!(feature = "minify-full") {
            let problem = "full: this build was compiled without the feature minify-full";
            wrong.push(Error::option("minify", problem));
        }
        if self.references.js_modules && !cfg!(feature = "modules") {
            let problem = "this build was compiled without the feature modules";
            wrong.push(Error::option("js-modules", problem));
        }
        if self.naming.django_exact.is_some() && !self.input.unhashed.is_empty() {
            let problem = "Django hashes every file; do without it or without --django-exact";
            return Err(Error::option("unhashed", problem));
        }
        let hash = self.naming.hash;
        if self.naming.django_exact.is_some()
            && (hash, length, self.minify.mode) != (HashAlgorithm::Md5, 12, Minify::Off)
        {
            wrong.push(usage(
                "--django-exact means MD5, 12 digits and no minifying; other values contradict it",
            ));
        }
        if self.root.in_place && self.root.out.is_some() {
            wrong.push(usage("--in-place and --out contradict each other"));
        } else if self.root.in_place && self.only_root().is_none() {
            let problem = "takes exactly one source root, without a prefix; name the static root with --out instead";
            wrong.push(Error::option("in-place", problem));
        }
        if self.root.in_place && self.root.clear {
            wrong.push(usage(
                "--clear would remove the sources of a build in place",
            ));
        }
        Error::all(wrong)
    }

    /// The static root, if the options name one: `out`, or in place the only source root.
    pub fn static_root(&self) -> Option<&Path> {
        let in_place = || self.only_root().filter(|_| self.root.in_place);
        self.root.out.as_deref().or_else(in_place)
    }

    /// The source root that can be processed in place: the only one, without a prefix.
    pub(crate) fn only_root(&self) -> Option<&Path> {
        match &self.input.sources {
            Input::Roots(roots) if roots.len() == 1 && roots[0].prefix.is_empty() => {
                Some(&roots[0].dir)
            }
            _ => None,
        }
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}
