//! Conversions done before their digests are known.
//!
//! A conversion does not depend on the values of digests: they are a fixed number of hex digits after a dot, and
//! Django's patterns and URL rules treat all hex digits alike there. So the dry conversion differs from the final one
//! only in these digits.

use super::digest_places::NO_DIGEST;
use crate::name::catalog::AssetId;

/// A converted text without its digests.
#[derive(Clone)]
pub(crate) struct Draft {
    text: String,
    /// Byte offsets of the digests, and their assets.
    digests: Vec<(usize, AssetId)>,
    /// Number of references replaced.
    pub(crate) replaced: usize,
}

impl Draft {
    pub(super) fn new(text: String, digests: Vec<(usize, AssetId)>, replaced: usize) -> Self {
        Self {
            text,
            digests,
            replaced,
        }
    }

    /// Fills the digests in. `None` if one is unknown or has another length.
    pub(crate) fn filled<'d>(self, digest: impl Fn(AssetId) -> Option<&'d str>) -> Option<Vec<u8>> {
        let mut bytes = self.text.into_bytes();
        for (at, id) in self.digests {
            let digest = digest(id)?.as_bytes();
            if digest.len() != NO_DIGEST.len() {
                return None;
            }
            bytes
                .get_mut(at..at + digest.len())?
                .copy_from_slice(digest);
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::django::{Disk, Exact, Names, StaticName};
    use crate::name::catalog::Catalog;
    use crate::options::DjangoVersion;
    use crate::text::Syntax;

    const NAMES: [&str; 7] = [
        "a.js",
        "js/a.000000000000.js",
        "js/b.js",
        "js/c%30.js",
        "js/d",
        "js/m.js",
        "js/é.css",
    ];

    /// A different digest for each asset.
    fn digest(id: AssetId) -> &'static str {
        [
            "e5a1f0c0ffee",
            "0123456789ab",
            "abcdefabcdef",
            "111111111111",
            "0e0e0e0e0e0e",
            "999999999999",
            "c0ffeec0ffee",
        ][id]
    }

    struct Linked<'a>(&'a Exact<'a>);

    impl Names for Linked<'_> {
        fn hashed(&self, id: AssetId) -> String {
            let name = self.0.catalog.name(id).as_str();
            self.0.hashed_name(name, digest(id)).unwrap()
        }

        fn is_hashed_yet(&self, _: AssetId) -> bool {
            true
        }

        fn plain_digest(&self, id: AssetId) -> String {
            digest(id).into()
        }

        fn output_digest(&self, _: &str) -> Option<String> {
            None
        }
    }

    struct Nothing;

    impl Disk for Nothing {
        fn stale(&self, _: &str) -> StaticName {
            StaticName::Missing
        }

        fn source_digest(&self, _: &Path) -> Option<String> {
            None
        }
    }

    /// Whether there is a draft for each version. A draft must equal the conversion with final digests.
    fn is_drafted(kind: Syntax, text: &str) -> bool {
        let catalog = Catalog::of_names(NAMES);
        let mut drafted = true;
        for version in [
            DjangoVersion::V6_1,
            DjangoVersion::V5_2,
            DjangoVersion::V4_2,
        ] {
            let exact = Exact {
                version,
                js_modules: true,
                static_url: "/static/",
                static_root: Path::new("/r"),
                catalog: &catalog,
                disk: &Nothing,
                ignored: crate::text::missing::IgnoredErrors::default(),
                odd: std::sync::OnceLock::new(),
            };
            let id = catalog.find("js/m.js").unwrap();
            let converted = exact.convert(id, kind, text, &Linked(&exact));
            if let Some(draft) = exact.scan(id, kind, text).draft(&catalog) {
                assert_eq!(converted.replaced, draft.replaced);
                let filled = draft.filled(|id| Some(digest(id))).unwrap();
                assert_eq!(converted.text.as_deref(), str::from_utf8(&filled).ok());
            } else {
                drafted = false;
            }
        }
        drafted
    }

    #[test]
    fn which_texts_have_drafts() {
        let js = |text| is_drafted(Syntax::Script, text);
        assert!(js(
            "import {b} from './b.js'; export * from '../a.js';\nimport('./b.js'); import './d';"
        ));
        assert!(js("import é from './é.css';\n//# sourceMappingURL=b.js"));
        assert!(is_drafted(
            Syntax::Css,
            "url(b.js) url('../a.js#f') @import \"b.js\";\n/*# sourceMappingURL=b.js*/"
        ));
        assert!(!js("import './a.000000000000.js';"));
        assert!(!js("import './c%2530.js';"));
        assert!(!js("import './b.js'; import './missing.js';"));
    }

    proptest::proptest! {
        #[test]
        fn drafts_are_conversions(
            parts in proptest::collection::vec(
                proptest::sample::select(vec![
                    "import", "export", "from", "(", ")", "'", "\"", ";", "\n", " ", "{a}", "* as b",
                    "./b.js", "../a.js", "./d", "./é.css", "./a.000000000000.js", "./c%30.js", "c%2530.js",
                    "#f", "?#", "//# sourceMappingURL=", "/*# sourceMappingURL=", "*/", "url(", "@import",
                    "/static/a.js", "from './b.js'", "000000000000", "//", "/*",
                ]),
                0..24,
            ),
        ) {
            let text = parts.concat();
            is_drafted(Syntax::Script, &text);
            is_drafted(Syntax::Css, &text);
        }
    }
}
