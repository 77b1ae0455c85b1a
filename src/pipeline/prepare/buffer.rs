//! The buffer that source files are read into.

use std::cell::Cell;

/// Lends this thread's buffer: a new one for every file costs page faults.
pub(in crate::pipeline) fn with_buffer<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut buffer = BUFFER.take();
    let result = work(&mut buffer);
    BUFFER.set(buffer);
    result
}
