//! The only files that name an operating system: opening files, the identity and state of files, locks.

pub(crate) mod lock;
pub(crate) mod regular_file;
pub(crate) mod stamp;
