//! Compares the inventory of an optimized style sheet with that of its source.

use super::inventory::Inventory;
use super::shorthands::{OLD_SHORTHANDS, RESETTING};
use super::vendor::without_vendor;

impl Inventory {
    /// Whether whatever is `none` in `optimized` is so here, if only without a prefix.
    fn switches_off_all_of(&self, optimized: &Self) -> bool {
        optimized.switched_off.iter().all(|entry| {
            let plain = entry.rsplit_once('{').map(|(selector, name)| {
                let name = without_vendor(name);
                format!("{selector}{{{name}")
            });
            self.switched_off.contains(entry)
                || plain.is_some_and(|plain| self.switched_off.contains(&plain))
        })
    }

    /// Returns the first difference from `optimized` that optimizing must not make: (byte offset, reason).
    pub(super) fn disagreement(&self, optimized: &Self) -> Option<(usize, &'static str)> {
        let introduced = |may_be: &dyn Fn(&str) -> bool| {
            let mut entries = optimized.declared.keys();
            entries.any(|entry| {
                let name = entry.rsplit('{').next().unwrap_or_default();
                !self.declared.contains_key(entry)
                    && !OLD_SHORTHANDS.contains(&name)
                    && !may_be(name)
            })
        };
        let checks = [
            (self.urls == optimized.urls, "a URL would change"),
            (
                self.licences == optimized.licences,
                "a /*! comment would be lost",
            ),
            (
                !self.ascii || optimized.ascii,
                "an escape would become a raw character",
            ),
            (
                self.custom == optimized.custom,
                "a custom property would be respelt",
            ),
            (
                self.switches_off_all_of(optimized),
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
                self.pseudos.is_subset(&optimized.pseudos),
                "a pseudo-class or -element would change",
            ),
            (
                !introduced(&|name| !RESETTING.contains(&name)),
                "a property would be introduced, or a selector respelt",
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
