//! The exact mode of a build: the context that Django's rules need.

use std::path::Path;
use std::sync::OnceLock;

use super::job::Job;
use crate::django::{Disk, Exact, StaticName};
use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::platform::regular_file;
use crate::text::missing::IgnoredErrors;

/// The exact mode, if it is on.
pub(super) fn exact<'a>(job: &'a Job<'_>, catalog: &'a Catalog) -> Option<Exact<'a>> {
    let options = job.options;
    Some(Exact {
        version: options.naming.django_exact?,
        js_modules: options.references.js_modules,
        static_url: &options.references.static_url,
        static_root: job.root.dir(),
        catalog,
        disk: job,
        ignored: IgnoredErrors::new(&options.references.ignore_errors),
        odd: OnceLock::new(),
    })
}

impl Disk for Job<'_> {
    fn source_digest(&self, file: &Path) -> Option<String> {
        match regular_file::read(file) {
            Ok(bytes) => Some(self.digest(&bytes)),
            Err(error) => {
                self.log.fail(Error::io("read", file)(error));
                None
            }
        }
    }

    fn stale(&self, name: &str) -> StaticName {
        if self.options.root.clear {
            return StaticName::Missing; // `collectstatic` clears before it post-processes
        }
        if self.root.snapshot.had_directory(name) {
            return StaticName::Directory;
        }
        if !self.root.snapshot.had(name) {
            return StaticName::Missing;
        }
        match self.root.read(name) {
            Ok(bytes) => StaticName::File(self.digest(&bytes)),
            Err(error) => {
                if !error.is_not_found() {
                    self.log.fail(error);
                }
                StaticName::Missing
            }
        }
    }
}
