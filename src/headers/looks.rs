//! Names that look hashed.

use std::ops::Range;

use crate::name::digest::is_hex;

/// Whether a name has a digest where hashed paths have it: the pattern `HeadersPlan::pattern` in Rust.
pub(super) fn looks_hashed(name: &str, hash_length: usize) -> bool {
    digest_range(name, hash_length).is_some()
}

/// Returns the name without that digest.
pub(super) fn without_digest(name: &str, hash_length: usize) -> Option<String> {
    let range = digest_range(name, hash_length)?;
    Some(format!("{}{}", &name[..range.start], &name[range.end..]))
}

/// Byte range of the digest, with the dot before it.
fn digest_range(name: &str, hash_length: usize) -> Option<Range<usize>> {
    let is_digest = |part: &str| part.len() == hash_length && is_hex(part);
    let directory = name.rfind('/').map_or(0, |slash| slash + 1);
    let last = directory + name[directory..].rfind('.')?;
    if is_digest(&name[last + 1..]) {
        return Some(last..name.len());
    }
    let before = directory + name[directory..last].rfind('.')?;
    let is_hashed = is_digest(&name[before + 1..last]) && last + 1 < name.len();
    is_hashed.then_some(before..last)
}
