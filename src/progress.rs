//! How far a build has come, for whoever wants to show it. The library itself shows nothing.

/// Is told about the stage that takes long. Called from several threads at once.
pub trait Progress: Sync {
    /// Compressing begins: so many distinct contents of so many bytes in all.
    fn compressing(&self, contents: usize, bytes: u64) {
        let _ = (contents, bytes);
    }

    /// One content of so many bytes is compressed.
    fn compressed(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Compressing has ended, well or not.
    fn end(&self) {}
}

/// Nobody watches.
pub(crate) struct Unwatched;

impl Progress for Unwatched {}
