//! In place: plain files that change while the build is at work. They are the user's own; variants of their old bytes
//! must not stay.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::digest::{Content, Held};
use crate::pipeline::job::Job;
use crate::platform::regular_file;
use crate::platform::stamp::{Settling, Stamp};
use crate::static_root::FileId;
use crate::walk::SourceFile;

/// A plain file as the build has read it.
pub(crate) struct PlainFile {
    name: String,
    path: PathBuf,
    stamp: Option<Stamp>,
    content: Held,
    /// The variants beside the file: name, and file on disk.
    variants: Vec<(String, FileId)>,
}

impl PlainFile {
    pub(crate) fn new(source: &SourceFile, content: Held, variants: Vec<(String, FileId)>) -> Self {
        Self {
            name: source.logical.as_str().to_owned(),
            path: source.path.clone(),
            stamp: source.stamp,
            content,
            variants,
        }
    }

    /// Whether the file may have changed since it was read. The stamp shows it; if that is too recent to be reliable,
    /// the bytes do.
    fn has_changed(&self, began: SystemTime) -> Result<bool, Error> {
        let stamp = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            found => Stamp::of(&found.map_err(Error::io("read", &self.path))?),
        };
        if Some(stamp) != self.stamp {
            return Ok(true);
        }
        if stamp.is_settled(began, Settling::of_times()) {
            return Ok(false);
        }
        match regular_file::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
            bytes => {
                let bytes = bytes.map_err(Error::io("read", &self.path))?;
                Ok(self.content.content() != Some(Content::of(&bytes)))
            }
        }
    }
}

/// Removes the variants that this build has put, or found, beside plain files that have changed since it began. Returns
/// the warnings.
pub(super) fn remove_outdated_variants(
    job: &Job<'_>,
    files: &[PlainFile],
) -> Result<Vec<Diagnostic>, Error> {
    let root = &job.root;
    let mut warnings = Vec::new();
    for file in files.iter().filter(|file| !file.variants.is_empty()) {
        if !file.has_changed(job.began)? {
            continue;
        }
        for (variant, id) in &file.variants {
            if root.is_now(variant, *id) {
                root.remove(variant)?;
            }
        }
        let what = "changed during the build: its hashed file has the bytes from before, and it has no variants";
        warnings.push(
            Diagnostic::new(
                Severity::Warning,
                Code::ChangedMeanwhile,
                file.name.as_str(),
                what,
            )
            .help("build again"),
        );
    }
    Ok(warnings)
}
