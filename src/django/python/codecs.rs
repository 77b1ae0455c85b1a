//! `bytes.decode`.

/// Returns the message of the `UnicodeDecodeError` that `bytes.decode("utf-8")` raises.
pub(crate) fn decode_error(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let start = error.valid_up_to();
    let (end, reason) = match error.error_len() {
        None => (bytes.len(), "unexpected end of data"),
        Some(length) => match bytes[start] {
            0x80..=0xc1 | 0xf5..=0xff => (start + length, "invalid start byte"),
            _ => (start + length, "invalid continuation byte"),
        },
    };
    if end - start == 1 {
        format!(
            "'utf-8' codec can't decode byte 0x{:02x} in position {start}: {reason}",
            bytes[start]
        )
    } else {
        format!(
            "'utf-8' codec can't decode bytes in position {start}-{}: {reason}",
            end - 1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decode_errors() {
        let text = |bytes: &[u8]| decode_error(bytes, std::str::from_utf8(bytes).unwrap_err());
        assert_eq!(
            text(b"ab\xe9\"c"),
            "'utf-8' codec can't decode byte 0xe9 in position 2: invalid continuation byte"
        );
        assert_eq!(
            text(b"a\xe2\x82"),
            "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data"
        );
        assert_eq!(
            text(b"\xff"),
            "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"
        );
        assert_eq!(
            text(b"\xe2\x82x"),
            "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte"
        );
    }
}
