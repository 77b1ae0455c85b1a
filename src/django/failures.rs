//! What Django finds fault with in one file: the first of a kind, and how many more there are.

use super::convert::Failure;
use crate::fold::{Fold, PER_FILE, Place};

/// See the module.
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
