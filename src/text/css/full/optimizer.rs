//! Optimizes declarations, and puts the results into the text.

use std::collections::HashMap;
use std::ops::Range;

use super::declarations::Declaration;
use super::inventory::Inventory;
use super::judge::{Value, same};
use super::lightning::{Targets, optimize};
use super::squeeze::squeezed;
use super::value::parts;
use super::vendor::without_vendor;
use super::{Optimized, hazards};
use crate::text::css::minified::NotMinified;
use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::{CssToken, Kind, tokens};

/// What became of a declaration.
#[derive(Clone)]
enum Outcome {
    Same,
    Shorter(String),
    /// Why it was left to `safe`.
    Left(String),
}

pub(super) struct Optimizer<'t> {
    pub(super) sheet: Sheet<'t>,
    pub(super) targets: Option<&'t Targets>,
    pub(super) keep_lines: bool,
    /// Byte ranges of the source and what stands there now, in no order, but apart from one another.
    pub(super) edits: Vec<(Range<usize>, String)>,
    /// The byte ranges of rules that were written anew as a whole, in order.
    pub(super) rules: Vec<Range<usize>>,
    /// The outcomes of declarations seen before, which style sheets repeat.
    outcomes: HashMap<(String, bool), Outcome>,
    /// The first declaration that was left to `safe`: byte offset and reason; and how many there were.
    left: Option<(usize, String)>,
    count: usize,
}

impl<'t> Optimizer<'t> {
    pub(super) fn new(sheet: Sheet<'t>, targets: Option<&'t Targets>) -> Self {
        Self {
            sheet,
            targets,
            keep_lines: false,
            edits: Vec::new(),
            rules: Vec::new(),
            outcomes: HashMap::new(),
            left: None,
            count: 0,
        }
    }

    /// Optimizes a declaration. `alone`: its block has no fallback for it and no twin.
    pub(super) fn declaration(&mut self, declaration: &Declaration, alone: bool) {
        let Declaration {
            name,
            first,
            colon,
            end,
            ..
        } = declaration;
        let Some((from, last)) = self.sheet.trimmed(colon + 1, *end) else {
            return;
        };
        let start = self.sheet.tokens[*first].span.start;
        let span = start..self.sheet.tokens[last].span.end;
        let has_line_break = self.sheet.text[span.clone()].contains(['\n', '\r', '\x0c']);
        if name.starts_with("--")
            || self.is_inside_an_edit(start)
            || self.keep_lines && has_line_break
        {
            return;
        }
        let has_targets = alone && self.targets.is_some();
        let key = (
            format!("{name}:{}", self.sheet.slice(from, last + 1)),
            has_targets,
        );
        let outcome = if let Some(outcome) = self.outcomes.get(&key) {
            outcome.clone()
        } else {
            let value = Value {
                sheet: self.sheet,
                from,
                to: last + 1,
            };
            let outcome = self.outcome(name, value, &key.0, has_targets);
            self.outcomes.insert(key, outcome.clone());
            outcome
        };
        match outcome {
            Outcome::Same => {}
            Outcome::Shorter(text) => self.edits.push((span, text)),
            Outcome::Left(reason) => self.leave(start, reason),
        }
    }

    fn outcome(&self, name: &str, value: Value<'_>, text: &str, has_targets: bool) -> Outcome {
        let targets = self
            .targets
            .filter(|_| has_targets && !name.starts_with('-'));
        let plain = without_vendor(name);
        let is_known = parts(value.sheet, plain, value.from, value.to).is_some();
        if !is_known && targets.is_none() {
            return spaced(name, value);
        }
        if let Some((_, reason)) = hazards::declaration(value.sheet, name, value.from, value.to) {
            return Outcome::Left(reason.to_owned());
        }
        let source = format!("a{{{text}}}");
        if let Some(targets) = targets {
            match lowered(&source, targets) {
                Ok(Some(text)) => return Outcome::Shorter(text),
                Ok(None) => {}
                Err(reason) => return Outcome::Left(reason),
            }
        }
        if !is_known {
            return spaced(name, value);
        }
        // A prefix is nothing to lightningcss, which may not know the property with it.
        let prefix = &name[..name.len() - plain.len()];
        let source = format!("a{{{}}}", &text[prefix.len()..]);
        let result = match optimize(&source, None) {
            Ok(result) => result,
            Err((_, reason)) => return Outcome::Left(reason),
        };
        let Some(declarations) = inside(&result) else {
            return Outcome::Same;
        };
        if prefix.len() + declarations.len() >= text.len() {
            return Outcome::Same;
        }
        let tokens: Vec<CssToken> = tokens(declarations).collect();
        let sheet = Sheet {
            text: declarations,
            tokens: &tokens,
        };
        let is_one = sheet.declaration_colon(0) == Some(1)
            && sheet.raw(0) == plain
            && sheet.end(2, true) == tokens.len();
        let result = Value {
            sheet,
            from: 2,
            to: tokens.len(),
        };
        if is_one && same(name, value, result) {
            Outcome::Shorter(format!("{prefix}{declarations}"))
        } else {
            Outcome::Same
        }
    }

