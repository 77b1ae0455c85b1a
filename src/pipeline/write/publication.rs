//! Publishes one asset: decides what is to be done, and does it.

use super::plain_files::PlainFile;
use super::removals::{unwanted_variants, variants_there};
use crate::error::Error;
use crate::pipeline::asset::{Built, PendingVariant, Plain, Variant};
use crate::pipeline::job::Job;
use crate::pipeline::plan::Inventory;
use crate::report::{BuiltAsset, Totals};
use crate::static_root::Written;
use crate::static_root::built_file::Role;

/// An asset with what is to be done when it is published.
pub(super) struct Publication {
    pub(super) built: Built,
    /// Variants of the plain file's old bytes, to be removed before that file changes.
    outdated: Vec<String>,
    /// Whether the name of the plain file is that of another asset's variant.
    is_overridden: bool,
}

impl Publication {
    pub(super) fn new(built: Built, is_overridden: bool) -> Self {
        Self {
            built,
            outdated: Vec::new(),
            is_overridden,
        }
    }

    /// The asset's entry in the report.
    pub(super) fn account(&self, job: &Job<'_>) -> BuiltAsset {
        let variants = self.built.files().filter(|file| file.encoding.is_some());
        BuiltAsset {
            path: job.manifest_entry(self.built.asset.name().as_str()),
            hashed: job.manifest_entry(&self.built.file.name),
            new: !job.root.snapshot.had(&self.built.file.name),
            variants: variants.map(|file| file.name.into_owned()).collect(),
        }
    }

    /// The names of the hashed file and its variants.
    pub(super) fn hashed_names(&self) -> impl Iterator<Item = String> {
        let files = self.built.files();
        files
            .filter(|file| file.role == Role::Hashed)
            .map(|file| file.name.into_owned())
    }

    /// In place: the plain file, which is the user's own, if there is one.
    pub(super) fn plain(&self, job: &Job<'_>) -> Option<PlainFile> {
        let Plain::Unchanged(content) = &self.built.file.plain else {
            return None;
        };
        if !job.in_place {
            return None;
        }
        let name = self.built.asset.plain.as_str();
        let variants = self.built.variants.plain.iter();
        Some(PlainFile::new(
            &self.built.asset.source,
            *content,
            variants
                .filter_map(|variant| Some((variant.name(name), variant.id?)))
                .collect(),
        ))
    }

    /// Counts what is to be done, and returns the files to remove once the manifest is in place.
    pub(super) fn decide(
        &mut self,
        job: &Job<'_>,
        inventory: &Inventory,
        totals: &mut Totals,
    ) -> Vec<String> {
        let name = self.built.asset.plain.as_str();
        let file = &self.built.file;
        if let Some(written) = file.written {
            totals.count_hashed(written == Written::New, file.content.length);
        }
        for variant in &self.built.variants.hashed {
            totals.count_variant(variant.encoding, variant.new, variant.length);
        }
        let stays =
            |variants: &[Variant], encoding| variants.iter().any(|v| v.encoding == encoding);
        let mut removals = Vec::new();
        if file.written.is_some() {
            removals = unwanted_variants(job, inventory, &file.name, |encoding| {
                stays(&self.built.variants.hashed, encoding)
            });
        }
        if self.is_overridden {
            return removals;
        }
        let (changed, plain_length) = match &self.built.file.plain {
            Plain::None => {
                let is_wanted = self.built.asset.keep_plain || self.built.asset.carried.is_some();
                if !is_wanted && job.root.snapshot.had(name) {
                    removals.extend(variants_there(job, inventory, name, |_| true));
                    removals.push(name.to_owned());
                }
                return removals;
            }
            Plain::Unchanged(content) => (false, content.length),
            Plain::Staged(_, content) => (true, content.length),
            Plain::Twin => (true, self.built.file.content.length),
        };
        if changed {
            let is_outdated = |v: &&Variant| v.pending.is_some();
            let replaced = self.built.variants.plain.iter().filter(is_outdated);
            let replaced = replaced.map(|v| v.name(name));
            self.outdated = unwanted_variants(job, inventory, name, |encoding| {
                stays(&self.built.variants.plain, encoding)
            });
            totals.removed += self.outdated.len();
            let replaced = replaced.filter(|variant| job.root.snapshot.had(variant));
            self.outdated.extend(replaced);
        } else {
            removals.extend(unwanted_variants(job, inventory, name, |encoding| {
                stays(&self.built.variants.plain, encoding)
            }));
        }
        if !job.leaves_plain(&self.built.asset) {
            totals.count_plain(changed, plain_length);
        }
        for variant in &self.built.variants.plain {
            totals.count_variant(variant.encoding, variant.new, variant.length);
        }
        removals
    }

    /// Stages every file that takes more than a link.
    pub(super) fn stage(&mut self, job: &Job<'_>) -> Result<(), Error> {
        let root = &job.root;
        if self.is_overridden || root.tries_hard_link() {
            return Ok(());
        }
        let modified = self.built.asset.source.modified;
        let name = self.built.asset.plain.as_str();
        if let Plain::Twin = self.built.file.plain
            && let Some(staged) = root.stage_clone(&self.built.file.name, name, modified)?
        {
            self.built.file.plain = Plain::Staged(staged, self.built.file.content);
        }
        for variant in &mut self.built.variants.plain {
            if let Some(PendingVariant::Twin(twin)) = &variant.pending {
                let staged = root.stage_clone(twin, &variant.name(name), modified)?;
                if let Some(staged) = staged {
                    variant.pending = Some(PendingVariant::Staged(staged));
                }
            }
        }
        Ok(())
    }

    /// Gives every file its name.
    pub(super) fn run(&mut self, job: &Job<'_>) -> Result<(), Error> {
        if self.is_overridden {
            return Ok(());
        }
        let root = &job.root;
        let name = self.built.asset.plain.as_str();
        // A reader must never meet new plain bytes beside a variant of the old ones: such a variant is removed first.
        for variant in &self.outdated {
            root.set_aside(variant)?;
        }
        match &self.built.file.plain {
            Plain::None | Plain::Unchanged(_) => {}
            Plain::Staged(staged, _) => root.publish(staged.clone(), name)?,
            Plain::Twin => root.put_twin(
                &self.built.file.name,
                name,
                self.built.asset.source.modified,
            )?,
        }
        for variant in &mut self.built.variants.plain {
            let variant_name = variant.name(name);
            if let Some(pending) = variant.pending.take() {
                pending.publish(root, &variant_name, self.built.asset.source.modified)?;
            }
        }
        Ok(())
    }
}
