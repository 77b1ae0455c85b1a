//! Google's C encoder of Brotli: the only module of this crate with `unsafe`.
//!
//! Below quality 10, the encoder's memory is recycled per thread: it needs megabytes for every file, however small, and
//! new memory from the system costs more than the compression.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;

use compu_brotli_sys::{
    BrotliEncoderCompressStream, BrotliEncoderCreateInstance, BrotliEncoderDestroyInstance,
    BrotliEncoderHasMoreOutput, BrotliEncoderIsFinished, BrotliEncoderMaxCompressedSize,
    BrotliEncoderMode_BROTLI_MODE_GENERIC, BrotliEncoderOperation,
    BrotliEncoderOperation_BROTLI_OPERATION_FINISH, BrotliEncoderOperation_BROTLI_OPERATION_FLUSH,
    BrotliEncoderParameter, BrotliEncoderParameter_BROTLI_PARAM_LGWIN,
    BrotliEncoderParameter_BROTLI_PARAM_MODE, BrotliEncoderParameter_BROTLI_PARAM_QUALITY,
    BrotliEncoderParameter_BROTLI_PARAM_SIZE_HINT,
    BrotliEncoderParameter_BROTLI_PARAM_STREAM_OFFSET, BrotliEncoderSetParameter,
    BrotliEncoderState,
};

/// `BROTLI_DEFAULT_WINDOW` (log 2 of bytes), as Python's `brotli.compress` uses.
const WINDOW: u32 = 22;
/// Bytes before every block: they hold its size, and keep the alignment that `malloc` gives.
const PREFIX: usize = 16;
/// The most bytes that a thread keeps for its next file: the hash table of quality 9 (34 MB) fits in.
const KEPT: usize = 40 << 20;

/// The most bytes that a flush adds: an empty metablock that fills up the last byte (RFC 7932, section 9.2).
const FLUSH: usize = 16;

/// Compresses `bytes` with `quality` 0–11, with the result of `BrotliEncoderCompress`. `None` if the encoder fails (it
/// cannot get memory).
pub(super) fn compress(bytes: &[u8], quality: u8) -> Option<Vec<u8>> {
    Encoder::new(bytes, quality)?.run(bytes, BrotliEncoderOperation_BROTLI_OPERATION_FINISH)
}

/// Compresses the beginning of a stream up to a whole byte, so that more can follow.
pub(super) fn beginning(bytes: &[u8], quality: u8) -> Option<Vec<u8>> {
    Encoder::new(bytes, quality)?.run(bytes, BrotliEncoderOperation_BROTLI_OPERATION_FLUSH)
}

/// Compresses `bytes`, the end of a stream after its first `from` bytes, without references to these.
pub(super) fn end(from: usize, bytes: &[u8], quality: u8) -> Option<Vec<u8>> {
    let encoder = Encoder::new(bytes, quality)?;
    encoder.set(
        BrotliEncoderParameter_BROTLI_PARAM_STREAM_OFFSET,
        from.try_into().unwrap_or(u32::MAX), // beyond the window, all offsets are the same
    );
    encoder.run(bytes, BrotliEncoderOperation_BROTLI_OPERATION_FINISH)
}

/// An encoder for one input.
struct Encoder(*mut BrotliEncoderState);

impl Encoder {
    /// Creates an encoder for `bytes`.
    fn new(bytes: &[u8], quality: u8) -> Option<Self> {
        POOL.with_borrow_mut(|pool| pool.recycles = quality < 10);
        // SAFETY: both functions keep to the contract of `malloc` and `free`, and need no opaque pointer.
        let state =
            unsafe { BrotliEncoderCreateInstance(Some(take), Some(give_back), ptr::null_mut()) };
        let encoder = (!state.is_null()).then_some(Self(state))?;
        encoder.set(
            BrotliEncoderParameter_BROTLI_PARAM_QUALITY,
            quality.min(11).into(),
        );
        encoder.set(BrotliEncoderParameter_BROTLI_PARAM_LGWIN, WINDOW);
        encoder.set(
            BrotliEncoderParameter_BROTLI_PARAM_MODE,
            BrotliEncoderMode_BROTLI_MODE_GENERIC.unsigned_abs(),
        );
        encoder.set(
            BrotliEncoderParameter_BROTLI_PARAM_SIZE_HINT,
            bytes.len().try_into().unwrap_or(u32::MAX),
        );
        Some(encoder)
    }

