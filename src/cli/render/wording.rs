//! Numbers, sizes and texts as people read them.

use hashstatic::is_deceptive;

/// A number with its noun: `1 warning`, `2 warnings`.
pub(super) fn counted(number: usize, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// A number with separators: `12,345`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size in decimal units: `1.2 MB`.
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
pub(super) fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            let decimals = usize::from(unit != "B");
            return format!("{value:.decimals$} {unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

/// Escapes what a name in a text could do to a terminal, or to GitHub, where a line that begins with two colons is a
/// command, on stderr too. The line breaks of the text stay.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut line_begins = true;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            out.push(c);
            line_begins = true;
            continue;
        }
        let is_command = line_begins && text[at..].starts_with("::");
        if is_command {
            out.extend(c.escape_unicode());
        } else if is_deceptive(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
        line_begins &= c.is_whitespace();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(size(0), "0 B");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(999_999), "1.0 MB");
        assert_eq!(size(2_000_000_000), "2.0 GB");
    }

    #[test]
    fn terminals_are_safe() {
        assert_eq!(printable("a\u{1b}[31m\nb"), "a\\u{1b}[31m\nb");
        assert_eq!(printable("a::b\n ::c\u{202e}"), "a::b\n \\u{3a}:c\\u{202e}");
    }
}
