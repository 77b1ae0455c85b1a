//! References in CSS, by css-syntax-3 tokens.

use std::ops::Range;

use super::functions::Bracket;
use super::skim::skim;
use super::tokens::{Kind, tokens};
use crate::text::{Escapes, Reference, ReferenceKind, escape, source_map};

/// The at-rule whose prelude we are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prelude {
    None,
    /// `@import`, its URL still to come.
    Import,
    /// `@import` behind its URL, and `@namespace`: no reference any more (a namespace is only a name).
    Quiet,
}

/// All references of a style sheet, in its order.
pub(in crate::text) fn references(text: &str) -> Vec<Reference> {
    read(text, skim)
}

/// The same by all of its tokens, which takes five times as long.
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::text) fn references_by_tokens(text: &str) -> Vec<Reference> {
    read(text, |_, from, _| from)
}

/// Reads a style sheet, by those of its tokens that `skim` does not pass over.
fn read(text: &str, skim: impl Fn(&[u8], usize, &mut Vec<Bracket>) -> usize) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut brackets: Vec<Bracket> = Vec::new();
    let mut prelude = Prelude::None;
    // A byte order mark is no part of the first name (css-syntax-3, section 3.2).
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bom = text.len() - body.len();
    let mut tokens = tokens(body);
    loop {
        let is_plain = !matches!(brackets.last(), Some(Bracket::Url | Bracket::ImageSet));
        if is_plain && prelude == Prelude::None {
            tokens.go_to(skim(body.as_bytes(), tokens.at(), &mut brackets));
        }
        let Some(mut token) = tokens.next() else {
            return found;
        };
        token.span = token.span.start + bom..token.span.end + bom;
        let raw = &text[token.span.clone()];
        match token.kind {
            Kind::WhiteSpace => continue,
            Kind::Comment => {
                found.extend(source_map::in_css_comment(text, token.span));
                continue;
            }
            Kind::AtKeyword => {
                prelude = match unescaped_name(&raw[1..]).as_str() {
                    "import" => Prelude::Import,
                    "namespace" => Prelude::Quiet,
                    _ => Prelude::None,
                };
            }
            Kind::UnquotedUrl => {
                push(&mut found, &mut prelude, text, unquoted(text, &token.span));
            }
            Kind::String => {
                let is_url = match brackets.last() {
                    Some(Bracket::Url | Bracket::ImageSet) => true,
                    Some(Bracket::Other) => false,
                    None => prelude == Prelude::Import,
                };
                if is_url {
                    push(&mut found, &mut prelude, text, quoted(text, &token.span));
                }
            }
            Kind::Function => {
                let name = unescaped_name(&raw[..raw.len() - 1]);
                brackets.push(Bracket::of_function(name.as_bytes()));
                continue;
            }
            Kind::OpenParenthesis | Kind::OpenSquare => brackets.push(Bracket::Other),
            Kind::OpenCurly => {
                brackets.push(Bracket::Other);
                prelude = Prelude::None;
            }
            Kind::CloseParenthesis | Kind::CloseSquare => drop(brackets.pop()),
            Kind::CloseCurly => {
                brackets.pop();
                prelude = Prelude::None;
            }
            Kind::Semicolon => prelude = Prelude::None,
            _ => {
                // `@import foo "x.css"` is no valid import.
                if prelude == Prelude::Import && brackets.is_empty() {
                    prelude = Prelude::Quiet;
                }
            }
        }
        if let Some(bracket @ Bracket::Url) = brackets.last_mut() {
            *bracket = Bracket::Other; // only the first thing inside is the URL
        }
    }
}

/// Notes a URL, unless the prelude it stands in is one where URLs are not references.
fn push(found: &mut Vec<Reference>, prelude: &mut Prelude, text: &str, span: Range<usize>) {
    let kind = match *prelude {
        Prelude::Quiet => return,
        Prelude::Import => {
            *prelude = Prelude::Quiet;
            ReferenceKind::Import
        }
        Prelude::None => ReferenceKind::Url,
    };
    debug_assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
    found.push(Reference {
        kind,
        span,
        escapes: Escapes::Css,
    });
}

/// The inside of a string token, which the end of the file may have cut short.
fn quoted(text: &str, token: &Range<usize>) -> Range<usize> {
    let raw = &text[token.clone()];
    let inside = &raw[1..];
    let closed = raw.len() >= 2
        && raw.as_bytes().last() == raw.as_bytes().first()
        && trailing_backslashes(&inside[..inside.len() - 1]).is_multiple_of(2);
    token.start + 1..token.end - usize::from(closed)
}

fn trailing_backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|b| *b == b'\\').count()
}

/// The URL in an unquoted `url( … )` token. White space behind an escape belongs to the escape, not to the token.
fn unquoted(text: &str, token: &Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let open = memchr::memchr(b'(', &bytes[token.clone()]).unwrap_or(0);
    let mut start = token.start + open + 1;
    while start < token.end && is_white_space(bytes[start]) {
        start += 1;
    }
    let mut end = start;
    while end < token.end && bytes[end] != b')' && !is_white_space(bytes[end]) {
        if bytes[end] == b'\\' {
            end += escape_length(&bytes[end..token.end]);
        } else {
            end += 1;
        }
    }
    start..end
}

/// The bytes of the escape that `bytes` begins with.
fn escape_length(bytes: &[u8]) -> usize {
    let hex = bytes[1..]
        .iter()
        .take(6)
        .take_while(|b| b.is_ascii_hexdigit())
        .count();
    if hex == 0 {
        // Any one character; what follows of a longer one is no white space.
        return bytes.len().min(2);
    }
    match &bytes[1 + hex..] {
        [b'\r', b'\n', ..] => hex + 3,
        [b, ..] if is_white_space(*b) => hex + 2,
        _ => hex + 1,
    }
}

