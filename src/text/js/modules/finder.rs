//! Finds the references in a syntax tree.

use oxc_ast::ast::{
    Argument, CallExpression, Expression, ImportExpression, NewExpression, Program, Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::ParserReturn;

use super::known::{Part, Parts, of_expression, of_literal};
use super::words::may_have_calls;
use crate::text::{Escapes, Reference, ReferenceKind, RelativeTo, Scan, Unread, Why, escape};

pub(super) fn found(text: &str, parsed: &ParserReturn<'_>) -> Scan {
    let mut finder = Finder {
        text,
        found: Scan::default(),
    };
    finder.declarations(&parsed.program);
    let record = &parsed.module_record;
    // Visiting every expression takes a third of the parser's time.
    if !record.dynamic_imports.is_empty() || !record.import_metas.is_empty() || may_have_calls(text)
    {
        finder.visit_program(&parsed.program);
    }
    let mut found = finder.found;
    found.references.sort_unstable_by_key(|r| r.span.start);
    found
        .unread
        .sort_unstable_by_key(|unread| unread.span.start);
    found
}

struct Finder<'t> {
    text: &'t str,
    found: Scan,
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
    /// A URL that is not read.
    Unread(Why),
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
            if let Some(part) = source.and_then(|source| of_literal(self.text, source.span)) {
                self.push(part, Place::Specifier);
            }
        }
    }

    /// Adds the URLs that an expression can give.
    fn expression(&mut self, expression: &Expression<'_>, place: Place) {
        let Parts { known, unknown } = of_expression(self.text, expression);
        for part in known {
            self.push(part, place);
        }
        for (span, begins) in unknown {
            let may_be_relative = match (place, begins.as_deref()) {
                (Place::Url, _) | (_, None | Some("")) => true,
                (Place::Specifier, Some(begins)) => begins.starts_with(['.', '/']),
                (Place::OfPage | Place::Unread(_), _) => false, // the page's own business
            };
            let is_elsewhere = begins.as_deref().is_some_and(|begins| begins.contains(':'));
            if may_be_relative && !is_elsewhere && matches!(place, Place::Specifier | Place::Url) {
                let why = Why::Computed;
                self.found.unread.push(Unread { span, why });
            }
        }
    }

    /// Adds the string `part`, if it is a reference.
    fn push(&mut self, part: Part, place: Place) {
        let raw = &self.text.as_bytes()[part.clone()];
        let url = escape::decode(raw, Escapes::Js).text;
        let begins = |starts: &[&str]| starts.iter().any(|start| url.starts_with(start));
        let has_host = {
            let scheme = url.split("//").next().unwrap_or_default();
            ["http:", "https:"]
                .iter()
                .any(|http| scheme.eq_ignore_ascii_case(http))
        };
        let (kind, relative_to) = match place {
            Place::Specifier if has_host || begins(&["./", "../", "/"]) => {
                (ReferenceKind::Module, RelativeTo::Text)
            }
            Place::OfPage if has_host || begins(&["/"]) => {
                (ReferenceKind::ScriptUrl, RelativeTo::Page)
            }
            Place::Url => (ReferenceKind::ScriptUrl, RelativeTo::Text),
            Place::Specifier => return,
            Place::OfPage => return self.unread(part, &url, Why::OfPage),
            Place::Unread(why) => return self.unread(part, &url, why),
        };
        self.found.references.push(Reference {
            kind,
            span: part,
            escapes: Escapes::Js,
            relative_to,
        });
    }

    fn unread(&mut self, span: Part, url: &str, why: Why) {
        let is_empty = url.is_empty() || url.starts_with(['?', '#']);
        let is_elsewhere = url.contains(':') && !url.starts_with("http");
        if !is_empty && !is_elsewhere {
            self.found.unread.push(Unread { span, why });
        }
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.expression(&import.source, Place::Specifier);
        walk::walk_import_expression(self, import);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let arguments = call.arguments.iter().filter_map(Argument::as_expression);
        if is_of_import_meta(&call.callee, "resolve") {
            arguments
                .take(1)
                .for_each(|argument| self.expression(argument, Place::Specifier));
        } else if let Some(all) = takes_url_of_page(&call.callee) {
            arguments
                .take(if all { usize::MAX } else { 1 })
                .for_each(|argument| self.expression(argument, Place::Unread(Why::OfPage)));
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        let argument = |at: usize| new.arguments.get(at).and_then(Argument::as_expression);
        let is_based = argument(1).is_some_and(|base| is_of_import_meta(base, "url"));
        let place = match global(&new.callee) {
            Some("URL") if is_based => Some(Place::Url),
            Some("Worker" | "SharedWorker") => Some(Place::OfPage),
            _ if is_based => Some(Place::Unread(Why::Renamed)),
            _ => None,
        };
        if let (Some(place), Some(argument)) = (place, argument(0)) {
            self.expression(argument, place);
        }
        walk::walk_new_expression(self, new);
    }
}

/// The name of a global variable that an expression names: `URL`, `globalThis.URL`, `window.URL`, `self.URL`.
fn global<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    match expression {
        Expression::Identifier(name) => Some(name.name.as_str()),
        Expression::StaticMemberExpression(member) => match &member.object {
            Expression::Identifier(of) => {
                matches!(of.name.as_str(), "globalThis" | "window" | "self")
                    .then_some(member.property.name.as_str())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a function fetches URLs that are relative to the page (or the worker): `Some(true)` if all of its arguments
/// are.
fn takes_url_of_page(callee: &Expression<'_>) -> Option<bool> {
    if global(callee) == Some("importScripts") {
        return Some(true);
    }
    let Expression::StaticMemberExpression(member) = callee else {
        return None;
    };
    let is_service_worker = || match &member.object {
        Expression::StaticMemberExpression(object) => object.property.name == "serviceWorker",
        _ => false,
    };
    match member.property.name.as_str() {
        "addModule" => Some(false),
        "register" if is_service_worker() => Some(false),
        _ => None,
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
