//! Stage 7, compress: precompressed variants, each distinct content once, largest first.

#[expect(
    unsafe_code,
    reason = "the C encoder's one-shot function has no safe wrapper"
)]
mod brotli_c;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::HashMap;

use libdeflater::{CompressionLvl, Compressor};

use crate::digest::{Content, ContentKey};
use crate::error::Error;
use crate::options::Encodings;
use crate::output::{Output, Plain};
use crate::parallel::map_in_order;
use crate::plan::Plan;
use crate::static_root::{Staged, StaticRoot};

/// A content coding of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Gzip,
    Brotli,
    Zstd,
}

impl Encoding {
    pub(crate) const ALL: [Self; 3] = [Self::Gzip, Self::Brotli, Self::Zstd];

    /// What is added to the name of the file beside which the variant stands.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
        }
    }
}

/// A variant beside a file of this build.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) encoding: Encoding,
    pub(crate) length: u64,
    /// Whether its file was not there before with these bytes.
    pub(crate) new: bool,
    /// Beside a plain file: to be moved in place together with it.
    pub(crate) staged: Option<Staged>,
}

/// The variants of every file of this build that has any, by the file's name.
pub(crate) type Variants = HashMap<String, Vec<Variant>>;

/// Compresses the outputs. Variants of hashed files are put in place, those of plain files are staged.
pub(crate) fn compress(
    root: &StaticRoot,
    plan: &Plan,
    outputs: &[Output],
    encodings: Encodings,
) -> Result<Variants, Error> {
    if encodings == Encodings::NONE {
        return Ok(Variants::new());
    }
    let jobs = jobs(plan, outputs);
    let done = map_in_order(&jobs, |job| job.run(root, encodings))?;
    Ok(done.into_iter().flatten().collect())
}

/// One content and all the files that have it.
struct Job<'o> {
    length: u64,
    /// A file to read it from.
    from: Source<'o>,
    files: Vec<Beside<'o>>,
}

enum Source<'o> {
    InPlace(&'o str),
    Staged(&'o Staged),
}

/// A file that gets variants.
struct Beside<'o> {
    name: &'o str,
    output: &'o Output,
    hashed: bool,
}

fn jobs<'o>(plan: &'o Plan, outputs: &'o [Output]) -> Vec<Job<'o>> {
    let mut jobs: HashMap<ContentKey, Job<'o>> = HashMap::new();
    let mut add = |content: Content, from: Source<'o>, file: Beside<'o>| {
        let job = jobs.entry(content.key).or_insert_with(|| Job {
            length: content.length,
            from,
            files: Vec::new(),
        });
        job.files.push(file);
    };
    for (asset, output) in plan.assets.iter().zip(outputs) {
        if !asset.compress {
            continue;
        }
        let hashed = Source::InPlace(&output.hashed);
        add(
            output.content,
            hashed,
            Beside {
                name: &output.hashed,
                output,
                hashed: true,
            },
        );
        let plain = Beside {
            name: asset.plain.as_str(),
            output,
            hashed: false,
        };
        match &output.plain {
            Plain::None => {}
            Plain::Twin => add(output.content, Source::InPlace(&output.hashed), plain),
            Plain::Unchanged(content) => add(*content, Source::InPlace(plain.name), plain),
            Plain::Staged(staged, content) => add(*content, Source::Staged(staged), plain),
        }
    }
    let mut jobs: Vec<Job<'o>> = jobs
        .into_values()
        .filter(|job| job.length > 0) // WhiteNoise: an empty file has no variants
        .collect();
    jobs.sort_by_key(|job| (Reverse(job.length), job.files[0].name));
    jobs
}

impl Job<'_> {
    fn run(
        &self,
        root: &StaticRoot,
        encodings: Encodings,
    ) -> Result<Vec<(String, Vec<Variant>)>, Error> {
        if root.is_dry_run() {
            return Ok(Vec::new());
        }
        let bytes = match &self.from {
            Source::InPlace(name) => root.read(name)?,
            Source::Staged(staged) => root.read_staged(staged)?,
        };
        let encoded = encode(&bytes, encodings);
        self.files
            .iter()
            .map(|file| {
                let variants = encoded
                    .iter()
                    .filter(|(encoding, _)| file.has_room(*encoding))
                    .map(|(encoding, bytes)| file.store(root, *encoding, bytes));
                Ok((file.name.to_owned(), variants.collect::<Result<_, _>>()?))
            })
            .collect()
    }
}

