//! Checks where the source roots, the static root and the build cache lie relative to each other.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::shown;
use crate::error::Error;
use crate::options::{Input, Options};
use crate::platform::FileId;

/// Whether the static root is one of the source roots.
pub(super) fn is_in_place(options: &Options, static_root: &Path) -> Result<bool, Error> {
    for root in source_roots(options) {
        if same_directory(root, static_root)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks the directories against each other. A source root must exist and must not lie inside the static root, where
/// the build would overwrite it. The build cache must lie in neither: its entries are no assets.
pub(super) fn check(options: &Options, static_root: &Path, in_place: bool) -> Result<(), Error> {
    let usage = |message: String| Err(Error::Usage(message));
    let canonical_static = match static_root.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        other => Some(other.map_err(Error::io("read", static_root))?),
    };
    for root in source_roots(options) {
        if !root.is_dir() {
            let what = if root.exists() {
                "is not a directory"
            } else {
                "does not exist"
            };
            return usage(format!("the source root {} {what}", shown(root)));
        }
        let canonical = root.canonicalize().map_err(Error::io("read", root))?;
        if let Some(out) = &canonical_static
            && canonical.starts_with(out)
            && canonical != *out
        {
            return usage(format!(
                "the source root {} lies inside the static root {}",
                shown(root),
                shown(static_root)
            ));
        }
    }
    if let Some(cache) = options.run.cache_dir.as_deref().and_then(canonical) {
        for dir in source_roots(options).chain([static_root]) {
            if let Ok(dir) = dir.canonicalize()
                && cache.starts_with(&dir)
            {
                return usage(format!(
                    "the build cache {} lies inside {}; choose another one with --cache-dir, or none with --no-cache",
                    shown(&cache),
                    shown(&dir)
                ));
            }
        }
    }
    if in_place && source_roots(options).count() > 1 {
        return usage(format!(
            "the static root {} is one of several source roots; give it a directory of its own",
            shown(static_root)
        ));
    }
    if in_place && options.root.clear {
        return usage("--clear would remove the sources of a build in place".into());
    }
    Ok(())
}

fn source_roots(options: &Options) -> impl Iterator<Item = &Path> {
    let roots = match &options.input.sources {
        Input::Roots(roots) => roots.as_slice(),
        Input::Files(_) => &[],
    };
    roots.iter().map(|root| root.dir.as_path())
}

/// Whether both paths lead to one directory, also through a link or another mount. A failed read is an error: a static
/// root that is taken for another directory would be hashed again as a source.
fn same_directory(a: &Path, b: &Path) -> Result<bool, Error> {
    let identity = |path: &Path| match FileId::of_target(path) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", path)(error)),
    };
    let (a, b) = (identity(a)?, identity(b)?);
    Ok(a.is_some() && a == b)
}

/// The canonical path of a file or directory that may not exist yet.
fn canonical(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let existing = path
        .ancestors()
        .find_map(|dir| Some((dir, dir.canonicalize().ok()?)));
    let (dir, canonical) = existing?;
    Some(canonical.join(path.strip_prefix(dir).ok()?))
}
