//! What a style sheet holds, in the respects in which optimizing it has been seen to go wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::sheet::Sheet;
use crate::css_tokens::{CssToken, Kind, tokens};
use crate::plan::AssetKind;
use crate::reference::{is_css_source_map, references};

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
    /// `name:value` of custom properties, white space aside.
    custom: Vec<String>,
    functions: BTreeSet<String>,
    /// Animations that are switched off.
    animation_none: usize,
    /// `#rgba`, `#rrggbbaa`
    alpha_hex: usize,
    /// `(width >= 1px)`
    media_ranges: usize,
    /// Lists with a vendor's pseudo-class or -element in them: a browser that does not know one drops the whole rule.
    vendor_lists: BTreeSet<String>,
}

/// Properties that optimizing may well introduce: every browser has had them for ever.
const OLD_SHORTHANDS: &[&str] = &[
    "margin",
    "padding",
    "border",
    "border-width",
    "border-style",
    "border-color",
    "border-top",
    "border-right",
    "border-bottom",
    "border-left",
    "border-radius",
    "background",
    "font",
    "list-style",
    "outline",
    "overflow",
    "flex",
    "flex-flow",
    "transition",
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

/// Properties in which a number without a unit means something.
const NUMBERS: &[&str] = &[
    "line-height",
    "opacity",
    "z-index",
    "order",
    "orphans",
    "widows",
    "zoom",
    "columns",
    "column-count",
    "tab-size",
    "aspect-ratio",
    "scale",
    "font",
    "font-weight",
    "counter-reset",
    "counter-increment",
    "counter-set",
    "animation",
    "animation-iteration-count",
    "font-size-adjust",
    "initial-letter",
    "line-clamp",
    "border-image",
    "border-image-slice",
    "border-image-width",
    "border-image-outset",
    "mask-border",
    "mask-border-slice",
    "shape-image-threshold",
    "stroke-width",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "fill-opacity",
    "stop-opacity",
    "flood-opacity",
    "font-variation-settings",
    "font-feature-settings",
    "rotate",
    "box-flex",
    "box-ordinal-group",
    "box-flex-group",
    "math-depth",
    "hyphenate-limit-chars",
    "reading-order",
    "flex-order",
    "flex-positive",
    "flex-negative",
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
        inventory.urls = references(AssetKind::Css, css.as_bytes())
            .iter()
            .map(|reference| reference.url(css.as_bytes()).text.into_owned())
            .collect();
        inventory.urls.sort_unstable();
        for token in &tokens {
            inventory.token(css, token);
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
        let is_new = |name: &&String| {
            !self.properties.contains_key(*name) && !OLD_SHORTHANDS.contains(&name.as_str())
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
                self.animation_none == optimized.animation_none,
                "an animation would be switched off",
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
                has_targets || !optimized.properties.keys().any(|name| is_new(&name)),
                "a property would be introduced",
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
        let mut blocks: Vec<BTreeSet<String>> = Vec::new();
        let mut at = 0;
        while let Some(first) = sheet.significant(at) {
            let offset = sheet.tokens[first].span.start;
            match sheet.kind(first) {
                Kind::OpenCurly => blocks.push(BTreeSet::new()),
                Kind::CloseCurly | Kind::CloseSquare | Kind::CloseParenthesis => drop(blocks.pop()),
                Kind::Semicolon => {}
                Kind::AtKeyword => {
                    at = sheet.end(first + 1, true).max(first + 1);
                    self.at_rule(sheet, first, at);
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
                        }
                        Some(colon) if colon < end => {
                            let name = joined(sheet, first, colon).to_ascii_lowercase();
                            if blocks
                                .last_mut()
                                .is_some_and(|block| !block.insert(name.clone()))
                            {
                                self.found_hazard(offset, "a property with a fallback");
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
        let plain = name
            .trim_start_matches("-webkit-")
            .trim_start_matches("-moz-");
        let plain = plain.trim_start_matches("-ms-").trim_start_matches("-o-");
        let value = joined(sheet, from, to).to_ascii_lowercase();
        if matches!(plain, "animation-timeline" | "animation-range") {
            self.found_hazard(
                sheet.tokens[from].span.start,
                "a property that would be folded into a shorthand",
            );
        }
        if matches!(plain, "animation" | "animation-name")
            && value.trim_end_matches("!important") == "none"
        {
            self.animation_none += 1;
        }
        let takes_numbers =
            NUMBERS.contains(&plain) || plain.starts_with("flex") || plain.starts_with("grid");
        let mut open = 0_usize;
        for index in from..to {
            match sheet.kind(index) {
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare => open += 1,
                Kind::CloseParenthesis | Kind::CloseSquare => open = open.saturating_sub(1),
                Kind::Number
                    if open == 0
                        && !takes_numbers
                        && sheet.raw(index).bytes().any(|b| (b'1'..=b'9').contains(&b)) =>
                {
                    let offset = sheet.tokens[index].span.start;
                    self.found_hazard(offset, "a number without a unit");
                }
                _ => {}
            }
        }
        *self.properties.entry(name).or_default() += 1;
    }
}

/// The text of some tokens, white space and comments aside.
fn joined(sheet: Sheet<'_>, from: usize, to: usize) -> String {
    (from..to)
        .filter(|index| !matches!(sheet.kind(*index), Kind::WhiteSpace | Kind::Comment))
        .map(|index| sheet.raw(index))
        .collect()
}
