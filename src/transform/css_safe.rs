//! `--minify safe`: takes away white space and comments, token by token. Lossless by construction: no other token is
//! added, removed, changed or glued to its neighbour (which is also checked on every result), and text that scripts can
//! read back through the CSSOM is left alone to the byte.
//!
//! What stays as it is:
//! - values of custom properties, of `@property` and `@function`, and values with `var()` and its like: browsers hand
//!   them out as written;
//! - preludes of at-rules, which `conditionText` and `mediaText` may show as written, comments included;
//! - what is inside `:is()` and `:where()`, which `selectorText` may show as written;
//! - `/*! … */` licences and `sourceMappingURL` comments, where they stand;
//! - `@charset "…";`, which counts byte by byte, and only at the very start of the file;
//! - the line breaks of a file that names a source map, so that the map's lines stay true (columns do not);
//! - a file with broken tokens or brackets that do not match, whole.

use std::borrow::Cow;

use super::sheet::Sheet;
use super::{Minified, NotMinified};
use crate::css_tokens::{CssToken, Kind, tokens};
use crate::reference::{Escapes, decode};

/// Minifies `css`.
pub(super) fn minify(css: &str) -> Minified {
    const BOM: char = '\u{feff}';
    let body = css.strip_prefix(BOM).unwrap_or(css);
    let bom = css.len() - body.len();
    let not_minified = |offset: usize, reason: &str| Minified {
        text: None,
        notice: Some(NotMinified {
            offset: bom + offset,
            reason: format!("not minified: {reason}"),
        }),
    };
    let tokens: Vec<CssToken> = tokens(body).collect();
    if let Some((offset, reason)) = broken(body, &tokens) {
        return not_minified(offset, reason);
    }
    let mut minifier = Minifier {
        sheet: Sheet {
            text: body,
            tokens: &tokens,
        },
        keep_lines: tokens.iter().any(|token| is_source_map(body, token)),
        out: String::with_capacity(css.len()),
        next: 0,
        last: None,
    };
    minifier.out.push_str(&css[..bom]);
    minifier.run();
    let out = minifier.out;
    if bom == 0 && out.starts_with(BOM) {
        return not_minified(0, "a byte order mark would come to the front");
    }
    if !same_tokens(body, &tokens, &out[bom..]) {
        return not_minified(0, "the result would not have had the same tokens");
    }
    Minified {
        text: (out.len() < css.len()).then_some(out),
        notice: None,
    }
}

/// What keeps a file from being minified: (byte offset, reason).
fn broken(text: &str, tokens: &[CssToken]) -> Option<(usize, &'static str)> {
    let mut open: Vec<(Kind, usize)> = Vec::new();
    for token in tokens {
        let raw = &text[token.span.clone()];
        let start = token.span.start;
        match token.kind {
            Kind::BadUrl => return Some((start, "a broken url()")),
            Kind::BadString => return Some((start, "a string that a line break ends")),
            Kind::Delim('\\') => return Some((start, "a backslash that escapes nothing")),
            Kind::Comment if raw.len() < 4 || !raw.ends_with("*/") => {
                return Some((start, "a comment that is not closed"));
            }
            Kind::UnquotedUrl if !raw.ends_with(')') => {
                return Some((start, "a url() that is not closed"));
            }
            Kind::String if raw.len() < 2 || raw.as_bytes().last() != raw.as_bytes().first() => {
                return Some((start, "a string that is not closed"));
            }
            Kind::Function | Kind::OpenParenthesis => open.push((Kind::CloseParenthesis, start)),
            Kind::OpenSquare => open.push((Kind::CloseSquare, start)),
            Kind::OpenCurly => open.push((Kind::CloseCurly, start)),
            Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => match open.pop() {
                Some((expected, _)) if expected == token.kind => {}
                _ => return Some((start, "a closing bracket without its opening one")),
            },
            _ => {}
        }
    }
    // At the end of the file an escape takes nothing; the closing bracket or quote would then be escaped.
    open.pop()
        .map(|(_, start)| (start, "a bracket that is not closed"))
        .or_else(|| {
            text.ends_with('\\')
                .then(|| (text.len() - 1, "a backslash at the end"))
        })
}

