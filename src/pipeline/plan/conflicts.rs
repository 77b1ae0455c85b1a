//! Conflicts between names.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::pipeline::asset::Planned;
use crate::pipeline::job::Job;
use crate::static_root::encoding::Encoding;

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

/// Reports assets that cannot have their names because the manifest has them.
pub(super) fn with_manifest(job: &Job<'_>, assets: &[Planned], catalog: &Catalog) {
    let manifest = job.manifest.as_str();
    let conflict = |severity, name: &str, what: &str| {
        let diagnostic = Diagnostic::new(severity, Code::PathConflict, name, what);
        job.log.push(diagnostic.help("rename it, leave it out with --ignore, or give the manifest another name with --manifest"));
    };
    if let Some(asset) = catalog.find(manifest).map(|id| &assets[id]) {
        if asset.naming.keeps_name() {
            let what = "has the name of the manifest, and has to be published under its own name";
            conflict(Severity::Error, manifest, what);
        } else if asset.keep_plain {
            let what = "has the name of the manifest: it is published under its hashed path only";
            // Django, which writes the manifest itself then, has no word for it.
            let severity = if job.options.root.write_manifest {
                Severity::Warning
            } else {
                Severity::Notice
            };
            conflict(severity, manifest, what);
        }
    }
    if catalog.has_directory(manifest) {
        let what = "a directory has the name of the manifest";
        conflict(Severity::Error, manifest, what);
    }
    for file in Encoding::files_behind(manifest).filter(|file| catalog.find(file).is_some()) {
        let what = "the manifest has the name of a variant of this asset";
        conflict(Severity::Error, file, what);
    }
}
