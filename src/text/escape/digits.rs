//! Numbers in escapes.

/// Counts the hex digits that `chars` begins with, up to `most`.
pub(super) fn hex_digits(chars: &[(usize, char)], most: usize) -> usize {
    let hex = chars.iter().take(most);
    hex.take_while(|(_, c)| c.is_ascii_hexdigit()).count()
}

pub(super) fn number(digits: &[(usize, char)], radix: u32) -> u32 {
    let digits = digits.iter().filter_map(|(_, c)| c.to_digit(radix));
    digits.fold(0, |value: u32, digit| {
        value.saturating_mul(radix).saturating_add(digit)
    })
}
