//! The inventory of a style sheet: everything whose change shows that optimizing went wrong.

use std::collections::{BTreeMap, BTreeSet};

/// Facts about a style sheet, compared before and after optimizing.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// The first construct that is not given to the optimizer: (byte offset, reason).
    pub(super) hazard: Option<(usize, &'static str)>,
    pub(super) utf8_charset: bool,
    pub(super) ascii: bool,
    pub(super) urls: Vec<String>,
    pub(super) licences: usize,
    /// `:hover`, `::before`, …
    pub(super) pseudos: BTreeSet<String>,
    /// Declared properties with their counts, without custom properties.
    pub(super) properties: BTreeMap<String, usize>,
    /// `selector{property` for each selector of a list, with the token index of the last such declaration.
    pub(super) declared: BTreeMap<String, usize>,
    /// `name:value` of custom properties, without white space.
    pub(super) custom: Vec<String>,
    pub(super) functions: BTreeSet<String>,
    /// The keys of `declared` whose value is `none`.
    pub(super) switched_off: BTreeSet<String>,
    /// The keys of `declared` whose value is empty.
    pub(super) empty: BTreeSet<String>,
    /// Number of colours written `#rgba` or `#rrggbbaa`.
    pub(super) alpha_hex: usize,
    /// Number of comparisons in media queries, as in `(width >= 1px)`.
    pub(super) media_ranges: usize,
    /// Selector lists with a vendor-prefixed pseudo-class or pseudo-element. A browser that does not know it drops the
    /// whole rule.
    pub(super) vendor_lists: BTreeSet<String>,
}

impl Inventory {
    /// The first hazard: (byte offset, reason). The optimizer is not run on such a style sheet.
    pub(super) fn hazard(&self) -> Option<(usize, &'static str)> {
        self.hazard
    }

    pub(super) fn has_utf8_charset(&self) -> bool {
        self.utf8_charset
    }

    pub(super) fn found_hazard(&mut self, offset: usize, reason: &'static str) {
        self.hazard.get_or_insert((offset, reason));
    }
}