/// What is to become of white space that could go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// It goes, unless the tokens on both sides would become one.
    Drop,
    /// One space stays.
    Keep,
}

/// Rules for white space inside a list of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    /// A selector: white space is a combinator.
    Selector,
    /// A value without anything that is handed out as written.
    Value,
}

struct Minifier<'t> {
    sheet: Sheet<'t>,
    keep_lines: bool,
    out: String,
    /// The first token that is not in `out` (or dropped) yet.
    next: usize,
    /// The last token in `out`.
    last: Option<usize>,
}

impl Minifier<'_> {
    fn run(&mut self) {
        let mut depth = 0_usize;
        while let Some(first) = self.sheet.significant(self.next) {
            match self.sheet.kind(first) {
                Kind::OpenCurly => depth += 1,
                Kind::CloseCurly => depth = depth.saturating_sub(1),
                Kind::Semicolon => {}
                // Browsers skip these: the next statement begins behind them.
                Kind::Cdo | Kind::Cdc if depth == 0 => {}
                Kind::AtKeyword => {
                    self.at_rule(first);
                    continue;
                }
                _ => {
                    self.statement(first, depth);
                    continue;
                }
            }
            self.emit(first, Space::Drop);
        }
        // Comments that stay may stand at the end.
        self.gap(self.sheet.tokens.len(), Space::Drop);
    }

    /// The at-keyword and its prelude, without the `{` or `;` behind them.
    fn at_rule(&mut self, first: usize) {
        let end = self.sheet.end(first + 1, true);
        if self.sheet.raw(first).eq_ignore_ascii_case("@charset") {
            if self.last.is_none() && first > 0 && self.out.is_empty() {
                // Only as the very first bytes of a file does it count: it must not come to stand there.
                self.out.push('\n');
            }
            self.emit_verbatim(first, end, Space::Drop);
            return;
        }
        self.emit(first, Space::Drop);
        self.emit_as_written(first + 1, end, Space::Keep);
    }

    /// A selector, a declaration, or what is neither.
    fn statement(&mut self, first: usize, depth: usize) {
        let colon = self.sheet.declaration_colon(first);
        let name = unescaped(self.sheet.raw(first));
        if let Some(colon) = colon
            && depth > 0
            && name.starts_with("--")
        {
            let end = self.sheet.end(colon + 1, false);
            self.emit(first, Space::Drop);
            // `-- :hover { }` is a selector to Chromium.
            self.emit(colon, Space::Keep);
            self.emit_verbatim(colon + 1, end, Space::Drop);
            return;
        }
        let end = self.sheet.end(first, true);
        if self
            .sheet
            .tokens
            .get(end)
            .is_some_and(|token| token.kind == Kind::OpenCurly)
        {
            self.list(first, end, Context::Selector);
            return;
        }
        match colon {
            Some(colon) if colon < end => {
                for index in first..=colon {
                    self.emit_significant(index, Space::Drop);
                }
                if let Some((start, last)) = self.sheet.trimmed(colon + 1, end) {
                    if DESCRIPTORS_AS_WRITTEN.contains(&&*name.to_ascii_lowercase())
                        || self.is_handed_out_as_written(start, last + 1)
                    {
                        self.emit_as_written(colon + 1, end, Space::Drop);
                    } else {
                        self.list(start, last + 1, Context::Value);
                    }
                }
            }
            _ => self.emit_as_written(first, end, Space::Drop),
        }
    }

    /// Whether a value is one that browsers keep as text until it is used, or one that only its author understands.
    fn is_handed_out_as_written(&self, from: usize, to: usize) -> bool {
        self.sheet.tokens[from..to].iter().any(|token| {
            let raw = &self.sheet.text[token.span.clone()];
            match token.kind {
                Kind::Function => {
                    let name = raw[..raw.len() - 1].to_ascii_lowercase();
                    name.starts_with("--") || name.contains('\\') || AS_WRITTEN.contains(&&*name)
                }
                Kind::Ident => raw.starts_with("--"),
                Kind::Colon => true, // progid:…
                _ => false,
            }
        })
    }

    /// A selector or value, token by token.
    fn list(&mut self, from: usize, to: usize, context: Context) {
        let mut open = 0_usize;
        // How many brackets were open where text that stays as written began.
        let mut as_written = None;
        for index in from..to {
            let kind = self.sheet.kind(index);
            if matches!(kind, Kind::WhiteSpace | Kind::Comment) {
                continue;
            }
            let closes = matches!(kind, Kind::CloseParenthesis | Kind::CloseSquare);
            let before = self.last.map(|last| self.sheet.kind(last));
            let drop = loose_inside(kind, context, open)
                || before.is_some_and(|before| loose_inside(before, context, open))
                || kind == Kind::CloseParenthesis
                || matches!(before, Some(Kind::Function | Kind::OpenParenthesis));
            // `>>>` was a combinator of its own.
            let shadow = kind == Kind::Delim('>') && before == Some(kind);
            let space = if drop && !shadow || index == from {
                Space::Drop
            } else {
                Space::Keep
            };
            if as_written.is_some() {
                self.emit_verbatim(self.next, index + 1, Space::Drop);
            } else {
                self.emit(index, space);
            }
            if kind == Kind::Function
                && context == Context::Selector
                && as_written.is_none()
                && is_forgiving(self.sheet.raw(index))
            {
                as_written = Some(open);
            }
            if closes {
                open = open.saturating_sub(1);
                if as_written == Some(open) {
                    as_written = None;
                }
            } else if matches!(
                kind,
                Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare
            ) {
                open += 1;
            }
        }
    }

    fn emit_significant(&mut self, index: usize, space: Space) {
        if !matches!(self.sheet.kind(index), Kind::WhiteSpace | Kind::Comment) {
            self.emit(index, space);
        }
    }

    fn emit(&mut self, index: usize, space: Space) {
        self.emit_verbatim(index, index + 1, space);
    }

    /// The tokens from `from` to before `to`, white space and comments between them included.
    fn emit_verbatim(&mut self, from: usize, to: usize, space: Space) {
        if from >= to {
            return;
        }
        self.gap(from, space);
        self.out.push_str(self.sheet.slice(from, to));
        self.next = to;
        self.last = (from..to)
            .rev()
            .find(|index| !matches!(self.sheet.kind(*index), Kind::WhiteSpace | Kind::Comment))
            .or(self.last);
    }

    /// The same without the white space at both ends. Comments there stay: some browsers show them.
    fn emit_as_written(&mut self, from: usize, to: usize, space: Space) {
        if let Some((start, last)) = self.sheet.without_outer_space(from, to) {
            self.emit_verbatim(start, last + 1, space);
        }
    }

    /// What stands between the last token written and the token `to`: white space and comments.
    fn gap(&mut self, to: usize, space: Space) {
        let gap = &self.sheet.tokens[self.next..to];
        let at = self.out.len();
        let mut white_space = false;
        let mut dropped_lines = 0;
        for token in gap {
            let raw = &self.sheet.text[token.span.clone()];
            if token.kind == Kind::Comment
                && (raw.starts_with("/*!") || is_source_map(self.sheet.text, token))
            {
                self.lines(white_space, &mut dropped_lines);
                self.out.push_str(raw);
            } else {
                white_space |= token.kind == Kind::WhiteSpace;
                dropped_lines += raw.matches('\n').count();
            }
        }
        self.lines(white_space, &mut dropped_lines);
        self.next = to;
        if self.out.len() > at && (!white_space || self.out[at..].contains('\n')) {
            return; // something separates the tokens already
        }
        let glued = match (self.last, self.sheet.tokens.get(to)) {
            (Some(last), Some(_)) => glues(
                self.sheet.text,
                &self.sheet.tokens[last],
                &self.sheet.tokens[to],
            ),
            _ => false,
        };
        if white_space
            && (glued || space == Space::Keep)
            && self.last.is_some()
            && to < self.sheet.tokens.len()
        {
            // White space right behind `\9` would be the escape's own; a comment has kept it from that.
            let separator = if ends_in_escape(&self.out[..at]) {
                "/**/ "
            } else {
                " "
            };
            self.out.insert_str(at, separator);
        } else if glued && !gap.is_empty() && self.out.len() == at {
            self.out.push_str("/**/");
        }
    }

    /// Writes the line breaks of what was dropped, where they are to be kept.
    fn lines(&mut self, white_space: bool, dropped: &mut usize) {
        let count = std::mem::take(dropped);
        if !self.keep_lines || count == 0 {
            return;
        }
        let breaks = "\n".repeat(count);
        if white_space {
            if ends_in_escape(&self.out) {
                self.out.push_str("/**/");
            }
            self.out.push_str(&breaks);
        } else {
            // Only inside a comment are they no white space.
            self.out.push_str("/*");
            self.out.push_str(&breaks);
            self.out.push_str("*/");
        }
    }
}

