//! Combinations of options.

use std::fs;
use std::path::Path;

use hashstatic::Options;
use hashstatic::options::{
    DjangoVersion, Encodings, HashAlgorithm, HeadersFormat, Input, LinkMode, Minify, MissingPolicy,
    SourceRoot,
};
use proptest::prelude::*;

/// Files that lie in the static root before the first build.
const FOREIGN: [(&str, &str); 3] = [
    ("mine.txt", "mine"),
    ("mine.0123456789ab.css", "a{}"),
    ("a.css.zst", "not a variant"),
];

#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) in_place: bool,
    exact: Option<DjangoVersion>,
    md5: bool,
    hash_length: usize,
    minify: Minify,
    js_modules: bool,
    encodings: Encodings,
    keep_only_hashed: bool,
    keep_original: bool,
    prehashed: bool,
    unhashed: bool,
    manifest: &'static str,
    headers: bool,
    pub(crate) clear: bool,
    foreign: bool,
    link_mode: LinkMode,
    no_default_ignore: bool,
}

fn flags() -> impl Strategy<Value = [bool; 11]> {
    any::<[bool; 11]>()
}

pub(crate) fn choice() -> impl Strategy<Value = Choice> {
    let exact = prop_oneof![
        3 => Just(None),
        1 => Just(Some(DjangoVersion::V6_1)),
        1 => Just(Some(DjangoVersion::V4_2)),
    ];
    let minify = prop_oneof![Just(Minify::Safe), Just(Minify::Full), Just(Minify::Off)];
    let encodings = prop_oneof![
        1 => Just(Encodings::NONE),
        2 => Just(Encodings { gzip: Some(1), brotli: Some(1), zstd: None }),
        1 => Just(Encodings { gzip: Some(1), brotli: None, zstd: Some(1) }),
    ];
    let manifest =
        prop_oneof![3 => Just("staticfiles.json"), 1 => Just("m.json"), 1 => Just("d/m.json")];
    let link_mode = prop_oneof![
        Just(LinkMode::Auto),
        Just(LinkMode::Copy),
        Just(LinkMode::Hardlink)
    ];
    let length = prop_oneof![Just(12_usize), Just(8)];
    (
        exact,
        minify,
        encodings,
        manifest,
        link_mode,
        length,
        flags(),
    )
        .prop_map(
            |(exact, minify, encodings, manifest, link_mode, hash_length, flags)| {
                let [
                    in_place,
                    md5,
                    js_modules,
                    koh,
                    original,
                    prehashed,
                    headers,
                    clear,
                    foreign,
                    all,
                    unhashed,
                ] = flags;
                Choice {
                    in_place,
                    exact,
                    md5,
                    hash_length,
                    minify,
                    js_modules,
                    encodings,
                    keep_only_hashed: koh,
                    keep_original: original,
                    prehashed,
                    unhashed,
                    manifest,
                    headers,
                    clear: clear && !in_place,
                    foreign: foreign && !in_place,
                    link_mode,
                    no_default_ignore: all,
                }
            },
        )
}

impl Choice {
    pub(crate) fn options(&self, source: &Path, out: &Path) -> Options {
        let mut options = Options::new(Input::Roots(vec![SourceRoot {
            prefix: String::new(),
            dir: source.to_owned(),
        }]));
        if self.in_place {
            options.root.in_place = true;
        } else {
            options.root.out = Some(out.to_owned());
        }
        options.input.allow_empty = true;
        options.root.sync = false;
        options.run.jobs = 1;
        if self.md5 {
            options.naming.hash = HashAlgorithm::Md5;
        }
        options.naming.hash_length = self.hash_length;
        options.minify.mode = self.minify;
        if let Some(version) = self.exact {
            options = options.exactly(version);
        }
        options.references.js_modules = self.js_modules;
        options.variants.encodings = self.encodings;
        options.root.keep_only_hashed = self.keep_only_hashed;
        if self.keep_original {
            options.root.keep_original = vec!["a.*".into()];
        }
        if self.prehashed {
            options.input.prehashed = vec!["b.????????.js".into()];
        }
        if self.unhashed && self.exact.is_none() {
            options.input.unhashed = vec!["a.[cj]s*".into(), "d/*".into()];
        }
        options.root.manifest = self.manifest.into();
        if self.headers {
            options.root.headers = vec![HeadersFormat::Nginx];
        }
        options.root.clear = self.clear;
        options.root.link_mode = self.link_mode;
        options.references.on_missing = Some(MissingPolicy::Ignore);
        options.references.missing_source_map = MissingPolicy::Ignore;
        if self.no_default_ignore {
            options.input.ignore.clear();
        }
        options
    }

    pub(crate) fn write_foreign(&self, out: &Path) {
        for (name, text) in FOREIGN.iter().filter(|_| self.foreign) {
            fs::create_dir_all(out).unwrap();
            fs::write(out.join(name), text).unwrap();
        }
    }

    pub(crate) fn is_exact(&self) -> bool {
        self.exact.is_some()
    }

    /// Whether a build removes its own sources.
    pub(crate) fn has_no_sources(&self) -> bool {
        self.in_place && self.keep_only_hashed
    }

    /// Whether a file of that name is one of `FOREIGN`.
    pub(crate) fn is_foreign(&self, name: &str) -> bool {
        self.foreign && FOREIGN.iter().any(|(foreign, _)| *foreign == name)
    }
}
