//! Counts problems of one kind: the first of them are kept, and then only how many there are.

use std::collections::HashMap;
use std::hash::Hash;

/// Diagnostics of one kind that are kept for one file. What is beyond becomes one more diagnostic that says how many.
pub(crate) const PER_FILE: usize = 20;

/// Where one of a kind goes.
pub(crate) enum Place {
    /// It is kept.
    Kept,
    /// It is the first that is not kept; it gets a count in its place.
    First,
    /// It is counted there.
    More(usize),
}

/// Counts what comes, by kind.
pub(crate) struct Fold<K> {
    limit: usize,
    /// How many were kept, and where the count of the others is.
    kinds: HashMap<K, (usize, Option<usize>)>,
}

impl<K: Eq + Hash> Fold<K> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            kinds: HashMap::new(),
        }
    }

    /// The place of one more, in a list that has `length` entries.
    pub(crate) fn place(&mut self, kind: K, length: usize) -> Place {
        let (kept, count) = self.kinds.entry(kind).or_default();
        match count {
            Some(at) => Place::More(*at),
            None if *kept < self.limit => {
                *kept += 1;
                Place::Kept
            }
            None => {
                *count = Some(length);
                Place::First
            }
        }
    }
}
