//! What `--clear` may remove: the contents of a static root, and of no other directory.

use std::io::ErrorKind;

use crate::diagnostic::shown;
use crate::error::Error;
use crate::name::digest::is_hex;
use crate::options::DEFAULT_MANIFEST;
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::static_root::MANIFESTS;
use crate::static_root::encoding::Encoding;
use crate::static_root::manifest::Manifest;
use crate::static_root::own_files::is_own_file;

/// Names at the top of a directory that show what it is: somebody's work.
const WORK: [&str; 17] = [
    ".env",
    ".git",
    ".hg",
    ".jj",
    ".svn",
    ".venv",
    "Cargo.toml",
    "Dockerfile",
    "Gemfile",
    "Makefile",
    "composer.json",
    "go.mod",
    "hashstatic.toml",
    "manage.py",
    "package.json",
    "pyproject.toml",
    "setup.py",
];

/// Refuses to clear a directory that is no static root. Where a manifest or a record says what was built, the directory is
/// one; otherwise most of its files have to be those of this build, as in a static root that another storage has filled. In
/// no case may somebody's work lie there, unless it is an asset. A caller that writes the manifest itself has its own rules:
/// Django asks whether the directory may be emptied.
pub(super) fn check(job: &Job<'_>, inventory: &Inventory) -> Result<(), Error> {
    if !job.options.root.clear || !job.options.root.write_manifest {
        return Ok(());
    }
    let earlier = &inventory.earlier;
    let snapshot = &job.root.snapshot;
    let is_built = |name: &str| {
        let paths = &earlier.manifest.paths;
        let is_it = |built: &String| {
            let below = built.strip_prefix(name);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        };
        paths
            .iter()
            .any(|(plain, hashed)| is_it(plain) || is_it(hashed))
    };
    let is_asset = |name: &str| {
        let catalog = &inventory.catalog;
        catalog.find(name).is_some() || catalog.has_directory(name)
    };
    let refused = |why: &str| {
        Err(Error::Usage(format!(
            "--clear would remove what is in {}, which {why}; choose another directory, or remove by hand what is to go",
            shown(job.root.dir())
        )))
    };
    for work in WORK {
        let is_there = snapshot.had(work) || snapshot.had_directory(work);
        if is_there && !is_asset(work) && !is_built(work) {
            return refused(&format!("holds {work}, and so is no static root"));
        }
    }
    if !earlier.generations.is_empty() || names_a_file(job, &earlier.manifest) {
        return Ok(());
    }
    // The builds before may have had another manifest.
    let usual = match job.root.read_if_there(DEFAULT_MANIFEST) {
        // It says nothing then.
        Err(Error::Io { source, .. }) if source.kind() == ErrorKind::PermissionDenied => None,
        usual => usual?.and_then(|bytes| Manifest::parse(&bytes).ok()),
    };
    if usual.is_some_and(|usual| names_a_file(job, &usual)) || job.root.is_there(MANIFESTS)? {
        return Ok(());
    }
    let is_known = |name: &&str| {
        let mut behind = Encoding::files_behind(name);
        let is_ours = |name: &str| is_asset(name) || plain_names(name).any(|name| is_asset(&name));
        is_ours(name)
            || behind.any(is_ours)
            || **name == job.manifest
            || is_own_file(name, &job.manifest)
    };
    let names = || snapshot.names();
    if 2 * names().filter(is_known).count() < names().count() {
        return refused(
            "has no manifest of a build, and mostly files that are none of these assets",
        );
    }
    Ok(())
}

/// Whether a manifest names a file that is there: one without is no sign of a build.
fn names_a_file(job: &Job<'_>, manifest: &Manifest) -> bool {
    let mut hashed = manifest.paths.values();
    hashed.any(|name| job.root.snapshot.had(name))
}

/// The names of which one could be the hashed path: without one part that looks like a digest.
fn plain_names(name: &str) -> impl Iterator<Item = String> {
    let file_name = name.rfind('/').map_or(0, |slash| slash + 1);
    let dots = name.match_indices('.').map(|(dot, _)| dot);
    dots.filter_map(move |dot| {
        let rest = &name[dot + 1..];
        let digits = rest.find('.').map_or(rest, |end| &rest[..end]);
        let is_digest = dot > file_name && digits.len() >= 4 && is_hex(digits);
        is_digest.then(|| [&name[..dot], &rest[digits.len()..]].concat())
    })
}
