//! Conflicts between names, and required assets that are missing.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::pipeline::job::Job;

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
    for name in &job.options.input.require {
        let problem = match catalog.find(name) {
            None => "required, but in no source root",
            Some(id) if catalog.get(id).length == 0 => "required, but empty",
            Some(_) => continue,
        };
        job.log.push(
            Diagnostic::new(Severity::Error, Code::RequiredAsset, name.as_str(), problem)
                .help("did the step that makes it (Tailwind, a bundler) run before this one?"),
        );
    }
}
