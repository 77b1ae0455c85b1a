//! Text without the white space that means nothing.

use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::Kind;

/// The text of `@media` and its prelude without needless white space; `None` if it has anything but plain conditions.
pub(super) fn media(sheet: Sheet<'_>, first: usize, end: usize) -> Option<String> {
    let (_, last) = sheet.trimmed(first, end)?;
    let is_plain = |index| {
        matches!(
            sheet.kind(index),
            Kind::AtKeyword
                | Kind::WhiteSpace
                | Kind::Ident
                | Kind::OpenParenthesis
                | Kind::CloseParenthesis
                | Kind::Colon
                | Kind::Comma
                | Kind::Number
                | Kind::Dimension
        ) && !sheet.raw(index).contains('\\')
    };
    let is_range = |index| matches!(sheet.kind(index), Kind::Delim('<' | '>' | '='));
    if (first..=last).any(is_range) || !(first..=last).all(is_plain) {
        return None;
    }
    Some(squeezed(sheet, first, last + 1))
}

/// The tokens `from..to` without the white space that means nothing beside brackets, commas and colons.
pub(super) fn squeezed(sheet: Sheet<'_>, from: usize, to: usize) -> String {
    let mut text = String::new();
    for index in from..to {
        if sheet.kind(index) != Kind::WhiteSpace {
            text.push_str(sheet.raw(index));
            continue;
        }
        let before = index.checked_sub(1).map(|before| sheet.kind(before));
        let after = sheet.tokens.get(index + 1).map(|after| after.kind);
        let is_loose = matches!(
            before,
            Some(Kind::Comma | Kind::Colon | Kind::OpenParenthesis | Kind::Function)
        ) || matches!(
            after,
            Some(Kind::Comma | Kind::Colon | Kind::CloseParenthesis)
        );
        if !is_loose {
            text.push(' ');
        }
    }
    text
}
