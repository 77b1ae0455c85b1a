//! The references that `--ignore-errors` covers.

use crate::name::glob::Glob;

/// The patterns of `--ignore-errors`: (file, URL).
#[derive(Debug, Default)]
pub(crate) struct IgnoredErrors(Vec<(Glob, Glob)>);

impl IgnoredErrors {
    pub(crate) fn new(ignore_errors: &[(String, String)]) -> Self {
        let globs = ignore_errors.iter();
        Self(
            globs
                .map(|(file, url)| (Glob::new(file), Glob::new(url)))
                .collect(),
        )
    }

    /// Whether a pattern covers the reference `url` in the file `from`.
    pub(crate) fn covers(&self, from: &str, url: &str) -> bool {
        let mut ignored = self.0.iter();
        ignored.any(|(file, of_url)| file.matches(from) && of_url.matches(url))
    }
}
