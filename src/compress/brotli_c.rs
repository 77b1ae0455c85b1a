//! The edge to Google's C encoder: the one place in this crate with `unsafe`.

use compu_brotli_sys::{
    BrotliEncoderCompress, BrotliEncoderMaxCompressedSize, BrotliEncoderMode_BROTLI_MODE_GENERIC,
};

/// `BROTLI_DEFAULT_WINDOW` (log 2 of bytes), as Python's `brotli.compress` uses.
const WINDOW: i32 = 22;

/// Compresses `bytes` with `quality` 0–11. `None` if the encoder fails (it cannot get memory).
pub(super) fn compress(bytes: &[u8], quality: u8) -> Option<Vec<u8>> {
    // SAFETY: a pure function of an integer.
    let bound = unsafe { BrotliEncoderMaxCompressedSize(bytes.len()) };
    if bound == 0 {
        return None; // the size overflowed
    }
    let mut encoded: Vec<u8> = Vec::with_capacity(bound);
    let mut length = bound;
    // SAFETY: the input pointer is valid for `bytes.len()` bytes, which are only read. The output pointer is valid for
    // `length` bytes of writing: the capacity just reserved. On success `length` is the number of bytes written.
    let status = unsafe {
        BrotliEncoderCompress(
            i32::from(quality.min(11)),
            WINDOW,
            BrotliEncoderMode_BROTLI_MODE_GENERIC,
            bytes.len(),
            bytes.as_ptr(),
            &raw mut length,
            encoded.as_mut_ptr(),
        )
    };
    if status == 0 {
        return None;
    }
    // SAFETY: the encoder has written `length` bytes, at most the capacity.
    unsafe { encoded.set_len(length) };
    encoded.shrink_to_fit();
    Some(encoded)
}
