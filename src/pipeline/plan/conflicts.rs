//! Conflicts between names, names that are too long, and required assets that are missing.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
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

/// The most bytes in the name of a file.
const LONGEST: usize = 255;

/// Reports names that are too long for what is to be written: with its digest no file system would take the name, or with
/// the suffix of a variant.
pub(super) fn long_names(job: &Job<'_>, assets: &[Planned]) {
    let encodings = job.options.variants.encodings;
    let wanted = [
        (Encoding::Gzip, encodings.gzip.is_some()),
        (Encoding::Brotli, encodings.brotli.is_some()),
        (Encoding::Zstd, encodings.zstd.is_some()),
    ];
    for asset in assets.iter().filter(|asset| asset.carried.is_none()) {
        let digits = if asset.prehashed {
            0
        } else {
            1 + job.options.naming.hash_length
        };
        let length = asset.name().file_name().len() + digits;
        let name = asset.name().as_str();
        let report = |severity, what: String| {
            let diagnostic = Diagnostic::new(severity, Code::LongName, name, what);
            job.log.push(diagnostic.help("give the file a shorter name"));
        };
        if length > LONGEST {
            let what = format!(
                "its hashed path would end in a name of {length} bytes, and file systems take {LONGEST}"
            );
            report(Severity::Error, what);
            continue;
        }
        let too_long: Vec<&str> = wanted
            .iter()
            .filter(|(encoding, wanted)| *wanted && length + encoding.suffix().len() > LONGEST)
            .map(|(encoding, _)| encoding.suffix())
            .collect();
        if asset.compress && !too_long.is_empty() {
            let what = format!(
                "its hashed file gets no {} variant: the name would have more than {LONGEST} bytes",
                too_long.join(" and no ")
            );
            report(Severity::Notice, what);
        }
    }
}
