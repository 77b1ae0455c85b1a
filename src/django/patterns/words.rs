//! Words that several patterns need.

use std::cell::OnceCell;

use super::js::Tail;
use super::scan::Scan;

/// Words that several patterns need, found once for each text.
#[derive(Default)]
pub(in crate::django) struct Words {
    imports: OnceCell<Vec<(usize, usize)>>,
    tails: OnceCell<Vec<Tail>>,
}

impl Words {
    pub(super) fn imports(&self, scan: &Scan<'_>) -> impl Iterator<Item = (usize, usize)> {
        let imports = self.imports.get_or_init(|| scan.imports().collect());
        imports.iter().copied()
    }

    pub(super) fn tails(&self, scan: &Scan<'_>) -> &[Tail] {
        self.tails.get_or_init(|| scan.all_tails())
    }
}
