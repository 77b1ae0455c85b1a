//! Properties whose values browsers take apart: how a number, colour or URL in them is spelt shows nowhere.

use std::collections::HashSet;
use std::sync::LazyLock;

/// All properties that browsers are known to parse, without vendor prefixes, sorted. Values of others may have a meaning as text,
/// for scripts or old browsers. Not in the list: the descriptors of `@font-face` and its like.
static KNOWN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("properties.txt").lines().collect());

const VENDORS: &[&str] = &["-webkit-", "-moz-", "-ms-", "-o-", "-khtml-"];

/// Properties that accept any number, so that `1.0` is `1`.
const FRACTIONS: &[&str] = &[
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "flood-opacity",
    "stop-opacity",
    "line-height",
    "flex-grow",
    "flex-shrink",
];

/// Whether browsers parse the property `name`, which is in lower case.
pub(super) fn is_known(name: &str) -> bool {
    let mut vendors = VENDORS.iter();
    let plain = vendors.find_map(|vendor| name.strip_prefix(vendor));
    KNOWN.contains(plain.unwrap_or(name))
}

/// Whether the property `name` accepts fractions wherever it accepts whole numbers.
pub(super) fn takes_fractions(name: &str) -> bool {
    FRACTIONS.contains(&name)
}
