//! In place: the outputs of earlier builds, which lie among the sources.

use std::collections::HashSet;

use super::earlier::Earlier;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::digest::{Digest, is_hex};
use crate::name::logical_path::{LogicalPath, stem_length};
use crate::options::HashAlgorithm;
use crate::pipeline::job::Job;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::Generations;
use crate::static_root::own_files::{headers_name, headers_names, is_own_file};
use crate::static_root::{JOURNAL, MANIFESTS, StaticRoot};
use crate::walk::SourceFile;

/// Removes the outputs of earlier builds from the sources of a build in place, so that nothing is hashed twice.
///
/// An output is a file that a manifest or its record names as hashed, a variant, a file of hashstatic's own (manifest,
/// record, journal, headers), or a file that carries the digest of its own bytes and lies beside its plain file.
pub(super) fn without_outputs(
    job: &Job<'_>,
    sources: Vec<SourceFile>,
    last: &Earlier,
) -> Result<Vec<SourceFile>, Error> {
    if !job.in_place {
        return Ok(without_own_files(job, sources));
    }
    let (root, manifest_name) = (&job.root, job.manifest.as_str());
    let others = root.other_manifests(manifest_name)?;
    let unfinished: HashSet<String> = root.unfinished()?.into_iter().collect();
    let names: HashSet<String> = sources
        .iter()
        .map(|source| source.logical.as_str().to_owned())
        .collect();
    // A plain file that is gone may have left its hashed file.
    let known = |name: &str| names.contains(name) || last.manifest.paths.contains_key(name);
    let paths = last.manifest.paths.iter();
    let mut outputs: HashSet<&str> = paths
        .filter(|(logical, hashed)| logical != hashed)
        .map(|(_, hashed)| hashed.as_str())
        .collect();
    // The record also lists plain copies of assets that are gone; in place, such a file is a source.
    outputs.extend(last.generations.files().filter(|name| has_digits(name)));
    let record = Generations::name(manifest_name);
    let headers = headers_names(manifest_name);
    // Even without a manifest, a file that carries the digest of its own bytes shows that there was an earlier build.
    let mut built = HashSet::new();
    for source in &sources {
        let name = source.logical.as_str();
        let keeps_name = job.prehashed.contains(name) || job.wants_unhashed(name);
        if keeps_name || outputs.contains(name) {
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

/// Removes the files that have the names of hashstatic's own from the sources of another directory: those of an earlier
/// build there, as a rule. The headers that this build writes are left: that is an error, which `headers` reports.
fn without_own_files(job: &Job<'_>, mut sources: Vec<SourceFile>) -> Vec<SourceFile> {
    let manifest = job.manifest.as_str();
    let headers = job.options.root.headers.iter();
    let written: Vec<String> = headers
        .map(|format| headers_name(manifest, *format))
        .collect();
    sources.retain(|source| {
        let name = source.logical.as_str();
        let is_own = is_own_file(name, manifest) && !written.iter().any(|file| file == name);
        if is_own {
            let what = "is left out: builds keep a file of that name for themselves";
            let diagnostic = Diagnostic::new(Severity::Warning, Code::PathConflict, name, what);
            let help = "was this source a static root once? Leave such files out with --ignore";
            job.log.push(diagnostic.help(help));
        }
        !is_own
    });
    sources
}

/// Whether a file that is named like a variant is the output of an earlier build: one that knew the file beside it, and
/// had no source with the variant's name.
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

/// Whether a name seems to carry a digest.
fn has_digits(name: &str) -> bool {
    let file_name = name.rsplit('/').next().unwrap_or(name);
    file_name.split('.').skip(1).any(is_digits)
}

fn is_digits(part: &str) -> bool {
    part.len() >= 4 && is_hex(part)
}

/// The plain name that belongs to a hashed file, as `css/app.css` to `css/app.4889e940a1b2.css`: if that name is
/// `known`, and the digits begin the MD5 or BLAKE3 digest of the hashed file's bytes.
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
