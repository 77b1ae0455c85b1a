//! The service workers that a script registers: `navigator.serviceWorker.register("/static/sw.js")`, and the same with
//! `new URL("./sw.js", import.meta.url)`, both also by way of a variable.

use std::collections::HashMap;

use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, Program, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::ParserReturn;
use oxc_span::Span;

use super::finder::is_of_import_meta;
use super::known;
use crate::text::{Escapes, Reference, ReferenceKind, RelativeTo, escape};

pub(super) fn registered(text: &str, parsed: &ParserReturn<'_>) -> Vec<Reference> {
    let mut variables = Variables::default();
    variables.visit_program(&parsed.program);
    let mut finder = Finder {
        text,
        variables,
        found: Vec::new(),
    };
    finder.visit(&parsed.program);
    let mut found = finder.found;
    found.sort_unstable_by_key(|reference| reference.span.start);
    found.dedup();
    found
}

/// A URL in a script: the span of a string.
#[derive(Debug, Clone, Copy)]
enum Url {
    /// Resolved against the script.
    OfModule(Span),
    /// Resolved against the page, which is unknown: only an absolute one leads anywhere.
    OfPage(Span),
}

/// The variables of a script that matter, by name, whatever their scopes.
#[derive(Default)]
struct Variables {
    urls: HashMap<String, Url>,
    /// Those that are a container of service workers.
    containers: Vec<String>,
}

impl<'a> Visit<'a> for Variables {
    fn visit_variable_declarator(&mut self, variable: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(name), Some(value)) =
            (&variable.id, &variable.init)
        {
            if let Some(url) = self.url(value) {
                self.urls.insert(name.name.to_string(), url);
            } else if self.is_container(value) {
                self.containers.push(name.name.to_string());
            }
        }
        walk::walk_variable_declarator(self, variable);
    }
}