impl Beside<'_> {
    /// Whether the variant's name is short enough for file systems: the file itself may use up all 255 bytes.
    fn has_room(&self, encoding: Encoding) -> bool {
        let file_name = self.name.rsplit('/').next().unwrap_or(self.name);
        file_name.len() + encoding.suffix().len() <= 255
    }

    fn store(&self, root: &StaticRoot, encoding: Encoding, bytes: &[u8]) -> Result<Variant, Error> {
        let name = format!("{}{}", self.name, encoding.suffix());
        let modified = self.output.modified;
        let unchanged = root.matches(&name, bytes, modified)?;
        let mut staged = None;
        if !unchanged {
            let file = root.stage(&name, bytes, modified)?;
            if self.hashed {
                root.publish(file, &name)?;
            } else {
                staged = Some(file);
            }
        }
        Ok(Variant {
            encoding,
            length: bytes.len() as u64,
            new: !unchanged,
            staged,
        })
    }
}

/// The variants worth having, by WhiteNoise's rules (`whitenoise.compress.Compressor.compress`): at most 95 % of the
/// size, and where Brotli does not reach that, none at all.
fn encode(bytes: &[u8], encodings: Encodings) -> Vec<(Encoding, Vec<u8>)> {
    let mut variants = Vec::new();
    if let Some(quality) = encodings.brotli {
        match brotli_c::compress(bytes, quality) {
            Some(encoded) if is_effective(bytes, &encoded) => {
                variants.push((Encoding::Brotli, encoded));
            }
            _ => return variants,
        }
    }
    if let Some(level) = encodings.gzip {
        let encoded = gzip(bytes, level);
        if is_effective(bytes, &encoded) {
            variants.push((Encoding::Gzip, encoded));
        }
    }
    if let Some(level) = encodings.zstd {
        match zstd(bytes, level) {
            Ok(encoded) if is_effective(bytes, &encoded) => {
                variants.push((Encoding::Zstd, encoded));
            }
            _ => {}
        }
    }
    variants
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Python divides the same integers as floats"
)]
fn is_effective(bytes: &[u8], encoded: &[u8]) -> bool {
    !encoded.is_empty() && encoded.len() as f64 / bytes.len() as f64 <= 0.95
}

/// gzip with header time 0, without a file name. Level 1–12.
fn gzip(bytes: &[u8], level: u8) -> Vec<u8> {
    thread_local! {
        /// The encoder's state is large; making it anew for every small file costs more than the compression.
        static ENCODER: RefCell<Option<(u8, Compressor)>> = const { RefCell::new(None) };
    }
    ENCODER.with_borrow_mut(|cached| {
        if cached.as_ref().is_none_or(|(cached, _)| *cached != level) {
            let level_of = CompressionLvl::new(level.into()).unwrap_or_default();
            *cached = Some((level, Compressor::new(level_of)));
        }
        let Some((_, encoder)) = cached else {
            return Vec::new(); // set just above
        };
        let mut encoded = vec![0; encoder.gzip_compress_bound(bytes.len())];
        match encoder.gzip_compress(bytes, &mut encoded) {
            Ok(length) => encoded.truncate(length),
            Err(_) => encoded.clear(), // cannot be, by the bound; an empty result is never effective
        }
        encoded
    })
}

/// Zstandard with a window of at most 8 MiB, the most that RFC 9659 lets a browser be asked for.
fn zstd(bytes: &[u8], level: u8) -> std::io::Result<Vec<u8>> {
    const WINDOW: u32 = 23;
    let mut encoder = zstd::bulk::Compressor::new(level.into())?;
    if bytes.len() > 1 << WINDOW {
        encoder.window_log(WINDOW)?;
    }
    encoder.compress(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Encodings = Encodings {
        gzip: Some(9),
        brotli: Some(11),
        zstd: Some(19),
    };

    #[test]
    fn variants_decode_to_their_bytes() {
        let bytes = b"body { color: red }\n".repeat(100);
        let variants = encode(&bytes, ALL);
        assert_eq!(variants.len(), 3);
        for (encoding, encoded) in variants {
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

    #[test]
    fn what_does_not_pay_is_not_kept() {
        let noise: Vec<u8> = (0..2000u32)
            .flat_map(|n| blake3::hash(&n.to_le_bytes()).as_bytes()[..4].to_vec())
            .collect();
        assert!(encode(&noise, ALL).is_empty());
        assert!(encode(b"abc", ALL).is_empty());
    }
}
