//! Files that are read from: regular ones. A pipe or a device in the place of one must neither block nor pass for an
//! empty file.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::OFlags;

/// Bytes read or written at a time where files are streamed.
pub(crate) const CHUNK: usize = 1 << 20;

/// Bytes for which room is made before a file is read, at most.
const MOST_EXPECTED: u64 = 1 << 30;

/// Opens a regular file to read from it. Anything else is an error.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    open_with(path, OFlags::NONBLOCK)
}

/// The same, and a symbolic link is an error, too.
pub(crate) fn open_no_link(path: &Path) -> io::Result<File> {
    open_with(path, OFlags::NONBLOCK | OFlags::NOFOLLOW)
}

/// Reads a regular file whole.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file into `bytes`, all of it. `expected` is its length in bytes, as far as that is known.
pub(crate) fn read_into(path: &Path, expected: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let file = open(path)?;
    bytes.clear();
    // One byte more than expected: a read that leaves it free has seen the end of the file.
    let expected = usize::try_from(expected.min(MOST_EXPECTED)).unwrap_or(0);
    bytes.reserve(expected + 1);
    loop {
        let room = bytes.capacity() - bytes.len();
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&file, spare_capacity(bytes)))?;
        if count == 0 || (count < room && bytes.len() == expected) {
            return Ok(());
        }
        if count == room {
            bytes.reserve(CHUNK);
        }
    }
}

fn open_with(path: &Path, flags: OFlags) -> io::Result<File> {
    let flags = i32::try_from(flags.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags) // a pipe is opened at once, whether or not anyone writes to it
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok(file)
}