/// Functions whose values browsers keep as text (css-values-5, "arbitrary substitution functions"), and old scripts.
const AS_WRITTEN: &[&str] = &[
    "var",
    "env",
    "attr",
    "if",
    "inherit",
    "random-item",
    "first-valid",
    "ident",
    "expression",
    "toggle",
    "spread",
    "paint",
];

/// Descriptors whose values browsers keep as text: those of `@property` and `@function`.
const DESCRIPTORS_AS_WRITTEN: &[&str] = &["initial-value", "result"];

/// Whether a selector function takes what it does not understand; browsers may show that as written.
fn is_forgiving(function: &str) -> bool {
    let name = unescaped(&function[..function.len() - 1]).to_ascii_lowercase();
    matches!(&*name, "is" | "where")
}

/// A name with its escapes undone.
fn unescaped(name: &str) -> Cow<'_, str> {
    decode(name.as_bytes(), Escapes::Css).text
}

/// Whether text ends in a hexadecimal escape that white space would still belong to.
fn ends_in_escape(text: &str) -> bool {
    let digits = text
        .bytes()
        .rev()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let rest = &text.as_bytes()[..text.len() - digits];
    let backslashes = rest.iter().rev().take_while(|byte| **byte == b'\\').count();
    digits > 0 && backslashes % 2 == 1
}

