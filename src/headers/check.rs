//! Warnings about headers that a format cannot express.

use std::collections::BTreeSet;

use super::netlify;
use super::plan::HeadersPlan;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::options::HeadersFormat;

impl HeadersPlan {
    /// Warns about headers that a format cannot express.
    pub(super) fn check(
        &self,
        formats: &BTreeSet<HeadersFormat>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut warn = |name: &str, what: String, help: &str| {
            let code = Code::InexpressibleHeaders;
            diagnostics.push(Diagnostic::new(Severity::Warning, code, name, what).help(help));
        };
        if formats.contains(&HeadersFormat::Netlify) {
            let names = self.files.keys().filter(|name| !netlify::can_name(name));
            for name in names {
                let what = "Netlify's _headers has no way to write this name; its headers are left to Netlify";
                warn(name, what.into(), "rename the file");
            }
        }
        if formats.contains(&HeadersFormat::Caddy) {
            for name in self.files.keys().filter(|name| name.contains('\\')) {
                let what =
                    "Caddy's file does not find this name; it is served without these headers";
                warn(name, what.into(), "rename the file");
            }
        }
        if !formats.contains(&HeadersFormat::Nginx) && !formats.contains(&HeadersFormat::Caddy) {
            return;
        }
        for name in self.files.keys() {
            for encoding in &self.encodings {
                let Some(file) = name.strip_suffix(encoding.suffix()) else {
                    continue;
                };
                if self.files.contains_key(file) {
                    let what = format!(
                        "servers take this asset for {} in {}",
                        shown(file),
                        encoding.token()
                    );
                    warn(name, what, "rename the file, or leave this encoding out");
                }
            }
        }
    }
}
