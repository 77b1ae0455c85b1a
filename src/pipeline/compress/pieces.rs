//! The pieces of work of compressing: each distinct content once, and once the common beginning of a hashed and a plain
//! file that differ only at the end, as with scripts and style sheets that name a source map.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::SystemTime;

use crate::name::catalog::AssetId;
use crate::name::digest::{Content, ContentKey, Held};
use crate::pipeline::asset::{Hashed, Plain, Stored};
use crate::static_root::Staged;
use crate::static_root::built_file::Role;

/// The fewest bytes of a common beginning that is compressed by itself, which costs some twenty bytes.
const WORTHWHILE: usize = 128 << 10;
/// The end has at most one `SHORT`-th of the beginning's bytes: it is compressed without references to the beginning.
const SHORT: usize = 256;
/// The fewest bytes that must follow the beginning: the encoder needs two.
const LEAST: u64 = 8;

/// One content and all the files that have it.
pub(super) struct Piece<'o> {
    pub(super) content: Content,
    /// A file to read the content from.
    pub(super) from: Source<'o>,
    pub(super) files: Vec<Beside<'o>>,
    /// Length in bytes of the beginning that the other piece of the batch has too.
    pub(super) common: Option<usize>,
}

/// Pieces that are compressed one after the other: a single one, or two with a common beginning.
pub(super) type Batch<'o> = Vec<Piece<'o>>;

pub(super) enum Source<'o> {
    /// A hashed file of this build.
    Hashed(&'o str),
    /// A plain file that was there before, in place the user's own.
    Plain(&'o str),
    /// A plain file of this build.
    Staged(&'o Staged),
}

/// A file that gets variants.
pub(super) struct Beside<'o> {
    pub(super) asset: AssetId,
    pub(super) name: &'o str,
    pub(super) modified: SystemTime,
    pub(super) role: Role,
}

/// All pieces, the largest batch first. With `pairs`, finds common beginnings.
pub(super) fn batches(assets: &[Hashed], pairs: bool) -> Vec<Batch<'_>> {
    let mut pieces = pieces(assets);
    let mut batches = Vec::new();
    // In the order of the plan, so that every build makes the same pairs.
    for asset in assets.iter().filter(|_| pairs) {
        if let Some(pair) = pair(&mut pieces, &asset.file) {
            batches.push(pair);
        }
    }
    batches.extend(pieces.into_values().map(|piece| vec![piece]));
    batches.sort_by_key(|batch| {
        let bytes: u64 = batch.iter().map(|piece| piece.content.length).sum();
        (Reverse(bytes), batch[0].files[0].name)
    });
    batches
}

/// Removes the pieces of a hashed file and its plain file from `pieces`, if they have a beginning worth sharing.
fn pair<'o>(pieces: &mut HashMap<ContentKey, Piece<'o>>, file: &Stored) -> Option<Batch<'o>> {
    let (Plain::Unchanged(plain) | Plain::Staged(_, plain)) = &file.plain else {
        return None;
    };
    let both = [file.content.content()?, plain.content()?];
    let shorter = both[0].length.min(both[1].length).checked_sub(LEAST)?;
    let common = file.common.min(shorter.try_into().ok()?);
    let is_short = |content: &Content| content.length - common as u64 <= (common / SHORT) as u64;
    let are_there = both.iter().all(|content| pieces.contains_key(&content.key));
    let differ = both[0] != both[1];
    if common < WORTHWHILE || !differ || !both.iter().all(is_short) || !are_there {
        return None;
    }
    let take = |content: &Content| {
        let mut piece = pieces.remove(&content.key)?;
        piece.common = Some(common);
        Some(piece)
    };
    both.iter().map(take).collect()
}

fn pieces<'o>(assets: &'o [Hashed]) -> HashMap<ContentKey, Piece<'o>> {
    let mut pieces: HashMap<ContentKey, Piece<'o>> = HashMap::new();
    let mut add = |held: Held, from: Source<'o>, file: Beside<'o>| {
        let Some(content) = held.content() else {
            return; // does not happen: where variants are wanted, contents are known
        };
        let piece = pieces.entry(content.key).or_insert_with(|| Piece {
            content,
            from,
            files: Vec::new(),
            common: None,
        });
        piece.files.push(file);
    };
    for Hashed { asset, file } in assets {
        if !asset.compress {
            continue;
        }
        let beside = |role, name| Beside {
            asset: asset.id,
            name,
            modified: asset.source.modified,
            role,
        };
        let hashed = || Source::Hashed(&file.name);
        if file.written.is_some() {
            add(file.content, hashed(), beside(Role::Hashed, &file.name));
        }
        let plain = beside(Role::Plain, asset.plain.as_str());
        match &file.plain {
            Plain::None => {}
            Plain::Twin => add(file.content, hashed(), plain),
            Plain::Unchanged(content) => add(*content, Source::Plain(plain.name), plain),
            Plain::Staged(staged, content) => add(*content, Source::Staged(staged), plain),
        }
    }
    pieces.retain(|_, piece| piece.content.length > 0); // WhiteNoise: an empty file has no variants
    pieces
}