impl Variables {
    /// The URL that an expression is.
    fn url(&self, expression: &Expression<'_>) -> Option<Url> {
        if let Some(span) = literal(expression) {
            return Some(Url::OfPage(span));
        }
        match expression {
            Expression::Identifier(name) => self.urls.get(name.name.as_str()).copied(),
            Expression::NewExpression(new) => {
                let argument = |at: usize| new.arguments.get(at).and_then(Argument::as_expression);
                let is_url =
                    matches!(&new.callee, Expression::Identifier(name) if name.name == "URL");
                let is_relative = argument(1).is_some_and(|base| is_of_import_meta(base, "url"));
                let span = argument(0).and_then(literal)?;
                (is_url && is_relative).then_some(Url::OfModule(span))
            }
            // `new URL(…).href`, `new URL(…).toString()`
            Expression::StaticMemberExpression(member) => {
                let is_whole = matches!(member.property.name.as_str(), "href" | "pathname");
                is_whole.then(|| self.url(&member.object))?
            }
            Expression::CallExpression(call) => match &call.callee {
                Expression::StaticMemberExpression(member)
                    if member.property.name == "toString" =>
                {
                    self.url(&member.object)
                }
                Expression::Identifier(name) if name.name == "String" => {
                    self.url(call.arguments.first()?.as_expression()?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether an expression is `navigator.serviceWorker`, or a variable for it.
    fn is_container(&self, expression: &Expression<'_>) -> bool {
        const NAME: &str = "serviceWorker";
        match expression {
            Expression::StaticMemberExpression(member) => member.property.name == NAME,
            Expression::ComputedMemberExpression(member) => {
                matches!(&member.expression, Expression::StringLiteral(name) if name.value == NAME)
            }
            Expression::Identifier(name) => {
                name.name == NAME
                    || self
                        .containers
                        .iter()
                        .any(|known| known == name.name.as_str())
            }
            Expression::ChainExpression(chain) => chain
                .expression
                .as_member_expression()
                .is_some_and(|member| member.static_property_name() == Some(NAME)),
            _ => false,
        }
    }
}

struct Finder<'t> {
    text: &'t str,
    variables: Variables,
    found: Vec<Reference>,
}

impl Finder<'_> {
    fn visit(&mut self, program: &Program<'_>) {
        self.visit_program(program);
    }

    fn push(&mut self, url: Url) {
        let (Url::OfModule(span) | Url::OfPage(span)) = url;
        let Some(span) = known::of_literal(self.text, span) else {
            return;
        };
        let raw = &self.text.as_bytes()[span.clone()];
        let text = escape::decode(raw, Escapes::Js).text;
        let is_absolute = text.starts_with('/') || text.contains("://");
        if is_absolute || matches!(url, Url::OfModule(_)) {
            self.found.push(Reference {
                kind: ReferenceKind::Url,
                span,
                escapes: Escapes::Js,
                relative_to: RelativeTo::Text,
            });
        }
    }
}

/// Returns the span of an expression that is a string literal, or a template without substitutions.
fn literal(expression: &Expression<'_>) -> Option<Span> {
    match expression {
        Expression::StringLiteral(string) => Some(string.span),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            Some(template.span)
        }
        _ => None,
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let Expression::StaticMemberExpression(callee) = &call.callee
            && callee.property.name == "register"
            && self.variables.is_container(&callee.object)
            && let Some(url) = call.arguments.first().and_then(Argument::as_expression)
            && let Some(url) = self.variables.url(url)
        {
            self.push(url);
        }
        walk::walk_call_expression(self, call);
    }
}

#[cfg(test)]
mod tests {
    use crate::text::service_workers;

    #[test]
    fn every_way_to_register_one() {
        for (script, expected) in [
            (
                "navigator.serviceWorker.register('/static/sw.js')",
                &["/static/sw.js"][..],
            ),
            (
                "navigator.serviceWorker.register(`/static/sw.js`,{scope:'/'})",
                &["/static/sw.js"],
            ),
            (
                "navigator.serviceWorker.register(new URL('./sw.js', import.meta.url), {type: 'module'})",
                &["./sw.js"],
            ),
            (
                "navigator.serviceWorker.register(new URL('sw.js',import.meta.url).href)",
                &["sw.js"],
            ),
            (
                "navigator.serviceWorker.register(String(new URL('sw.js',import.meta.url)))",
                &["sw.js"],
            ),
            (
                "navigator.serviceWorker.register(new URL('sw.js',import.meta.url).toString())",
                &["sw.js"],
            ),
            (
                "navigator.serviceWorker?.register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "window.navigator?.serviceWorker?.register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "navigator['serviceWorker'].register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "const {serviceWorker} = navigator; serviceWorker.register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "const c = navigator.serviceWorker; c.register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "const c = navigator?.serviceWorker; c.register('/static/sw.js')",
                &["/static/sw.js"],
            ),
            (
                "const u = new URL('./sw.js', import.meta.url); navigator.serviceWorker.register(u)",
                &["./sw.js"],
            ),
            (
                "const u = '/static/sw.js'; navigator.serviceWorker.register(u)",
                &["/static/sw.js"],
            ),
            (
                "'serviceWorker' in navigator && addEventListener('load', () => { navigator.serviceWorker.register('/static/sw.js') })",
                &["/static/sw.js"],
            ),
            (
                "await navigator.serviceWorker.register('https://a.test/static/sw.js')",
                &["https://a.test/static/sw.js"],
            ),
            // Against the page, which is unknown:
            ("navigator.serviceWorker.register('sw.js')", &[]),
            ("navigator.serviceWorker.register('./sw.js')", &[]),
            ("navigator.serviceWorker.register(x)", &[]),
            (
                "navigator.serviceWorker.register(new URL('./sw.js', location.href))",
                &[],
            ),
            (
                "navigator.serviceWorker.ready.then(() => register('/static/sw.js'))",
                &[],
            ),
            (
                "customElements.register('/static/sw.js'); navigator.serviceWorker",
                &[],
            ),
            ("// navigator.serviceWorker.register('/static/sw.js')", &[]),
            (
                "a = \"navigator.serviceWorker.register('/static/sw.js')\"",
                &[],
            ),
            ("navigator.serviceWorker.register('/static/sw.js'", &[]), // no script
        ] {
            let urls: Vec<String> = service_workers(script.as_bytes())
                .iter()
                .map(|found| found.url(script.as_bytes()).text.into_owned())
                .collect();
            assert_eq!(urls, expected, "{script}");
        }
    }
}
