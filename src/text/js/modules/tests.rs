use super::*;
use crate::text::{Reference, Why};

fn urls(script: &str) -> Vec<String> {
    let found = scan(script);
    assert_eq!(found.not_parsed, None, "{script}");
    let url = |reference: &Reference| reference.url(script.as_bytes()).text.into_owned();
    found.references.iter().map(url).collect()
}

/// Scripts, and the URLs in them.
const FORMS: &[(&str, &[&str])] = &[
    ("import './a.js'", &["./a.js"]),
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
    ("import 'https://x.test/a.js'", &["https://x.test/a.js"]),
    ("import('HTTP://x.test/a.js')", &["HTTP://x.test/a.js"]),
    (
        "new Worker('https://x.test/w.js')",
        &["https://x.test/w.js"],
    ),
    // The whole path is known:
    ("import('./a.js?t=' + x)", &["./a.js?t="]),
    ("import('./a.js?t=' + x + '&u=' + y)", &["./a.js?t="]),
    ("import('./a.js' + '?t=' + x)", &["./a.js"]),
    ("import('./a.js' + `?t=${x}`)", &["./a.js"]),
    ("import('./a.js' + '#' + x)", &["./a.js"]),
    ("import(`./a.js?t=${x}`)", &["./a.js?t="]),
    ("import(`./a.js#${x}${y}`)", &["./a.js#"]),
    ("import(`${'./a.js'}?t=${x}`)", &["./a.js"]),
    (r"import(`./\x61.js\x3f${x}`)", &["./a.js?"]),
    ("new URL(`./a.png?${x}`, import.meta.url)", &["./a.png?"]),
    ("new URL('a.png?' + x, import.meta.url)", &["a.png?"]),
    // One of several:
    ("import(a ? './a.js' : './b.js')", &["./a.js", "./b.js"]),
    (
        "import(a ? './a.js' : b ? './b.js' : './c.js')",
        &["./a.js", "./b.js", "./c.js"],
    ),
    (
        "import((a ? './a.js' : './b.js') + '?v=1')",
        &["./a.js", "./b.js"],
    ),
    ("import(a || './a.js')", &["./a.js"]),
    ("import(a ?? './a.js')", &["./a.js"]),
    ("import((a, './a.js'))", &["./a.js"]),
    ("import(a ? 'lit' : './a.js')", &["./a.js"]),
    // Globals by their long names:
    ("new globalThis.URL('a.png', import.meta.url)", &["a.png"]),
    ("new window.URL('a.png', import.meta.url)", &["a.png"]),
    ("new self.URL('a.png', import.meta.url)", &["a.png"]),
    ("new self.Worker('/static/w.js')", &["/static/w.js"]),
    ("new window.SharedWorker('/static/w.js')", &["/static/w.js"]),
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
];

#[test]
fn every_form_of_the_contract() {
    for (script, expected) in FORMS {
        assert_eq!(urls(script), *expected, "{script}");
    }
}

#[test]
fn text_that_only_looks_like_a_reference() {
    for script in [
        "import 'a.js'",
        "import a from 'lit/decorators.js'",
        "import '#internal'",
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

/// What is not read for certain, in text order.
#[test]
fn urls_that_cannot_be_known() {
    use Why::{Computed, OfPage, Renamed};
    for (script, expected) in [
        ("import(a)", &[(Computed, "a")][..]),
        ("import('./' + a)", &[(Computed, "'./' + a")]),
        ("import('./a' + '.js')", &[(Computed, "'./a' + '.js'")]),
        ("import(`./${a}.js`)", &[(Computed, "`./${a}.js`")]),
        ("import(`${a}.js`)", &[(Computed, "`${a}.js`")]),
        ("import(a ? './a.js' : b)", &[(Computed, "b")]),
        ("import('lit/' + a)", &[]),
        ("import('https://x.test/' + a)", &[]),
        ("import('data:text/javascript,' + a)", &[]),
        ("import(`lit/${a}`)", &[]),
        ("import(new URL('./a.js', import.meta.url).href)", &[]),
        ("import(import.meta.resolve('./a.js'))", &[]),
        ("new URL(a, import.meta.url)", &[(Computed, "a")]),
        (
            "new URL('a/' + b, import.meta.url)",
            &[(Computed, "'a/' + b")],
        ),
        ("new URL(a, location.href); import.meta", &[]),
        ("new Worker('./w.js')", &[(OfPage, "./w.js")]),
        ("new Worker('w.js')", &[(OfPage, "w.js")]),
        ("new Worker('blob:x')", &[]),
        ("new Worker(a)", &[]),
        (
            "importScripts('a.js', '/static/b.js')",
            &[(OfPage, "a.js"), (OfPage, "/static/b.js")],
        ),
        ("self.importScripts('a.js')", &[(OfPage, "a.js")]),
        ("CSS.paintWorklet.addModule('p.js')", &[(OfPage, "p.js")]),
        (
            "navigator.serviceWorker.register('/static/sw.js')",
            &[(OfPage, "/static/sw.js")],
        ),
        ("a.register('/static/sw.js', importScripts)", &[]),
        ("new t('a.wasm', import.meta.url)", &[(Renamed, "a.wasm")]),
        (
            "new x.URL('a.wasm', import.meta.url)",
            &[(Renamed, "a.wasm")],
        ),
    ] {
        let found = scan(script);
        assert_eq!(found.not_parsed, None, "{script}");
        let unread = found.unread.iter();
        let unread: Vec<_> = unread.map(|u| (u.why, &script[u.span.clone()])).collect();
        assert_eq!(unread, expected, "{script}");
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
fn scripts_that_do_not_parse_have_no_references() {
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

/// Found by fuzzing: a debug assertion of the parser fails.
#[test]
fn a_panic_of_the_parser_is_caught() {
    let found = scan("import './a.js'; class B extends , {}");
    assert!(found.not_parsed.is_some() && found.references.is_empty());
}

#[test]
fn scripts_without_the_words_are_not_parsed() {
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
