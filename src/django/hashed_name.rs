//! `HashedFilesMixin.hashed_name`: the name of a file with its digest.

use super::failures::Failure;
use super::python::{Python, join, strip, unquote, unsplit, urlsplit};
use crate::name::logical_path::stem_length;
use crate::options::DjangoVersion;

/// `urlsplit(unquote(name)).path.strip()`
pub(super) fn clean_name(name: &str) -> Result<String, Failure> {
    Ok(strip(&urlsplit(&unquote(name), "")?.path).to_owned())
}

/// The end of `hashed_name`: inserts the digest, and puts a query or fragment of the name back.
pub(super) fn name_with_digest(
    version: DjangoVersion,
    name: &str,
    digest: &str,
) -> Result<String, Failure> {
    let mut parts = urlsplit(&unquote(name), "")?;
    let clean = strip(&parts.path).to_owned();
    let at = clean.rfind('/').map_or(0, |at| at + 1);
    let stem = at + stem_length(&clean[at..]);
    parts.path = join(
        os_path_head(&clean[..at]),
        &format!("{}.{digest}{}", &clean[at..stem], &clean[stem..]),
    );
    if name.contains("?#") && parts.query.is_empty() {
        parts.path.push('?');
    }
    let python = if version < DjangoVersion::V6_0 {
        Python::V3_12
    } else {
        Python::V3_13
    };
    Ok(unsplit(&parts, python))
}

/// The head of `os.path.split`: without trailing slashes, unless it has only slashes.
fn os_path_head(head: &str) -> &str {
    let stripped = head.trim_end_matches('/');
    if stripped.is_empty() { head } else { stripped }
}
