//! Folds problems of one kind: the first are kept, the others counted.

use std::collections::HashMap;
use std::hash::Hash;

/// Most diagnostics of one kind that are kept for one file. The others become one more diagnostic with their number.
pub(crate) const PER_FILE: usize = 20;

/// What happens to a problem.
pub(crate) enum Place {
    /// The problem is kept.
    Kept,
    /// The problem is the first that is not kept: it becomes a count.
    First,
    /// The problem is counted at this index of the list.
    More(usize),
}

/// Counts problems by kind.
pub(crate) struct Fold<K> {
    /// Number of problems kept, and index of the count of the others.
    kinds: HashMap<K, (usize, Option<usize>)>,
}

impl<K> Default for Fold<K> {
    fn default() -> Self {
        Self {
            kinds: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash> Fold<K> {
    /// Returns the place of one more problem, in a list that has `length` entries. `limit`: how many of this kind are kept.
    pub(crate) fn place(&mut self, kind: K, length: usize, limit: usize) -> Place {
        let (kept, count) = self.kinds.entry(kind).or_default();
        match count {
            Some(at) => Place::More(*at),
            None if *kept < limit => {
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
