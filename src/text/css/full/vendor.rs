//! Vendor prefixes of property names.

/// All vendor prefixes, and the empty prefix first.
pub(super) const VENDORS: &[&str] = &["", "-webkit-", "-moz-", "-ms-", "-o-"];

/// Returns a property name without its vendor prefix.
pub(super) fn without_vendor(name: &str) -> &str {
    let mut vendors = VENDORS.iter().skip(1);
    vendors
        .find_map(|vendor| name.strip_prefix(vendor))
        .unwrap_or(name)
}
