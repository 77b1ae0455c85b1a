//! Names from the input, as messages show them.

use std::path::Path;

/// Returns a name, path or URL as messages show it. Text from the input must not look like a message of its own, to a
/// person or to a program that reads lines, nor change how the rest of the line is read: characters that end a line,
/// control a terminal or reorder text are escaped.
pub fn shown(name: impl AsRef<Path>) -> String {
    let name = name.as_ref().display().to_string();
    if !name.contains(is_deceptive) {
        return name;
    }
    let escaped = |line: String, c: char| match c {
        c if is_deceptive(c) => line + &c.escape_default().to_string(),
        c => line + c.encode_utf8(&mut [0; 4]),
    };
    name.chars().fold(String::new(), escaped)
}

/// Whether a character ends a line, controls a terminal or reorders text.
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' // line and paragraph separators
                | '\u{61c}' | '\u{200e}' | '\u{200f}' // marks of direction
                | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_their_line_and_in_their_order() {
        for (name, expected) in [
            ("é b.css", "é b.css"),
            ("a\n::error::b", "a\\n::error::b"),
            ("\u{1b}[2J\u{9b}", "\\u{1b}[2J\\u{9b}"),
            ("\u{202e}gnp\u{2069}\u{85}", "\\u{202e}gnp\\u{2069}\\u{85}"),
        ] {
            assert_eq!(shown(name), expected);
        }
    }
}
