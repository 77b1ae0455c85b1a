//! The places of digests in a text that is being converted.

use std::ops::Range;

use crate::name::catalog::AssetId;

pub(super) const NO_DIGEST: &str = "000000000000";

/// The byte offset of a digest in a text, and the asset it belongs to.
pub(super) type Place = (usize, AssetId);

/// Returns the byte offset in `replacement` of the digest in `url`, which is [`NO_DIGEST`]. `None` if this is not
/// certain, as the URL `before` the conversion could contain these digits.
pub(super) fn digest_in(before: &str, url: &str, replacement: &str) -> Option<usize> {
    if before.contains('%') || before.contains(NO_DIGEST) {
        return None;
    }
    Some(replacement.rfind(url)? + url.find(NO_DIGEST)?)
}

/// Returns the places of digests after the ascending, disjoint `edits`: those of `before`, moved, and those `inserted`
/// by edits (index of the edit, place in its replacement if known). `None` if a place is not known.
pub(super) fn moved(
    before: Vec<Place>,
    edits: &[(Range<usize>, String)],
    inserted: &[(usize, Option<Place>)],
) -> Option<Vec<Place>> {
    let mut places = Vec::with_capacity(before.len() + inserted.len());
    let mut before = before.into_iter().peekable();
    let mut inserted = inserted.iter().peekable();
    let (mut removed, mut added) = (0, 0);
    for (number, (span, insert)) in edits.iter().enumerate() {
        while let Some((at, id)) = before.next_if(|(at, _)| *at < span.end) {
            if at + NO_DIGEST.len() > span.start {
                return None; // a pattern has matched the replacement of another
            }
            places.push((at + added - removed, id));
        }
        if let Some((_, place)) = inserted.next_if(|(edit, _)| *edit == number) {
            let (at, id) = (*place)?;
            places.push((span.start + added - removed + at, id));
        }
        removed += span.len();
        added += insert.len();
    }
    places.extend(before.map(|(at, id)| (at + added - removed, id)));
    Some(places)
}
