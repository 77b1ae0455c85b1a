//! A flat view of a style sheet's css-syntax-3 tokens, with their byte spans.
//!
//! cssparser's own parser recurses into nested blocks or skips them. References and white space occur at any depth, so
//! this iterator starts a new (cheap) parser after every opening bracket: the stream is flat, and hostile nesting uses
//! no stack.

use std::ops::Range;

use cssparser::{Parser, Token};

/// Kind of a token, as far as this crate distinguishes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A run of white space.
    WhiteSpace,
    /// `/* … */`, possibly cut off by the end of the file.
    Comment,
    /// An identifier.
    Ident,
    /// `@name`
    AtKeyword,
    /// `#name`, either kind.
    Hash,
    /// `"…"` or `'…'`
    String,
    /// `url(…)` without quotes.
    UnquotedUrl,
    /// `name(`
    Function,
    /// `(`
    OpenParenthesis,
    /// `[`
    OpenSquare,
    /// `{`
    OpenCurly,
    /// `)`
    CloseParenthesis,
    /// `]`
    CloseSquare,
    /// `}`
    CloseCurly,
    /// A number without a unit.
    Number,
    /// A number with `%`.
    Percentage,
    /// A number with a unit.
    Dimension,
    /// `:`
    Colon,
    /// `;`
    Semicolon,
    /// `,`
    Comma,
    /// One other character.
    Delim(char),
    /// `~=`, `|=`, `^=`, `$=`, `*=`
    Match,
    /// `<!--`
    Cdo,
    /// `-->`
    Cdc,
    /// `url(` that is neither a URL nor a function: a parse error.
    BadUrl,
    /// A string that a line break ends: a parse error.
    BadString,
}

/// A token: its kind and its bytes in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CssToken {
    /// What it is.
    pub(crate) kind: Kind,
    /// Byte range in the text. Spans follow one another without gaps.
    pub(crate) span: Range<usize>,
}

/// The tokens of one style sheet.
pub(crate) struct CssTokens<'i> {
    text: &'i str,
    parser: Parser<'i>,
    /// Byte offset in `text` at which the current parser's text begins.
    base: usize,
}

/// Iterates over the tokens of `text`, white space and comments included.
pub(crate) fn tokens(text: &str) -> CssTokens<'_> {
    CssTokens {
        text,
        parser: Parser::new(text),
        base: 0,
    }
}

impl CssTokens<'_> {
    /// Byte offset of the next token.
    pub(crate) fn at(&self) -> usize {
        self.base + self.parser.position().byte_index()
    }

    /// Continues at the byte offset `position`, where a token must begin.
    pub(crate) fn go_to(&mut self, position: usize) {
        if position != self.at() {
            self.begin_anew(position);
        }
    }

    fn begin_anew(&mut self, position: usize) {
        self.base = position;
        self.parser = Parser::new(&self.text[position..]);
    }
}

impl Iterator for CssTokens<'_> {
    type Item = CssToken;

    fn next(&mut self) -> Option<CssToken> {
        let start = self.at();
        let kind = kind_of(self.parser.next_including_whitespace_and_comments().ok()?);
        let end = self.at();
        if matches!(
            kind,
            Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly
        ) {
            self.begin_anew(end);
        }
        Some(CssToken {
            kind,
            span: start..end,
        })
    }
}

fn kind_of(token: &Token<'_>) -> Kind {
    match token {
        Token::WhiteSpace(_) => Kind::WhiteSpace,
        Token::Comment(_) => Kind::Comment,
        Token::Ident(_) => Kind::Ident,
        Token::AtKeyword(_) => Kind::AtKeyword,
        Token::Hash(_) | Token::IDHash(_) => Kind::Hash,
        Token::QuotedString(_) => Kind::String,
        Token::UnquotedUrl(_) => Kind::UnquotedUrl,
        Token::Function(_) => Kind::Function,
        Token::ParenthesisBlock => Kind::OpenParenthesis,
        Token::SquareBracketBlock => Kind::OpenSquare,
        Token::CurlyBracketBlock => Kind::OpenCurly,
        Token::CloseParenthesis => Kind::CloseParenthesis,
        Token::CloseSquareBracket => Kind::CloseSquare,
        Token::CloseCurlyBracket => Kind::CloseCurly,
        Token::Number { .. } => Kind::Number,
        Token::Percentage { .. } => Kind::Percentage,
        Token::Dimension { .. } => Kind::Dimension,
        Token::Colon => Kind::Colon,
        Token::Semicolon => Kind::Semicolon,
        Token::Comma => Kind::Comma,
        Token::Delim(c) => Kind::Delim(*c),
        Token::IncludeMatch
        | Token::DashMatch
        | Token::PrefixMatch
        | Token::SuffixMatch
        | Token::SubstringMatch => Kind::Match,
        Token::CDO => Kind::Cdo,
        Token::CDC => Kind::Cdc,
        Token::BadUrl(_) => Kind::BadUrl,
        Token::BadString(_) => Kind::BadString,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cover_the_text_without_gaps_at_any_depth() {
        let css = "@import url( a.png );a{b:f(g([x],\"s\"))/*c*/;d:url(\"q\")}\u{e9} } ) ] -->";
        let mut end = 0;
        for token in tokens(css) {
            assert_eq!(token.span.start, end);
            assert!(token.span.end > token.span.start);
            end = token.span.end;
        }
        assert_eq!(end, css.len());
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let css = "(".repeat(200_000);
        assert_eq!(tokens(&css).count(), 200_000);
    }
}
