//! Progress of a build, for callers that show it. The library itself shows nothing.

/// Receives the progress of compressing, the longest stage, and can stop the build. Called from several threads at once.
pub trait Progress: Sync {
    /// Compressing begins, with the number of distinct contents and their bytes in total.
    fn compressing(&self, contents: usize, bytes: u64) {
        let _ = (contents, bytes);
    }

    /// One content of `bytes` bytes is compressed.
    fn compressed(&self, bytes: u64) {
        let _ = bytes;
    }

    /// Whether the build is to stop: it then ends with [`Error::Interrupted`](crate::Error::Interrupted), after it has taken
    /// away what it made. Asked again and again until the manifest is written.
    fn is_interrupted(&self) -> bool {
        false
    }

    /// Compressing has ended, successfully or not.
    fn end(&self) {}
}

/// Ignores progress.
pub(crate) struct Unwatched;

impl Progress for Unwatched {}
