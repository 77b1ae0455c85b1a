//! The formats of results.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::render::documents::Document;
use super::render::github::GITHUB;
use super::render::sarif::SARIF;

/// The documents for other programs.
const DOCUMENTS: [&Document; 2] = [&SARIF, &GITHUB];

/// How a result is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// The result and its diagnostics as one JSON document.
    Json,
    /// The diagnostics for another program.
    Document(&'static Document),
}

/// In the order of `--help`.
const FORMATS: [Format; 2 + DOCUMENTS.len()] = {
    let mut formats = [Format::Human; 2 + DOCUMENTS.len()];
    formats[1] = Format::Json;
    let mut at = 0;
    while at < DOCUMENTS.len() {
        formats[2 + at] = Format::Document(DOCUMENTS[at]);
        at += 1;
    }
    formats
};

impl Format {
    pub(crate) fn is_human(self) -> bool {
        matches!(self, Self::Human)
    }

    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json)
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &FORMATS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Document(document) => document.name,
        }))
    }
}
