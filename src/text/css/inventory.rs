//! What a style sheet holds, in the respects in which optimizing it has been seen to go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::hazards;
use super::sheet::{Sheet, joined};
use super::vendor::{VENDORS, without_vendor};
use crate::text::Syntax;
use crate::text::css::tokens::{CssToken, Kind, tokens};
use crate::text::is_css_source_map;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Inventory {
    /// What no optimizer is trusted with: (byte offset, reason).
    hazard: Option<(usize, &'static str)>,
    utf8_charset: bool,
    ascii: bool,
    urls: Vec<String>,
    licences: usize,
    /// `:hover`, `::before`, …
    pseudos: BTreeSet<String>,
    /// Declared properties and how often, custom ones aside.
    properties: BTreeMap<String, usize>,
    /// `selector{property`, for each selector of a list, and which declaration was the last.
    declared: BTreeMap<String, usize>,
    /// `name:value` of custom properties, white space aside.
    custom: Vec<String>,
    functions: BTreeSet<String>,
    /// As `declared`, those that say `none`.
    switched_off: BTreeSet<String>,
    /// As `declared`, those that say nothing.
    empty: BTreeSet<String>,
    /// `#rgba`, `#rrggbbaa`
    alpha_hex: usize,
    /// `(width >= 1px)`
    media_ranges: usize,
    /// Lists with a vendor's pseudo-class or -element in them: a browser that does not know one drops the whole rule.
    vendor_lists: BTreeSet<String>,
}

/// Properties that optimizing may well introduce: every browser has had them for ever, and they set nothing but what
/// they are made of. Not so `border` (resets `border-image`), `font` (`font-kerning`, …), `transition`
/// (`transition-behavior`).
const OLD_SHORTHANDS: &[&str] = &[
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

/// Not a shorthand and what it resets, though named as if.
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

/// Old spellings of the gaps, which the optimizer does not know; and what it joins wrongly.
const MIXED: &[(&str, &[&str])] = &[
    ("grid-gap", &["gap", "row-gap", "column-gap"]),
    ("grid-row-gap", &["gap", "row-gap"]),
    ("grid-column-gap", &["gap", "column-gap"]),
    ("-webkit-column-gap", &["gap", "column-gap"]),
    ("-moz-column-gap", &["gap", "column-gap"]),
    ("place-self", &["justify-self", "align-self"]),
    // Written into the shorthand as a percentage, which no browser accepts there.
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

/// No property has a longer name. Those that are longer are nobody's longhand, and may have a hyphen at every other byte.
const LONGEST_NAME: usize = 100;

/// Shorthands that reset more than they are made of.
const RESETTING: &[&str] = &["border", "font", "transition", "animation", "mask", "all"];

/// lightningcss parses by recursion, and tries alternatives again at every level: deep nesting would end the process by
/// a stack overflow, or take for ever.
const MAX_DEPTH: usize = 12;

/// The same of functions.
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
    pub(super) fn of(css: &str) -> Self {
        let css = css.strip_prefix('\u{feff}').map_or(css, |rest| rest);
        let tokens: Vec<CssToken> = tokens(css).collect();
        let sheet = Sheet {
            text: css,
            tokens: &tokens,
        };
        let mut inventory = Self {
            ascii: css.is_ascii(),
            ..Self::default()
        };
        inventory.urls = Syntax::Css
            .references(css.as_bytes())
            .iter()
            .map(|reference| reference.url(css.as_bytes()).text.into_owned())
            .collect();
        inventory.urls.sort_unstable();
        let mut open = 0_usize;
        for token in &tokens {
            inventory.token(css, token);
            match token.kind {
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => {
                    open += 1;
                }
                Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => {
                    open = open.saturating_sub(1);
                }
                _ => {}
            }
            if open > MAX_DEPTH {
                inventory.found_hazard(token.span.start, "brackets nested too deeply");
            }
        }
        inventory.statements(sheet);
        inventory.custom.sort_unstable();
        inventory
    }

    /// Why the optimizer is not even tried.
    pub(super) fn hazard(&self) -> Option<(usize, &'static str)> {
        self.hazard
    }

    pub(super) fn has_utf8_charset(&self) -> bool {
        self.utf8_charset
    }

    /// Where `optimized` is not what this source may become.
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

    /// Whether a selector has two properties that the optimizer does not join, or order, as they should be.
    fn mixes(&self) -> bool {
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

    fn loses_a_reset(&self, source: &Self) -> bool {
        source.declared.keys().any(|entry| {
            let name = entry.rsplit('{').next().unwrap_or_default();
            RESETTING.contains(&name) && !self.declared.contains_key(entry)
        })
    }

    /// Whether a shorthand and a longhand, or two spellings of one property, have changed places.
    fn reorders(&self, source: &Self) -> bool {
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

    fn found_hazard(&mut self, offset: usize, reason: &'static str) {
        self.hazard.get_or_insert((offset, reason));
    }

    /// What a token alone tells.
    fn token(&mut self, css: &str, token: &CssToken) {
        let raw = &css[token.span.clone()];
        let start = token.span.start;
        match token.kind {
            Kind::Comment if raw.starts_with("/*!") => self.licences += 1,
            Kind::Comment if is_css_source_map(css, token.span.clone()) => {
                self.found_hazard(start, "it names a source map, which would no longer fit");
            }
            Kind::Function => {
                let name = raw[..raw.len() - 1].to_ascii_lowercase();
                if name.starts_with('-') && name.contains("gradient") {
                    self.found_hazard(start, "a prefixed gradient");
                }
                self.functions.insert(name);
            }
            Kind::Hash
                if matches!(raw.len(), 5 | 9)
                    && raw[1..].bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                self.alpha_hex += 1;
            }
            _ => {}
        }
    }

    /// What selectors, declarations and at-rules tell.
    fn statements(&mut self, sheet: Sheet<'_>) {
        let mut blocks: Vec<Block> = Vec::new();
        let mut opening: Option<Rc<[String]>> = None;
        // Bytes in `declared`: long lists of selectors with many declarations must not grow without bounds.
        let mut noted = 0;
        let mut at = 0;
        while let Some(first) = sheet.significant(at) {
            let offset = sheet.tokens[first].span.start;
            match sheet.kind(first) {
                Kind::OpenCurly => {
                    let parent = blocks.last().map(|block| Rc::clone(&block.selectors));
                    blocks.push(Block {
                        names: BTreeSet::new(),
                        selectors: opening.take().or(parent).unwrap_or_else(|| Rc::from([])),
                    });
                }
                Kind::CloseCurly | Kind::CloseSquare | Kind::CloseParenthesis => drop(blocks.pop()),
                Kind::Semicolon => {}
                Kind::AtKeyword => {
                    at = sheet.end(first + 1, true).max(first + 1);
                    self.at_rule(sheet, first, at);
                    let name = sheet.raw(first).to_ascii_lowercase();
                    if matches!(&*name, "@font-face" | "@page") || name.contains("keyframes") {
                        opening = Some(Rc::from([name]));
                    }
                    continue;
                }
                _ => {
                    let colon = sheet.declaration_colon(first);
                    let end = sheet.end(first, true).max(first + 1);
                    let is_custom =
                        colon.is_some() && !blocks.is_empty() && sheet.raw(first).starts_with("--");
                    match colon {
                        Some(colon) if is_custom => {
                            at = sheet.end(colon + 1, false).max(first + 1);
                            let value = joined(sheet, colon + 1, at);
                            self.custom.push(format!("{}:{value}", sheet.raw(first)));
                            continue;
                        }
                        _ if sheet
                            .tokens
                            .get(end)
                            .is_some_and(|t| t.kind == Kind::OpenCurly) =>
                        {
                            self.selector(sheet, first, end);
                            opening = Some(selectors(sheet, first, end));
                        }
                        Some(colon) if colon < end => {
                            let name = joined(sheet, first, colon).to_ascii_lowercase();
                            if let Some(block) = blocks.last_mut() {
                                let entries = || block.selectors.iter();
                                noted += entries().map(|s| s.len() + name.len()).sum::<usize>();
                                if noted > 65_536 + 32 * sheet.text.len() {
                                    self.found_hazard(offset, "too many selectors to compare");
                                    return;
                                }
                                let entries =
                                    entries().map(|selector| format!("{selector}{{{name}"));
                                let value = joined(sheet, colon + 1, end).to_ascii_lowercase();
                                let value = value.trim_end_matches("!important");
                                if value.is_empty() {
                                    self.empty.extend(entries.clone());
                                } else if value.split(',').all(|part| part == "none") {
                                    self.switched_off.extend(entries.clone());
                                }
                                self.declared.extend(entries.map(|entry| (entry, first)));
                                if !block.names.insert(name.clone()) {
                                    self.found_hazard(offset, "a property with a fallback");
                                }
                            }
                            self.declaration(sheet, name, colon + 1, end);
                        }
                        _ => self.found_hazard(offset, "something that is no declaration"),
                    }
                    at = end;
                    continue;
                }
            }
            at = first + 1;
        }
    }

    fn at_rule(&mut self, sheet: Sheet<'_>, first: usize, end: usize) {
        let offset = sheet.tokens[first].span.start;
        let prelude = joined(sheet, first + 1, end);
        match sheet.raw(first).to_ascii_lowercase().as_str() {
            "@charset" if prelude.eq_ignore_ascii_case("\"utf-8\"") => self.utf8_charset = true,
            "@charset" => self.found_hazard(offset, "an encoding other than UTF-8"),
            "@media" => self.media_ranges += prelude.matches(['<', '>', '=']).count(),
            _ => {}
        }
        if prelude.contains('\\') {
            self.found_hazard(offset, "an at-rule with a backslash");
        }
    }

    fn selector(&mut self, sheet: Sheet<'_>, first: usize, end: usize) {
        let mut vendor = false;
        let mut comma = false;
        for index in first..end {
            match sheet.kind(index) {
                Kind::Comma => comma = true,
                Kind::Colon if index + 1 < end => {
                    let name = sheet
                        .raw(index + 1)
                        .trim_end_matches('(')
                        .to_ascii_lowercase();
                    let is_name = matches!(sheet.kind(index + 1), Kind::Ident | Kind::Function);
                    if is_name {
                        vendor |= name.starts_with('-');
                        if name.starts_with("-ms-") {
                            self.found_hazard(
                                sheet.tokens[index].span.start,
                                "a selector of old Edge or Internet Explorer",
                            );
                        }
                        self.pseudos.insert(name);
                    }
                }
                _ => {}
            }
        }
        if vendor && comma {
            self.vendor_lists
                .insert(joined(sheet, first, end).to_ascii_lowercase());
        }
    }

    fn declaration(&mut self, sheet: Sheet<'_>, name: String, from: usize, to: usize) {
        if let Some((offset, reason)) = hazards::declaration(sheet, &name, from, to) {
            self.found_hazard(offset, reason);
        }
        *self.properties.entry(name).or_default() += 1;
    }
}

/// A `{ … }` that is open.
struct Block {
    /// The properties declared in it so far.
    names: BTreeSet<String>,
    selectors: Rc<[String]>,
}

/// The selectors of a list, respelt so far as the optimizer does.
fn selectors(sheet: Sheet<'_>, from: usize, to: usize) -> Rc<[String]> {
    let mut parts = Vec::new();
    let mut start = from;
    let mut open = 0_usize;
    for index in from..=to {
        let kind = if index < to {
            sheet.kind(index)
        } else {
            Kind::Comma
        };
        match kind {
            Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare => open += 1,
            Kind::CloseParenthesis | Kind::CloseSquare => open = open.saturating_sub(1),
            Kind::Comma if open == 0 || index == to => {
                let part = joined(sheet, start, index).to_ascii_lowercase();
                parts.push(match &*part {
                    "from" => "0%".to_owned(),
                    "100%" => "to".to_owned(),
                    _ => part.replace("::", ":").replace(['"', '\''], ""),
                });
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.into()
}
