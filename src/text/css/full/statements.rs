//! The inventory of selectors, declarations and at-rules.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::hazards;
use super::inventory::Inventory;
use crate::text::css::sheet::{Sheet, joined};
use crate::text::css::tokens::Kind;

impl Inventory {
    /// Records selectors, declarations and at-rules.
    pub(super) fn statements(&mut self, sheet: Sheet<'_>) {
        let mut blocks: Vec<Block> = Vec::new();
        let mut opening: Option<Rc<[String]>> = None;
        // Bytes of the keys in `declared`, which is limited: it grows with selectors times declarations.
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
                            self.declaration(sheet, &name, colon + 1, end);
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
            // Conditions are kept token by token; the rest is not expected in a rule.
            "@media" | "@layer" | "@container" => {}
            _ => self.found_hazard(offset, "an at-rule in a rule"),
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

    fn declaration(&mut self, sheet: Sheet<'_>, name: &str, from: usize, to: usize) {
        if let Some((offset, reason)) = hazards::declaration(sheet, name, from, to) {
            self.found_hazard(offset, reason);
        }
    }
}

/// An open `{ … }` block.
struct Block {
    /// The properties declared in the block so far.
    names: BTreeSet<String>,
    selectors: Rc<[String]>,
}

/// Returns the selectors of a list in the spelling that lightningcss gives them.
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
