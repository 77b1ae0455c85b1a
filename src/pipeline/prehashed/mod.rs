//! Assets that a bundler has hashed: they keep their names and bytes.

mod formats;
mod place;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::log::Log;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::{Error, OptionError};
use crate::name::glob::Glob;
use crate::options::{Options, json_text};
use crate::text::notes::Notes;
use crate::walk::SourceFile;
use formats::{Output, outputs};
use place::Place;

/// The names of prehashed assets.
#[derive(Debug, Default)]
pub(crate) struct Prehashed {
    globs: Vec<Glob>,
    names: BTreeSet<String>,
}

impl Prehashed {
    /// Whether the asset of that name is prehashed.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name) || self.globs.iter().any(|glob| glob.matches(name))
    }
}

/// The manifests of `--bundler-manifest`, read and understood.
pub(super) struct Bundled {
    manifests: Vec<(PathBuf, Vec<Output>)>,
}

impl Bundled {
    /// Reads the manifests.
    pub(super) fn read(options: &Options) -> Result<Self, Error> {
        let read = |file: &PathBuf| {
            let usage = |problem: String| {
                Error::Option(OptionError {
                    option: "bundler-manifest",
                    value: Some(shown(file)),
                    problem,
                })
            };
            let json = fs::read(file).map_err(|error| usage(error.to_string()))?;
            let json = json_text(&json).map_err(&usage)?;
            let manifest: Value =
                serde_json::from_slice(json).map_err(|error| usage(error.to_string()))?;
            Ok((file.clone(), outputs(&manifest).map_err(usage)?))
        };
        let manifests = options.input.bundler_manifest.iter().map(read);
        Ok(Self {
            manifests: manifests.collect::<Result<_, Error>>()?,
        })
    }

    /// The assets of `--prehashed`, and those of `sources` that the manifests name. What they name and is no asset is
    /// reported.
    pub(super) fn prehashed(
        self,
        options: &Options,
        sources: &[SourceFile],
        log: &Log,
    ) -> Prehashed {
        let globs = options.input.prehashed.iter();
        let mut prehashed = Prehashed {
            globs: globs.map(|glob| Glob::new(glob)).collect(),
            names: BTreeSet::new(),
        };
        if self.manifests.is_empty() {
            return prehashed;
        }
        let assets: BTreeSet<&str> = sources
            .iter()
            .map(|source| source.logical.as_str())
            .collect();
        for (file, outputs) in &self.manifests {
            let place = Place::new(file, options, &assets);
            let (found, lost) = place.names(outputs);
            log.extend(report(file, outputs, &lost));
            prehashed.names.extend(found);
        }
        prehashed
    }
}

/// Warnings about a manifest that names nothing, or what is no asset.
fn report(file: &Path, outputs: &[Output], lost: &[&str]) -> Vec<Diagnostic> {
    let mut notes = Notes::default();
    let warning =
        |what: String| Diagnostic::new(Severity::Warning, Code::BundlerManifest, shown(file), what);
    if outputs.is_empty() {
        let help = "did the bundler run, with hashes in the names of its files?";
        notes.push(warning("names no hashed file".into()).help(help));
    }
    for name in lost {
        let help = "is this the manifest of these files, and their directory a source? Names are looked for beside the manifest, and in every source";
        notes.push(warning(format!("names {}, which is no asset", shown(name))).help(help));
    }
    notes.into_diagnostics()
}
