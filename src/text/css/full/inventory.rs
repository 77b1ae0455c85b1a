//! The inventory of a rule: everything whose change shows that optimizing went wrong.

use std::collections::{BTreeMap, BTreeSet};

/// Facts about a rule, compared before and after optimizing.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// The first construct that is not given to the optimizer: (byte offset, reason).
    pub(super) hazard: Option<(usize, &'static str)>,
    pub(super) ascii: bool,
    pub(super) urls: Vec<String>,
    pub(super) licences: usize,
    /// `:hover`, `::before`, …
    pub(super) pseudos: BTreeSet<String>,
    /// `selector{property` for each selector of a list, with the token index of the last such declaration.
    pub(super) declared: BTreeMap<String, usize>,
    /// `name:value` of custom properties, without white space.
    pub(super) custom: Vec<String>,
    /// The keys of `declared` whose value is `none`.
    pub(super) switched_off: BTreeSet<String>,
    /// The keys of `declared` whose value is empty.
    pub(super) empty: BTreeSet<String>,
    /// Selector lists with a vendor-prefixed pseudo-class or pseudo-element. A browser that does not know it drops the
    /// whole rule.
    pub(super) vendor_lists: BTreeSet<String>,
}

impl Inventory {
    /// The first hazard: (byte offset, reason). The optimizer is not run on such a style sheet.
    pub(super) fn hazard(&self) -> Option<(usize, &'static str)> {
        self.hazard
    }

    pub(super) fn found_hazard(&mut self, offset: usize, reason: &'static str) {
        self.hazard.get_or_insert((offset, reason));
    }
}
