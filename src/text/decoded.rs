//! Scans of texts that need not be UTF-8.

use super::reference::Scan;

/// Scans a text that need not be UTF-8. The syntax of CSS and JavaScript is ASCII, so other text is read as Latin-1.
pub(super) fn decoded(text: &[u8], scan: impl Fn(&str) -> Scan) -> Scan {
    if let Ok(text) = std::str::from_utf8(text) {
        return scan(text);
    }
    let decoded: String = text.iter().copied().map(char::from).collect();
    let mut found = scan(&decoded);
    // Converts offsets in `decoded` to offsets in `text`: one byte per character.
    let (mut at, mut chars) = (0, 0);
    let mut byte_position = |position: usize| {
        chars += decoded[at..position].chars().count();
        at = position;
        chars
    };
    for reference in &mut found.references {
        let start = byte_position(reference.span.start);
        reference.span = start..byte_position(reference.span.end);
    }
    if let Some(not_parsed) = &mut found.not_parsed {
        let before = decoded.get(..not_parsed.offset);
        not_parsed.offset = before.map_or(0, |before| before.chars().count());
    }
    found
}
