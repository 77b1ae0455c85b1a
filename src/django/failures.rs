//! Django's failures for one file: the first of each kind, and the number of the others.

use crate::diagnostic::DjangoException;
use crate::diagnostic::fold::{Fold, PER_FILE, Place};

/// A failure that stops Django.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The class of the exception.
    pub(crate) exception: DjangoException,
    /// The exception's message.
    pub(crate) message: String,
    /// The notes that `url_converter` adds, since Django 6.1.
    pub(crate) notes: Vec<String>,
    /// Byte offset of the reference in the text as converted so far; earlier replacements may have moved it.
    pub(crate) offset: Option<usize>,
    /// The URL as written, if a reference has failed.
    pub(crate) url: Option<String>,
    /// The name that neither an asset nor a file of the static root has, if that is why the reference has failed.
    pub(crate) unknown: Option<Box<str>>,
    /// Whether a source-map comment has failed.
    pub(crate) is_source_map: bool,
    /// Whether it is a `ValueError`, which `collectstatic` introduces with "Post-processing 'x' failed!".
    pub(crate) introduced: bool,
    /// Whether `--ignore-errors` covers it.
    pub(crate) ignored: bool,
    /// If not 0, the number of failures that it stands for.
    pub(crate) more: usize,
}

impl Failure {
    /// Makes a `ValueError`.
    pub(crate) fn value_error(message: impl Into<String>) -> Self {
        Self {
            exception: DjangoException::ValueError,
            message: message.into(),
            notes: Vec::new(),
            offset: None,
            url: None,
            unknown: None,
            is_source_map: false,
            introduced: true,
            ignored: false,
            more: 0,
        }
    }

    /// Makes an exception that `collectstatic` does not catch.
    pub(crate) fn fatal(exception: DjangoException, message: impl Into<String>) -> Self {
        Self {
            exception,
            introduced: false,
            ..Self::value_error(message)
        }
    }

    /// Returns what `collectstatic` prints: the message, and the notes below it.
    pub(crate) fn text(&self) -> String {
        let mut text = self.message.clone();
        for note in &self.notes {
            text.push('\n');
            text.push_str(note);
        }
        text
    }
}

/// The failures of one file, folded.
#[derive(Default)]
pub(crate) struct Failures {
    kept: Vec<Failure>,
    fold: Fold<[bool; 4]>,
}

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) {
        let kind = [
            failure.introduced,
            failure.ignored,
            failure.is_source_map,
            failure.unknown.is_some(),
        ];
        match self.fold.place(kind, self.kept.len(), PER_FILE) {
            Place::Kept => self.kept.push(failure),
            Place::First => self.kept.push(Failure {
                message: String::new(),
                notes: Vec::new(),
                url: None,
                more: 1,
                ..failure
            }),
            Place::More(at) => self.kept[at].more += 1,
        }
    }

    /// The failures, in the order in which they were found.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Failure> {
        self.kept.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