fn is_white_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// A function's or at-rule's name, escapes undone, in lower case.
fn unescaped_name(raw: &str) -> String {
    escape::decode(raw.as_bytes(), Escapes::Css)
        .text
        .to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(css: &str) -> Vec<String> {
        references(css)
            .iter()
            .map(|reference| reference.url(css.as_bytes()).text.into_owned())
            .collect()
    }

    #[test]
    fn every_form_of_the_contract() {
        for (css, expected) in [
            ("a{b:url(x.png)}", &["x.png"][..]),
            ("a{b:URL( x.png )}", &["x.png"]),
            ("a{b:uRl(\n\"x.png\"\n)}", &["x.png"]),
            ("a{b:url('x y.png')}", &["x y.png"]),
            ("a{b:url(x\\ y.png)}", &["x y.png"]),
            ("a{b:url(x\\20 )}", &["x "]),
            ("a{b:url(x\\(1\\).png)}", &["x(1).png"]),
            ("a{b:u\\72l(x.png)}", &["x.png"]),
            ("\u{feff}url(x.png){}", &["x.png"]), // found by fuzzing: the mark is no part of the name
            ("a{b:url(\"x\\\"y.png\")}", &["x\"y.png"]),
            ("a{b:url(x.png", &["x.png"]),
            ("a{b:url(\"x.png", &["x.png"]),
            ("a{b:url()}", &[""]),
            ("a{b:url(\"\")}", &[""]),
            ("a{b:url(a.png),url(b.png)}", &["a.png", "b.png"]),
            ("@import \"x.css\";", &["x.css"]),
            ("@IMPORT'x.css'screen;", &["x.css"]),
            (
                "@import/**/\"x.css\" layer(a) supports(b:url(y.png)) print;",
                &["x.css"],
            ),
            ("@import url(x.css)layer(x);", &["x.css"]),
            ("@import url(\"x.css\") screen;a{b:url(y)}", &["x.css", "y"]),
            ("@import src(\"x.css\");", &["x.css"]),
            (
                "a{b:image-set(\"x.png\" 1x,url(y.png) 2x)}",
                &["x.png", "y.png"],
            ),
            ("a{b:-webkit-image-set(\"x.png\" 1x)}", &["x.png"]),
            ("a{b:IMAGE-SET(\"x\" type(\"image/png\"))}", &["x"]),
            ("a{b:src(\"x.png\")}", &["x.png"]),
            ("a{--x:url(x.png)}", &["x.png"]),
            (
                "a{b:image-set(linear-gradient(red,blue) 1x,\"x\" 2x)}",
                &["x"],
            ),
            (
                "@font-face{src:url(f.eot?#iefix) format(\"x\")}",
                &["f.eot?#iefix"],
            ),
            ("a{}/*# sourceMappingURL=x.map */", &["x.map"]),
            ("a{}/*@ sourceMappingURL=x.map*/", &["x.map"]),
            ("a{}/*#sourceMappingURL=x.map\n*/b{}", &["x.map"]),
        ] {
            assert_eq!(urls(css), expected, "{css}");
        }
    }

    #[test]
    fn what_only_looks_like_a_reference() {
        for css in [
            "/* url(x.png) */",
            "a{content:\"url(x.png)\"}",
            "a{content:\"@import 'x'\"}",
            "@namespace \"http://x\";",
            "@namespace svg url(http://x);",
            "a[href=\"x.png\"]{}",
            "a{b:format(\"x\")}",
            "a{b:url-prefix(\"x\")}",
            "a{b:myurl(\"x\")}",
            "a{b:url(x y.png)}",  // a bad URL
            "a{b:url(x\"y.png)}", // another
            "a{b:url(\"x\ny\")}", // a bad string
            "@charset \"utf-8\";",
            "@import foo \"x.css\";",
            "/*# sourceMappingURL=a b.map */",
            "/* sourceMappingURL=x.map */",
            "a{content:\"/*# sourceMappingURL=x.map */\"}",
            "@layer a;b{c:\"x\"}",
        ] {
            assert_eq!(urls(css), [""; 0], "{css}");
        }
    }

    /// What style sheets are made of, and what could be taken for the begin of something else when it is passed over.
    const PIECES: &str = "url(|URL(|src(|xsrc(|image-set(|-webkit-image-set(|calc(|\\75rl(|u\\72l(|url\\28|x.png|y|\
        é|\u{1f600}|\0|@import|@namespace|@media|@|(|)|[|]|{|}|;|:|,|.|#|##|%|+|-|--|-->|<!--|<|!--|1|.5|1e|e3|5%|/*|*/|/|*|\
        /*# sourceMappingURL=x.map */|\\|\\41 |\\\n|\"|'|\"a\"|'b\\'c'|\n|\r\n|\u{c}| |\t";

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]

        /// What is passed over has no reference in it, and does not change what is read behind it.
        #[test]
        fn skimming_misses_nothing(
            pieces in proptest::collection::vec(proptest::sample::select(PIECES.split('|').collect::<Vec<_>>()), 0..24)
        ) {
            let css = pieces.concat();
            proptest::prop_assert_eq!(references(&css), references_by_tokens(&css), "{:?}", css);
        }
    }

    #[test]
    fn spans_are_the_url_alone() {
        for css in [
            "a{b:url( x.png )}",
            "a{b:url(\"x.png\")}",
            "@import 'x.png'",
        ] {
            let found = references(css);
            assert_eq!(&css[found[0].span.clone()], "x.png");
        }
    }
}
