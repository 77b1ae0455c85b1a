//! References in JavaScript: module specifiers, and URLs that are resolved against a module.
//!
//! `import` and `export … from`, `import()`, `import.meta.resolve()`: what begins with `./`, `../` or `/`. Anything else is
//! a bare specifier, which an import map or a bundler resolves. `new URL("…", import.meta.url)`: any URL, since there
//! are no bare ones. `new Worker("…")`: what begins with `/`; a relative one is resolved against the page, which nobody
//! knows here.

use std::ops::Range;

use memchr::memmem;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, CallExpression, Expression, ImportExpression, NewExpression, Program, Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::{GetSpan, SourceType, Span};

use super::stack;
use crate::text::{Escapes, NotParsed, Reference, ReferenceKind, Scan, escape};

/// All references of a script or a module but its source map comment, in its order.
pub(in crate::text) fn scan(text: &str) -> Scan {
    if !may_have_references(text) {
        return Scan::default(); // parsing takes longer than all the rest
    }
    let parsed = stack::with_stack(text, || references(text));
    let not_parsed = |reason| NotParsed { offset: 0, reason };
    match parsed.map_err(not_parsed).and_then(|found| found) {
        Ok(references) => references.into(),
        Err(not_parsed) => Scan {
            references: Vec::new(),
            not_parsed: Some(not_parsed),
        },
    }
}

/// Whether the words are there without which there is no reference. (`!important` is common in scripts.)
fn may_have_references(text: &str) -> bool {
    let has = |word| words(text, word).next().is_some();
    has("import") || (has("export") && has("from")) || may_have_workers(text)
}

/// Whether a worker is made of what may be a string.
fn may_have_workers(text: &str) -> bool {
    let bytes = text.as_bytes();
    let token = |from: usize| {
        let white_space = |b: &&u8| b.is_ascii_whitespace() || **b == 0x0b;
        let at = from + bytes[from..].iter().take_while(white_space).count();
        (at, bytes.get(at))
    };
    let mut ends = words(text, "Worker").chain(words(text, "SharedWorker"));
    ends.any(|end| match token(end) {
        (at, Some(b'(')) => matches!(
            token(at + 1),
            (_, Some(b'"' | b'\'' | b'`' | b'(' | b'/' | 0x80..))
        ),
        (_, behind) => matches!(behind, Some(b'/' | 0x80..)), // a comment, or white space that is not ASCII
    })
}

/// Where `word` ends, wherever it stands by itself.
fn words(text: &str, word: &'static str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
    memmem::find_iter(bytes, word).filter_map(move |at| {
        let end = at + word.len();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_part = before.is_some_and(is_word) || bytes.get(end).is_some_and(is_word);
        (!is_part).then_some(end)
    })
}

/// Parses the text as a module; what is none, as a classic script, which can have `import()` all the same.
pub(super) fn references(text: &str) -> Result<Vec<Reference>, NotParsed> {
    let allocator = Allocator::default();
    let parse = |source_type| {
        let options = ParseOptions {
            preserve_parens: false,
            ..ParseOptions::default()
        };
        Parser::new(&allocator, text, source_type)
            .with_options(options)
            .parse()
    };
    let module = parse(SourceType::mjs());
    if is_whole(&module) {
        return Ok(found(text, &module));
    }
    let script = parse(SourceType::cjs());
    if is_whole(&script) {
        return Ok(found(text, &script));
    }
    let is_module = module.module_record.has_module_syntax;
    Err(first_error(if is_module { &module } else { &script }))
}

/// The parser goes on after some errors; what it then returns may be anything.
fn is_whole(parsed: &ParserReturn<'_>) -> bool {
    !parsed.panicked && parsed.errors.is_empty()
}

fn first_error(parsed: &ParserReturn<'_>) -> NotParsed {
    let errors = parsed.errors.iter().map(|error| {
        let label = error.labels.iter().flatten().next();
        NotParsed {
            offset: label.map_or(0, |label| label.inner().offset()),
            reason: error.message.to_string(),
        }
    });
    errors
        .min_by_key(|error| error.offset)
        .unwrap_or_else(|| NotParsed {
            offset: 0,
            reason: "Syntax error".into(),
        })
}

fn found(text: &str, parsed: &ParserReturn<'_>) -> Vec<Reference> {
    let mut finder = Finder {
        text,
        found: Vec::new(),
    };
    finder.declarations(&parsed.program);
    let record = &parsed.module_record;
    // To look at every expression takes a third of the parser's time.
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

/// What a string is, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A module specifier.
    Specifier,
    /// A URL, resolved against the module.
    Url,
    /// A URL, resolved against the page.
    OfPage,
}

impl Finder<'_> {
    /// `import` and `export … from`: they stand at the top only.
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

    /// Notes the string literal at `span`, if it is a reference.
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

/// `import.meta.NAME`
fn is_of_import_meta(expression: &Expression<'_>, name: &str) -> bool {
    let Expression::StaticMemberExpression(member) = expression else {
        return false;
    };
    let Expression::MetaProperty(meta) = &member.object else {
        return false;
    };
    member.property.name == name && meta.meta.name == "import"
}

