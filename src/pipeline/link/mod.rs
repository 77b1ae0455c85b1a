//! Stage 4, link: gives the assets their digests and rewrites their references, dependencies first.
//!
//! The digest of an asset is taken from the bytes that are written under its hashed path, so it can only be known once
//! the assets it refers to have theirs. An asset that refers to nothing is stored while its bytes are in memory, so
//! that only the few that must wait for others are held there. Members of a reference cycle would wait for each other
//! for ever; they have a rule of their own, see [`cycle`].

mod conflicts;
mod cycle;
mod django_names;
mod graph;
mod rewrite;
mod slots;

use std::cmp::Reverse;

use super::asset::{Hashed, Planned};
use super::job::Job;
use super::plan::Inventory;
use super::prepare::{Prepare, Prepared, References, Text, with_buffer};
use super::store::{Ready, Store};
use crate::django;
use crate::error::Error;
use crate::parallel::map_in_order;
use crate::text::notes::{self, Notes};
use crate::walk::cannot_be_read;
use graph::{Component, levels};
use rewrite::{Converted, Rewriter};
use slots::Slots;

/// Links and stores all assets.
pub(crate) fn link(
    job: &Job<'_>,
    inventory: &Inventory,
    assets: Vec<Planned>,
) -> Result<Vec<Hashed>, Error> {
    let linking = Linking::new(job, inventory, &assets);
    let texts = linking.prepare(&assets)?;
    job.log.stage("read").fail_on_errors()?;
    linking.link(&assets, &texts)?;
    drop(texts);
    job.log.stage("link").fail_on_errors()?;
    let hashed = linking.slots.into_hashed(assets)?;
    conflicts::between_hashed_and_plain(job, &inventory.catalog, &hashed);
    job.log.fail_on_errors()?;
    Ok(hashed)
}

/// A source that cannot be read is one problem of many: a diagnostic, so that the others are found, too.
fn unreadable_as_note<'t>(
    prepared: Result<Prepared<'t>, Error>,
    asset: &Planned,
    notes: &mut Notes,
) -> Result<Prepared<'t>, Error> {
    match prepared {
        Err(Error::Io { path, source, .. }) if path == asset.source.path => {
            notes.push(cannot_be_read(&path, &source));
            Ok(Prepared::Failed)
        }
        prepared => prepared,
    }
}

/// All assets while they are linked.
pub(crate) struct Linking<'a> {
    prepare: Prepare<'a>,
    slots: Slots,
}

/// An asset after it was prepared.
struct Read<'a> {
    asset: &'a Planned,
    /// The text, if it refers to assets that are not stored yet.
    waiting: Option<Text<'static>>,
    notes: Notes,
}

impl<'a> Linking<'a> {
    pub(crate) fn new(job: &'a Job<'a>, inventory: &'a Inventory, assets: &[Planned]) -> Self {
        let store = Store::new(job, assets);
        Self {
            prepare: Prepare::new(job, inventory, assets, store),
            slots: Slots::new(assets.len()),
        }
    }