/// Whether white space beside such a token means nothing.
fn loose_inside(kind: Kind, context: Context, open: usize) -> bool {
    match (kind, context) {
        (Kind::Comma, _) | (Kind::Delim('!' | '/' | '*'), Context::Value) => true,
        // Combinators; inside brackets a `+` may be part of An+B.
        (Kind::Delim('>' | '+' | '~'), Context::Selector) => open == 0,
        _ => false,
    }
}

/// Whether two tokens would be read as others without anything between them (css-syntax-3, section 9, and beyond).
fn glues(text: &str, before: &CssToken, after: &CssToken) -> bool {
    use Kind::{
        AtKeyword, Cdc, Delim, Dimension, Function, Hash, Ident, Match, Number, OpenParenthesis,
        Percentage, UnquotedUrl,
    };
    let raw = |token: &CssToken| &text[token.span.clone()];
    let name = matches!(after.kind, Ident | Function | UnquotedUrl | Kind::BadUrl);
    let number = matches!(after.kind, Number | Percentage | Dimension);
    let dash = matches!(after.kind, Delim('-') | Cdc);
    match before.kind {
        Ident => {
            name || number
                || dash
                || after.kind == OpenParenthesis
                // `-->`
                || raw(before) == "--" && after.kind == Delim('>')
                // Older tokenizers read `u+…` as a unicode range.
                || raw(before).eq_ignore_ascii_case("u") && after.kind == Delim('+')
        }
        AtKeyword | Hash | Dimension | Delim('#' | '-') => name || number || dash,
        Number => name || number || dash || after.kind == Delim('%'),
        Delim('@') => name || dash,
        Delim('.' | '+') => number,
        Delim('/') => matches!(after.kind, Delim('*')) || after.kind == Match && raw(after) == "*=",
        Delim('$' | '^' | '~' | '*' | '|') => matches!(after.kind, Delim('=' | '|')),
        Delim('<') => after.kind == Delim('!'),
        _ => false,
    }
}

/// `/*# sourceMappingURL=… */`
fn is_source_map(text: &str, token: &CssToken) -> bool {
    token.kind == Kind::Comment && crate::reference::is_css_source_map(text, token.span.clone())
}

