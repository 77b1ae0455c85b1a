//! The files that must be there, readable, and with the right variants.

use std::collections::HashMap;

use super::verifier::Verifier;
use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::finished::Entry;
use crate::finished::examine::Examined;
use crate::name::catalog::AssetId;
use crate::platform;

/// The percentage of plain copies from which a missing one is an error: without `--keep-only-hashed`, all are there.
const MOST: usize = 90;

impl Verifier<'_> {
    /// Checks that every entry's hashed file is there, and its plain copy, where plain copies are kept.
    pub(super) fn entries(&mut self, examined: &HashMap<AssetId, Examined>) {
        let root = self.root;
        let is_there = |name: &str| {
            root.files
                .find(name)
                .is_some_and(|id| examined.contains_key(&id))
        };
        let manifest = self.manifest();
        // No plain copy takes the name of the manifest.
        let has_plain = |entry: &&Entry| {
            entry.logical != entry.hashed && Some(entry.logical.as_str()) != manifest.as_deref()
        };
        let hashed = || root.entries.iter().filter(has_plain);
        let there = hashed().filter(|entry| is_there(entry.logical.as_str()));
        let keeps_plain =
            !root.record.plain_for_some && there.count() * 100 >= hashed().count() * MOST;
        for entry in &root.entries {
            let (logical, hashed) = (entry.logical.as_str(), entry.hashed.as_str());
            if !is_there(hashed) {
                self.error(
                    Code::MissingFile,
                    hashed,
                    format!(
                        "not there, but the manifest names it for {}",
                        shown(logical)
                    ),
                );
            } else if logical != hashed
                && entry.digest().is_none()
                && entry.hashed.directory() != entry.logical.directory()
            {
                self.error(
                    Code::BrokenManifest,
                    logical,
                    format!("the manifest's {} is no hashed path of it", shown(hashed)),
                );
            }
            if keeps_plain && has_plain(&entry) && !is_there(logical) {
                self.error(
                    Code::MissingFile,
                    logical,
                    "the plain copy is not there, but those of other assets are",
                );
            }
        }
    }

    /// Reports files that not even their owner may read. A verification by root can read them, a server cannot.
    pub(super) fn modes(&mut self) -> Result<(), Error> {
        const OWNER_READS: u32 = 0o400;
        let root = self.root;
        for file in root.files.iter() {
            let name = &file.name;
            if !root.is_named(name) {
                continue;
            }
            let found = file
                .path
                .metadata()
                .map_err(Error::io("read", &file.path))?;
            if let Some(mode) = platform::mode(&found)
                && mode & OWNER_READS == 0
            {
                let what = format!("its mode is {mode:03o}: not even its owner may read it");
                self.error(Code::Unreadable, name.as_str(), what).help =
                    Some("build again: a build sets the modes of its files".into());
            }
        }
        Ok(())
    }

    pub(super) fn variants(&mut self, examined: &HashMap<AssetId, Examined>) {
        let files = &self.root.files;
        for (id, file) in examined {
            for (_, variant, why) in &file.bad_variants {
                self.diagnostics.push(
                    Diagnostic::new(
                        Severity::Error,
                        Code::StaleVariant,
                        files.name(*variant).as_str(),
                        format!(
                            "not a variant of {}: {why}",
                            shown(files.name(*id).as_str())
                        ),
                    )
                    .help("build again: a build replaces what does not belong"),
                );
            }
            for (variant, why) in &file.lookalikes {
                let [variant, file] = [*variant, *id].map(|id| shown(files.name(id).as_str()));
                let what =
                    format!("an asset that is no variant of {file}, but is named like one: {why}");
                let help = format!(
                    "WhiteNoise, and nginx with gzip_static, send it to those who ask for {file}"
                );
                self.diagnostics.push(
                    Diagnostic::new(Severity::Warning, Code::StaleVariant, variant, what)
                        .help(help),
                );
            }
        }
    }

    pub(super) fn required(&mut self) {
        for name in &self.options.require {
            let entry = self.root.entry(name);
            let hashed = entry.and_then(|entry| self.root.files.find(entry.hashed.as_str()));
            let problem = match hashed {
                None => "required, but not in the manifest or not there",
                Some(id) if self.root.files.get(id).length == 0 => "required, but empty",
                Some(_) => continue,
            };
            self.error(Code::RequiredAsset, name, problem).help = Some(
                "did the step that makes it (Tailwind, a bundler) run before the build?".into(),
            );
        }
    }
}
