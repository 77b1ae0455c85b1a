//! What differs between operating systems. No other room of the library names one.
//!
//! `system` is one set of functions, with a file for each system: `linux.rs`, `other_unix.rs` (macOS and the BSDs) and
//! `windows.rs`. What all Unixes share is in `unix.rs`; what all but Linux share, in
//! `unexamined.rs`. The other modules are written in terms of these functions.

mod file_id;
pub(crate) mod lock;
pub(crate) mod owner;
pub(crate) mod regular_file;
pub(crate) mod stamp;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(all(unix, not(target_os = "linux")))]
#[path = "other_unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
mod unexamined;
#[cfg(unix)]
mod unix;

pub(crate) use file_id::FileId;
pub(crate) use system::{
    HAS_BARRIER, below, create_new, flush, inode_of_entry, mode, modified, names, reflink,
    set_directory_mode, set_mode, sync_directory,
};
