//! Finds the declarations of style rules and keyframes, and what surrounds them.

use std::collections::HashMap;

use super::vendor::without_vendor;
use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::Kind;

/// A declaration, by its tokens.
pub(super) struct Declaration {
    /// In lower case.
    pub(super) name: String,
    pub(super) first: usize,
    pub(super) colon: usize,
    /// The token after the value.
    pub(super) end: usize,
    block: usize,
}

/// A style rule that is not inside another one, by its tokens.
pub(super) struct Rule {
    pub(super) first: usize,
    pub(super) open: usize,
    /// The token after its `}`.
    pub(super) end: usize,
    pub(super) has_nested: bool,
}

/// What the optimizer may be given.
#[derive(Default)]
pub(super) struct Found {
    pub(super) declarations: Vec<Declaration>,
    pub(super) rules: Vec<Rule>,
    /// The first token of each `@media` and the token after its prelude.
    pub(super) media: Vec<(usize, usize)>,
    /// The colon of each custom property and the token after its value.
    pub(super) custom: Vec<(usize, usize)>,
    /// The tokens of the selectors of keyframes.
    pub(super) keys: Vec<usize>,
    /// How often a block declares a property, in any prefix.
    counts: HashMap<(usize, String), usize>,
}

/// A block that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    /// Of rules.
    Rules,
    Keyframes,
    /// Of a style rule or keyframe.
    Style,
    /// Of descriptors, or of an at-rule that is not known here.
    Other,
}

impl Found {
    pub(super) fn of(sheet: Sheet<'_>) -> Self {
        let mut found = Self::default();
        let mut blocks: Vec<(Block, usize)> = Vec::new();
        let mut count = 0;
        // Number of open blocks of style rules.
        let mut inside = 0_usize;
        let mut opening = Block::Other;
        let mut at = 0;
        while let Some(first) = sheet.significant(at) {
            let around = blocks.last().map_or(Block::Rules, |(block, _)| *block);
            at = first + 1;
            match sheet.kind(first) {
                Kind::OpenCurly => {
                    count += 1;
                    inside += usize::from(opening == Block::Style);
                    blocks.push((opening, count));
                    opening = Block::Other;
                }
                Kind::CloseCurly => {
                    if around == Block::Style {
                        inside = inside.saturating_sub(1);
                    }
                    blocks.pop();
                    if inside == 0
                        && let Some(rule) = found.rules.last_mut()
                        && rule.end == 0
                    {
                        rule.end = at;
                    }
                }
                Kind::AtKeyword => {
                    at = sheet.end(at, true).max(at);
                    opening = block_of(sheet.raw(first), around);
                    if sheet.raw(first).eq_ignore_ascii_case("@media") {
                        found.media.push((first, at));
                    }
                    found.note_nested();
                }
                Kind::Semicolon => opening = Block::Other,
                Kind::Cdo | Kind::Cdc => {}
                _ => at = found.statement(sheet, first, &blocks, &mut opening),
            }
        }
        found
    }

    /// Reads a declaration, or the prelude of a rule. Returns the token after it.
    fn statement(
        &mut self,
        sheet: Sheet<'_>,
        first: usize,
        blocks: &[(Block, usize)],
        opening: &mut Block,
    ) -> usize {
        let (around, block) = blocks.last().copied().unwrap_or((Block::Rules, 0));
        let colon = sheet.declaration_colon(first);
        if let Some(colon) = colon
            && !blocks.is_empty()
            && sheet.raw(first).starts_with("--")
        {
            let end = sheet.end(colon + 1, false).max(first + 1);
            // `-- :hover { }` is a selector to Chromium.
            if sheet.raw(first) != "--" {
                self.custom.push((colon, end));
            }
            return end;
        }
        let end = sheet.end(first, true).max(first + 1);
        let opens = sheet
            .tokens
            .get(end)
            .is_some_and(|token| token.kind == Kind::OpenCurly);
        match colon {
            _ if opens && around == Block::Other => {}
            _ if opens => {
                *opening = Block::Style;
                self.note_nested();
                if around == Block::Keyframes {
                    self.keys.extend(first..end);
                } else if around == Block::Rules {
                    self.rules.push(Rule {
                        first,
                        open: end,
                        end: 0,
                        has_nested: false,
                    });
                }
            }
            // Not `*zoom`, which only old browsers read.
            Some(colon)
                if colon < end && around == Block::Style && sheet.kind(first) == Kind::Ident =>
            {
                let name = sheet.raw(first).to_ascii_lowercase();
                let key = (block, without_vendor(&name).to_owned());
                *self.counts.entry(key).or_default() += 1;
                self.declarations.push(Declaration {
                    name,
                    first,
                    colon,
                    end,
                    block,
                });
            }
            _ => {}
        }
        end
    }

    fn note_nested(&mut self) {
        if let Some(rule) = self.rules.last_mut() {
            rule.has_nested |= rule.end == 0;
        }
    }

    /// Whether a declaration's property is declared once in its block, in all its prefixes.
    pub(super) fn is_alone(&self, declaration: &Declaration) -> bool {
        let key = (
            declaration.block,
            without_vendor(&declaration.name).to_owned(),
        );
        self.counts.get(&key) == Some(&1)
    }
}

fn block_of(keyword: &str, around: Block) -> Block {
    match keyword.to_ascii_lowercase().as_str() {
        "@media" | "@supports" | "@layer" | "@container" | "@scope" | "@starting-style"
        | "@-moz-document" => around,
        "@keyframes" | "@-webkit-keyframes" | "@-moz-keyframes" | "@-o-keyframes"
            if around == Block::Rules =>
        {
            Block::Keyframes
        }
        _ => Block::Other,
    }
}
