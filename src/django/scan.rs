//! Converts texts: dry, to learn which assets they refer to, and with the names of linked assets.

use std::cell::{Cell, RefCell};

use super::asset_storage::AssetStorage;
use super::conversion::{Converted, Scanned};
use super::digest_places::NO_DIGEST;
use super::exact::{Exact, Names};
use super::patterns::Pattern;
use super::recorder::Recorder;
use super::url_converter::Converter;
use crate::name::catalog::AssetId;
use crate::text::Syntax;

impl Exact<'_> {
    /// Converts a text dry, to find the assets it refers to, whether its conversion depends on more than their names,
    /// and its failures.
    pub(crate) fn scan(&self, id: AssetId, kind: Syntax, text: &str) -> Scanned {
        let mut recorder = Recorder {
            exact: self,
            id,
            seen: RefCell::default(),
            asked_more: Cell::new(false),
            true_digests: false,
            read: RefCell::default(),
        };
        let mut converted = self.convert(id, kind, text, &recorder);
        if converted
            .failures
            .iter()
            .any(|f| f.message.contains(NO_DIGEST))
        {
            // Only the message of a failure can show the digests of the first pass.
            recorder.true_digests = true;
            converted = self.convert(id, kind, text, &recorder);
        }
        let names_only = !recorder.asked_more.get();
        Scanned {
            targets: recorder.seen.into_inner(),
            names_only,
            converted,
        }
    }

    /// Converts a text whose referenced assets are all linked.
    pub(crate) fn convert(
        &self,
        id: AssetId,
        kind: Syntax,
        text: &str,
        names: &dyn Names,
    ) -> Converted {
        Converter {
            version: self.version,
            static_url: self.static_url,
            name: self.catalog.name(id).as_str(),
            storage: &AssetStorage { exact: self, names },
            ignored: &self.ignored,
        }
        .convert(Pattern::of(kind, self.js_modules), text)
    }
}
