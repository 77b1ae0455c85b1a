//! Carried assets, whose plain file an earlier build in place has removed: only the hashed file is left. A text among
//! them refers to other assets by the hashed paths of that build. Such references are turned back into logical paths,
//! so that the text can be linked like any other: if a target has changed since, the reference changes, and so does the
//! digest.

use std::collections::{BTreeMap, HashMap};

use super::{Prepare, Prepared};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::error::Error;
use crate::name::catalog::Catalog;
use crate::name::digest::Content;
use crate::name::logical_path::{LogicalPath, digest_in_name};
use crate::pipeline::asset::{Plain, Planned, Stored};
use crate::pipeline::plan::Earlier;
use crate::static_root::Written;
use crate::static_root::generations::OnlyHashed;
use crate::text::edges::{edges, splice};
use crate::text::notes::Notes;
use crate::text::resolve::UrlSpace;

/// The hashed paths of the last manifest.
#[derive(Default)]
pub(crate) struct LastNames {
    hashed: Catalog,
    /// Logical paths, by hashed path.
    logical: HashMap<String, String>,
    /// The recorded contents of the hashed files, by logical path.
    contents: BTreeMap<String, OnlyHashed>,
}

impl LastNames {
    pub(crate) fn new(last: &Earlier) -> Self {
        let paths = last.manifest.paths.iter();
        let paths = || paths.clone().filter(|(logical, hashed)| logical != hashed);
        Self {
            hashed: Catalog::of_names(paths().map(|(_, hashed)| hashed.as_str())),
            logical: paths()
                .map(|(logical, hashed)| (hashed.clone(), logical.clone()))
                .collect(),
            contents: last.generations.only_hashed.clone(),
        }
    }

    /// Whether `content` is what was recorded for the asset's hashed file, or nothing was recorded.
    fn are_right(&self, asset: &Planned, hashed: &LogicalPath, content: Content) -> bool {
        let written_down = self.contents.get(asset.source.logical.as_str());
        let of_this_file = written_down.filter(|of| of.hashed == hashed.as_str());
        of_this_file.is_none_or(|right| right.content == content.hex())
    }
}

impl Prepare<'_> {
    /// Reads a carried asset into `buffer`; `false`: nothing in it is turned back, and its file stays as it is.
    pub(super) fn read_carried(
        &self,
        asset: &Planned,
        hashed: &LogicalPath,
        buffer: &mut Vec<u8>,
    ) -> Result<bool, Error> {
        if !asset.syntax.is_text() {
            return Ok(false);
        }
        let text = self.job.root.read(hashed.as_str())?;
        if !self.last_names.are_right(asset, hashed, Content::of(&text)) {
            return Ok(false); // `carried` reports it
        }
        let Some(unlinked) = self.unlinked(asset, &text)? else {
            return Ok(false);
        };
        *buffer = unlinked;
        Ok(true)
    }

    /// The text with hashed paths turned back into logical paths; `None`: there are none.
    fn unlinked(&self, asset: &Planned, text: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let last = &self.last_names;
        let references = asset.syntax.references(text);
        let space = UrlSpace {
            catalog: &last.hashed,
            ..self.space(&references)?
        };
        let mut edits = Vec::new();
        for found in edges(&references, text, space, &asset.source.logical) {
            let Some(edge) = found.edge else {
                continue;
            };
            let hashed = last.hashed.name(edge.target).as_str();
            let Some(logical) = last.logical.get(hashed) else {
                return Ok(None);
            };
            let Some(digest) = digest_in_name(logical, hashed) else {
                continue;
            };
            let digest = format!(".{digest}");
            let end = edge.digest_at;
            let start = end.saturating_sub(digest.len());
            if self.inventory.catalog.find(logical).is_some()
                && text.get(start..end) == Some(digest.as_bytes())
            {
                edits.push((start..end, String::new()));
            }
        }
        Ok((!edits.is_empty()).then(|| splice(text, edits.into_iter())))
    }

    /// A carried asset whose file stays as it is. Other bytes than those recorded are an error.
    pub(super) fn carried<'t>(
        &self,
        asset: &Planned,
        hashed: &LogicalPath,
        notes: &mut Notes,
    ) -> Result<Prepared<'t>, Error> {
        let (content, id) = self.job.root.content(hashed.as_str())?;
        if !self.last_names.are_right(asset, hashed, content) {
            let name = asset.source.logical.as_str();
            let what = format!("its hashed file {hashed} was changed, and it has no other");
            notes.push(
                Diagnostic::new(Severity::Error, Code::WrongDigest, name, what)
                    .help(format!("put {name} there again")),
            );
            return Ok(Prepared::Failed);
        }
        Ok(Prepared::Stored(Stored {
            digest: digest_in_name(asset.source.logical.as_str(), hashed.as_str())
                .unwrap_or_default()
                .to_owned(),
            content: content.into(),
            name: hashed.as_str().to_owned(),
            written: Some(Written::Unchanged(id)),
            plain: Plain::None,
            common: 0,
            references: 0,
        }))
    }
}
