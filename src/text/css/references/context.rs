//! What a place in a style sheet is: the prelude of an at-rule, the value of a custom property, or something else.

use std::ops::Range;

use super::unescaped_name;
use crate::text::css::tokens::{CssToken, Kind};
use crate::text::{Escapes, decode};

/// The at-rule prelude that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prelude {
    /// `@import`, before its URL.
    Import,
    /// Any other at-rule (`@supports (mask: url(x))`, `@namespace`), and `@import` after its URL: browsers fetch nothing
    /// that it names.
    Quiet,
}

/// A custom property whose value is being read.
#[derive(Debug, Clone)]
struct Property {
    /// Byte span of its name.
    name: Range<usize>,
    is_initial_value: bool,
    /// Number of brackets around the declaration.
    depth: usize,
}

/// An at-rule with a descriptor that is like the value of a custom property: `initial-value` in `@property`, `result` in
/// `@function`.
#[derive(Debug, Clone)]
struct AtRule {
    is_function: bool,
    /// Byte span of what it defines; unset until that is read.
    name: Option<Range<usize>>,
    /// Number of brackets around its declarations; unset in its prelude.
    depth: Option<usize>,
}

/// Follows the tokens of a style sheet.
#[derive(Debug, Default)]
pub(in crate::text::css) struct Context {
    prelude: Option<(Prelude, usize)>,
    property: Option<Property>,
    rule: Option<AtRule>,
    /// Whether a declaration may begin.
    is_fresh: bool,
    /// A name at the beginning of a declaration, before its colon.
    begun: Option<Property>,
}

impl Context {
    /// Takes the next token that is neither white space nor a comment. `depth` is the number of open brackets after it.
    pub(in crate::text::css) fn token(&mut self, token: &CssToken, text: &str, depth: usize) {
        let kind = token.kind;
        if let Some(property) = &self.property {
            let ends = kind == Kind::Semicolon && depth == property.depth;
            if !ends && depth >= property.depth {
                return;
            }
            self.property = None;
        }
        self.at_rule(token, text, depth);
        let begun = self.begun.take();
        let was_fresh = std::mem::replace(
            &mut self.is_fresh,
            matches!(kind, Kind::OpenCurly | Kind::CloseCurly | Kind::Semicolon),
        );
        match kind {
            Kind::Colon => self.property = begun,
            Kind::Ident if was_fresh => self.begun = self.begins(token, text, depth),
            _ => {}
        }
    }

    /// Takes text that was skipped: it has neither preludes nor custom properties.
    pub(super) fn skipped(&mut self, text: &str) {
        if let Some(last) = text.trim_end().bytes().last() {
            self.is_fresh = matches!(last, b'{' | b'}' | b';');
            self.begun = None;
        }
    }

    /// Whether the next text must be read token by token.
    pub(super) fn is_special(&self) -> bool {
        self.prelude.is_some()
            || self.property.is_some()
            || self.rule.is_some()
            || self.begun.is_some()
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    pub(super) fn prelude(&self) -> Option<Prelude> {
        self.prelude.map(|(prelude, _)| prelude)
    }

    /// Makes what is left of an `@import` quiet.
    pub(super) fn end_import(&mut self) {
        if let Some((prelude, _)) = &mut self.prelude {
            *prelude = Prelude::Quiet;
        }
    }

    /// Byte span of the name of the custom property whose value is being read.
    pub(in crate::text::css) fn property(&self) -> Option<Range<usize>> {
        self.property.as_ref().map(|property| property.name.clone())
    }

    pub(super) fn is_initial_value(&self) -> bool {
        self.property.as_ref().is_some_and(|p| p.is_initial_value)
    }

    fn at_rule(&mut self, token: &CssToken, text: &str, depth: usize) {
        let raw = &text[token.span.clone()];
        if token.kind == Kind::AtKeyword {
            let name = unescaped_name(&raw[1..]);
            let prelude = if name == "import" {
                Prelude::Import
            } else {
                Prelude::Quiet
            };
            self.prelude = Some((prelude, depth));
            if matches!(name.as_str(), "property" | "function") {
                self.rule = Some(AtRule {
                    is_function: name == "function",
                    name: None,
                    depth: None,
                });
            }
            return;
        }
        if let Some((_, outside)) = self.prelude {
            let begins_block = token.kind == Kind::OpenCurly && depth == outside + 1;
            let ends = token.kind == Kind::Semicolon && depth == outside;
            if begins_block || ends || depth < outside {
                self.prelude = None;
            }
            if let Some(rule) = self.rule.as_mut().filter(|rule| rule.depth.is_none()) {
                match token.kind {
                    Kind::Ident if !rule.is_function && rule.name.is_none() => {
                        rule.name = Some(token.span.clone());
                    }
                    Kind::Function if rule.is_function && rule.name.is_none() => {
                        rule.name = Some(token.span.start..token.span.end - 1);
                    }
                    _ if begins_block => rule.depth = Some(depth),
                    _ => {}
                }
            }
        }
        let is_over = |rule: &AtRule| match rule.depth {
            Some(inside) => depth < inside,
            None => self.prelude.is_none(),
        };
        if self.rule.as_ref().is_some_and(is_over) {
            self.rule = None;
        }
    }

    /// The custom property that a declaration sets which begins with this name.
    fn begins(&self, token: &CssToken, text: &str, depth: usize) -> Option<Property> {
        let name = decode(text[token.span.clone()].as_bytes(), Escapes::Css).text;
        if name.starts_with("--") {
            return Some(Property {
                name: token.span.clone(),
                is_initial_value: false,
                depth,
            });
        }
        let rule = self.rule.as_ref()?;
        let descriptor = if rule.is_function {
            "result"
        } else {
            "initial-value"
        };
        name.eq_ignore_ascii_case(descriptor).then_some(())?;
        Some(Property {
            name: rule.name.clone()?,
            is_initial_value: !rule.is_function,
            depth,
        })
    }
}

/// Whether the declaration at `from` may be that of a custom property: its name begins with two hyphens, or with an
/// escape.
pub(super) fn may_be_custom(text: &[u8], from: usize) -> bool {
    let rest = text.get(from..).unwrap_or_default().trim_ascii_start();
    matches!(rest, [b'\\', ..] | [b'-', b'-' | b'\\', ..])
}
