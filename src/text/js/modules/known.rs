//! What is known about the strings that an expression can give.

use std::ops::Range;

use oxc_ast::ast::{BinaryExpression, BinaryOperator, Expression, TemplateLiteral};
use oxc_span::{GetSpan, Span};

use crate::text::{Escapes, escape};

/// Byte range of a string in the text, without quotes.
pub(super) type Part = Range<usize>;

/// The strings that an expression can give.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Strings that are known: whole, or at least up to their `?` or `#`.
    pub(super) known: Vec<Part>,
    /// The spans of what is not known, each with the beginning of the string, if that is known.
    pub(super) unknown: Vec<(Part, Option<String>)>,
}

/// Returns what is known about the strings that `expression` gives: `"a"`, `c ? "a" : "b"`, `"a?" + x`, `` `a?${x}` ``.
pub(super) fn of_expression(text: &str, expression: &Expression<'_>) -> Parts {
    let mut parts = Parts::default();
    parts.add(text, expression);
    parts
}

/// The string between the quotes of a literal.
pub(super) fn of_literal(text: &str, literal: Span) -> Option<Part> {
    let literal = range(literal);
    let raw = text.get(literal.clone())?.as_bytes();
    let is_quoted = raw.len() >= 2
        && raw.first() == raw.last()
        && matches!(raw.first(), Some(b'"' | b'\'' | b'`'));
    is_quoted.then(|| literal.start + 1..literal.end - 1)
}

impl Parts {
    fn add(&mut self, text: &str, expression: &Expression<'_>) {
        match expression {
            Expression::StringLiteral(string) => self.known.extend(of_literal(text, string.span)),
            Expression::TemplateLiteral(template) => self.template(text, template),
            Expression::ConditionalExpression(condition) => {
                self.add(text, &condition.consequent);
                self.add(text, &condition.alternate);
            }
            Expression::LogicalExpression(logical) => {
                self.add(text, &logical.left);
                self.add(text, &logical.right);
            }
            Expression::SequenceExpression(sequence) => {
                if let Some(last) = sequence.expressions.last() {
                    self.add(text, last);
                }
            }
            Expression::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition => {
                self.sum(text, sum);
            }
            // No strings: they say nothing about a URL.
            Expression::NullLiteral(_) | Expression::BooleanLiteral(_) => {}
            _ if is_read_by_itself(expression) => {}
            _ => self.unknown.push((range(expression.span()), None)),
        }
    }

    fn template(&mut self, text: &str, template: &TemplateLiteral<'_>) {
        let Some(first) = template.quasis.first() else {
            return;
        };
        if template.expressions.is_empty() {
            return self.known.extend(of_literal(text, template.span));
        }
        let span = range(first.span);
        let begins = decoded(text, &span);
        let behind = template
            .quasis
            .get(1)
            .map(|next| decoded(text, &range(next.span)));
        match (behind, template.expressions.first()) {
            _ if begins.contains(['?', '#']) => self.known.push(span),
            (Some(behind), Some(path)) if begins.is_empty() && behind.starts_with(['?', '#']) => {
                self.add(text, path);
            }
            _ => self.unknown.push((range(template.span), Some(begins))),
        }
    }

    fn sum(&mut self, text: &str, sum: &BinaryExpression<'_>) {
        // `a + b + c` is `(a + b) + c`: the first two operands are innermost.
        let mut inner = sum;
        while let Expression::BinaryExpression(left) = &inner.left
            && left.operator == BinaryOperator::Addition
        {
            inner = left;
        }
        let begins = beginning(text, &inner.left);
        let behind = beginning(text, &inner.right).unwrap_or_default();
        if let Some((span, begins)) = &begins
            && begins.contains(['?', '#'])
        {
            self.known.push(span.clone());
        } else if behind.1.starts_with(['?', '#']) {
            self.add(text, &inner.left);
        } else {
            self.unknown
                .push((range(sum.span), begins.map(|(_, begins)| begins)));
        }
    }
}

/// Whether an expression is made of one whose URL the visitor finds: `new URL("a", import.meta.url).href`.
fn is_read_by_itself(expression: &Expression<'_>) -> bool {
    let mut inner = expression;
    loop {
        inner = match inner {
            Expression::NewExpression(_)
            | Expression::ImportExpression(_)
            | Expression::MetaProperty(_) => return true,
            Expression::StaticMemberExpression(member) => &member.object,
            Expression::CallExpression(call) => &call.callee,
            _ => return false,
        };
    }
}

/// The literal text that an expression begins with.
fn beginning(text: &str, expression: &Expression<'_>) -> Option<(Part, String)> {
    let span = match expression {
        Expression::StringLiteral(string) => of_literal(text, string.span)?,
        Expression::TemplateLiteral(template) => range(template.quasis.first()?.span),
        _ => return None,
    };
    let begins = decoded(text, &span);
    Some((span, begins))
}

fn decoded(text: &str, span: &Part) -> String {
    let raw = text.get(span.clone()).unwrap_or_default();
    escape::decode(raw.as_bytes(), Escapes::Js)
        .text
        .into_owned()
}

fn range(span: Span) -> Part {
    span.start as usize..span.end as usize
}
