//! What there is to compress: each distinct content once.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::digest::{Content, ContentKey, Held};
use crate::output::{Output, Plain};
use crate::plan::{AssetId, Plan};
use crate::static_root::Staged;

/// One content and all the files that have it.
pub(super) struct Job<'o> {
    pub(super) content: Content,
    /// A file to read it from.
    pub(super) from: Source<'o>,
    pub(super) files: Vec<Beside<'o>>,
}

pub(super) enum Source<'o> {
    InPlace(&'o str),
    Staged(&'o Staged),
}

/// A file that gets variants.
pub(super) struct Beside<'o> {
    pub(super) asset: AssetId,
    pub(super) name: &'o str,
    pub(super) output: &'o Output,
    pub(super) hashed: bool,
}

/// The jobs, largest first.
pub(super) fn jobs<'o>(plan: &'o Plan, outputs: &'o [Output]) -> Vec<Job<'o>> {
    let mut jobs: HashMap<ContentKey, Job<'o>> = HashMap::new();
    let mut add = |held: Held, from: Source<'o>, file: Beside<'o>| {
        let Some(content) = held.content() else {
            return; // where variants are wanted, it was taken
        };
        let job = jobs.entry(content.key).or_insert_with(|| Job {
            content,
            from,
            files: Vec::new(),
        });
        job.files.push(file);
    };
    for (id, (asset, output)) in plan.assets.iter().zip(outputs).enumerate() {
        if !asset.compress {
            continue;
        }
        let hashed = Source::InPlace(&output.hashed);
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
            Plain::Twin => add(output.content, Source::InPlace(&output.hashed), plain),
            Plain::Unchanged(content) => add(*content, Source::InPlace(plain.name), plain),
            Plain::Staged(staged, content) => add(*content, Source::Staged(staged), plain),
        }
    }
    let mut jobs: Vec<Job<'o>> = jobs
        .into_values()
        .filter(|job| job.content.length > 0) // WhiteNoise: an empty file has no variants
        .collect();
    jobs.sort_by_key(|job| (Reverse(job.content.length), job.files[0].name));
    jobs
}