/// The span of an expression that is one string: a string literal, or a template without substitutions.
fn literal(expression: &Expression<'_>) -> Option<Span> {
    match expression {
        Expression::StringLiteral(string) => Some(string.span),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            Some(template.span())
        }
        _ => None,
    }
}

/// What stands between the quotes at the ends of `literal`.
fn inside(text: &str, literal: Range<usize>) -> Option<Range<usize>> {
    let raw = text.get(literal.clone())?.as_bytes();
    let is_quoted = raw.len() >= 2
        && raw.first() == raw.last()
        && matches!(raw.first(), Some(b'"' | b'\'' | b'`'));
    is_quoted.then(|| literal.start + 1..literal.end - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(script: &str) -> Vec<String> {
        let found = scan(script);
        assert_eq!(found.not_parsed, None, "{script}");
        let url = |reference: &Reference| reference.url(script.as_bytes()).text.into_owned();
        found.references.iter().map(url).collect()
    }

    #[test]
    fn every_form_of_the_contract() {
        for (script, expected) in [
            ("import './a.js'", &["./a.js"][..]),
            ("import a from \"./a.js\";", &["./a.js"]),
            ("import{a,b as c}from'../a.js';", &["../a.js"]),
            ("import a,*as b from '/static/a.js'", &["/static/a.js"]),
            ("import a, { b } from './a.js?v=1#x'", &["./a.js?v=1#x"]),
            ("import {\n  a,\n  b,\n}\nfrom\n'./a.js'", &["./a.js"]),
            (
                "import/* c */{a}/* './x.js' */from/**/'./a.js'//",
                &["./a.js"],
            ),
            ("import s from './a.css' with { type: 'css' }", &["./a.css"]),
            (
                "import s from './a.json' with { \"type\": \"./json\" };",
                &["./a.json"],
            ),
            (
                "import s from './a.json' assert { type: 'json' }",
                &["./a.json"],
            ),
            ("import defer * as a from './a.js'", &["./a.js"]),
            ("import source a from './a.wasm'", &["./a.wasm"]),
            ("import { 'x y' as z } from './a.js'", &["./a.js"]),
            ("import from from './a.js'", &["./a.js"]),
            ("export * from './a.js'", &["./a.js"]),
            ("export*as a from'./a.js'", &["./a.js"]),
            ("export { a } from './a.js'", &["./a.js"]),
            (
                "export { default } from './a.js' with { type: 'x' }",
                &["./a.js"],
            ),
            ("export {} from './a.js'", &["./a.js"]),
            ("import('./a.js')", &["./a.js"]),
            ("const a = await import(\"./a.js\");", &["./a.js"]),
            (
                "import(/* webpackChunkName: './x.js' */ './a.js')",
                &["./a.js"],
            ),
            ("import('./a.js', { with: { type: 'json' } })", &["./a.js"]),
            ("import(('./a.js'))", &["./a.js"]),
            ("import(`./a.js`)", &["./a.js"]),
            ("import.defer('./a.js')", &["./a.js"]),
            ("() => import('./a.js').then(m => m.default)", &["./a.js"]),
            ("`${import('./a.js')}`", &["./a.js"]),
            (
                "f(import('./a.js'), import('./b.js'))",
                &["./a.js", "./b.js"],
            ),
            ("async (a = import('./a.js')) => 1", &["./a.js"]),
            ("(a = import('./a.js'), b)", &["./a.js"]),
            ("import(import('./a.js'))", &["./a.js"]),
            ("import.meta.resolve('./a.js')", &["./a.js"]),
            ("new URL('./a.png', import.meta.url)", &["./a.png"]),
            ("new URL(`./a.png`, import.meta.url).href", &["./a.png"]),
            ("new URL('a_bg.wasm', import.meta.url)", &["a_bg.wasm"]),
            ("new/**/URL(\n'./a.png',\nimport.meta.url,\n)", &["./a.png"]),
            (
                "new Worker(new URL('./w.js', import.meta.url), {type:'module'})",
                &["./w.js"],
            ),
            (
                "fetch(new URL('x', new URL('./y', import.meta.url)))",
                &["./y"],
            ),
            ("new Worker('/static/w.js')", &["/static/w.js"]),
            ("new Worker/**/('/static/w.js')", &["/static/w.js"]),
            ("new Worker\n(\n'/static/w.js')", &["/static/w.js"]),
            ("new Worker\u{a0}('/static/w.js')", &["/static/w.js"]),
            ("new SharedWorker(\"/static/w.js\", 'x')", &["/static/w.js"]),
            // Not a module, but a script:
            ("with (a) import('./a.js')", &["./a.js"]),
            ("var a = 010; import('./a.js')", &["./a.js"]),
            ("<!-- html\nimport('./a.js')\n--> html", &["./a.js"]),
            ("var await = 1; import('./\\141.js')", &["./a.js"]),
            ("#!/usr/bin/env node\nimport './a.js'", &["./a.js"]),
            ("\u{feff}import './a.js'", &["./a.js"]),
            ("'use strict';import './a.js'", &["./a.js"]),
            (r"import '.\/a\x2ejs'", &["./a.js"]),
            (r"import '\x2e/\u0061\u{2e}js'", &["./a.js"]),
            ("import '.\\\n/a.js'", &["./a.js"]),
            ("x = /import '.\\/x.js'/; import('./a.js')", &["./a.js"]),
            ("x = a / 1; import('./a.js'); /[/]'/.test(b)", &["./a.js"]),
            (
                "import './b.js';import './a.js';import './b.js'",
                &["./b.js", "./a.js", "./b.js"],
            ),
        ] {
            assert_eq!(urls(script), expected, "{script}");
        }
    }

    #[test]
    fn what_only_looks_like_a_reference() {
        for script in [
            "import 'a.js'",
            "import a from 'lit/decorators.js'",
            "import '#internal'",
            "import 'https://x.test/a.js'",
            "import '.hidden.js'",
            "import '.\\\\a.js'",
            "import ' ./a.js'",
            "export { a }; from('./a.js')",
            "export default './a.js'",
            "export const from = './a.js'",
            "import('a.js')",
            "import('./a' + '.js')",
            "import('./a' + x + '/b.js')",
            "import(`./${a}.js`)",
            "import(a, './a.js')",
            "import(a ? './a.js' : './b.js')",
            "a.import('./a.js')",
            "({ import: './a.js' })",
            "({ import(a = './a.js') {} })",
            "important('./a.js')",
            "// import './a.js'",
            "/* import './a.js' */",
            "/** @type {import('./a.js').A} */ a",
            "a = \"import './a.js'\"",
            "a = `import './a.js'`",
            "a = `\nimport './a.js'\n`",
            "a = /import('.\\/a.js')/",
            "new URL('./a.png', location.href); import.meta",
            "new URL('./a.png', document.baseURI); import.meta",
            "new URL('./a.png'); import.meta.url",
            "new URL(a, import.meta.url)",
            "new URL('./' + a, import.meta.url)",
            "new URL(`./${a}.png`, import.meta.url)",
            "new URL('./a.png', import.meta.url + 'x')",
            "new URL('./a.png', import.meta.env.url)",
            "new URL('./a.png', x.meta.url); import.meta",
            "new x.URL('./a.png', import.meta.url)",
            "URL('./a.png', import.meta.url)",
            "new URL('./a.png', new.target.url); import.meta",
            "new Worker('./w.js')",
            "new Worker('w.js')",
            "new Worker(a)",
            "new Worker",
            "Worker('/static/w.js')",
            "new x.Worker('/static/w.js')",
            // Not JavaScript, but the parser has no objection:
            "{ import './a.js' }",
            "if (a) export * from './a.js'",
            "import.meta.resolve('lit')",
            "import.meta.resolve(a)",
            "import.meta.glob('./*.js')",
            "navigator.serviceWorker.register('/static/sw.js'); new Worker(x)",
        ] {
            let script = if script.contains("new.target") {
                format!("function f() {{ {script} }}")
            } else {
                script.to_owned()
            };
            assert_eq!(urls(&script), [""; 0], "{script}");
        }
    }

    #[test]
    fn spans_are_the_url_alone() {
        for script in [
            "import './a.js'",
            "import(`./a.js`)",
            "é;new URL(\"./a.js\",import.meta.url)",
        ] {
            let found = scan(script).references;
            assert_eq!(&script[found[0].span.clone()], "./a.js");
        }
    }

    #[test]
    fn what_does_not_parse_is_left_alone() {
        for (script, offset, reason) in [
            ("import './a.js'; let a b", 22, "semicolon"),
            ("import './a.js'; a b", 18, "semicolon"),
            ("import a: string from './a.js'", 8, "from"),
            ("import './a.js'; <div/>", 17, "JSX"),
            ("x = {import", 11, "Expected"),
        ] {
            let found = scan(script);
            assert_eq!(found.references, [], "{script}");
            let why = found.not_parsed.expect(script);
            assert!(why.reason.contains(reason), "{script}: {why:?}");
            assert_eq!(why.offset, offset, "{script}: {why:?}");
        }
    }

    /// Found by fuzzing: a debug assertion of the parser's fails.
    #[test]
    fn a_fault_of_the_parser_is_no_end() {
        let found = scan("import './a.js'; class B extends , {}");
        assert!(found.not_parsed.is_some() && found.references.is_empty());
    }

    #[test]
    fn what_cannot_have_references_is_not_parsed() {
        for script in [
            "a b",
            "important b",
            "$import b",
            "exports from b",
            "export b",
            "aWorker('/') b",
            "'Worker has started' b",
            "new Worker(a) b",
        ] {
            assert_eq!(scan(script).not_parsed, None, "{script}");
        }
    }
}
