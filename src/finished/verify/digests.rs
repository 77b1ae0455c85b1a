//! The digests in the names of hashed files.

use std::collections::{BTreeMap, HashMap};

use super::verifier::Verifier;
use crate::diagnostic::Code;
use crate::finished::Entry;
use crate::finished::examine::Examined;
use crate::name::catalog::AssetId;
use crate::name::digest::cycle_digest;
use crate::options::HashAlgorithm;
use crate::text::Syntax;
use crate::text::edges::splice;

impl Verifier<'_> {
    /// Reports hashed files whose names carry another digest than that of their bytes, unless they are members of a
    /// reference cycle, which share one digest.
    pub(super) fn wrong_digests(&mut self, examined: &HashMap<AssetId, Examined>) {
        let root = self.root;
        let mut cycles: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
        for entry in &root.entries {
            let Some(file) = root
                .files
                .find(entry.hashed.as_str())
                .and_then(|id| examined.get(&id))
            else {
                continue;
            };
            if let Some(right) = root.record.contents.get(entry.hashed.as_str()) {
                if file.content.hex() != *right {
                    let what = "its bytes are not those that the build has published";
                    self.error(Code::WrongDigest, entry.hashed.as_str(), what)
                        .help = Some("build again: a build replaces what is damaged".into());
                }
            } else if !file.digest_matches {
                cycles
                    .entry(entry.digest().unwrap_or_default())
                    .or_default()
                    .push(entry);
            }
        }
        for (digest, members) in cycles {
            if !self.is_cycle(digest, &members, examined) {
                for entry in members {
                    let help = match root.files.find(entry.hashed.as_str()) {
                        Some(id) if root.syntax(id) == Syntax::Script => {
                            "build again; or give the --js-modules of the build"
                        }
                        _ => "build again: a build replaces what is damaged",
                    };
                    self.error(
                        Code::WrongDigest,
                        entry.hashed.as_str(),
                        "its bytes do not have the digest in its name",
                    )
                    .help = Some(help.into());
                }
            }
        }
    }

    /// Whether these entries are a reference cycle with this digest ([`cycle_digest`]): that of all members' contents,
    /// in which references to members name the logical path.
    fn is_cycle(
        &self,
        digest: &str,
        members: &[&Entry],
        examined: &HashMap<AssetId, Examined>,
    ) -> bool {
        let files = &self.root.files;
        let member = |id: AssetId| members.iter().find(|entry| entry.hashed == *files.name(id));
        let mut parts = Vec::new();
        for entry in members {
            let file = files
                .find(entry.hashed.as_str())
                .and_then(|id| examined.get(&id));
            let Some((file, bytes)) = file.and_then(|file| Some((file, file.bytes.as_ref()?)))
            else {
                return false; // only texts have references
            };
            let edges = file
                .references
                .iter()
                .filter_map(|found| found.edge.as_ref());
            let inside = edges.filter_map(|edge| {
                let target = member(edge.target)?;
                Some((edge.path.clone(), target.logical.as_str().to_owned()))
            });
            parts.push((entry.logical.as_str(), splice(bytes, inside)));
        }
        [HashAlgorithm::Blake3, HashAlgorithm::Md5]
            .into_iter()
            .any(|algorithm| {
                !digest.is_empty() && cycle_digest(algorithm, &parts).hex(digest.len()) == digest
            })
    }
}
