//! Assets that a text names where references are not read: in HTML, SVG and web manifests, and in the strings of scripts.
//! What is found here is only reported. It is a guess: there is no parser behind it.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem};

use super::resolve::{Base, Target, UrlSpace, resolve};
use super::{Escapes, Reference, Syntax, css, decode};
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::AssetId;
use crate::name::logical_path::LogicalPath;

/// The texts in which names of assets are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTML, SVG and other XML.
    Markup,
    /// Web manifests.
    Json,
    /// Scripts. `modules`: whether their specifiers are read.
    Script { modules: bool },
}

impl Kind {
    /// The kind of an asset, by its name.
    pub(crate) fn of(name: &LogicalPath, syntax: Syntax) -> Option<Self> {
        match (syntax, name.extension().to_ascii_lowercase().as_str()) {
            (Syntax::Script, _) => Some(Self::Script { modules: false }),
            (Syntax::Module, _) => Some(Self::Script { modules: true }),
            (Syntax::Opaque, "html" | "htm" | "xhtml" | "svg" | "xml") => Some(Self::Markup),
            (Syntax::Opaque, "webmanifest") => Some(Self::Json),
            (Syntax::Opaque, _) if name.file_name() == "manifest.json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Returns the diagnostics about assets that `text` names, each with its byte offset, in text order. `read`: the byte
/// spans of what was read as a reference. `lacks_plain`: whether an asset has no plain copy.
pub(crate) fn diagnose(
    kind: Kind,
    text: &[u8],
    space: UrlSpace<'_>,
    from: &LogicalPath,
    read: &[Range<usize>],
    lacks_plain: impl Fn(AssetId) -> bool,
) -> Vec<(usize, Diagnostic)> {
    let mut spans = match kind {
        Kind::Markup => in_markup(text),
        Kind::Json => in_json(text),
        Kind::Script { modules } => in_script(text, &space.static_url.text, modules),
    };
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup();
    let is_read = |span: &Range<usize>| {
        let at = read.partition_point(|read| read.end <= span.start);
        read.get(at).is_some_and(|read| read.start < span.end)
    };
    spans.retain(|span| !is_read(span));
    let base = match kind {
        Kind::Script { modules: true } => Base::Page,
        _ => Base::Directory(from.directory()),
    };
    let diagnostic = |span: Range<usize>| {
        let escapes = if kind == Kind::Markup {
            Escapes::None
        } else {
            Escapes::Js
        };
        let url = decode(&text[span.clone()], escapes).text;
        let Target::Asset { id, .. } = resolve(space, base, &url) else {
            return None;
        };
        if space.catalog.get(id).naming.keeps_name() || space.catalog.name(id) == from {
            return None;
        }
        let why = match kind {
            Kind::Markup | Kind::Json => "references in such files are not read",
            Kind::Script { modules: false } if url.starts_with('.') => {
                "only with --js-modules, modules are read"
            }
            Kind::Script { .. } => "strings are not read",
        };
        let severity = if lacks_plain(id) {
            Severity::Warning
        } else {
            Severity::Notice
        };
        let what = format!("\"{}\" is not rewritten: {why}", shown(&*url));
        let found = Diagnostic::new(severity, Code::UncertainReference, from.as_str(), what);
        Some((
            span.start,
            match severity {
                Severity::Warning => {
                    found.help("--keep-original keeps the plain copies that are then fetched")
                }
                _ => found,
            },
        ))
    };
    spans.into_iter().filter_map(diagnostic).collect()
}

/// Values of attributes that are longer (bytes) are not looked at.
const LONGEST: usize = 4_096;

/// The values of attributes, the parts of those that are lists (`srcset`), and `url()`.
fn in_markup(text: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    for at in memchr_iter(b'=', text) {
        let white_space = text[at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_whitespace());
        let open = at + 1 + white_space.count();
        let Some(quote @ (b'"' | b'\'')) = text.get(open).copied() else {
            continue;
        };
        let Some(length) = memchr(quote, &text[open + 1..]) else {
            continue;
        };
        let value = open + 1..open + 1 + length;
        if length > LONGEST {
            continue; // the outline of a shape
        }
        let name = text[..at].trim_ascii_end();
        if name.len() >= 6 && name[name.len() - 6..].eq_ignore_ascii_case(b"srcset") {
            let is_separator = |b: &u8| b.is_ascii_whitespace() || *b == b',';
            let mut start = value.start;
            for part in text[value.clone()].split(is_separator) {
                spans.push(start..start + part.len());
                start += part.len() + 1;
            }
        }
        if let Ok(style) = std::str::from_utf8(&text[value.clone()])
            && style.contains("url(")
        {
            let urls = css::references::references(style).into_iter();
            let in_text = |span: Range<usize>| value.start + span.start..value.start + span.end;
            spans.extend(urls.map(|url| in_text(url.span)));
        }
        spans.push(value);
    }
    if let Ok(text) = std::str::from_utf8(text) {
        let urls = css::references::references(text);
        spans.extend(urls.into_iter().map(|Reference { span, .. }| span));
    }
    spans
}

/// The strings of a JSON text.
fn in_json(text: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr(b'"', &text[at..]) {
        let start = at + open + 1;
        let Some(end) = string_end(text, start, b'"') else {
            break;
        };
        spans.push(start..end);
        at = end + 1;
    }
    spans
}

/// The strings that begin with the static URL, and without `modules`, relative specifiers of imports.
fn in_script(text: &[u8], static_url: &str, modules: bool) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut push = |start: usize| {
        let quote = start.checked_sub(1).map(|before| text[before]);
        let quote = quote.filter(|quote| matches!(quote, b'"' | b'\'' | b'`'))?;
        let end = string_end(text, start, quote)?;
        spans.push(start..end);
        Some(())
    };
    if static_url.len() > 1 {
        for at in memmem::find_iter(text, static_url) {
            push(at);
        }
    }
    if !modules {
        for at in memmem::find_iter(text, "./") {
            let is_up = at > 0 && text[at - 1] == b'.';
            let start = if is_up { at - 1 } else { at };
            if start > 0 && is_behind_import(&text[..start - 1]) {
                push(start);
            }
        }
    }
    spans
}

/// Whether a text ends in `from`, `import` or `import(`.
fn is_behind_import(text: &[u8]) -> bool {
    let before = text.trim_ascii_end();
    let before = match before.strip_suffix(b"(") {
        Some(callee) => callee.trim_ascii_end(),
        None if before.ends_with(b"from") => return true,
        None => before,
    };
    before.ends_with(b"import")
}

/// The offset of the quote that closes a string on the same line.
fn string_end(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let mut at = start;
    loop {
        match *text.get(at)? {
            byte if byte == quote => return Some(at),
            b'\n' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::catalog::Catalog;
    use crate::text::css::uses::NO_USES;
    use crate::text::resolve::StaticUrl;

    fn found(name: &str, syntax: Syntax, text: &str) -> Vec<String> {
        let catalog = Catalog::of_names(["a.js", "d/a.png", "d/b.png", "d/m.js", "d/x.html"]);
        let space = UrlSpace {
            catalog: &catalog,
            static_url: &StaticUrl::new("/static/"),
            uses: &NO_USES,
        };
        let name = LogicalPath::new(name).unwrap();
        let Some(kind) = Kind::of(&name, syntax) else {
            return Vec::new();
        };
        let found = diagnose(kind, text.as_bytes(), space, &name, &[], |_| false);
        let url = |(at, found): (usize, Diagnostic)| {
            let url = found.message.split('"').nth(1).unwrap().to_owned();
            assert!(text[at..].starts_with(&url[..1]) || text[at..].starts_with('\\'));
            url
        };
        found.into_iter().map(url).collect()
    }

    #[test]
    fn what_names_an_asset() {
        let markup: &[(&str, &[&str])] = &[
            ("<img src=\"a.png\">", &["a.png"]),
            ("<img src = 'a.png?x'>", &["a.png?x"]),
            ("<img srcset='a.png 1x, b.png 2x'>", &["a.png", "b.png"]),
            (
                "<image xlink:href=\"/static/d/a.png\"/>",
                &["/static/d/a.png"],
            ),
            ("<p style='background:url(a.png)'>", &["a.png"]),
            ("<style>p{background:url(\"b.png\")}</style>", &["b.png"]),
            ("<?xml-stylesheet href=\"a.png\"?>", &["a.png"]),
            ("<img src=\"c.png\"><a href='#x'><p class=\"a\">a.png", &[]),
        ];
        for (text, urls) in markup {
            assert_eq!(found("d/y.html", Syntax::Opaque, text), *urls, "{text}");
            assert_eq!(found("d/y.SVG", Syntax::Opaque, text), *urls, "{text}");
            assert_eq!(found("d/y.txt", Syntax::Opaque, text), [""; 0]);
        }
        let json = r#"{"icons":[{"src":"a.png"},{"src":"\/static\/d\/b.png"}],"name":"a\"b"}"#;
        assert_eq!(
            found("d/y.webmanifest", Syntax::Opaque, json),
            ["a.png", "/static/d/b.png"]
        );
        assert_eq!(found("d/manifest.json", Syntax::Opaque, json).len(), 2);
        assert_eq!(found("d/y.json", Syntax::Opaque, json), [""; 0]);
        for (text, of_script, of_module) in [
            (
                "fetch('/static/a.js')",
                &["/static/a.js"][..],
                &["/static/a.js"][..],
            ),
            (
                "x = `/static/a.js`, y = '/static/b.js', z = /static/",
                &["/static/a.js"],
                &["/static/a.js"],
            ),
            ("import x from './a.png'", &["./a.png"], &[]),
            (
                "import'../a.js';import ( \"./m.js\" )",
                &["../a.js", "./m.js"],
                &[],
            ),
            ("require('./a.png'); x = './a.png'", &[], &[]),
        ] {
            assert_eq!(found("d/y.js", Syntax::Script, text), of_script, "{text}");
            assert_eq!(found("d/y.js", Syntax::Module, text), of_module, "{text}");
        }
    }
}
