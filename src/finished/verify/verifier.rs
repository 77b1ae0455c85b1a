//! One verification: reads every file once, then holds what was read against the manifest.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Verification, VerifyOptions};
use crate::diagnostic::{Code, Diagnostic, Locator, Severity};
use crate::error::Error;
use crate::finished::FinishedRoot;
use crate::finished::examine::{Examined, Found};
use crate::name::catalog::AssetId;
use crate::parallel::map_in_order;
use crate::report::Tally;
use crate::text::missing::Missing;
use crate::text::notes::{self, Notes};
use crate::text::resolve::Target;

/// One verification.
pub(super) struct Verifier<'v> {
    pub(super) options: &'v VerifyOptions,
    pub(super) root: &'v FinishedRoot,
    missing: Missing,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'v> Verifier<'v> {
    pub(super) fn new(
        options: &'v VerifyOptions,
        root: &'v FinishedRoot,
        diagnostics: Vec<Diagnostic>,
    ) -> Self {
        let missing = Missing::new(
            root.references.on_missing,
            root.references.missing_source_map,
            &root.references.ignore_errors,
            "the static root",
        );
        Self {
            options,
            root,
            missing,
            diagnostics,
        }
    }

    pub(super) fn run(mut self) -> Result<Verification, Error> {
        let files = self.files_to_read();
        let mut read = map_in_order(&files, |id| {
            let mut broken = Notes::default();
            let mut references = 0;
            let mut examined = self.root.examine(*id, |text, found| {
                let found = found.inspect(|found| {
                    references += usize::from(self.is_rewritten(*id, found));
                });
                self.inside(*id, text, found, &mut broken)
            })?;
            if let (Some(why), Some(text)) = (&examined.not_parsed, &examined.bytes) {
                broken.push(why.diagnostic(self.root.files.name(*id), text));
            }
            examined.settle();
            Ok::<_, Error>((*id, examined, references, broken))
        })?;
        let mut references = 0;
        let mut broken = Vec::new();
        for (id, _, found, notes) in &mut read {
            references += *found;
            let notes = std::mem::take(notes);
            if !notes.is_empty() {
                broken.push((*id, notes));
            }
        }
        broken.sort_by_key(|(id, _)| *id);
        let broken = broken.into_iter().map(|(_, notes)| notes);
        self.diagnostics
            .extend(notes::of_files(broken, &self.root.files));
        let examined: HashMap<AssetId, Examined> = read
            .into_iter()
            .map(|(id, examined, ..)| (id, examined))
            .collect();
        self.entries(&examined);
        self.modes()?;
        self.wrong_digests(&examined);
        self.plain_copies(&examined)?;
        self.variants(&examined);
        self.required();

        let mut verification = Verification {
            assets: self.root.entries.len(),
            files: Tally::default(),
            variants: Tally::default(),
            references,
            diagnostics: self.diagnostics,
        };
        for (id, examined) in &examined {
            verification.files.count(examined.content.length);
            for (_, variant) in self.root.variants(*id) {
                let length = self.root.files.get(variant).length;
                verification.variants.count(length);
            }
        }
        verification.diagnostics.sort();
        verification.diagnostics.dedup();
        Ok(verification)
    }

    /// Whether a build has rewritten this reference: it stands in a file that the manifest names, and leads to a file with
    /// a digest in its name.
    fn is_rewritten(&self, file: AssetId, found: &Found) -> bool {
        let root = self.root;
        let entry = |id: AssetId| root.entry_of_hashed(root.files.name(id));
        let target = found.edge.as_ref().and_then(|edge| entry(edge.target));
        entry(file).is_some() && target.is_some_and(|target| target.logical != target.hashed)
    }

    /// The manifest's name, if it lies in the static root.
    pub(super) fn manifest(&self) -> Option<String> {
        let path = self.root.dir.join(&self.options.manifest);
        let name = path.strip_prefix(&self.root.dir).ok()?;
        Some(name.to_str()?.to_owned())
    }

    /// Every file but the manifest and the variants, which are read with their files; largest first.
    fn files_to_read(&self) -> Vec<AssetId> {
        let files = &self.root.files;
        let manifest = self.root.dir.join(&self.options.manifest);
        let mut is_variant = vec![false; files.len()];
        for id in 0..files.len() {
            for (_, variant) in self.root.variants(id) {
                is_variant[variant] = true;
            }
        }
        let mut wanted: Vec<AssetId> = (0..files.len())
            .filter(|id| !is_variant[*id] && files.path(*id) != manifest)
            .collect();
        wanted.sort_by_key(|id| Reverse(files.get(*id).length));
        wanted
    }

    pub(super) fn error(
        &mut self,
        code: Code,
        path: &str,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let at = self.diagnostics.len();
        let diagnostic = Diagnostic::new(Severity::Error, code, path, message);
        self.diagnostics.push(diagnostic);
        &mut self.diagnostics[at]
    }

    /// The references of a file that lead to files. Diagnostics about the others go to `broken`. A reference in a plain
    /// copy may also name an asset that has no plain copy.
    fn inside(
        &self,
        id: AssetId,
        text: &[u8],
        references: impl Iterator<Item = Found>,
        broken: &mut Notes,
    ) -> Vec<Found> {
        let name = self.root.files.name(id);
        let is_plain = self.root.entry_of_hashed(name).is_none();
        let is_prehashed = self.root.is_prehashed(name);
        let mut locator = Locator::new(text);
        let mut inside = Vec::new();
        for found in references {
            if let Target::Missing(target) = &found.target
                && is_plain
                && self.root.entry(target).is_some()
            {
                continue;
            }
            if matches!(found.target, Target::Uncertain(_)) {
                continue; // the build has left it as it is
            }
            let problem = self
                .missing
                .diagnose(found.kind, name, &found.url, &found.target);
            if let Some(mut problem) = problem {
                if is_prehashed {
                    problem.warn_at_most();
                } else if let Target::Missing(target) = &found.target
                    && self.root.is_hashed_path(target)
                {
                    problem.diagnostic.severity = Severity::Error; // the build has found it
                }
                broken.diagnosed(problem, || Some(locator.at(found.offset)));
            }
            if found.edge.is_some() {
                inside.push(found);
            }
        }
        inside
    }
}
