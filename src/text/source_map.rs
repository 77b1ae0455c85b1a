//! `sourceMappingURL` comments, as ECMA-426 (section 11.1.2.1, `JavaScriptExtractSourceMapURL`) defines them.

use std::ops::Range;

use memchr::memmem;

use super::{Escapes, Reference, ReferenceKind, RelativeTo};

const NAME: &[u8] = b"sourceMappingURL=";

/// Returns the reference in a CSS comment token that names a source map. In CSS the comment may be anywhere.
pub(super) fn in_css_comment(text: &str, token: Range<usize>) -> Option<Reference> {
    let inside = text[token.clone()].strip_prefix("/*")?.strip_suffix("*/")?;
    match_url(inside.as_bytes(), token.start + 2)
}

/// Returns the source map comment of a script: after the last code, followed only by line comments and white space.
///
/// The specification's method "without parsing" requires the comment on a line of its own; its method "through parsing"
/// does not, and real bundles end in `code();//# sourceMappingURL=…`. Both are accepted here. As in the former, a comment
/// with a quote or `*/` does not count: it could be inside a string, a template or a block comment.
pub(super) fn in_script(text: &[u8]) -> Option<Reference> {
    memmem::find(text, NAME)?; // most scripts have none; the search backwards is slow
    let mut end = text.len();
    loop {
        let start = line_start(&text[..end]);
        let line = &text[start..end];
        let code = line.len() - trim_start(line).len();
        if line[code..].starts_with(b"//") {
            let comment = &line[code + 2..];
            if is_ambiguous(comment) {
                return None;
            }
            if let Some(reference) = match_url(comment, start + code + 2) {
                return Some(reference);
            }
        } else if code < line.len() {
            return behind_code(line, start);
        }
        end = line_end_before(text, start)?;
    }
}

/// Returns the source map comment after code on one line: `code();//# sourceMappingURL=…`
fn behind_code(line: &[u8], start: usize) -> Option<Reference> {
    let name = memmem::rfind(line, NAME)?;
    let opening = memmem::rfind(&line[..name], b"//")?;
    let comment = &line[opening + 2..];
    if is_ambiguous(comment) {
        return None;
    }
    match_url(comment, start + opening + 2)
}

fn is_ambiguous(comment: &[u8]) -> bool {
    memchr::memchr3(b'"', b'\'', b'`', comment).is_some() || memmem::find(comment, b"*/").is_some()
}

/// `MatchSourceMapURL`: `^[@#]\s*sourceMappingURL=(\S*?)\s*$`
fn match_url(comment: &[u8], offset: usize) -> Option<Reference> {
    let behind_sign = match comment {
        [b'#' | b'@', rest @ ..] => trim_start(rest),
        _ => return None,
    };
    let url = behind_sign.strip_prefix(NAME)?;
    let start = offset + comment.len() - url.len();
    let url = trim_end(url);
    if url.is_empty() || contains_space(url) {
        return None;
    }
    Some(Reference {
        kind: ReferenceKind::SourceMap,
        span: start..start + url.len(),
        escapes: Escapes::None,
        relative_to: RelativeTo::Text,
    })
}

/// The white space of ECMAScript's `\s`, as UTF-8.
const SPACES: &[&[u8]] = &[
    b" ",
    b"\t",
    b"\n",
    b"\r",
    b"\x0b",
    b"\x0c",
    b"\xc2\xa0",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xa9",
];

fn trim_start(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = SPACES.iter().find_map(|space| text.strip_prefix(*space)) {
        text = rest;
    }
    text
}

fn trim_end(mut text: &[u8]) -> &[u8] {
    while let Some(rest) = SPACES.iter().find_map(|space| text.strip_suffix(*space)) {
        text = rest;
    }
    text
}

fn contains_space(text: &[u8]) -> bool {
    SPACES
        .iter()
        .any(|space| memmem::find(text, space).is_some())
}

/// Byte offset of the last line of `text`: after the last `LineTerminatorSequence`.
fn line_start(text: &[u8]) -> usize {
    let mut end = text.len();
    while let Some(at) = memchr::memrchr3(b'\n', b'\r', 0xe2, &text[..end]) {
        if text[at] != 0xe2 {
            return at + 1;
        }
        if text[at..].starts_with(b"\xe2\x80\xa8") || text[at..].starts_with(b"\xe2\x80\xa9") {
            return at + 3;
        }
        end = at;
    }
    0
}

/// Byte offset of the end of the line before the one that begins at `start`; `None` if there is none.
fn line_end_before(text: &[u8], start: usize) -> Option<usize> {
    const LINE_ENDS: &[&[u8]] = &[
        b"\r\n", // before its halves
        b"\n",
        b"\r",
        b"\xe2\x80\xa8",
        b"\xe2\x80\xa9",
    ];
    LINE_ENDS
        .iter()
        .find_map(|end| text[..start].strip_suffix(*end))
        .map(<[u8]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(script: &str) -> Option<&str> {
        in_script(script.as_bytes()).map(|reference| &script[reference.span])
    }

    #[test]
    fn found() {
        for script in [
            "f()\n//# sourceMappingURL=x.map",
            "f()\n//# sourceMappingURL=x.map\n",
            "f()\r\n//# sourceMappingURL=x.map\r\n\r\n",
            "f()\n//@ sourceMappingURL=x.map",
            "f()\n  //#sourceMappingURL=x.map  ",
            "f();//# sourceMappingURL=x.map",
            "f();//# sourceMappingURL=x.map\n// the end\n",
            "var u=\"http://a\";//# sourceMappingURL=x.map",
            "//# sourceMappingURL=old.map\n//# sourceMappingURL=x.map",
            "x=/`/;\nf()\n//# sourceMappingURL=x.map",
            "//# sourceMappingURL=x.map",
            "f()\u{2028}//# sourceMappingURL=x.map",
        ] {
            assert_eq!(url(script), Some("x.map"), "{script:?}");
        }
    }

    #[test]
    fn not_found() {
        for script in [
            "",
            "f()",
            "//# sourceMappingURL=x.map\nf()",
            "var s=\"//# sourceMappingURL=x.map\"",
            "let a = `\n//# sourceMappingURL=x.map\n`;",
            "/*\n//# sourceMappingURL=x.map */",
            "/*# sourceMappingURL=x.map */",
            "//# sourcemappingurl=x.map",
            "// sourceMappingURL=x.map",
            "//# sourceMappingURL=",
            "//# sourceMappingURL=a b.map",
            "f()\n// see sourceMappingURL=x.map",
        ] {
            assert_eq!(url(script), None, "{script:?}");
        }
    }
}
