//! In place, assets of which only the hashed file is left.

use super::earlier::Earlier;
use crate::error::Error;
use crate::name::logical_path::{LogicalPath, digest_in_name};
use crate::pipeline::job::Job;
use crate::walk::SourceFile;

/// An asset that lives on under a hashed path, without a source: its hashed file, and that path.
pub(super) type Carried = (SourceFile, LogicalPath);

/// With `--keep-only-hashed` in place, plain files are removed after the first run. The assets live on under their
/// hashed paths, also in a later build without it. (Records by older versions do not list them: `all` of the manifest count.)
pub(super) fn carried(job: &Job<'_>, last: &Earlier) -> Result<Vec<Carried>, Error> {
    if !job.in_place {
        return Ok(Vec::new());
    }
    let root = &job.root;
    let only_hashed = &last.generations.only_hashed;
    let all = job.options.keep_only_hashed && only_hashed.is_empty();
    let mut carried = Vec::new();
    for (logical, hashed) in &last.manifest.paths {
        let is_left = all || only_hashed.contains_key(logical);
        let is_it = is_left && !root.snapshot.had(logical) && root.snapshot.had_file(hashed);
        if !is_it || digest_in_name(logical, hashed).is_none() {
            continue;
        }
        let (Ok(name), Ok(hashed)) = (LogicalPath::new(logical), LogicalPath::new(hashed)) else {
            continue; // no name in a manifest that was read
        };
        let path = root.dir().join(hashed.as_str());
        let metadata = path.metadata().map_err(Error::io("read", &path))?;
        let modified = metadata.modified().map_err(Error::io("read", &path))?;
        let source = SourceFile {
            logical: name,
            path,
            length: metadata.len(),
            modified,
            stamp: None,
            leave_plain: false,
            order: 0,
        };
        carried.push((source, hashed));
    }
    Ok(carried)
}
