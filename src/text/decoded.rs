//! Scans of texts that need not be UTF-8.

use std::ops::Range;

use super::RelativeTo;
use super::reference::Scan;

/// Scans a text that need not be UTF-8. The syntax of CSS and JavaScript is ASCII, so other text is read as Latin-1.
pub(super) fn decoded(text: &[u8], scan: impl Fn(&str) -> Scan) -> Scan {
    if let Ok(text) = std::str::from_utf8(text) {
        return scan(text);
    }
    let decoded: String = text.iter().copied().map(char::from).collect();
    let mut found = scan(&decoded);
    in_bytes(
        &decoded,
        found
            .references
            .iter_mut()
            .map(|reference| &mut reference.span),
    );
    let names = found.references.iter_mut();
    let names = names.filter_map(|reference| match &mut reference.relative_to {
        RelativeTo::Users(name) | RelativeTo::Nothing(name) => Some(name),
        RelativeTo::Text | RelativeTo::Page => None,
    });
    in_bytes(&decoded, names);
    in_bytes(
        &decoded,
        found.unread.iter_mut().map(|unread| &mut unread.span),
    );
    if let Some(not_parsed) = &mut found.not_parsed {
        let before = decoded.get(..not_parsed.offset);
        not_parsed.offset = before.map_or(0, |before| before.chars().count());
    }
    found
}

/// Converts ascending spans in `decoded` to spans in the text, which has a byte for each character.
fn in_bytes<'s>(decoded: &str, spans: impl IntoIterator<Item = &'s mut Range<usize>>) {
    let (mut at, mut chars) = (0, 0);
    for span in spans {
        if span.start < at {
            (at, chars) = (0, 0); // a name that is shared by several references
        }
        chars += decoded[at..span.start].chars().count();
        let length = decoded[span.clone()].chars().count();
        at = span.start;
        *span = chars..chars + length;
    }
}
