//! `--django-exact`.

use std::path::Path;

use super::{FROM, NAMES, STATIC_URLS};
use crate::django::{Disk, Exact, Scanned, StaticName};
use crate::name::catalog::Catalog;
use crate::options::DjangoVersion;
use crate::text::Syntax;

/// `--django-exact`: a text changes if and only if references are replaced.
pub fn django_exact(text: &str) {
    let catalog = Catalog::of_names(NAMES.iter().copied());
    let Some(id) = catalog.find(FROM) else { return };
    for version in [DjangoVersion::V6_1, DjangoVersion::V5_2] {
        let exact = Exact {
            version,
            js_modules: true,
            static_url: STATIC_URLS[0],
            static_root: Path::new("/r"),
            catalog: &catalog,
            disk: &EmptyDisk,
            ignored: crate::text::missing::IgnoredErrors::default(),
            odd: std::sync::OnceLock::new(),
        };
        for kind in [Syntax::Css, Syntax::Script] {
            let Scanned {
                targets, converted, ..
            } = exact.scan(id, kind, text);
            assert!(targets.iter().all(|id| *id < catalog.len()));
            assert_eq!(converted.text.is_some(), converted.replaced > 0);
            for failure in converted.failures.iter() {
                // Django's bare `assert` has no text.
                assert!(!(failure.introduced && failure.more == 0 && failure.message.is_empty()));
            }
        }
    }
}

/// An empty static root.
struct EmptyDisk;

impl Disk for EmptyDisk {
    fn stale(&self, _: &str) -> StaticName {
        StaticName::Missing
    }

    fn source_digest(&self, _: &Path) -> Option<String> {
        None
    }
}