    /// Whether a rule around `offset` was written anew as a whole.
    pub(super) fn is_inside_an_edit(&self, offset: usize) -> bool {
        let after = self.rules.partition_point(|span| span.start <= offset);
        let before = after.checked_sub(1).map(|index| &self.rules[index]);
        before.is_some_and(|span| span.contains(&offset))
    }

    /// Notes that something was left to `safe`.
    pub(super) fn leave(&mut self, offset: usize, reason: String) {
        self.count += 1;
        if self.left.as_ref().is_none_or(|(first, _)| offset < *first) {
            self.left = Some((offset, reason));
        }
    }

    /// Puts the results into the text. `bom`: the length of the byte order mark before it.
    pub(super) fn finish(mut self, bom: usize) -> Optimized {
        let count = self.count;
        let notice = self.left.map(|(offset, reason)| NotMinified {
            offset: bom + offset,
            reason: match count {
                1 => format!("kept as --minify safe writes it: {reason}"),
                _ => format!(
                    "kept as --minify safe writes it: {reason}; and {} more",
                    count - 1
                ),
            },
        });
        self.edits.sort_unstable_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(self.sheet.text.len());
        text.push_str(if bom > 0 { "\u{feff}" } else { "" });
        let mut at = 0;
        for (span, new) in &self.edits {
            text.push_str(&self.sheet.text[at..span.start]);
            text.push_str(new);
            at = span.end;
        }
        text.push_str(&self.sheet.text[at..]);
        Optimized {
            text: (!self.edits.is_empty()).then_some(text),
            notice,
        }
    }
}

/// A value with `var()` without needless white space. Scripts can read it as written; elements get the same.
fn spaced(name: &str, value: Value<'_>) -> Outcome {
    let Value { sheet, from, to } = value;
    let is_var = |index| {
        sheet.kind(index) == Kind::Function && sheet.raw(index).eq_ignore_ascii_case("var(")
    };
    let is_odd = |index| {
        matches!(
            sheet.kind(index),
            Kind::Comment | Kind::Colon | Kind::OpenCurly | Kind::Delim('\\')
        )
    };
    if !(from..to).any(is_var) || (from..to).any(is_odd) {
        return Outcome::Same;
    }
    Outcome::Shorter(format!("{name}:{}", squeezed(sheet, from, to)))
}

/// The declarations in `a{…}`.
fn inside(rule: &str) -> Option<&str> {
    let declarations = rule.trim().strip_prefix("a{")?.strip_suffix('}')?;
    (!declarations.is_empty()).then_some(declarations)
}

/// What `a{…}` becomes for old browsers. `None`: nothing else than for others.
fn lowered(source: &str, targets: &Targets) -> Result<Option<String>, String> {
    let inventory = Inventory::of(source);
    if let Some((_, reason)) = inventory.hazard() {
        return Err(reason.to_owned());
    }
    let ours = optimize(source, None).map_err(|(_, reason)| reason)?;
    let theirs = optimize(source, Some(targets)).map_err(|(_, reason)| reason)?;
    if ours == theirs {
        return Ok(None);
    }
    match inventory.disagreement(&Inventory::of(&theirs)) {
        Some((_, reason)) => Err(reason.to_owned()),
        None => Ok(inside(&theirs).map(str::to_owned)),
    }
}
