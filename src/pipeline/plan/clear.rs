//! What `--clear` may remove: the contents of a static root, and of no other directory.

use crate::diagnostic::shown;
use crate::error::Error;
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::static_root::encoding::Encoding;

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
    let names_something = earlier
        .manifest
        .paths
        .values()
        .any(|name| snapshot.had(name));
    if names_something || !earlier.generations.is_empty() {
        return Ok(());
    }
    let is_known = |name: &&str| {
        is_asset(name) || Encoding::files_behind(name).any(is_asset) || *name == job.manifest
    };
    let (known, all) = (
        snapshot.names().filter(is_known).count(),
        snapshot.names().count(),
    );
    if 2 * known < all {
        return refused(
            "has no manifest of a build, and mostly files that are none of these assets",
        );
    }
    Ok(())
}
