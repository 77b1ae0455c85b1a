//! Sources that seem to be static roots: a build has written there, and its outputs would be taken for assets.

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::options::{DEFAULT_MANIFEST, Input};
use crate::pipeline::job::Job;
use crate::static_root::manifest::Manifest;
use crate::walk::SourceFile;

/// Warns about source roots with a manifest whose hashed files lie beside it.
pub(super) fn warn(job: &Job<'_>, sources: &[SourceFile]) {
    let Input::Roots(roots) = &job.options.input.sources else {
        return;
    };
    if job.in_place {
        return;
    }
    let manifests = sources
        .iter()
        .filter(|source| source.logical.file_name() == DEFAULT_MANIFEST);
    for source in manifests {
        let Some(directory) = source.path.parent() else {
            continue;
        };
        let is_root = roots.iter().any(|root| {
            let canonical = root.dir.canonicalize();
            canonical.is_ok_and(|root| root == directory)
        });
        // A source that cannot be read is reported when it is prepared.
        let manifest = source
            .read()
            .ok()
            .and_then(|bytes| Manifest::parse(&bytes).ok());
        let is_built = manifest.is_some_and(|manifest| {
            let mut hashed = manifest
                .paths
                .iter()
                .filter(|(logical, hashed)| logical != hashed);
            hashed.any(|(_, hashed)| directory.join(hashed).is_file())
        });
        if is_root && is_built {
            let what = format!(
                "a build has written here: its outputs in {} are taken for assets, and hashed again",
                shown(directory)
            );
            let name = source.logical.as_str();
            let help = "name the sources of that build instead; if this is what was built in place, build it so again, with --in-place";
            job.log
                .push(Diagnostic::new(Severity::Warning, Code::BuiltSource, name, what).help(help));
        }
    }
}
