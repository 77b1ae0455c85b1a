//! The encoders, and WhiteNoise's rule for which variants are worth keeping.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};

use super::brotli_c;
use crate::static_root::encoding::Encoding;

/// A variant's bytes; `None` if they are not worth keeping (`whitenoise.compress.Compressor.is_compressed_effectively`:
/// at most 95 % of the size).
pub(crate) fn encode(bytes: &[u8], encoding: Encoding, level: u8) -> Option<Vec<u8>> {
    let encoded = match encoding {
        Encoding::Brotli => brotli_c::compress(bytes, level)?,
        Encoding::Gzip => gzip(bytes, level)?,
        Encoding::Zstd => zstd(bytes, level).ok()?,
    };
    is_effective(bytes, &encoded).then_some(encoded)
}

/// The Brotli variant of `bytes`, whose first `common` bytes another file has too; `None` as in [`encode`]. These bytes
/// are compressed by themselves, once for both files, and kept in `beginning`.
pub(crate) fn brotli_behind(
    beginning: &mut Option<Vec<u8>>,
    common: usize,
    bytes: &[u8],
    quality: u8,
) -> Option<Vec<u8>> {
    let (common, rest) = bytes.split_at_checked(common)?;
    let beginning = match beginning {
        Some(beginning) => beginning,
        none => none.insert(brotli_c::beginning(common, quality)?),
    };
    let end = brotli_c::end(common.len(), rest, quality)?;
    let encoded = [beginning.as_slice(), &end].concat();
    is_effective(bytes, &encoded).then_some(encoded)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Python divides the same integers as floats"
)]
fn is_effective(bytes: &[u8], encoded: &[u8]) -> bool {
    !bytes.is_empty() && encoded.len() as f64 / bytes.len() as f64 <= 0.95
}

/// gzip with header time 0, without a file name. Level 1–12.
fn gzip(bytes: &[u8], level: u8) -> Option<Vec<u8>> {
    thread_local! {
        /// The encoder. Its state is large: a new one for every small file costs more than the compression.
        static ENCODER: RefCell<Option<(u8, Compressor)>> = const { RefCell::new(None) };
    }
    ENCODER.with_borrow_mut(|cached| {
        if cached.as_ref().is_none_or(|(cached, _)| *cached != level) {
            let level_of = CompressionLvl::new(level.into()).unwrap_or_default();
            *cached = Some((level, Compressor::new(level_of)));
        }
        let (_, encoder) = cached.as_mut()?;
        let mut encoded = vec![0; encoder.gzip_compress_bound(bytes.len())];
        let length = encoder.gzip_compress(bytes, &mut encoded).ok()?;
        encoded.truncate(length);
        encoded.shrink_to_fit();
        Some(encoded)
    })
}

/// Zstandard with a window of at most 8 MiB, the limit for content codings (RFC 9659).
fn zstd(bytes: &[u8], level: u8) -> std::io::Result<Vec<u8>> {
    const WINDOW: u32 = 23;
    thread_local! {
        static ENCODER: RefCell<Option<(u8, zstd::bulk::Compressor<'static>)>> = const { RefCell::new(None) };
    }
    ENCODER.with_borrow_mut(|cached| {
        let window = (bytes.len() > 1 << WINDOW).then_some(WINDOW);
        let mut fresh;
        let encoder = match cached {
            Some((cached, encoder)) if *cached == level && window.is_none() => encoder,
            _ => {
                fresh = zstd::bulk::Compressor::new(level.into())?;
                if let Some(window) = window {
                    fresh.window_log(window)?;
                    return fresh.compress(bytes);
                }
                &mut cached.insert((level, fresh)).1
            }
        };
        encoder.compress(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [(Encoding, u8); 3] = [
        (Encoding::Gzip, 9),
        (Encoding::Brotli, 11),
        (Encoding::Zstd, 19),
    ];

    #[test]
    fn variants_decode_to_their_bytes() {
        let bytes = b"body { color: red }\n".repeat(100);
        for (encoding, level) in ALL {
            let encoded = encode(&bytes, encoding, level).unwrap();
            let decoded = match encoding {
                Encoding::Gzip => {
                    assert_eq!(encoded[4..8], [0; 4], "header time");
                    let mut out = vec![0; bytes.len()];
                    libdeflater::Decompressor::new()
                        .gzip_decompress(&encoded, &mut out)
                        .unwrap();
                    out
                }
                Encoding::Zstd => zstd::bulk::decompress(&encoded, bytes.len()).unwrap(),
                Encoding::Brotli => bytes.clone(), // decoded by Python's brotli in the oracle tests
            };
            assert_eq!(decoded, bytes);
        }
    }

    /// Memory reused from another file must not change the bytes of the next one.
    #[test]
    fn a_used_encoder_is_as_good_as_a_new_one() {
        let text = |n: u64| -> Vec<u8> {
            let words = ["color", ":", "red", ";", "a", "{", "}", "margin", " 0"];
            let mut state = n;
            let mut text = Vec::new();
            for _ in 0..n * 37 % 5000 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(n);
                text.extend_from_slice(words[(state >> 33) as usize % words.len()].as_bytes());
            }
            text
        };
        let all = |bytes: &[u8]| -> Vec<Option<Vec<u8>>> {
            let mut encoded: Vec<_> = ALL.iter().map(|(e, l)| encode(bytes, *e, *l)).collect();
            encoded.extend((0..=11).map(|quality| encode(bytes, Encoding::Brotli, quality)));
            encoded
        };
        for n in 1..40 {
            let text = text(n);
            let fresh = std::thread::spawn({
                let text = text.clone();
                move || all(&text)
            });
            assert_eq!(all(&text), fresh.join().unwrap(), "{n}");
        }
    }

    #[test]
    fn a_beginning_that_two_files_share_serves_for_both() {
        let decoded = |encoded: &[u8]| {
            let mut bytes = Vec::new();
            let mut reader = brotli_decompressor::Decompressor::new(encoded, 4096);
            std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
            bytes
        };
        let words = b"function(a,b){return the first of (a,b) and /* so on */ }\n";
        for common in [1, 2, 100, 65_535, 70_000, 5 << 20] {
            let text = words.iter().copied().cycle().take(common);
            let text: Vec<u8> = text.collect();
            for quality in [10, 11] {
                let mut beginning = None;
                for tail in [
                    "//# sourceMappingURL=a.0123456789ab.js.map\n",
                    "the first",
                    "\n}",
                ] {
                    let bytes = [&text, tail.as_bytes()].concat();
                    let encoded = brotli_behind(&mut beginning, common, &bytes, quality);
                    let Some(encoded) = encoded else {
                        assert!(common <= 100, "{common}");
                        continue;
                    };
                    assert!(decoded(&encoded) == bytes, "{common} {tail:?}");
                    let alone = encode(&bytes, Encoding::Brotli, quality).unwrap();
                    assert!(encoded.len() <= alone.len() + 64, "{common} {tail:?}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_pay_is_not_kept() {
        let noise: Vec<u8> = (0..2000u32)
            .flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes()[..4].to_vec())
            .collect();
        for (encoding, level) in ALL {
            for bytes in [&*noise, b"abc", b""] {
                assert!(encode(bytes, encoding, level).is_none());
            }
        }
    }
}
