//! Shorthands: what each sets and resets, and whether optimizing keeps that.

use super::inventory::Inventory;
use super::vendor::{VENDORS, without_vendor};

/// Properties that optimizing may introduce: all browsers support them, and they set only their own longhands. Not in
/// the list: `border` (also resets `border-image`), `font` (`font-kerning`, …), `transition` (`transition-behavior`).
pub(super) const OLD_SHORTHANDS: &[&str] = &[
    "margin",
    "padding",
    "border-width",
    "border-style",
    "border-color",
    "border-top",
    "border-right",
    "border-bottom",
    "border-left",
    "border-radius",
    "background",
    "list-style",
    "outline",
    "overflow",
    "flex",
    "flex-flow",
    "border-top-width",
    "border-right-width",
    "border-bottom-width",
    "border-left-width",
    "border-top-style",
    "border-right-style",
    "border-bottom-style",
    "border-left-style",
    "border-top-color",
    "border-right-color",
    "border-bottom-color",
    "border-left-color",
];

/// Pairs that are named like a shorthand and its longhand, but are unrelated.
const UNRELATED: &[(&str, &str)] = &[
    ("border", "border-radius"),
    ("border", "border-collapse"),
    ("border", "border-spacing"),
    ("flex", "flex-direction"),
    ("flex", "flex-flow"),
    ("flex", "flex-wrap"),
    ("overflow", "overflow-wrap"),
    ("overflow", "overflow-anchor"),
];

/// Properties that lightningcss joins wrongly with others of the same rule, old spellings of gaps among them.
const MIXED: &[(&str, &[&str])] = &[
    ("grid-gap", &["gap", "row-gap", "column-gap"]),
    ("grid-row-gap", &["gap", "row-gap"]),
    ("grid-column-gap", &["gap", "column-gap"]),
    ("-webkit-column-gap", &["gap", "column-gap"]),
    ("-moz-column-gap", &["gap", "column-gap"]),
    ("place-self", &["justify-self", "align-self"]),
    // lightningcss writes it into the shorthand as a percentage, which no browser accepts there.
    ("font", &["font-stretch"]),
    (
        "grid-template",
        &[
            "grid-template-rows",
            "grid-template-columns",
            "grid-template-areas",
        ],
    ),
    (
        "grid",
        &[
            "grid-template-rows",
            "grid-template-columns",
            "grid-template-areas",
        ],
    ),
];

/// Longest property name that is looked at for shorthands, in bytes. Real names are shorter, and a hostile name may
/// have a hyphen at every second byte.
const LONGEST_NAME: usize = 100;

/// Shorthands that reset more than their longhands.
pub(super) const RESETTING: &[&str] = &["border", "font", "transition", "animation", "mask", "all"];

impl Inventory {
    /// Whether some selector declares two properties that lightningcss joins or orders wrongly.
    pub(super) fn mixes(&self) -> bool {
        self.declared.keys().any(|entry| {
            entry.rsplit_once('{').is_some_and(|(selector, name)| {
                MIXED.iter().any(|(one, others)| {
                    *one == name
                        && others.iter().any(|other| {
                            self.declared.contains_key(&format!("{selector}{{{other}"))
                        })
                })
            })
        })
    }

    pub(super) fn loses_a_reset(&self, source: &Self) -> bool {
        source.declared.keys().any(|entry| {
            let name = entry.rsplit('{').next().unwrap_or_default();
            RESETTING.contains(&name) && !self.declared.contains_key(entry)
        })
    }

    /// Whether a shorthand and a longhand, or two spellings of one property, have another order than in `source`.
    pub(super) fn reorders(&self, source: &Self) -> bool {
        self.declared.iter().any(|(entry, at)| {
            let Some((selector, name)) = entry.rsplit_once('{') else {
                return false;
            };
            let Some(at_source) = source.declared.get(entry) else {
                return false;
            };
            let swapped = |other: &str| {
                let other = format!("{selector}{{{other}");
                let (Some(there), Some(there_source)) =
                    (self.declared.get(&other), source.declared.get(&other))
                else {
                    return false;
                };
                (at < there) != (at_source < there_source)
            };
            if name.len() > LONGEST_NAME {
                return false;
            }
            let plain = without_vendor(name);
            let shorthands = plain
                .match_indices('-')
                .map(|(end, _)| &plain[..end])
                .chain([plain]);
            shorthands
                .filter(|shorthand| !UNRELATED.contains(&(*shorthand, plain)))
                .any(|shorthand| {
                    VENDORS
                        .iter()
                        .any(|vendor| swapped(&format!("{vendor}{shorthand}")))
                })
        })
    }
}
