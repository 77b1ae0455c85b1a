//! Reading regular files. A pipe or a device in the place of one must neither block nor pass for an empty file.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::system;

/// Bytes read or written at a time where files are streamed.
pub(crate) const CHUNK: usize = 1 << 20;

/// Bytes that are reserved before a file is read, at most.
const MOST_EXPECTED: u64 = 1 << 30;

/// Opens a regular file to read from it. Anything else is an error.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    checked(system::open_to_read(path, true)?)
}

/// Opens a regular file to read from it. Anything else is an error, and so is a symbolic link to a file.
pub(crate) fn open_no_link(path: &Path) -> io::Result<File> {
    checked(system::open_to_read(path, false)?)
}

/// Reads a regular file whole.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file whole into `bytes`. `expected` is its length in bytes, as far as that is known.
pub(crate) fn read_into(path: &Path, expected: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    let file = open(path)?;
    bytes.clear();
    // One byte more than expected: a read that leaves it free has seen the end of the file.
    let expected = usize::try_from(expected.min(MOST_EXPECTED)).unwrap_or(0);
    bytes.reserve(expected + 1);
    loop {
        let room = bytes.capacity() - bytes.len();
        let count = system::read_once(&file, bytes)?;
        if count == 0 || (count < room && bytes.len() == expected) {
            return Ok(());
        }
        if count == room {
            bytes.reserve(CHUNK);
        }
    }
}

/// Returns the file if it is a regular one.
fn checked(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "not a regular file",
    ))
}
