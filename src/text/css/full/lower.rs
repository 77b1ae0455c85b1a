//! `--targets`: rules and media queries that are written anew for older browsers.

use super::declarations::{Found, Rule};
use super::inventory::Inventory;
use super::lightning::optimize;
use super::optimizer::Optimizer;
use crate::text::css::tokens::Kind;

/// What stands for the rules inside `@media`.
const INSIDE: &str = "{a{b:c}}";

impl Optimizer<'_> {
    /// Writes what only newer browsers read for those of `targets`: nested rules, selectors with functions, ranges in
    /// media queries. Rules with a fallback or prefixed twin, with a hazard, or that come out wrong, stay as they are.
    pub(super) fn lower(&mut self, found: &Found) {
        if self.targets.is_none() || self.keep_lines {
            return;
        }
        let mut declarations = found.declarations.iter().peekable();
        for rule in &found.rules {
            let mut alone = true;
            while let Some(declaration) = declarations.next_if(|next| next.first < rule.end) {
                alone &= declaration.first < rule.first || found.is_alone(declaration);
            }
            if alone && self.is_new(rule) {
                self.rule(rule);
            }
        }
        for (first, end) in &found.media {
            self.media(*first, *end);
        }
    }

    fn is_new(&self, rule: &Rule) -> bool {
        let has_function = || {
            let mut prelude = rule.first..rule.open;
            prelude.any(|index| self.sheet.kind(index) == Kind::Function)
        };
        rule.end > 0 && (rule.has_nested || has_function())
    }

    fn rule(&mut self, rule: &Rule) {
        let span =
            self.sheet.tokens[rule.first].span.start..self.sheet.tokens[rule.end - 1].span.end;
        let source = &self.sheet.text[span.clone()];
        let inventory = Inventory::of(source);
        if let Some((offset, reason)) = inventory.hazard() {
            return self.leave(span.start + offset, reason.to_owned());
        }
        match optimize(source, self.targets) {
            Err((offset, reason)) => self.leave(span.start + offset, reason),
            Ok(result) => {
                let disagreement = inventory.disagreement(&Inventory::of(&result));
                if let Some((offset, reason)) = disagreement {
                    self.leave(span.start + offset, reason.to_owned());
                } else {
                    self.rules.push(span.clone());
                    self.edits.push((span, result));
                }
            }
        }
    }

    fn media(&mut self, first: usize, end: usize) {
        let mut prelude = first..end;
        let has_range =
            prelude.any(|index| matches!(self.sheet.kind(index), Kind::Delim('<' | '>' | '=')));
        let span = self.sheet.tokens[first].span.start..self.sheet.tokens[end - 1].span.end;
        if !has_range || self.is_inside_an_edit(span.start) {
            return;
        }
        let source = format!("{}{INSIDE}", &self.sheet.text[span.clone()]);
        let Ok(result) = optimize(&source, self.targets) else {
            return;
        };
        if let Some(prelude) = result.trim().strip_suffix(INSIDE) {
            self.edits.push((span, prelude.to_owned()));
        }
    }
}
