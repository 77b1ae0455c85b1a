//! Stage 5, compress: precompressed variants, each distinct content once, largest first.

#[expect(
    unsafe_code,
    reason = "the C encoder with an allocator of one's own has no safe wrapper"
)]
mod brotli_c;
pub(crate) mod encoders;
mod pieces;
mod work;

#[cfg(feature = "bench")]
pub(crate) use encoders::encode;

use super::asset::{Built, Hashed, Variants};
use super::job::Job;
use super::plan::Inventory;
use crate::error::Error;
use crate::options::Encodings;
use crate::parallel::map_in_order;
use crate::static_root::built_file::Role;
use crate::static_root::encoding::Encoding;
use pieces::batches;
use work::Work;

/// The only Brotli quality at which a common beginning is compressed by itself. Below it, that saves little time. At
/// 11, no total may be larger than WhiteNoise's; that of npm's leaflet would be.
const SHARED: u8 = 10;

/// Compresses the files of all assets. Variants of hashed files are put in place; variants of plain files wait for
/// these.
pub(crate) fn compress(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: Vec<Hashed>,
) -> Result<Vec<Built>, Error> {
    let mut variants = Vec::new();
    variants.resize_with(assets.len(), Variants::default);
    let wanted = wanted(job.options.variants.encodings);
    if !wanted.is_empty() && !job.root.is_dry_run() {
        // As with WhiteNoise, variants overwrite assets of their names in exact mode. In place, that would destroy a
        // source.
        let assets_win = job.options.naming.django_exact.is_none() || job.in_place;
        let reserved = assets_win.then_some(&inventory.catalog);
        let pairs = job.options.variants.encodings.brotli == Some(SHARED);
        let batches = batches(&assets, pairs);
        let pieces = || batches.iter().flatten();
        let bytes = pieces().map(|piece| piece.content.length).sum();
        job.progress.compressing(pieces().count(), bytes);
        let done = map_in_order(&batches, |batch| {
            job.stop_if_interrupted()?;
            let mut made = Vec::new();
            let mut beginning = None;
            for piece in batch {
                let work = Work::new(job, reserved, piece, &mut beginning);
                made.append(&mut work.run(&wanted)?);
                job.progress.compressed(piece.content.length);
            }
            Ok(made)
        });
        job.progress.end();
        for (file, variant) in done?.into_iter().flatten() {
            let of = &mut variants[file.asset];
            match file.role {
                Role::Hashed => of.hashed.push(variant),
                Role::Plain => of.plain.push(variant),
            }
        }
    }
    job.log.stage("compress");
    let built = assets.into_iter().zip(variants);
    Ok(built
        .map(|(Hashed { asset, file }, variants)| Built {
            asset,
            file,
            variants,
        })
        .collect())
}

/// The encodings that are wanted, with their levels, in WhiteNoise's order: Brotli comes first and decides about the
/// others.
fn wanted(encodings: Encodings) -> Vec<(Encoding, u8)> {
    [
        (Encoding::Brotli, encodings.brotli),
        (Encoding::Gzip, encodings.gzip),
        (Encoding::Zstd, encodings.zstd),
    ]
    .into_iter()
    .filter_map(|(encoding, level)| Some((encoding, level?)))
    .collect()
}
