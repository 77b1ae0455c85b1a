//! What earlier builds have recorded in the static root.

use std::io::ErrorKind;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::pipeline::job::Job;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;

/// The records of the builds before this one.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// The manifest of the last build.
    pub(crate) manifest: Manifest,
    /// The record of the generations before it.
    pub(crate) generations: Generations,
}

/// Reads the manifest and the record of generations. A file that cannot be parsed is a warning: it will be replaced. In
/// place it is an error: without it, sources and outputs look alike.
pub(super) fn earlier(job: &Job<'_>) -> Result<Earlier, Error> {
    if !job.root.has_file_for(&job.manifest) {
        return Ok(Earlier::default());
    }
    let record = Generations::name(&job.manifest);
    Ok(Earlier {
        manifest: read(job, &job.manifest, "manifest", Manifest::parse)?,
        generations: read(job, &record, "record of generations", Generations::parse)?,
    })
}

/// Reads and parses a file; the default if there is none.
fn read<T: Default>(
    job: &Job<'_>,
    name: &str,
    what: &str,
    parse: impl Fn(&[u8]) -> Result<T, String>,
) -> Result<T, Error> {
    let why = match job.root.read_if_there(name) {
        Ok(None) => return Ok(T::default()),
        Ok(Some(bytes)) => match parse(&bytes) {
            Ok(parsed) => return Ok(parsed),
            Err(why) => why,
        },
        // A manifest that only another user may read is replaced like a damaged one.
        Err(Error::Io { source, .. })
            if source.kind() == ErrorKind::PermissionDenied && name == job.manifest =>
        {
            source.to_string()
        }
        // All else that cannot be read is not damaged: the error ends the build.
        Err(error) => return Err(error),
    };
    if job.in_place {
        let path = shown(job.root.dir().join(name));
        return Err(Error::StaticRoot(format!(
            "the {what} {path} is not readable: {why}; in place, sources and outputs cannot be distinguished without it. Restore it, or remove the outputs and then it"
        )));
    }
    // Where the caller writes the manifest, the caller reports on it, too.
    if job.options.root.write_manifest {
        job.log.push(
            Diagnostic::new(
                Severity::Warning,
                Code::UnreadableManifest,
                name,
                format!("the {what} that was there is not readable: {}", shown(why)),
            )
            .help("it is replaced by this run"),
        );
    }
    Ok(T::default())
}
