//! References: reading and rewriting texts.

use super::{DIGEST, FROM, NAMES, STATIC_URLS, logical, space};
use crate::name::catalog::Catalog;
use crate::text::edges::{edges, splice};
use crate::text::resolve::{StaticUrl, Target};
use crate::text::{Escapes, ReferenceKind, Syntax, css_references_by_tokens};

/// The CSS reference scanner: see `reads_and_rewrites`. Skimmed text has no references.
pub fn css_references(text: &[u8]) {
    assert_eq!(Syntax::Css.references(text), css_references_by_tokens(text));
    reads_and_rewrites(Syntax::Css, text);
}

/// The JS reference scanner: see `reads_and_rewrites`. There is at most one source map comment.
pub fn js_references(text: &[u8]) {
    assert!(Syntax::Script.references(text).len() <= 1);
    reads_and_rewrites(Syntax::Script, text);
}

/// The scanner of `--js-modules`: see `reads_and_rewrites`. A script that cannot be parsed has no reference except
/// its source map.
pub fn js_modules(text: &[u8]) {
    let found = Syntax::Module.scan(text);
    if let Some(why) = &found.not_parsed {
        assert!(why.offset <= text.len() && !why.reason.is_empty());
        assert_eq!(found.references, Syntax::Script.references(text));
    }
    reads_and_rewrites(Syntax::Module, text);
}

/// Spans are ordered, disjoint and inside the text; an edit that changes nothing returns the text; a text with digests
/// inserted has the same references, with the digest in their URLs.
fn reads_and_rewrites(kind: Syntax, text: &[u8]) {
    let catalog = Catalog::of_names(NAMES.iter().copied());
    let from = logical(FROM);
    let found = kind.references(text);
    let static_url = StaticUrl::new(STATIC_URLS[0]);
    let space = space(&catalog, &static_url);
    let mut resolved = edges(&found, text, space, &from);
    let mut end = 0;
    let mut edits = Vec::new();
    let mut expected = Vec::new();
    for reference in &found {
        let span = reference.span.clone();
        assert!(end <= span.start && span.start <= span.end && span.end <= text.len());
        end = span.end;
        if let Ok(text) = std::str::from_utf8(text) {
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        }
        if reference.kind == ReferenceKind::SourceMap {
            assert!(text[..span.start].ends_with(b"sourceMappingURL="));
            assert!(reference.escapes == Escapes::None);
        }
        let url = reference.url(text);
        if reference.kind == ReferenceKind::Module {
            let mut starts = ["./", "../", "/", "http"].iter();
            let text = url.text.to_ascii_lowercase();
            assert!(starts.any(|start| text.starts_with(start)));
        }
        if reference.escapes == Escapes::Js {
            let quote = text[span.start - 1];
            let is_begin_of_template = quote == b'`' && text[span.end..].starts_with(b"${");
            assert!(text[span.end] == quote || is_begin_of_template);
            assert!(b"\"'`".contains(&quote));
        }
        offsets_lead_back(
            |at| url.raw_offset(at),
            url.text.len(),
            span.end - span.start,
        );
        let mut rewritten = url.text.clone().into_owned();
        let resolved = resolved.next().map(|resolved| resolved.target);
        if let Some(Target::Asset { digest_at, .. }) = resolved {
            rewritten.insert_str(digest_at, &format!(".{DIGEST}"));
            edits.push(span.start + url.raw_offset(digest_at));
        }
        expected.push((reference.kind, rewritten));
    }
    let edited = |insert: &str| {
        let edit = |at: &usize| (*at..*at, insert.to_owned());
        splice(text, edits.iter().map(edit))
    };
    assert_eq!(edited(""), text);
    let rewritten = edited(&format!(".{DIGEST}"));
    let again: Vec<(ReferenceKind, String)> = kind
        .references(&rewritten)
        .iter()
        .map(|reference| (reference.kind, reference.url(&rewritten).text.into_owned()))
        .collect();
    assert_eq!(again, expected);
}

/// Offsets in a decoded URL map to ascending offsets in its raw text, the end to the end.
fn offsets_lead_back(raw_offset: impl Fn(usize) -> usize, decoded: usize, raw: usize) {
    let mut before = 0;
    for at in 0..=decoded {
        let offset = raw_offset(at);
        assert!(before <= offset && offset <= raw);
        before = offset;
    }
    assert_eq!(before, raw);
}
