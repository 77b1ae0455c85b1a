//! What earlier runs have left in the static root: needed in place, where outputs lie among the sources.

use std::collections::HashSet;

use crate::compress::Encoding;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::digest::{Digest, is_hex};
use crate::generations::Generations;
use crate::headers::file_names;
use crate::logical_path::{LogicalPath, stem_length};
use crate::manifest::Manifest;
use crate::options::HashAlgorithm;
use crate::prehashed::Prehashed;
use crate::read::digest_in_name;
use crate::static_root::StaticRoot;
use crate::walk::SourceFile;

/// What the runs before this one tell of themselves.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// The manifest that is there.
    pub(crate) manifest: Manifest,
    /// The record of those before it.
    pub(crate) generations: Generations,
}

/// Reads the manifest that is there and the record of those before it. One that cannot be read is a warning: it will
/// be replaced.
pub(crate) fn earlier(
    root: &StaticRoot,
    manifest: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Earlier {
    let record = Generations::name(manifest);
    Earlier {
        manifest: read(root, manifest, "manifest", Manifest::parse, diagnostics),
        generations: read(
            root,
            &record,
            "record of generations",
            Generations::parse,
            diagnostics,
        ),
    }
}

fn read<T: Default>(
    root: &StaticRoot,
    name: &str,
    what: &str,
    parse: impl Fn(&[u8]) -> Result<T, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> T {
    let Ok(bytes) = root.read(name) else {
        return T::default();
    };
    parse(&bytes).unwrap_or_else(|why| {
        diagnostics.push(
            Diagnostic::new(
                Severity::Warning,
                Code::UnreadableManifest,
                name,
                format!("the {what} that was there is not readable: {}", shown(why)),
            )
            .help("it is replaced by this run"),
        );
        T::default()
    })
}

/// The in-place sources without the outputs of earlier runs: nothing is hashed twice.
///
/// An output is what the last manifest or one before it names, a variant of any file, and a file whose name carries the digest of its
/// own bytes beside the file it was made from.
pub(crate) fn without_outputs(
    sources: Vec<SourceFile>,
    last: &Earlier,
    manifest_name: &str,
    prehashed: &Prehashed,
    root: &StaticRoot,
) -> Vec<SourceFile> {
    let names: HashSet<String> = sources
        .iter()
        .map(|source| source.logical.as_str().to_owned())
        .collect();
    let paths = last.manifest.paths.iter();
    let mut outputs: HashSet<&str> = paths
        .filter(|(logical, hashed)| logical != hashed)
        .map(|(_, hashed)| hashed.as_str())
        .collect();
    // Plain copies of assets that are gone are in the record too; in place, such a file is a source.
    outputs.extend(last.generations.files().filter(|name| has_digits(name)));
    let record = Generations::name(manifest_name);
    let headers = file_names(manifest_name);
    let mut sources = sources;
    sources.retain(|source| {
        let name = source.logical.as_str();
        let is_variant = Encoding::files_behind(name).any(|file| names.contains(file));
        let is_output = name == manifest_name
            || name == record
            || headers.iter().any(|file| file == name)
            || outputs.contains(name)
            || is_variant
            || !prehashed.contains(name) && carries_own_digest(&source.logical, &names, root);
        !is_output
    });
    sources
}

/// Whether a name has a digest in it, by its looks.
fn has_digits(name: &str) -> bool {
    let file_name = name.rsplit('/').next().unwrap_or(name);
    file_name.split('.').skip(1).any(is_digits)
}

fn is_digits(part: &str) -> bool {
    part.len() >= 4 && is_hex(part)
}

/// `css/app.4889e940a1b2.css` beside `css/app.css`, if the digits begin the MD5 or BLAKE3 of its bytes.
fn carries_own_digest(name: &LogicalPath, names: &HashSet<String>, root: &StaticRoot) -> bool {
    let file_name = name.file_name();
    let stem = &file_name[..stem_length(file_name)];
    let extension = &file_name[stem.len()..];
    let candidates = [(stem, extension), (file_name, "")]; // with an extension, and without
    candidates.iter().any(|(stem, extension)| {
        let Some((stem, digits)) = stem.rsplit_once('.') else {
            return false;
        };
        let directory = &name.as_str()[..name.as_str().len() - file_name.len()];
        digits.len() >= 8
            && is_digits(digits)
            && names.contains(&format!("{directory}{stem}{extension}"))
            && root.read(name.as_str()).is_ok_and(|bytes| {
                [HashAlgorithm::Blake3, HashAlgorithm::Md5]
                    .iter()
                    .any(|algorithm| Digest::of(*algorithm, &bytes).hex(digits.len()) == digits)
            })
    })
}

/// With `--keep-only-hashed` in place, plain files are removed after the first run. The assets live on under their
/// hashed paths.
pub(crate) fn carried(last: &Manifest, root: &StaticRoot) -> Vec<(SourceFile, LogicalPath)> {
    last.paths
        .iter()
        .filter(|(logical, hashed)| {
            !root.had(logical) && root.had(hashed) && digest_in_name(logical, hashed).is_some()
        })
        .filter_map(|(logical, hashed)| {
            let path = root.dir().join(hashed);
            let metadata = path.metadata().ok()?;
            let source = SourceFile {
                logical: LogicalPath::new(logical).ok()?,
                path,
                length: metadata.len(),
                modified: metadata.modified().ok()?,
                stamp: None,
                leave_plain: false,
                order: 0,
            };
            Some((source, LogicalPath::new(hashed).ok()?))
        })
        .collect()
}
