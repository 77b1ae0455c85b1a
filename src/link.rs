//! Stage 6, link: gives the text assets their digests and rewrites their references, dependencies first.
//!
//! The digest of an asset is taken from the bytes that are written under its hashed path, so it can only be known once
//! the assets it refers to have theirs. Members of a reference cycle wait for each other for ever; they share one rule
//! instead, see [`link_cycle`].

use std::ops::Range;
use std::sync::OnceLock;

use crate::diagnostic::{Code, Diagnostic, DjangoException, Severity};
use crate::digest::{Content, Digest, Hasher, Held};
use crate::django::{Draft, Names};
use crate::error::Error;
use crate::fold::Notes;
use crate::graph::{Component, levels};
use crate::options::DjangoVersion;
use crate::output::{Output, Outputs, Plain};
use crate::parallel::map_in_order;
use crate::plan::{AssetId, AssetKind, Plan};
use crate::read::{Edge, Reader, References, TextAsset, django_failures, read_whole};

/// Links and stores every text asset. Returns how many references were rewritten; problems that only Django has are
/// added to `diagnostics`.
pub(crate) fn link(
    reader: &Reader<'_>,
    texts: &[TextAsset<'_>],
    outputs: &Outputs,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<usize, Error> {
    let linker = Linker {
        reader,
        texts,
        outputs,
        text_of: text_of(reader.plan, texts),
    };
    let edges = linker.edges();
    let levels = levels(&edges);
    if let Some(exact) = reader.exact
        && let Some(failure) = endless(exact.version, reader.plan, texts, &edges, &levels)
    {
        diagnostics.push(failure);
        return Ok(0);
    }
    let mut rewritten = 0;
    for mut level in levels {
        // Largest first; ties by name, for the sake of a steady order of errors.
        level.sort_by_key(|c| {
            std::cmp::Reverse(
                c.nodes
                    .iter()
                    .map(|n| texts[*n].text().len())
                    .sum::<usize>(),
            )
        });
        for (count, notes) in map_in_order(&level, |component| linker.component(component))? {
            rewritten += count;
            diagnostics.extend(notes);
        }
    }
    Ok(rewritten)
}

/// Links and stores one text ahead of the others, if all that it refers to is done: its output, and how many references
/// were rewritten. What Django finds fault with is left to [`link`], which has a word on all of them.
pub(crate) fn link_early(
    reader: &Reader<'_>,
    outputs: &Outputs,
    text: &mut TextAsset<'_>,
) -> Result<Option<(Output, usize)>, Error> {
    let on_names = match &text.references {
        References::Spans(_) => true,
        References::Django { names_only, .. } => *names_only,
    };
    if !on_names || text.targets().any(|id| outputs[id].get().is_none()) {
        return Ok(None);
    }
    let linker = Linker {
        reader,
        texts: &[],
        outputs,
        text_of: Vec::new(),
    };
    let draft = text.take_draft();
    let Ok(linked) = linker.converted(text, draft) else {
        return Ok(None);
    };
    let asset = &reader.plan.assets[text.id];
    if reader.hashed_name(asset, &linked.hash.0).is_err() {
        return Ok(None);
    }
    let output = linker.store(text, linked.hash, &linked.bytes)?;
    Ok(Some((output, linked.references)))
}

/// Which text (if any) an asset is.
fn text_of(plan: &Plan, texts: &[TextAsset<'_>]) -> Vec<Option<usize>> {
    let mut text_of = vec![None; plan.assets.len()];
    for (index, text) in texts.iter().enumerate() {
        text_of[text.id] = Some(index);
    }
    text_of
}

/// Django never comes to an end with a cycle, nor with what refers to one.
fn endless(
    version: DjangoVersion,
    plan: &Plan,
    texts: &[TextAsset<'_>],
    edges: &[Vec<usize>],
    levels: &[Vec<Component>],
) -> Option<Diagnostic> {
    let mut unresolved = vec![false; texts.len()];
    let mut names = Vec::new();
    for component in levels.iter().flatten() {
        let mut targets = component.nodes.iter().flat_map(|node| &edges[*node]);
        if component.cyclic || targets.any(|target| unresolved[*target]) {
            for &node in &component.nodes {
                unresolved[node] = true;
                names.push(plan.name(texts[node].id).as_str());
            }
        }
    }
    names.sort_unstable();
    (!names.is_empty()).then(|| {
        let message = "Max post-process passes exceeded.";
        Diagnostic::new(
            Severity::Error,
            Code::DjangoFailure,
            if version == DjangoVersion::V4_2 {
                "All".into() // it does not say which
            } else {
                names.join(", ")
            },
            message,
        )
        .raised(DjangoException::RuntimeError, message, &[])
        .help("these files refer to one another in a circle, or to files that do")
    })
}

struct Linker<'a> {
    reader: &'a Reader<'a>,
    texts: &'a [TextAsset<'a>],
    outputs: &'a Outputs,
    text_of: Vec<Option<usize>>,
}

impl Linker<'_> {
    /// For every text, the texts it refers to.
    fn edges(&self) -> Vec<Vec<usize>> {
        self.texts
            .iter()
            .map(|text| {
                let mut targets: Vec<usize> =
                    text.targets().filter_map(|id| self.text_of[id]).collect();
                targets.sort_unstable();
                targets.dedup();
                targets
            })
            .collect()
    }

    fn component(&self, component: &Component) -> Result<(usize, Vec<Diagnostic>), Error> {
        if component.cyclic && self.reader.exact.is_none() {
            return self.link_cycle(&component.nodes);
        }
        let text = &self.texts[component.nodes[0]];
        match self.converted(text, text.draft().cloned()) {
            Ok(linked) => {
                let output = self.store(text, linked.hash, &linked.bytes)?;
                let _ = self.outputs[text.id].set(output); // each component is linked once
                Ok((linked.references, Vec::new()))
            }
            Err(failures) => Ok((0, failures.into_diagnostics())),
        }
    }

    /// A text whose targets all have their digests, with these in it; what Django finds fault with.
    fn converted(&self, text: &TextAsset<'_>, draft: Option<Draft>) -> Result<Linked, Notes> {
        let hash = &self.reader.store;
        let Some(exact) = self.reader.exact else {
            let edges = spans(text);
            let bytes = splice(text.text(), edges.iter().map(|edge| self.digest_of(edge)));
            return Ok(Linked {
                hash: hash.hash(&bytes),
                bytes,
                references: edges.len(),
            });
        };
        if let Some((bytes, references)) = draft.and_then(|draft| self.filled(draft)) {
            return Ok(Linked {
                hash: hash.hash(&bytes),
                bytes,
                references,
            });
        }
        let Ok(content) = std::str::from_utf8(&text.source) else {
            return Err(Notes::default()); // was read as UTF-8 before
        };
        let converted = exact.convert(text.id, text.kind, content, self);
        let name = &self.reader.plan.assets[text.id].source.logical;
        let mut notes = Notes::default();
        if django_failures(name, &text.source, &converted.failures, &mut notes) {
            return Err(notes); // otherwise they were told when the text was read
        }
        let bytes = converted
            .text
            .unwrap_or_else(|| content.to_owned())
            .into_bytes();
        Ok(Linked {
            hash: hash.hash(&bytes),
            bytes,
            references: converted.replaced,
        })
    }

    /// What was converted when the text was read, with the digests, and how many references are in it.
    fn filled(&self, draft: Draft) -> Option<(Vec<u8>, usize)> {
        let references = draft.replaced;
        let digest = |id: AssetId| Some(self.outputs[id].get()?.digest.as_str());
        Some((draft.filled(digest)?, references))
    }

    /// The cycle rule: one digest for all members, taken from all members' contents, sorted by logical path, in which
    /// references to members name the logical path and all others are rewritten. It changes, for all of them, with any
    /// member's content and with whatever any of them refers to; it does not depend on where one starts.
    fn link_cycle(&self, nodes: &[usize]) -> Result<(usize, Vec<Diagnostic>), Error> {
        let mut members: Vec<&TextAsset<'_>> =
            nodes.iter().map(|node| &self.texts[*node]).collect();
        members.sort_unstable_by_key(|text| text.id); // assets are sorted by logical path
        let is_member = |id: AssetId| members.binary_search_by_key(&id, |text| text.id).is_ok();
        let name_of = |id: AssetId| self.reader.plan.name(id).as_str();
        let mut hasher = Hasher::new(self.reader.store.hash);
        for text in &members {
            let canonical = splice(
                text.text(),
                spans(text).iter().map(|edge| {
                    if is_member(edge.target) {
                        (edge.path.clone(), name_of(edge.target).to_owned())
                    } else {
                        self.digest_of(edge)
                    }
                }),
            );
            hasher.update_part(name_of(text.id).as_bytes());
            hasher.update_part(&canonical);
        }
        let digest = hasher.finish().hex(self.reader.store.hash_length);
        let mut rewritten = 0;
        for text in &members {
            let edges = spans(text);
            let bytes = splice(
                text.text(),
                edges.iter().map(|edge| {
                    if is_member(edge.target) {
                        (edge.digest_at..edge.digest_at, format!(".{digest}"))
                    } else {
                        self.digest_of(edge)
                    }
                }),
            );
            let output = self.store(text, (digest.clone(), Content::of(&bytes).into()), &bytes)?;
            let _ = self.outputs[text.id].set(output); // each component is linked once
            rewritten += edges.len();
        }
        Ok((rewritten, Vec::new()))
    }

    /// What to insert for a reference to a linked asset.
    fn digest_of(&self, edge: &Edge) -> (Range<usize>, String) {
        let digest = self.outputs[edge.target]
            .get()
            .map_or("", |output| &output.digest);
        (edge.digest_at..edge.digest_at, format!(".{digest}"))
    }

    /// The digest of the source of an asset that is linked already. Of the bytes that were read then: its plain copy has
    /// them, if there is one.
    fn source_digest(&self, id: AssetId, output: &Output) -> String {
        let asset = &self.reader.plan.assets[id];
        let root = self.reader.store.root;
        let bytes = match &output.plain {
            _ if asset.kind == AssetKind::Opaque => return output.digest.clone(),
            Plain::Twin => return output.digest.clone(),
            Plain::Staged(staged, _) => root.read_staged(staged).ok(),
            Plain::Unchanged(_) => root.read(asset.plain.as_str()).ok(),
            Plain::None => None,
        };
        bytes
            .or_else(|| read_whole(&asset.source).ok())
            .map_or_else(String::new, |bytes| self.reader.store.digest(&bytes))
    }

    fn store(
        &self,
        text: &TextAsset<'_>,
        hash: (String, Held),
        bytes: &[u8],
    ) -> Result<Output, Error> {
        let asset = &self.reader.plan.assets[text.id];
        let hashed = match self.reader.hashed_name(asset, &hash.0) {
            Ok(hashed) => hashed,
            Err(diagnostic) => return Err(Error::Input(vec![*diagnostic])),
        };
        let plain = (bytes != &*text.source).then_some(&*text.source);
        self.reader.store.store(asset, hashed, hash, bytes, plain)
    }
}

/// A text with its references rewritten.
struct Linked {
    bytes: Vec<u8>,
    hash: (String, Held),
    references: usize,
}

/// The default mode's references.
fn spans<'t>(text: &'t TextAsset<'_>) -> &'t [Edge] {
    match &text.references {
        References::Spans(edges) => edges,
        References::Django { .. } => &[],
    }
}

/// `text` with each of the ascending, disjoint `edits` made.
pub(crate) fn splice(text: &[u8], edits: impl Iterator<Item = (Range<usize>, String)>) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 256);
    let mut copied = 0;
    for (range, insert) in edits {
        out.extend_from_slice(&text[copied..range.start]);
        out.extend_from_slice(insert.as_bytes());
        copied = range.end;
    }
    out.extend_from_slice(&text[copied..]);
    out
}

impl Names for Linker<'_> {
    fn hashed(&self, id: AssetId) -> String {
        match self.outputs[id].get() {
            Some(output) => output.hashed.clone(),
            None => self.reader.plan.name(id).as_str().to_owned(),
        }
    }

    /// Linking stands for Django's last pass.
    fn is_hashed_yet(&self, _: AssetId) -> bool {
        true
    }

    fn plain_digest(&self, id: AssetId) -> String {
        match (
            self.text_of.get(id).copied().flatten(),
            self.outputs[id].get(),
        ) {
            (Some(text), _) => Digest::of(self.reader.store.hash, &self.texts[text].source)
                .hex(self.reader.store.hash_length),
            (None, Some(output)) => self.source_digest(id, output),
            (None, None) => String::new(),
        }
    }

    fn output_digest(&self, hashed: &str) -> Option<String> {
        self.outputs
            .iter()
            .filter_map(OnceLock::get)
            .find(|output| output.hashed == hashed)
            .map(|output| output.digest.clone())
    }
}
