//! Work in parallel, in a given order of starting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::Error;

/// This run's own threads, so many or (0) one per available core.
pub(crate) fn pool(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build()
        .map_err(|error| Error::Usage(format!("--jobs: {error}")))
}

/// Runs `work` on every item, in the present rayon pool, and returns the results in the items' order.
///
/// Items are started strictly one after the other (rayon's own iterators split the list in halves first), so that a
/// list sorted by size keeps all cores busy to the end. After an error no new item is started; of several errors the
/// earliest item's is returned.
pub(crate) fn map_in_order<
    I: IntoIterator<IntoIter: ExactSizeIterator + Send>,
    R: Send,
    E: Send,
>(
    items: I,
    work: impl Fn(I::Item) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let items = items.into_iter();
    let count = items.len();
    // A panicking worker poisons nothing: rayon passes the panic on.
    let items = Mutex::new(items.enumerate());
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(count));
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(count) {
            scope.spawn(|_| {
                let mut mine = Vec::new();
                while !failed.load(Ordering::Relaxed) {
                    let Some((index, item)) = next() else { break };
                    let result = work(item);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    mine.push((index, result));
                }
                done.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .append(&mut mine);
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_and_errors_win() {
        let items: Vec<usize> = (0..1000).collect();
        let doubled: Result<Vec<_>, ()> = map_in_order(&items, |n| Ok(n * 2));
        assert_eq!(doubled.unwrap()[999], 1998);
        let failed = map_in_order(&items, |n| if *n >= 10 { Err(*n) } else { Ok(*n) });
        assert_eq!(failed, Err(10));
    }
}
