//! What there is to compress: each distinct content once, and once what a hashed file and its plain one begin with, where
//! they only differ at the end. That is so with every script and style sheet that names a source map.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::name::catalog::AssetId;
use crate::name::digest::{Content, ContentKey, Held};
use crate::pipeline::plan::Plan;
use crate::pipeline::store::{Output, Plain};
use crate::static_root::Staged;

/// From how many bytes on it pays to compress a common beginning by itself: it costs some twenty bytes.
const WORTHWHILE: usize = 128 << 10;
/// Which part of the beginning what follows it may be, at most: it is compressed without looking back.
const SHORT: usize = 256;
/// Bytes that must follow the beginning: the encoder needs two.
const LEAST: u64 = 8;

/// One content and all the files that have it.
pub(super) struct Job<'o> {
    pub(super) content: Content,
    /// A file to read it from.
    pub(super) from: Source<'o>,
    pub(super) files: Vec<Beside<'o>>,
    /// With how many bytes the other job of its batch begins, too.
    pub(super) common: Option<usize>,
}

/// Jobs to be done one after the other: a single one, or two with a common beginning.
pub(super) type Batch<'o> = Vec<Job<'o>>;

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
    pub(super) output: &'o Output,
    pub(super) hashed: bool,
}

/// All jobs, the largest batch first. With `pairs`, common beginnings are looked for.
pub(super) fn batches<'o>(plan: &'o Plan, outputs: &'o [Output], pairs: bool) -> Vec<Batch<'o>> {
    let mut jobs = jobs(plan, outputs);
    let mut batches = Vec::new();
    // In the order of the plan, so that every build makes the same pairs.
    for output in outputs.iter().filter(|_| pairs) {
        if let Some(pair) = pair(&mut jobs, output) {
            batches.push(pair);
        }
    }
    batches.extend(jobs.into_values().map(|job| vec![job]));
    batches.sort_by_key(|batch| {
        let bytes: u64 = batch.iter().map(|job| job.content.length).sum();
        (Reverse(bytes), batch[0].files[0].name)
    });
    batches
}

/// Takes out the jobs of a hashed file and of its plain one, if they have a beginning worth sharing.
fn pair<'o>(jobs: &mut HashMap<ContentKey, Job<'o>>, output: &Output) -> Option<Batch<'o>> {
    let (Plain::Unchanged(plain) | Plain::Staged(_, plain)) = &output.plain else {
        return None;
    };
    let both = [output.content.content()?, plain.content()?];
    let shorter = both[0].length.min(both[1].length).checked_sub(LEAST)?;
    let common = output.common.min(shorter.try_into().ok()?);
    let is_short = |content: &Content| content.length - common as u64 <= (common / SHORT) as u64;
    let are_there = both.iter().all(|content| jobs.contains_key(&content.key));
    let differ = both[0] != both[1];
    if common < WORTHWHILE || !differ || !both.iter().all(is_short) || !are_there {
        return None;
    }
    let take = |content: &Content| {
        let mut job = jobs.remove(&content.key)?;
        job.common = Some(common);
        Some(job)
    };
    both.iter().map(take).collect()
}

fn jobs<'o>(plan: &'o Plan, outputs: &'o [Output]) -> HashMap<ContentKey, Job<'o>> {
    let mut jobs: HashMap<ContentKey, Job<'o>> = HashMap::new();
    let mut add = |held: Held, from: Source<'o>, file: Beside<'o>| {
        let Some(content) = held.content() else {
            return; // where variants are wanted, it was taken
        };
        let job = jobs.entry(content.key).or_insert_with(|| Job {
            content,
            from,
            files: Vec::new(),
            common: None,
        });
        job.files.push(file);
    };
    for (id, (asset, output)) in plan.assets.iter().zip(outputs).enumerate() {
        if !asset.compress {
            continue;
        }
        let hashed = Source::Hashed(&output.hashed);
        add(
            output.content,
            hashed,
            Beside {
                asset: id,
                name: &output.hashed,
                output,
                hashed: true,
            },
        );
        let plain = Beside {
            asset: id,
            name: asset.plain.as_str(),
            output,
            hashed: false,
        };
        match &output.plain {
            Plain::None => {}
            Plain::Twin => add(output.content, Source::Hashed(&output.hashed), plain),
            Plain::Unchanged(content) => add(*content, Source::Plain(plain.name), plain),
            Plain::Staged(staged, content) => add(*content, Source::Staged(staged), plain),
        }
    }
    jobs.retain(|_, job| job.content.length > 0); // WhiteNoise: an empty file has no variants
    jobs
}
