//! What earlier runs have left in the static root: needed in place, where outputs lie among the sources.

use std::collections::HashSet;

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::headers::file_names;
use crate::name::digest::{Digest, is_hex};
use crate::name::logical_path::digest_in_name;
use crate::name::logical_path::{LogicalPath, stem_length};
use crate::options::HashAlgorithm;
use crate::pipeline::prehashed::Prehashed;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::manifest::Manifest;
use crate::static_root::{JOURNAL, MANIFESTS, StaticRoot};
use crate::walk::SourceFile;

/// An asset that lives on under a hashed path, without a source: its hashed file, and that path.
pub(crate) type Carried = (SourceFile, LogicalPath);

/// What the runs before this one tell of themselves.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// The manifest that is there.
    pub(crate) manifest: Manifest,
    /// The record of those before it.
    pub(crate) generations: Generations,
}

/// Reads the manifest that is there and the record of those before it. One that cannot be read is a warning: it will
/// be replaced. In place it is an error: without it, nobody knows which files are sources.
pub(crate) fn earlier(
    root: &StaticRoot,
    manifest: &str,
    in_place: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Earlier, Error> {
    let mut reading = Reading {
        root,
        in_place,
        diagnostics,
    };
    if !root.has_file_for(manifest) {
        return Ok(Earlier::default());
    }
    let record = Generations::name(manifest);
    Ok(Earlier {
        manifest: reading.read(manifest, "manifest", Manifest::parse)?,
        generations: reading.read(&record, "record of generations", Generations::parse)?,
    })
}

struct Reading<'r> {
    root: &'r StaticRoot,
    in_place: bool,
    diagnostics: &'r mut Vec<Diagnostic>,
}

impl Reading<'_> {
    /// What a file says; the default if there is none.
    fn read<T: Default>(
        &mut self,
        name: &str,
        what: &str,
        parse: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, Error> {
        // A file that the system does not let one read is no file that anybody has damaged.
        let Some(bytes) = self.root.read_if_there(name)? else {
            return Ok(T::default());
        };
        let why = match parse(&bytes) {
            Ok(parsed) => return Ok(parsed),
            Err(why) => why,
        };
        if self.in_place {
            let path = shown(self.root.dir().join(name));
            return Err(Error::StaticRoot(format!(
                "the {what} {path} is not readable: {why}; in place, nobody can tell sources from outputs without it. Restore it, or remove the outputs and then it"
            )));
        }
        self.diagnostics.push(
            Diagnostic::new(
                Severity::Warning,
                Code::UnreadableManifest,
                name,
                format!("the {what} that was there is not readable: {}", shown(why)),
            )
            .help("it is replaced by this run"),
        );
        Ok(T::default())
    }
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
) -> Result<Vec<SourceFile>, Error> {
    let others = root.other_manifests(manifest_name)?;
    let unfinished: HashSet<String> = root.unfinished()?.into_iter().collect();
    let names: HashSet<String> = sources
        .iter()
        .map(|source| source.logical.as_str().to_owned())
        .collect();
    // Plain files that are gone had their hashed files, too.
    let known = |name: &str| names.contains(name) || last.manifest.paths.contains_key(name);
    let paths = last.manifest.paths.iter();
    let mut outputs: HashSet<&str> = paths
        .filter(|(logical, hashed)| logical != hashed)
        .map(|(_, hashed)| hashed.as_str())
        .collect();
    // Plain copies of assets that are gone are in the record too; in place, such a file is a source.
    outputs.extend(last.generations.files().filter(|name| has_digits(name)));
    let record = Generations::name(manifest_name);
    let headers = file_names(manifest_name);
    // Also without a manifest, a file whose name has the digest of its own bytes shows that there was an earlier build.
    let mut built = HashSet::new();
    for source in &sources {
        let name = source.logical.as_str();
        if prehashed.contains(name) || outputs.contains(name) {
            continue;
        }
        if let Some(plain) = plain_of(&source.logical, known, root)? {
            built.insert(plain);
            outputs.insert(name);
        }
    }
    let is_output = |name: &str| {
        name == manifest_name
            || name == record
            || headers.iter().any(|file| file == name)
            || outputs.contains(name)
            || others.hashed.contains(name)
            || others.records.contains(name)
            || unfinished.contains(name)
            || name == JOURNAL
            || name == MANIFESTS
            || is_our_variant(name, &names, last, |file| {
                outputs.contains(file) || built.contains(file)
            })
    };
    let keep: Vec<bool> = sources
        .iter()
        .map(|source| !is_output(source.logical.as_str()))
        .collect();
    let mut keep = keep.into_iter();
    let mut sources = sources;
    sources.retain(|_| keep.next().unwrap_or(true));
    Ok(sources)
}

/// Whether a file beside another one, named like its variant, is of an earlier build: that has made it if it knew the other
/// file, and no source of that name.
fn is_our_variant(
    name: &str,
    names: &HashSet<String>,
    last: &Earlier,
    is_built: impl Fn(&str) -> bool,
) -> bool {
    let paths = &last.manifest.paths;
    if paths.contains_key(name) || last.generations.source_variants.contains(name) {
        return false;
    }
    Encoding::files_behind(name).any(|file| {
        is_built(file) || has_digits(file) || names.contains(file) && paths.contains_key(file)
    })
}

/// Whether a name has a digest in it, by its looks.
fn has_digits(name: &str) -> bool {
    let file_name = name.rsplit('/').next().unwrap_or(name);
    file_name.split('.').skip(1).any(is_digits)
}

fn is_digits(part: &str) -> bool {
    part.len() >= 4 && is_hex(part)
}

/// Of `css/app.4889e940a1b2.css` beside `css/app.css`: the latter, if the digits begin the MD5 or BLAKE3 of the former's bytes.
fn plain_of(
    name: &LogicalPath,
    known: impl Fn(&str) -> bool,
    root: &StaticRoot,
) -> Result<Option<String>, Error> {
    let file_name = name.file_name();
    let stem = &file_name[..stem_length(file_name)];
    let extension = &file_name[stem.len()..];
    let directory = &name.as_str()[..name.as_str().len() - file_name.len()];
    // With an extension, and without.
    for (stem, extension) in [(stem, extension), (file_name, "")] {
        let Some((stem, digits)) = stem.rsplit_once('.') else {
            continue;
        };
        let plain = format!("{directory}{stem}{extension}");
        if digits.len() < 8 || !is_digits(digits) || !known(&plain) {
            continue;
        }
        let bytes = root.read(name.as_str())?;
        let mut algorithms = [HashAlgorithm::Blake3, HashAlgorithm::Md5].iter();
        if algorithms.any(|algorithm| Digest::of(*algorithm, &bytes).hex(digits.len()) == digits) {
            return Ok(Some(plain));
        }
    }
    Ok(None)
}

/// With `--keep-only-hashed` in place, plain files are removed after the first run. The assets live on under their
/// hashed paths, also in a later build without it. (Records by older versions do not list them: `all` of the manifest count.)
pub(crate) fn carried(last: &Earlier, root: &StaticRoot, all: bool) -> Result<Vec<Carried>, Error> {
    let only_hashed = &last.generations.only_hashed;
    let all = all && only_hashed.is_empty();
    let mut carried = Vec::new();
    for (logical, hashed) in &last.manifest.paths {
        let is_left = all || only_hashed.contains_key(logical);
        let is_it = is_left && !root.had(logical) && root.had_file(hashed);
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
