//! Headers for Netlify: the file `_headers` in the published directory.
//!
//! One rule per file and no wildcards, as Netlify combines all rules that match. Netlify compresses by itself:
//! `Content-Encoding` and `Vary` do not belong in `_headers`, and variants are left out.

use std::fmt::Write as _;

use super::media_types;
use super::plan::{HeadersPlan, SHORT, written_by};

pub(super) fn write(plan: &HeadersPlan) -> String {
    let mut out = written_by("netlify");
    let mut rule = |name: &str, cache_control: &str| {
        let url = &plan.url;
        let media_type = media_types::content_type(name);
        let _ = write!(
            out,
            "\n{url}{name}\n  Cache-Control: {cache_control}\n  Content-Type: {media_type}\n"
        );
    };
    for (name, file) in &plan.files {
        if can_name(name) {
            rule(name, HeadersPlan::cache_control(file));
        }
    }
    if !plan.manifest.starts_with('/') && can_name(&plan.manifest) {
        rule(&plan.manifest, SHORT);
    }
    out
}

/// Whether a rule can have this path. `*` and `:` are wildcards, blanks end a path, and Netlify does not document the
/// encoding of other characters.
pub(super) fn can_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-~+@=,!()".contains(c);
    name.chars().all(is_plain)
}
