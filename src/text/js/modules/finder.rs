//! Finds the references in a syntax tree.

use std::ops::Range;

use oxc_ast::ast::{
    Argument, CallExpression, Expression, ImportExpression, NewExpression, Program, Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::ParserReturn;
use oxc_span::{GetSpan, Span};

use super::words::may_have_workers;
use crate::text::{Escapes, Reference, ReferenceKind, escape};

pub(super) fn found(text: &str, parsed: &ParserReturn<'_>) -> Vec<Reference> {
    let mut finder = Finder {
        text,
        found: Vec::new(),
    };
    finder.declarations(&parsed.program);
    let record = &parsed.module_record;
    // Visiting every expression takes a third of the parser's time.
    if !record.dynamic_imports.is_empty()
        || !record.import_metas.is_empty()
        || may_have_workers(text)
    {
        finder.visit_program(&parsed.program);
    }
    let mut found = finder.found;
    found.sort_unstable_by_key(|reference| reference.span.start);
    found
}

struct Finder<'t> {
    text: &'t str,
    found: Vec<Reference>,
}

/// The meaning of a string, by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A module specifier.
    Specifier,
    /// A URL that is resolved against the module.
    Url,
    /// A URL that is resolved against the page.
    OfPage,
}

impl Finder<'_> {
    /// Reads `import` and `export … from`, which occur at the top level only.
    fn declarations(&mut self, program: &Program<'_>) {
        for statement in &program.body {
            let source = match statement {
                Statement::ImportDeclaration(import) => Some(&import.source),
                Statement::ExportAllDeclaration(export) => Some(&export.source),
                Statement::ExportNamedDeclaration(export) => export.source.as_ref(),
                _ => None,
            };
            if let Some(source) = source {
                self.push(source.span, Place::Specifier);
            }
        }
    }

    /// Adds the string literal at `span`, if it is a reference.
    fn push(&mut self, span: Span, place: Place) {
        let Some(inside) = inside(self.text, span.start as usize..span.end as usize) else {
            return;
        };
        let raw = &self.text.as_bytes()[inside.clone()];
        let url = escape::decode(raw, Escapes::Js).text;
        let begins = |starts: &[&str]| starts.iter().any(|start| url.starts_with(start));
        let kind = match place {
            Place::Specifier if begins(&["./", "../", "/"]) => ReferenceKind::Module,
            Place::OfPage if begins(&["/"]) => ReferenceKind::Url,
            Place::Url => ReferenceKind::Url,
            Place::Specifier | Place::OfPage => return,
        };
        self.found.push(Reference {
            kind,
            span: inside,
            escapes: Escapes::Js,
        });
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Some(span) = literal(&import.source) {
            self.push(span, Place::Specifier);
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let [first, ..] = call.arguments.as_slice()
            && is_of_import_meta(&call.callee, "resolve")
            && let Some(span) = first.as_expression().and_then(literal)
        {
            self.push(span, Place::Specifier);
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        let class = match &new.callee {
            Expression::Identifier(class) => class.name.as_str(),
            _ => "",
        };
        let argument = |at: usize| new.arguments.get(at).and_then(Argument::as_expression);
        let place = match (class, argument(1)) {
            ("URL", Some(base)) if is_of_import_meta(base, "url") => Some(Place::Url),
            ("Worker" | "SharedWorker", _) => Some(Place::OfPage),
            _ => None,
        };
        if let Some(place) = place
            && let Some(span) = argument(0).and_then(literal)
        {
            self.push(span, place);
        }
        walk::walk_new_expression(self, new);
    }
}

/// Whether an expression is `import.meta.NAME`.
pub(super) fn is_of_import_meta(expression: &Expression<'_>, name: &str) -> bool {
    let Expression::StaticMemberExpression(member) = expression else {
        return false;
    };
    let Expression::MetaProperty(meta) = &member.object else {
        return false;
    };
    member.property.name == name && meta.meta.name == "import"
}

/// Returns the span of an expression that is a string literal, or a template without substitutions.
pub(super) fn literal(expression: &Expression<'_>) -> Option<Span> {
    match expression {
        Expression::StringLiteral(string) => Some(string.span),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            Some(template.span())
        }
        _ => None,
    }
}

/// Returns the byte range between the quotes of `literal`.
pub(super) fn inside(text: &str, literal: Range<usize>) -> Option<Range<usize>> {
    let raw = text.get(literal.clone())?.as_bytes();
    let is_quoted = raw.len() >= 2
        && raw.first() == raw.last()
        && matches!(raw.first(), Some(b'"' | b'\'' | b'`'));
    is_quoted.then(|| literal.start + 1..literal.end - 1)
}
