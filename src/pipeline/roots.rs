//! Checks where the source roots, the static root and the build cache lie relative to each other.

use std::fs;
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
/// the build would overwrite it. The build cache must lie in neither: its entries are no assets. All that is wrong is
/// returned.
pub(super) fn check(options: &Options, static_root: &Path, in_place: bool) -> Result<(), Error> {
    let mut wrong = Vec::new();
    let mut usage = |message: String| wrong.push(Error::Usage(message));
    let out = if in_place {
        None
    } else {
        match directory_to_be(static_root) {
            Ok(canonical) => canonical,
            Err(why) => {
                usage(format!("the static root {} {why}", shown(static_root)));
                None
            }
        }
    };
    let mut directories: Vec<PathBuf> = Vec::new();
    for root in source_roots(options) {
        let canonical = match directory(root) {
            Ok(canonical) => canonical,
            Err(why) => {
                usage(format!("the source root {} {why}", shown(root)));
                continue;
            }
        };
        if let Some(out) = &out
            && canonical.starts_with(out)
            && canonical != *out
        {
            usage(format!(
                "the source root {} lies inside the static root {}",
                shown(root),
                shown(static_root)
            ));
        }
        directories.push(canonical);
    }
    directories.extend(out);
    if let Some(cache) = options.run.cache_dir.as_deref().and_then(canonical)
        && let Some(dir) = directories.iter().find(|dir| cache.starts_with(dir))
    {
        usage(format!(
            "the build cache {} lies inside {}; choose another one with --cache-dir, or none with --no-cache",
            shown(&cache),
            shown(dir)
        ));
    }
    if in_place && source_roots(options).count() > 1 {
        usage(format!(
            "the static root {} is one of several source roots; give it a directory of its own",
            shown(static_root)
        ));
    } else if in_place && !options.root.in_place {
        usage(format!(
            "the static root {} is the source root; to write among the sources, pass --in-place instead of --out",
            shown(static_root)
        ));
    }
    Error::all(wrong)
}

fn source_roots(options: &Options) -> impl Iterator<Item = &Path> {
    let roots = match &options.input.sources {
        Input::Roots(roots) => roots.as_slice(),
        Input::Files(_) => &[],
    };
    roots.iter().map(|root| root.dir.as_path())
}

/// The canonical path of a directory; otherwise why there is none, as the end of a sentence.
fn directory(path: &Path) -> Result<PathBuf, String> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => path.canonicalize().map_err(cannot_be_read),
        Ok(_) => Err("is not a directory".into()),
        Err(error) if is_missing(&error) => Err("does not exist".into()),
        Err(error) => Err(cannot_be_read(error)),
    }
}

/// The canonical path of a directory that may not be there yet (`None`), but can be made.
fn directory_to_be(path: &Path) -> Result<Option<PathBuf>, String> {
    let Ok(absolute) = std::path::absolute(path) else {
        return Ok(None); // the empty path of a dry run without a static root
    };
    for (depth, above) in absolute.ancestors().enumerate() {
        match fs::metadata(above) {
            Ok(found) if found.is_dir() => {
                let is_it = depth == 0;
                let canonical = || above.canonicalize().map_err(cannot_be_read);
                return is_it.then(canonical).transpose();
            }
            Ok(_) if depth == 0 => return Err("is a file, not a directory".into()),
            Ok(_) => {
                let file = shown(above);
                return Err(format!("cannot be made: {file} is a file, not a directory"));
            }
            Err(error) if is_missing(&error) => {
                if fs::symlink_metadata(above).is_ok_and(|found| found.is_symlink()) {
                    let link = shown(above);
                    return Err(format!(
                        "cannot be made: {link} is a symbolic link that leads nowhere"
                    ));
                }
            }
            Err(error) => return Err(cannot_be_read(error)),
        }
    }
    Ok(None)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn cannot_be_read(error: io::Error) -> String {
    format!("cannot be read: {error}")
}

/// Whether there is nothing under a name: every other error leaves that open.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Whether both paths lead to one directory, also through a link or another mount. A failed read is an error: a static
/// root that is taken for another directory would be hashed again as a source.
fn same_directory(a: &Path, b: &Path) -> Result<bool, Error> {
    let identity = |path: &Path| match FileId::of_target(path) {
        Ok(id) => Ok(Some(id)),
        Err(error) if is_missing(&error) => Ok(None),
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
