//! In place: assets that have only their hashed file left.

use super::earlier::Earlier;
use crate::error::Error;
use crate::name::logical_path::{LogicalPath, digest_in_name};
use crate::pipeline::job::Job;
use crate::walk::SourceFile;

/// An asset without a source: its hashed file, and the hashed path.
pub(super) type Carried = (SourceFile, LogicalPath);

/// Finds the assets whose plain files a build in place with `--keep-only-hashed` has removed. They stay assets, also in
/// later builds without that option. (Records of older versions do not list them: then `all` of the manifest count.)
pub(super) fn carried(job: &Job<'_>, last: &Earlier) -> Result<Vec<Carried>, Error> {
    if !job.in_place {
        return Ok(Vec::new());
    }
    let root = &job.root;
    let only_hashed = &last.generations.only_hashed;
    let all = job.options.root.keep_only_hashed && only_hashed.is_empty();
    let mut carried = Vec::new();
    for (logical, hashed) in &last.manifest.paths {
        let is_left = all || only_hashed.contains_key(logical);
        let is_it = is_left && !root.snapshot.had(logical) && root.snapshot.had_file(hashed);
        if !is_it || digest_in_name(logical, hashed).is_none() {
            continue;
        }
        let (Ok(name), Ok(hashed)) = (LogicalPath::new(logical), LogicalPath::new(hashed)) else {
            continue; // a manifest that was parsed has no such names
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
