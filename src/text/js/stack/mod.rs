//! A stack that is large enough to parse a script.
//!
//! The parser is recursive, and a stack overflow would kill the process. So it gets a stack that no script with these
//! bytes can overflow: every nested construct has a byte or a word before it, and each of these is charged with more
//! than the parser was ever seen to use for it (see the test), even in strings and comments. Only the used part of a
//! stack takes memory.

mod charges;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::depth::deepest;
use charges::charges;

/// Deepest nesting of brackets that is parsed. Browsers overflow their own stacks at some thousands, and the parser
/// takes quadratic time. The depth is an estimate: this limit bounds time, not the stack.
const DEEPEST: usize = 2_000;

/// Bytes of stack that the parser uses before it recurses, and bytes that every thread has.
const FIRST: usize = 128 << 10;

const ANYWHERE: usize = 1 << 20;

/// Largest stack that is requested, in bytes of address space.
const LARGEST: usize = if usize::BITS >= 64 {
    16 << 30
} else {
    512 << 20
};

/// Factor for builds without optimization, in which our visitor uses several times as much stack.
const SCALE: usize = if cfg!(debug_assertions) { 4 } else { 1 };

/// Runs `parse` on a stack that is large enough to parse `text`. The error is why this is not possible.
pub(super) fn with_stack<R: Send>(
    text: &str,
    parse: impl FnOnce() -> R + Send,
) -> Result<R, String> {
    const PANICKED: &str = "the parser has a fault here";
    let (charges, brackets) = charges(text.as_bytes());
    if brackets > DEEPEST && deepest(text.as_bytes()) > DEEPEST {
        return Err("it is nested too deeply".into());
    }
    let needed = FIRST.saturating_add(charges.saturating_mul(SCALE));
    if needed <= ANYWHERE {
        return catch_unwind(AssertUnwindSafe(parse)).map_err(|_| PANICKED.into());
    }
    if needed > LARGEST {
        return Err("it is too large".into());
    }
    on_stack(needed, parse)
        .map_err(|error| format!("there is no stack of {} MiB: {error}", needed >> 20))?
        .map_err(|_| PANICKED.into())
}

fn on_stack<R: Send>(size: usize, run: impl FnOnce() -> R + Send) -> io::Result<thread::Result<R>> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(size);
        Ok(thread.spawn_scoped(scope, run)?.join())
    })
}

#[cfg(test)]
mod tests;
