//! The prefixes of browsers before property names.

/// Prefixes of properties, and none.
pub(super) const VENDORS: &[&str] = &["", "-webkit-", "-moz-", "-ms-", "-o-"];

/// A property's name without its vendor's prefix.
pub(super) fn without_vendor(name: &str) -> &str {
    let mut vendors = VENDORS.iter().skip(1);
    vendors
        .find_map(|vendor| name.strip_prefix(vendor))
        .unwrap_or(name)
}