    /// Compresses all of `bytes`, and flushes or finishes the stream. `None` if that fails.
    fn run(self, bytes: &[u8], operation: BrotliEncoderOperation) -> Option<Vec<u8>> {
        // SAFETY: a pure function of an integer.
        let bound = unsafe { BrotliEncoderMaxCompressedSize(bytes.len()) };
        if bound == 0 {
            return None; // the size overflowed
        }
        let bound = bound.checked_add(FLUSH)?;
        let mut encoded: Vec<u8> = Vec::with_capacity(bound);
        let (mut available_in, mut next_in) = (bytes.len(), bytes.as_ptr());
        let (mut available_out, mut next_out) = (bound, encoded.as_mut_ptr());
        // SAFETY: the encoder is alive. `next_in` is valid for reading `available_in` bytes; `next_out` is valid for
        // writing `available_out` bytes, the capacity just reserved. The total may be null.
        let is_complete = unsafe {
            BrotliEncoderCompressStream(
                self.0,
                operation,
                &raw mut available_in,
                &raw mut next_in,
                &raw mut available_out,
                &raw mut next_out,
                ptr::null_mut(),
            ) != 0
                && available_in == 0
                && BrotliEncoderHasMoreOutput(self.0) == 0
                && (operation != BrotliEncoderOperation_BROTLI_OPERATION_FINISH
                    || BrotliEncoderIsFinished(self.0) != 0)
        };
        if !is_complete {
            return None;
        }
        // SAFETY: the encoder has written all but `available_out` of the `bound` bytes.
        unsafe { encoded.set_len(bound - available_out) };
        encoded.shrink_to_fit();
        Some(encoded)
    }

    fn set(&self, parameter: BrotliEncoderParameter, value: u32) {
        // SAFETY: the encoder is alive and has not begun. It rejects an invalid value, and does not store it.
        unsafe { BrotliEncoderSetParameter(self.0, parameter, value) };
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: made by `BrotliEncoderCreateInstance`, and not used after this.
        unsafe { BrotliEncoderDestroyInstance(self.0) };
    }
}

/// Memory that encoders of this thread have freed, for the next one.
#[derive(Default)]
struct Pool {
    blocks: Vec<Block>,
    size: usize,
    /// Whether blocks are worth keeping: at the higher qualities, their sizes follow the input's, and time is spent
    /// elsewhere.
    recycles: bool,
}

/// A block from the global allocator, with the layout of [`layout`]. `size` does not count the prefix.
struct Block {
    start: *mut u8,
    size: usize,
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

impl Drop for Pool {
    fn drop(&mut self) {
        for block in self.blocks.drain(..) {
            block.free();
        }
    }
}

impl Block {
    fn free(self) {
        if let Some(layout) = layout(self.size) {
            // SAFETY: `start` was allocated with this layout, and is not used any more.
            unsafe { dealloc(self.start, layout) };
        }
    }
}

fn layout(size: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(PREFIX)?, PREFIX).ok()
}

/// `malloc` for the encoder: a block that is free and not much too large, or a new one.
extern "C" fn take(_: *mut c_void, size: usize) -> *mut c_void {
    let recycled = POOL.try_with(|pool| {
        let mut pool = pool.try_borrow_mut().ok()?;
        let fits = |block: &Block| (size..=size.saturating_mul(2)).contains(&block.size);
        let at = pool.blocks.iter().position(fits)?;
        let block = pool.blocks.swap_remove(at);
        pool.size -= block.size;
        Some(block)
    });
    let block = match (recycled, layout(size)) {
        (Ok(Some(block)), _) => block,
        (_, None) => return ptr::null_mut(),
        (_, Some(layout)) => {
            // SAFETY: the layout is at least PREFIX bytes long.
            let start = unsafe { alloc(layout) };
            if start.is_null() {
                return ptr::null_mut();
            }
            Block { start, size }
        }
    };
    // SAFETY: the block has PREFIX bytes, enough for a `usize`, before the `size` bytes asked for.
    unsafe {
        block.start.cast::<usize>().write_unaligned(block.size);
        block.start.add(PREFIX).cast()
    }
}

/// `free` for the encoder.
extern "C" fn give_back(_: *mut c_void, address: *mut c_void) {
    if address.is_null() {
        return;
    }
    // SAFETY: the encoder only frees what it got from `take`: an address PREFIX bytes into a block, whose first bytes
    // are its size.
    let block = unsafe {
        let start = address.cast::<u8>().sub(PREFIX);
        Block {
            start,
            size: start.cast::<usize>().read_unaligned(),
        }
    };
    let mut block = Some(block);
    let _ = POOL.try_with(|pool| {
        let mut pool = pool.try_borrow_mut().ok()?;
        let kept = block.take_if(|block| pool.recycles && pool.size + block.size <= KEPT)?;
        pool.size += kept.size;
        pool.blocks.push(kept);
        Some(())
    });
    if let Some(block) = block {
        block.free();
    }
}
