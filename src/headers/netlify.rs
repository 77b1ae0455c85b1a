//! For Netlify: the file that is named `_headers` in the directory that is published.
//!
//! One rule for each file and no wildcards, as rules that meet add up. Netlify compresses by itself: `Content-Encoding`
//! and `Vary` are not for `_headers`, and variants are left out.

use std::fmt::Write as _;

use super::{HeadersPlan, SHORT, media_types, written_by};

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

/// Whether a path can be written down. `*` and `:` are wildcards, blanks end it, and nothing is said about the encoding
/// of other characters.
pub(super) fn can_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-~+@=,!()".contains(c);
    name.chars().all(is_plain)
}
