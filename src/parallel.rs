//! Work in parallel, in a given order of starting.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
pub(crate) fn map_in_order<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let next = AtomicUsize::new(0);
    let failed = AtomicBool::new(false);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    rayon::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(items.len()) {
            scope.spawn(|_| {
                let mut mine = Vec::new();
                while !failed.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = work(item);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    mine.push((index, result));
                }
                // A panicking worker poisons nothing: rayon passes the panic on.
                match done.lock() {
                    Ok(mut done) => done.append(&mut mine),
                    Err(poisoned) => poisoned.into_inner().append(&mut mine),
                }
            });
        }
    });
    let mut done = done
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
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
