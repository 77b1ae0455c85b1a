//! Comparing a file with what it should hold, without keeping it.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _};

use crate::name::digest::{Content, ContentHasher};
use crate::options::HashAlgorithm;

/// Bytes read at a time.
const BUFFER: usize = 256 << 10;

/// Whether a file of as many bytes holds exactly `bytes`.
pub(super) fn same_bytes(mut file: &File, mut bytes: &[u8]) -> io::Result<bool> {
    with_buffer(|buffer| {
        while !bytes.is_empty() {
            let count = file.read(buffer)?;
            if count == 0 || !bytes.starts_with(&buffer[..count]) {
                return Ok(false);
            }
            bytes = &bytes[count..];
        }
        Ok(true)
    })
}

/// Reads what a file holds.
pub(super) fn content_of(mut file: impl io::Read) -> io::Result<Content> {
    with_buffer(|buffer| {
        let mut hasher = ContentHasher::new(HashAlgorithm::Blake3);
        loop {
            match file.read(buffer)? {
                0 => return Ok(hasher.finish().1),
                count => hasher.update(&buffer[..count]),
            }
        }
    })
}

/// Whether a file of this length holds `content`.
pub(super) fn holds(mut file: &File, content: Content) -> io::Result<bool> {
    if content.length > BUFFER as u64 {
        return Ok(content_of(file)? == content);
    }
    with_buffer(|buffer| {
        let mut count = 0;
        while let read @ 1.. = file.read(&mut buffer[count..])? {
            count += read;
        }
        Ok(Content::of(&buffer[..count]) == content)
    })
}

/// Lends this thread's buffer, which stays in the processor's cache: a new one for every file costs page faults.
fn with_buffer<R>(work: impl FnOnce(&mut [u8]) -> R) -> R {
    thread_local! {
        static BYTES: RefCell<Vec<u8>> = RefCell::new(vec![0; BUFFER]);
    }
    BYTES.with_borrow_mut(|buffer| work(buffer))
}
