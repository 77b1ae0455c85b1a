//! Limits that keep lightningcss's time and output linear in its input.

use std::fmt;

use lightningcss::declaration::DeclarationBlock;
use lightningcss::properties::Property;
use lightningcss::properties::custom::{Token, TokenList, TokenOrValue};
use lightningcss::rules::{CssRule, CssRuleList};
use lightningcss::selector::Selector;

/// Cost of the rules that may be joined into one: none may. A browser that rejects one selector of a list drops the whole
/// rule. When lightningcss joins a rule with its neighbour, it also visits everything joined before again.
const LONGEST_RUN: usize = 0;

/// Most `@font-feature-values` rules. lightningcss searches a list of all earlier ones for each.
const MOST_FONT_FEATURES: usize = 1_000;

/// Inserts `CssRule::Ignored`, which is neither joined nor printed, between rules that must not be joined.
#[derive(Default)]
pub(super) struct Separator {
    /// Cost of the layers since the last separation. Layers of one name are joined wherever they are.
    layers: usize,
    font_features: usize,
}

impl Separator {
    /// Separates the rules of a style sheet. The error is the reason to give up, as the end of a sentence.
    pub(super) fn separate(rules: &mut CssRuleList<'_>) -> Result<(), &'static str> {
        let mut separator = Self::default();
        separator.list(rules);
        if separator.font_features > MOST_FONT_FEATURES {
            return Err("too many @font-feature-values");
        }
        Ok(())
    }

    /// Separates a list of rules. Returns the cost of visiting the list once more.
    fn list(&mut self, list: &mut CssRuleList<'_>) -> usize {
        let (mut total, mut run) = (0_usize, 0);
        for mut rule in std::mem::take(&mut list.0) {
            let cost = self.rule(&mut rule);
            total = total.saturating_add(cost);
            run += cost;
            if run > LONGEST_RUN && !list.0.is_empty() {
                list.0.push(CssRule::Ignored);
                run = cost;
            }
            list.0.push(rule);
        }
        total
    }

    fn rule(&mut self, rule: &mut CssRule<'_>) -> usize {
        // Joined blocks are visited twice at every level.
        let (declarations, list) = match rule {
            CssRule::Style(style) => {
                let selectors = style.selectors.0.iter().map(Selector::len);
                let declarations = cost(&style.declarations) + selectors.sum::<usize>();
                (declarations, &mut style.rules)
            }
            CssRule::Media(media) => (0, &mut media.rules),
            CssRule::Supports(supports) => (0, &mut supports.rules),
            CssRule::Container(container) => (0, &mut container.rules),
            CssRule::Scope(scope) => (0, &mut scope.rules),
            CssRule::StartingStyle(starting) => (0, &mut starting.rules),
            CssRule::MozDocument(document) => (0, &mut document.rules),
            CssRule::LayerBlock(layer) => {
                let cost = self.list(&mut layer.rules);
                self.layers = self.layers.saturating_add(cost);
                if self.layers > LONGEST_RUN && cost > 0 {
                    layer.rules.0.insert(0, CssRule::Ignored);
                    self.layers = cost;
                }
                return cost.saturating_mul(2).saturating_add(1);
            }
            CssRule::NestedDeclarations(nested) => return 1 + cost(&nested.declarations),
            CssRule::FontFeatureValues(_) => {
                self.font_features += 1;
                return 1;
            }
            _ => return 1,
        };
        let nested = self.list(list);
        nested.saturating_mul(2).saturating_add(1 + declarations)
    }
}

fn cost(block: &DeclarationBlock<'_>) -> usize {
    let all = block.declarations.iter();
    all.chain(&block.important_declarations)
        .map(|property| match property {
            Property::Custom(custom) => tokens(&custom.value),
            Property::Unparsed(unparsed) => tokens(&unparsed.value),
            _ => 1,
        })
        .sum()
}

fn tokens(list: &TokenList<'_>) -> usize {
    let token = |token: &TokenOrValue<'_>| match token {
        TokenOrValue::Token(Token::WhiteSpace(_)) => 0,
        TokenOrValue::Function(function) => 1 + tokens(&function.arguments),
        _ => 1,
    };
    1 + list.0.iter().map(token).sum::<usize>()
}

/// Text with a limit of its length in bytes. For old browsers, lightningcss writes every selector of a list once for
/// every selector of the enclosing list.
pub(super) struct Limited {
    pub(super) text: String,
    limit: usize,
}

impl Limited {
    /// An empty text with room for an output that is several times as large as `source`.
    pub(super) fn for_source(source: &str) -> Self {
        Self {
            text: String::new(),
            limit: 65_536 + 8 * source.len(),
        }
    }
}

impl fmt::Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.len() + text.len() > self.limit {
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}
