//! Parallel work that is started in a given order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::Error;

/// Most threads for each core: more of them only cost memory, and time for starting them.
const PER_CORE: usize = 4;

/// Makes a thread pool with `jobs` threads, within reason; 0: one per available core.
pub(crate) fn pool(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs.min(PER_CORE * cores))
        .build()
        .map_err(|error| Error::option("jobs", error.to_string()))
}

/// Runs `work` on every item in the current rayon pool, and returns the results in the order of the items.
///
/// Items are started strictly one after the other (rayon's own iterators split the list in halves first), so that a
/// list sorted by size keeps all cores busy to the end. After an error no new item is started; of several errors, that
/// of the earliest item is returned.
pub(crate) fn map_in_order<I: IntoIterator<IntoIter: Send>, R: Send, E: Send>(
    items: I,
    work: impl Fn(I::Item) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    map_in_batches(items, 1, work)
}

/// Runs as [`map_in_order`], but each thread takes `batch` items at a time: for small items that slow one another down
/// when neighbours run in parallel, as files of one directory do. Only one thread at a time calls the iterator of
/// `items`.
pub(crate) fn map_in_batches<I: IntoIterator<IntoIter: Send>, R: Send, E: Send>(
    items: I,
    batch: usize,
    work: impl Fn(I::Item) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let items = items.into_iter();
    let (least, most) = items.size_hint();
    // Poisoning can be ignored: rayon propagates a worker's panic.
    let items = Mutex::new(items.enumerate());
    let take = |taken: &mut Vec<_>| {
        let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
        taken.extend(items.by_ref().take(batch));
    };
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(least));
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(most.unwrap_or(usize::MAX)) {
            scope.spawn(|_| {
                let mut mine = Vec::new();
                let mut taken = Vec::with_capacity(batch);
                while !failed.load(Ordering::Relaxed) {
                    take(&mut taken);
                    if taken.is_empty() {
                        break;
                    }
                    for (index, item) in taken.drain(..) {
                        let result = work(item);
                        let is_last = result.is_err();
                        mine.push((index, result));
                        if is_last {
                            failed.store(true, Ordering::Relaxed);
                            break;
                        }
                    }
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
        for batch in [1, 7, 5000] {
            let doubled: Result<Vec<_>, ()> = map_in_batches(&items, batch, |n| Ok(n * 2));
            assert_eq!(
                doubled.unwrap(),
                (0..1000).map(|n| n * 2).collect::<Vec<_>>()
            );
            let failed = map_in_batches(&items, batch, |n| if *n >= 10 { Err(*n) } else { Ok(*n) });
            assert_eq!(failed, Err(10));
        }
    }
}
