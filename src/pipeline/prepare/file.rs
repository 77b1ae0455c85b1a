//! Source files, each read whole.

use std::cell::Cell;

use rustix::buffer::spare_capacity;

use crate::error::Error;
use crate::pipeline::walk::SourceFile;
use crate::platform::regular_file;
use crate::static_root::CHUNK;

pub(crate) fn read_whole(source: &SourceFile) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    read_into(source, &mut bytes)?;
    Ok(bytes)
}

/// Reads a source file, all of it.
pub(super) fn read_into(source: &SourceFile, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let path = &source.path;
    let file = regular_file::open(path).map_err(Error::io("read", path))?;
    bytes.clear();
    // One byte more than expected: a read that leaves it free has seen the end of the file.
    let expected = usize::try_from(source.length).unwrap_or(0);
    bytes.reserve(expected.min(1 << 30) + 1);
    loop {
        let room = bytes.capacity() - bytes.len();
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&file, spare_capacity(bytes)))
            .map_err(|error| Error::io("read", path)(error.into()))?;
        if count == 0 || (count < room && bytes.len() == expected) {
            return Ok(());
        }
        if count == room {
            bytes.reserve(CHUNK);
        }
    }
}

/// Lends this thread's buffer: a new one for every file costs page faults.
pub(super) fn with_buffer<R>(work: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    let mut buffer = BUFFER.take();
    let result = work(&mut buffer);
    BUFFER.set(buffer);
    result
}
