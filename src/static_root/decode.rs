//! What a variant decodes to.

use std::io::{self, Read};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::GzDecoder;

use crate::name::digest::Content;
use crate::static_root::encoding::Encoding;

/// Bytes decoded at a time.
const CHUNK: usize = 1 << 16;
/// RFC 1952: magic, deflate, no flags, no time. What every encoder of variants writes: names and times make no two
/// builds alike.
const GZIP: [u8; 8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0];
/// RFC 7932, section 9.1: a window of 22 bits, the default of every encoder. Decoders take any.
const BROTLI_WINDOW: u8 = 0b1011;
/// The last eight bytes: CRC and size.
const GZIP_TRAILER: usize = 8;

/// Decodes all of `variant`; what is wrong with it, if it is not one whole stream and nothing else, as a build writes it.
pub(crate) fn decode(encoding: Encoding, variant: &[u8]) -> Result<Content, String> {
    match encoding {
        Encoding::Gzip => is_as_written(variant)?,
        Encoding::Brotli => {
            let window = variant.first().map(|first| first & 0xf);
            if window.is_some_and(|window| window != BROTLI_WINDOW) {
                return Err(
                    "the Brotli window is not the one that encoders of variants choose".into(),
                );
            }
        }
        Encoding::Zstd => {}
    }
    decode_any(encoding, variant)
}

/// The same, whichever program has written it.
pub(crate) fn decode_any(encoding: Encoding, variant: &[u8]) -> Result<Content, String> {
    let mut hasher = ContentOf::default();
    match encoding {
        Encoding::Gzip => gzip(variant, &mut hasher)?,
        Encoding::Brotli => brotli(variant, &mut hasher)?,
        Encoding::Zstd => zstd(variant, &mut hasher)?,
    }
    Ok(hasher.finish())
}

/// Hashes what is written.
#[derive(Default)]
struct ContentOf {
    hasher: Box<blake3::Hasher>,
    length: u64,
}

impl ContentOf {
    fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.length += bytes.len() as u64;
    }

    fn read(&mut self, mut reader: impl Read) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        loop {
            match reader.read(&mut buffer)? {
                0 => return Ok(()),
                count => self.update(&buffer[..count]),
            }
        }
    }

    fn finish(self) -> Content {
        Content {
            key: *self.hasher.finalize().as_bytes(),
            length: self.length,
        }
    }
}

/// Whether a gzip stream has the header and the end that encoders of variants give it: no byte of it may change without
/// notice, also one that no decoder looks at. One with a file name in it is the work of a program like gzip: in place, it may
/// have been there before.
fn is_as_written(variant: &[u8]) -> Result<(), String> {
    const FLAGS: usize = 3;
    const FNAME: u8 = 8;
    if variant.get(FLAGS).is_some_and(|flags| flags & FNAME != 0) {
        return Ok(());
    }
    // The ninth byte tells how hard the encoder worked (RFC 1952: 2, 4 or nothing), the tenth on which system.
    if !variant.starts_with(&GZIP)
        || !matches!(variant.get(8), Some(0 | 2 | 4))
        || !matches!(variant.get(9), Some(3 | 255))
    {
        return Err("the gzip header is not as encoders write it".into());
    }
    if has_padding_bits(variant) {
        return Err("the unused bits at the end of the gzip stream are not zero".into());
    }
    Ok(())
}

fn gzip(variant: &[u8], hasher: &mut ContentOf) -> Result<(), String> {
    let mut decoder = GzDecoder::new(variant);
    hasher
        .read(&mut decoder)
        .map_err(|error| error.to_string())?;
    if !decoder.into_inner().is_empty() {
        return Err("there is more after the end of the gzip stream".into());
    }
    Ok(())
}

/// Whether bits behind the end of the deflate stream are set, which no decoder looks at: then the topmost bit of its
/// last byte can go and nothing changes.
fn has_padding_bits(variant: &[u8]) -> bool {
    let Some(last) = variant.len().checked_sub(GZIP_TRAILER + 1) else {
        return false;
    };
    let Some(top) = variant[last].checked_ilog2() else {
        return false;
    };
    let mut without = variant.to_vec();
    without[last] ^= 1 << top;
    io::copy(&mut GzDecoder::new(&*without), &mut io::sink()).is_ok()
}

fn brotli(variant: &[u8], hasher: &mut ContentOf) -> Result<(), String> {
    let mut state = BrotliState::new(
        StandardAlloc::default(),
        StandardAlloc::default(),
        StandardAlloc::default(),
    );
    let (mut available_in, mut at, mut total) = (variant.len(), 0, 0);
    let mut buffer = vec![0; CHUNK];
    loop {
        let (mut available_out, mut end) = (buffer.len(), 0);
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut at,
            variant,
            &mut available_out,
            &mut end,
            &mut buffer,
            &mut total,
            &mut state,
        );
        hasher.update(&buffer[..end]);
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::ResultSuccess if available_in == 0 => return Ok(()),
            BrotliResult::ResultSuccess => {
                return Err("there is more after the end of the Brotli stream".into());
            }
            BrotliResult::NeedsMoreInput => return Err("the Brotli stream is truncated".into()),
            BrotliResult::ResultFailure => return Err("not a Brotli stream".into()),
        }
    }
}

fn zstd(variant: &[u8], hasher: &mut ContentOf) -> Result<(), String> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(variant)
        .map_err(|error| error.to_string())?
        .single_frame();
    hasher
        .read(&mut decoder)
        .map_err(|error| error.to_string())?;
    if !decoder.finish().is_empty() {
        return Err("there is more after the end of the Zstandard frame".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any changed, missing or additional byte shows, in what is decoded or before.
    #[test]
    fn no_changed_byte_goes_unseen() {
        let text: Vec<u8> = (0..3000u32)
            .flat_map(|n| format!("a{} {{ color: #{:x} }}\n", n % 7, n * n).into_bytes())
            .collect();
        for (encoding, level) in [
            (Encoding::Gzip, 9),
            (Encoding::Brotli, 5),
            (Encoding::Zstd, 3),
        ] {
            let variant =
                crate::pipeline::compress::encoders::encode(&text, encoding, level).unwrap();
            assert_eq!(decode(encoding, &variant), Ok(Content::of(&text)));
            let mut bad = 0;
            for at in (0..variant.len())
                .step_by(101)
                .chain(variant.len() - 12..variant.len())
            {
                for bit in 0..8 {
                    let mut changed = variant.clone();
                    changed[at] ^= 1 << bit;
                    bad += usize::from(decode(encoding, &changed) == Ok(Content::of(&text)));
                }
            }
            assert_eq!(bad, 0, "{encoding:?}");
            for length in (0..variant.len()).step_by(997) {
                assert!(decode(encoding, &variant[..length]).is_err());
            }
            let mut longer = variant.clone();
            longer.push(0);
            assert!(decode(encoding, &longer).is_err());
            assert!(decode(encoding, &[&*variant, &*variant].concat()).is_err());
        }
    }
}
