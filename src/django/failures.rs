//! What Django finds fault with in one file: the first of a kind, and how many more there are.

use crate::diagnostic::DjangoException;
use crate::diagnostic::fold::{Fold, PER_FILE, Place};

/// Why Django stops at a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The class of the exception.
    pub(crate) exception: DjangoException,
    /// Its text.
    pub(crate) message: String,
    /// The notes that `url_converter` adds, since Django 6.1.
    pub(crate) notes: Vec<String>,
    /// Byte offset in the text as it was when this reference was met (earlier replacements may have moved it).
    pub(crate) offset: Option<usize>,
    /// The URL as it is written, where a reference is at fault.
    pub(crate) url: Option<String>,
    /// A `ValueError`, which `collectstatic` introduces with "Post-processing 'x' failed!".
    pub(crate) introduced: bool,
    /// `--ignore-errors` covers it.
    pub(crate) ignored: bool,
    /// Not 0: it stands for so many.
    pub(crate) more: usize,
}

impl Failure {
    /// A `ValueError`.
    pub(crate) fn value_error(message: impl Into<String>) -> Self {
        Self {
            exception: DjangoException::ValueError,
            message: message.into(),
            notes: Vec::new(),
            offset: None,
            url: None,
            introduced: true,
            ignored: false,
            more: 0,
        }
    }

    /// An exception that `collectstatic` does not catch.
    pub(crate) fn fatal(exception: DjangoException, message: impl Into<String>) -> Self {
        Self {
            exception,
            introduced: false,
            ..Self::value_error(message)
        }
    }

    /// What `collectstatic` prints: the text, and the notes below it.
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
pub(crate) struct Failures {
    kept: Vec<Failure>,
    fold: Fold<(bool, bool)>,
}

impl Default for Failures {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            fold: Fold::new(PER_FILE),
        }
    }
}

impl Failures {
    pub(super) fn push(&mut self, failure: Failure) {
        let kind = (failure.introduced, failure.ignored);
        match self.fold.place(kind, self.kept.len()) {
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

    /// As they were met.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Failure> {
        self.kept.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}
