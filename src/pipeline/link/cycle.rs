//! Reference cycles: our rule, and Django's failure.

use super::graph::Component;
use super::rewrite::{Linked, Rewriter};
use crate::diagnostic::{Code, Diagnostic, DjangoException, Severity};
use crate::error::Error;
use crate::name::catalog::AssetId;
use crate::name::digest::{Content, cycle_digest};
use crate::options::DjangoVersion;
use crate::pipeline::prepare::Text;
use crate::text::edges::{Edge, splice};
use crate::text::notes::Notes;

/// Links and stores the members of a cycle. All share one digest ([`cycle_digest`]): that of their contents, in which
/// references to members name the logical path and all others are rewritten.
pub(super) fn link(rewriter: &Rewriter<'_>, nodes: &[usize]) -> Result<Notes, Error> {
    let mut failures = Notes::default();
    let mut members: Vec<&Text<'_>> = nodes.iter().map(|node| &rewriter.texts[*node]).collect();
    members.sort_unstable_by_key(|text| text.id); // assets are sorted by logical path
    let is_member = |id: AssetId| members.binary_search_by_key(&id, |text| text.id).is_ok();
    let name_of = |id: AssetId| rewriter.assets[id].name().as_str();
    let spliced =
        |text: &Text<'_>, insertion: &dyn Fn(&Edge) -> (std::ops::Range<usize>, String)| {
            let edits: Vec<_> = text
                .spans()
                .iter()
                .map(|edge| {
                    if is_member(edge.target) {
                        Ok(insertion(edge))
                    } else {
                        rewriter.digest_of(edge)
                    }
                })
                .collect::<Result<_, Error>>()?;
            Ok::<_, Error>(splice(text.text(), edits.into_iter()))
        };
    let mut contents = Vec::with_capacity(members.len());
    for text in &members {
        let logical = |edge: &Edge| (edge.path.clone(), name_of(edge.target).to_owned());
        contents.push((name_of(text.id), spliced(text, &logical)?));
    }
    let options = rewriter.prepare.job.options;
    let digest = cycle_digest(options.naming.hash, &contents).hex(options.naming.hash_length);
    for text in &members {
        let hashed = |edge: &Edge| (edge.digest_at..edge.digest_at, format!(".{digest}"));
        let bytes = spliced(text, &hashed)?;
        match rewriter
            .prepare
            .hashed_name(&rewriter.assets[text.id], &digest)
        {
            Ok(name) => rewriter.store(
                text,
                Linked {
                    name,
                    digest: digest.clone(),
                    content: Content::of(&bytes).into(),
                    bytes,
                    references: text.spans().len(),
                },
            )?,
            Err(failure) => failures.push(*failure),
        }
    }
    Ok(failures)
}

/// Django's failure at cycles, and at files that refer to one: `HashedFilesMixin.post_process` runs out of passes.
/// `None`: there are none. `name` gives the name of a node.
pub(super) fn endless<'n>(
    version: DjangoVersion,
    edges: &[Vec<usize>],
    levels: &[Vec<Component>],
    name: impl Fn(usize) -> &'n str,
) -> Option<Diagnostic> {
    let mut unresolved = vec![false; edges.len()];
    let mut names = Vec::new();
    for component in levels.iter().flatten() {
        let mut targets = component.nodes.iter().flat_map(|node| &edges[*node]);
        if component.cyclic || targets.any(|target| unresolved[*target]) {
            for &node in &component.nodes {
                unresolved[node] = true;
                names.push(name(node));
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
                "All".into() // Django 4.2 names no file
            } else {
                names.join(", ")
            },
            message,
        )
        .raised(DjangoException::RuntimeError, message, &[])
        .help("these files refer to one another in a circle, or to files that do")
    })
}
