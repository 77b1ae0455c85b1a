//! The exact mode of a build: what Django's rules are told about it.

use std::path::Path;
use std::sync::OnceLock;

use super::job::Job;
use crate::django::{Disk, Exact, StaticName};
use crate::name::catalog::Catalog;
use crate::platform::regular_file;
use crate::text::missing::IgnoredErrors;

/// The exact mode, if it is on.
pub(super) fn exact<'a>(job: &'a Job<'_>, catalog: &'a Catalog) -> Option<Exact<'a>> {
    let options = job.options;
    Some(Exact {
        version: options.django_exact?,
        js_modules: options.js_modules,
        static_url: &options.static_url,
        static_root: job.root.dir(),
        catalog,
        disk: job,
        ignored: IgnoredErrors::new(&options.ignore_errors),
        odd: OnceLock::new(),
    })
}

impl Disk for Job<'_> {
    fn source_digest(&self, file: &Path) -> Option<String> {
        let bytes = regular_file::read(file).ok()?;
        Some(self.digest(&bytes))
    }

    fn stale(&self, name: &str) -> StaticName {
        if self.options.clear {
            return StaticName::Missing; // Django clears before it looks
        }
        if self.root.snapshot.had_directory(name) {
            return StaticName::Directory;
        }
        if !self.root.snapshot.had(name) {
            return StaticName::Missing;
        }
        match self.root.read(name) {
            Ok(bytes) => StaticName::File(self.digest(&bytes)),
            Err(_) => StaticName::Missing,
        }
    }
}