    /// Prepares all assets: first those that are no texts, then the texts, each largest first, so that most texts can
    /// be linked at once. Returns the texts that cannot, in the order in which they were found.
    pub(crate) fn prepare(&self, assets: &[Planned]) -> Result<Vec<Text<'static>>, Error> {
        let mut order: Vec<&Planned> = assets.iter().collect();
        order.sort_by_key(|asset| (asset.syntax.is_text(), Reverse(asset.source.length)));
        let mut read = map_in_order(&order, |asset| self.read(assets, asset))?;
        read.retain(|read| read.waiting.is_some() || !read.notes.is_empty()); // there are few of these
        read.sort_by_key(|read| read.asset.source.order);
        let mut texts = Vec::new();
        let mut noted = Vec::new();
        for read in read {
            texts.extend(read.waiting);
            if !read.notes.is_empty() {
                noted.push((read.asset, read.notes));
            }
        }
        if self.prepare.exact.is_some() {
            // Django stops at the first failure: that must be among the diagnostics that are kept.
            noted.sort_by_key(|(asset, _)| Reverse(django::level(asset.name().as_str())));
        } else {
            noted.sort_by_key(|(asset, _)| asset.id);
        }
        let noted = noted.into_iter().map(|(_, notes)| notes);
        let catalog = &self.prepare.inventory.catalog;
        self.prepare.job.log.extend(notes::of_files(noted, catalog));
        Ok(texts)
    }

    /// Prepares one asset, and links it if all that it refers to is stored.
    fn read<'p>(&self, assets: &[Planned], asset: &'p Planned) -> Result<Read<'p>, Error> {
        self.prepare.job.stop_if_interrupted()?;
        let mut notes = Notes::default();
        let waiting = with_buffer(|buffer| {
            let prepared = self.prepare.prepare(asset, buffer, &mut notes);
            match unreadable_as_note(prepared, asset, &mut notes)? {
                Prepared::Stored(stored) => self.slots.fill(asset.id, stored),
                Prepared::Text(mut text) => {
                    if let References::None = text.references {
                        self.store_as_it_is(asset, &text, &mut notes)?;
                    } else if !self.link_early(assets, &mut text)? {
                        return Ok(Some(text.kept()));
                    }
                }
                Prepared::Failed => {}
            }
            Ok::<_, Error>(None)
        })?;
        notes.set_file(|| asset.source.path.display().to_string());
        Ok(Read {
            asset,
            waiting,
            notes,
        })
    }

    /// Stores an asset without references.
    fn store_as_it_is(
        &self,
        asset: &Planned,
        text: &Text<'_>,
        notes: &mut Notes,
    ) -> Result<(), Error> {
        let bytes = text.text();
        let (digest, content) = self.prepare.store.hash(bytes);
        match self.prepare.hashed_name(asset, &digest) {
            Ok(name) => {
                let ready = Ready {
                    name,
                    digest,
                    content,
                    bytes,
                    plain: text.minified.as_ref().map(|_| &*text.source),
                    references: 0,
                };
                let stored = self.prepare.store.store(asset, ready)?;
                self.slots.fill(asset.id, stored);
            }
            Err(diagnostic) => notes.push(*diagnostic),
        }
        Ok(())
    }

    /// Links and stores one text ahead of the others, if all that it refers to is stored. A text that Django fails at
    /// is left to [`Linking::link`], which reports on all of them.
    fn link_early(&self, assets: &[Planned], text: &mut Text<'_>) -> Result<bool, Error> {
        let on_names = match &text.references {
            References::Django { names_only, .. } => *names_only,
            References::None | References::Spans(_) => true,
        };
        if !on_names || text.targets().any(|id| self.slots.get(id).is_none()) {
            return Ok(false);
        }
        let rewriter = Rewriter::new(&self.prepare, &self.slots, assets, &[]);
        let draft = text.take_draft();
        let Converted::Linked(linked) = rewriter.converted(text, draft)? else {
            return Ok(false);
        };
        rewriter.store(text, linked)?;
        Ok(true)
    }

    /// Links and stores the texts that had to wait. Failures by Django's rules go to the log.
    pub(crate) fn link(&self, assets: &[Planned], texts: &[Text<'_>]) -> Result<(), Error> {
        let log = &self.prepare.job.log;
        let rewriter = Rewriter::new(&self.prepare, &self.slots, assets, texts);
        let edges = rewriter.edges();
        let levels = levels(&edges);
        if let Some(exact) = &self.prepare.exact {
            let name = |text: usize| assets[texts[text].id].name().as_str();
            if let Some(failure) = cycle::endless(exact.version, &edges, &levels, name) {
                log.push(failure);
                return Ok(());
            }
        }
        for mut level in levels {
            // Largest first. The sort is stable, so that errors come in the same order in every run.
            let length = |component: &Component| -> usize {
                let nodes = component.nodes.iter();
                nodes.map(|node| texts[*node].text().len()).sum()
            };
            level.sort_by_key(|component| Reverse(length(component)));
            let link = |component: &Component| {
                if component.cyclic && self.prepare.exact.is_none() {
                    return cycle::link(&rewriter, &component.nodes);
                }
                rewriter.link(&texts[component.nodes[0]])
            };
            for failures in map_in_order(&level, link)? {
                log.extend(failures.into_diagnostics());
            }
        }
        Ok(())
    }
}
