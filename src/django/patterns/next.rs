//! Repeated searches for the next of something in a text.

use std::cell::Cell;

/// The result of the last search. With ascending offsets, all searches take one pass over the text in total: the next
/// match after one offset is also the next after every offset up to the match.
#[derive(Default)]
pub(super) struct Next {
    /// Byte offset of the last search, and of its match (`usize::MAX`: none).
    last: Cell<Option<(usize, usize)>>,
}

impl Next {
    /// Returns the byte offset of the next match at or after `at`. `find` searches from an offset and returns the
    /// distance.
    pub(super) fn at_or_after(
        &self,
        at: usize,
        find: impl FnOnce(usize) -> Option<usize>,
    ) -> Option<usize> {
        let found = match self.last.get() {
            Some((from, found)) if (from..=found).contains(&at) => found,
            _ => {
                let found = find(at).map_or(usize::MAX, |distance| at + distance);
                self.last.set(Some((at, found)));
                found
            }
        };
        (found != usize::MAX).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_looked_at_once() {
        let text = b"..x....x..";
        let next = Next::default();
        let looked = Cell::new(0);
        let find = |at: usize| {
            let distance = text[at..].iter().position(|b| *b == b'x');
            looked.set(looked.get() + distance.map_or(text.len() - at, |distance| distance + 1));
            distance
        };
        let found: Vec<_> = (0..10).map(|at| next.at_or_after(at, find)).collect();
        let expected = [2, 2, 2, 7, 7, 7, 7, 7].map(Some);
        assert_eq!(found[..8], expected);
        assert_eq!(found[8..], [None, None]);
        assert_eq!(looked.get(), text.len());
        assert_eq!(next.at_or_after(1, find), Some(2), "back again");
    }
}
