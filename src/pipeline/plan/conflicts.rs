//! Conflicts between names, names that are too long, and required assets that are missing.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::name::logical_path::LONGEST_NAME;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::static_root::encoding::Encoding;
use crate::text::missing::Suggestions;

/// Reports files whose name is a directory in another source root: only one of the two can be written.
pub(super) fn file_and_directory(job: &Job<'_>, catalog: &Catalog) {
    let mut conflicts = BTreeSet::new();
    for asset in catalog.iter() {
        let name = asset.name.as_str();
        let directories = name.match_indices('/').map(|(slash, _)| &name[..slash]);
        conflicts.extend(directories.filter_map(|directory| catalog.find(directory)));
    }
    for id in conflicts {
        job.log.push(
            Diagnostic::new(
                Severity::Error,
                Code::PathConflict,
                catalog.name(id).as_str(),
                "a file in one source root and a directory in another",
            )
            .help(format!("the file is {}", shown(catalog.path(id)))),
        );
    }
}

/// Reports assets of `--require` that are missing or empty.
pub(super) fn required(job: &Job<'_>, catalog: &Catalog) {
    const STEP: &str = "did the step that makes it (Tailwind, a bundler) run before this one?";
    let mut suggestions = Suggestions::new(catalog);
    for name in &job.options.input.require {
        let error = |problem: &str| {
            Diagnostic::new(Severity::Error, Code::RequiredAsset, name.as_str(), problem)
        };
        job.log.push(match catalog.find(name) {
            None => {
                let help = suggestions.next(name).unwrap_or_else(|| STEP.into());
                let missing = error("required, but in no source root").missing(name);
                missing.help(help)
            }
            Some(id) if catalog.get(id).length == 0 => error("required, but empty").help(STEP),
            Some(_) => continue,
        });
    }
}

/// Reports names that are too long for variants. (Those that are too long for a digest are errors, once they have one.)
pub(super) fn long_names(job: &Job<'_>, assets: &[Planned]) {
    let encodings = job.options.variants.encodings;
    let wanted = [
        (Encoding::Gzip, encodings.gzip.is_some()),
        (Encoding::Brotli, encodings.brotli.is_some()),
        (Encoding::Zstd, encodings.zstd.is_some()),
    ];
    let is_compressed = |asset: &&Planned| asset.compress && asset.carried.is_none();
    for asset in assets.iter().filter(is_compressed) {
        let digits = if asset.prehashed {
            0
        } else {
            1 + job.options.naming.hash_length
        };
        let length = asset.name().file_name().len() + digits;
        let is_too_long = |encoding: Encoding| length + encoding.suffix().len() > LONGEST_NAME;
        let without: Vec<&str> = wanted
            .iter()
            .filter(|(encoding, wanted)| *wanted && is_too_long(*encoding))
            .map(|(encoding, _)| encoding.suffix())
            .collect();
        if length <= LONGEST_NAME && !without.is_empty() {
            let what = format!(
                "its hashed file gets no {} variant: the name would have more than {LONGEST_NAME} bytes",
                without.join(" and no ")
            );
            let name = asset.name().as_str();
            job.log.push(
                Diagnostic::new(Severity::Notice, Code::LongName, name, what)
                    .help("give the file a shorter name"),
            );
        }
    }
}
