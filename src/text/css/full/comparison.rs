//! Compares the inventory of an optimized style sheet with that of its source.

use std::collections::BTreeMap;

use super::inventory::Inventory;
use super::shorthands::{OLD_SHORTHANDS, RESETTING};

/// Functions that optimizing may introduce: all browsers support them.
const OLD_FUNCTIONS: &[&str] = &[
    "rgb",
    "rgba",
    "translate",
    "translatex",
    "translatey",
    "scale",
    "scalex",
    "scaley",
];

impl Inventory {
    /// Returns the first difference from `optimized` that optimizing must not make: (byte offset, reason).
    pub(super) fn disagreement(
        &self,
        optimized: &Self,
        has_targets: bool,
    ) -> Option<(usize, &'static str)> {
        let introduced = |may_be: &dyn Fn(&str) -> bool| {
            let mut entries = optimized.declared.keys();
            entries.any(|entry| {
                let name = entry.rsplit('{').next().unwrap_or_default();
                !self.declared.contains_key(entry)
                    && !OLD_SHORTHANDS.contains(&name)
                    && !may_be(name)
            })
        };
        let vendor_count = |inventory: &Self| -> BTreeMap<String, usize> {
            let mut counts = inventory.properties.clone();
            counts.retain(|name, _| name.starts_with('-'));
            counts
        };
        let checks = [
            (self.urls == optimized.urls, "a URL would change"),
            (
                self.licences == optimized.licences,
                "a /*! comment would be lost",
            ),
            (
                !self.ascii || optimized.ascii || self.utf8_charset,
                "an escape would become a raw character",
            ),
            (
                self.custom == optimized.custom,
                "a custom property would be respelt",
            ),
            (
                optimized.switched_off.is_subset(&self.switched_off),
                "a declaration would become none",
            ),
            (
                optimized.empty.is_subset(&self.empty),
                "a declaration would lose its value",
            ),
            (
                !self.mixes(),
                "a shorthand and a longhand that would be joined wrongly",
            ),
            (
                !optimized.loses_a_reset(self),
                "a shorthand would no longer reset what it resets",
            ),
            (
                !optimized.reorders(self),
                "a shorthand would change places with what it resets",
            ),
            (
                self.pseudos == optimized.pseudos
                    || has_targets && self.pseudos.is_subset(&optimized.pseudos),
                "a pseudo-class or -element would change",
            ),
            (
                has_targets
                    || optimized
                        .functions
                        .difference(&self.functions)
                        .all(|name| OLD_FUNCTIONS.contains(&name.as_str())),
                "a function would be introduced",
            ),
            (
                !introduced(&|name| has_targets && !RESETTING.contains(&name)),
                "a property would be introduced, or a selector respelt",
            ),
            (
                has_targets || vendor_count(self) == vendor_count(optimized),
                "a prefixed property would be dropped",
            ),
            (
                has_targets || optimized.alpha_hex <= self.alpha_hex,
                "a colour would use newer syntax",
            ),
            (
                has_targets || optimized.media_ranges <= self.media_ranges,
                "a media query would use newer syntax",
            ),
            (
                optimized.vendor_lists.is_subset(&self.vendor_lists),
                "a vendor's selector would be put in a list with others",
            ),
        ];
        checks
            .iter()
            .find(|(agrees, _)| !agrees)
            .map(|(_, reason)| (0, *reason))
    }
}