/// Whether `out` has exactly the tokens of the source, white space and comments aside.
fn same_tokens(text: &str, source: &[CssToken], out: &str) -> bool {
    let significant = |token: &CssToken| !matches!(token.kind, Kind::WhiteSpace | Kind::Comment);
    let mut after = tokens(out).filter(significant);
    let same = source
        .iter()
        .filter(|token| significant(token))
        .all(|token| {
            after.next().is_some_and(|other| {
                token.kind == other.kind && text[token.span.clone()] == out[other.span]
            })
        });
    same && after.next().is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minified(css: &str) -> String {
        minify(css).text.unwrap_or_else(|| css.to_owned())
    }

    #[test]
    fn what_goes() {
        for (css, expected) in [
            ("a { color : red ; }\n", "a{color:red;}"),
            ("/* x */\na{}", "a{}"),
            ("\n\u{feff}a{}", "\n\u{feff}a{}"), // found by fuzzing: at the front, it would be no part of a name
            ("a , b > c + d ~ e f{}", "a,b>c+d~e f{}"),
            ("a{margin:0  1px\n2px}", "a{margin:0 1px 2px}"),
            ("a{font:12px / 1.5 a , b}", "a{font:12px/1.5 a,b}"),
            ("a{color:red ! important}", "a{color:red!important}"),
            ("a{color:rgb( 0 , 0 , 0 )}", "a{color:rgb(0,0,0)}"),
            (
                "a{width:calc( 1px + 2px * 3 )}",
                "a{width:calc(1px + 2px*3)}",
            ),
            (
                "@media  screen  and (a: b) , print { a { b : c } }",
                "@media screen  and (a: b) , print{a{b:c}}",
            ),
            (":not( .a , .b ){}", ":not(.a,.b){}"),
            (":nth-child( 2n + 1 ){}", ":nth-child(2n + 1){}"),
            ("a{b:c;;}\n\n", "a{b:c;;}"),
            ("a{& b { c : d } e : f }", "a{& b{c:d}e:f}"),
            ("a{b:c}/* x */ d{e:f}", "a{b:c}d{e:f}"),
            ("@import  url(x)  screen ;", "@import url(x)  screen;"),
            ("a{*zoom : 1}", "a{*zoom:1}"),
            ("a{grid-area:1 / 2}", "a{grid-area:1/2}"),
        ] {
            assert_eq!(minified(css), expected, "{css}");
        }
    }

    #[test]
    fn what_stays() {
        for css in [
            "a{--x:  a  /* b */ c ;}",
            "a{--x: {a : b}}",
            "a{--x: ;}",
            "a{b:var( --x ,  1px )}",
            "a{b:env( x )}",
            "a{filter:progid:x( a = 1 )}",
            "a :hover{}",
            "a *{}",
            "a .b #c [d] f{}",
            "u +a{}",
            "/*! licence */a{}",
            "a{}/*! licence */",
            "a{b:c}/*# sourceMappingURL=x.map */",
            "@charset \"utf-8\";a{}",
            "@supports (a:  b){c{}}",
            "a/**/b{}",
            "a{b:1/**/2}",
            "<!--a{}-->",
            "@supports (a:b) /* c */{c{}}",
            "@import url(x) /* c */;",
            "<!--@supports (a:  b) , (c){c{}}",
            "@property --x{initial-value:a  /* b */ b}",
            "@function --f(){RESULT:1px  +  2px}",
            "a{-\\-x:a  b}",
            "a{b:/* c */ var(--x) /* d */}",
            "a{:is( &  :foo , .b ){c:d}}",
            ":\\69s( a , b ){}",
            "a> > >b{}",
            "a{-- :hover{b:c}}",
            "a{b:paint(x,  y)}",
        ] {
            assert_eq!(minified(css), css, "{css}");
        }
    }

    #[test]
    fn comments_that_separate() {
        assert_eq!(minified("a/* x */b{}"), "a/**/b{}");
        assert_eq!(minified("a/* x */.b{}"), "a.b{}");
        assert_eq!(minified("a /* x */ b{}"), "a b{}");
        assert_eq!(minified("a /*! x */ b{ }"), "a /*! x */b{}");
        assert_eq!(minified("a{b:\\9/* x */ c ;}"), "a{b:\\9/**/ c;}");
        assert_eq!(minified("a{b:\\9/* x */ ;}"), "a{b:\\9;}");
        assert_eq!(minified("a -- > b{ }"), "a -- >b{}");
    }

    #[test]
    fn a_charset_must_not_become_effective() {
        assert_eq!(
            minified("/* x */@charset \"x\";a{}"),
            "\n@charset \"x\";a{}"
        );
        assert_eq!(
            minified(" @charset  \"x\" ; a { }"),
            "\n@charset  \"x\" ;a{}"
        );
    }

    #[test]
    fn lines_stay_where_a_source_map_counts_them() {
        assert_eq!(
            minified("a {\n  b : c;\n  /* x\n */\n}\nd/*\n*/.e{}\n/*# sourceMappingURL=x.map */\n"),
            "a{\nb:c;\n\n\n}\nd/*\n*/.e{}\n/*# sourceMappingURL=x.map */\n"
        );
    }

    #[test]
    fn lines_stay_behind_an_escape() {
        let css = "a{b:\\9/* x */\n c }\n/*# sourceMappingURL=x.map */";
        assert_eq!(
            minified(css),
            "a{b:\\9/**/\nc}\n/*# sourceMappingURL=x.map */"
        );
    }

    #[test]
    fn broken_files_stay_whole() {
        for (css, offset) in [
            ("a { b : url(x y) }", 8),
            ("a { b : \"x\n }", 8),
            ("a { b : c ", 2),
            ("a { } }", 6),
            ("a { b : ( ] }", 10),
            ("a { } /* x", 6),
            ("a { b : \"x", 8),
            ("\u{feff}a { } }", 9),
        ] {
            let result = minify(css);
            assert_eq!(result.text, None, "{css}");
            assert_eq!(result.notice.unwrap().offset, offset, "{css}");
        }
    }

    #[test]
    fn the_byte_order_mark_stays_in_front() {
        assert_eq!(minified("\u{feff}a { }"), "\u{feff}a{}");
    }

    #[test]
    fn hostile_nesting_is_quick() {
        for css in [
            "(".repeat(500_000),
            "a{".repeat(300_000),
            "/*".repeat(500_000),
            "a{b:(".repeat(200_000),
        ] {
            let _ = minify(&css);
        }
        let balanced = format!("{}{}", "a { ".repeat(100_000), "} ".repeat(100_000));
        assert_eq!(minified(&balanced).len(), 300_000);
    }

    fn css_text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just(" "),
            Just("\n"),
            Just("/* c */"),
            Just("/*!l*/"),
            Just("a"),
            Just("u"),
            Just("--x"),
            Just("-"),
            Just("+"),
            Just(">"),
            Just("~"),
            Just("*"),
            Just("/"),
            Just("."),
            Just("#"),
            Just("@"),
            Just("@media"),
            Just("@charset \"x\";"),
            Just("1"),
            Just("1px"),
            Just("%"),
            Just(".5"),
            Just("e3"),
            Just("\"s\""),
            Just("url(x)"),
            Just("f("),
            Just("var("),
            Just("("),
            Just(")"),
            Just("["),
            Just("]"),
            Just("{"),
            Just("}"),
            Just(";"),
            Just(":"),
            Just(","),
            Just("!important"),
            Just("="),
            Just("|"),
            Just("<!--"),
            Just("-->"),
            Just("\\9"),
            Just("\\"),
            Just("é"),
            Just("u+1f"),
            Just("$"),
            Just("^"),
            Just("<"),
            Just("!"),
            Just("/*# sourceMappingURL=m */"),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        /// The self-check never has to step in, the result is never larger, and minifying it again changes nothing.
        #[test]
        fn the_tokens_stay_the_same(css in css_text()) {
            let result = minify(&css);
            if let Some(notice) = &result.notice {
                prop_assert!(!notice.reason.contains("same tokens"), "{}", css);
            }
            if let Some(text) = result.text {
                prop_assert!(text.len() < css.len());
                let source: Vec<CssToken> = tokens(&css).collect();
                prop_assert!(same_tokens(&css, &source, &text));
                prop_assert_eq!(minified(&text), text);
            }
        }

        #[test]
        fn nothing_panics(css in "\\PC*") {
            let _ = minify(&css);
        }
    }
}
