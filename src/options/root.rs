//! The static root, and what is written there besides hashed files.

use std::path::PathBuf;
use std::time::Duration;

/// The usual name of a manifest, as in Django.
pub(crate) const DEFAULT_MANIFEST: &str = "staticfiles.json";

/// How a hashed file and its plain copy share their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum LinkMode {
    /// Reflink where the file system can, else hard link (in place, where the plain file is the user's own: copy).
    Auto,
    /// Two copies.
    Copy,
    /// Hard link, else copy.
    Hardlink,
    /// Reflink, else copy.
    Reflink,
}

impl LinkMode {
    /// The mode for plain files. In place, they are the user's own: editors write into them, and a hard link would
    /// carry that over into the hashed file.
    pub(crate) fn for_plain_twins(self, in_place: bool) -> Self {
        match self {
            Self::Auto if in_place => Self::Reflink,
            mode => mode,
        }
    }
}

/// The permissions of the files that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileMode {
    /// These bits, whatever the umask.
    Bits(u32),
    /// What the umask leaves of 0666.
    Umask,
}

/// The program that the headers of the static root are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum HeadersFormat {
    /// nginx: to be included in the location of the static files.
    Nginx,
    /// Caddy: to be imported where the static URL is stripped.
    Caddy,
    /// Netlify: its `_headers`.
    Netlify,
    /// Uploaders and other programs: one document.
    Json,
}

impl HeadersFormat {
    /// All formats.
    pub const ALL: &[Self] = &[Self::Nginx, Self::Caddy, Self::Netlify, Self::Json];
}

/// The static root.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootOptions {
    /// The static root. Default: `None`, see [`RootOptions::in_place`].
    pub out: Option<PathBuf>,
    /// Write among the sources: the only source root, which has no prefix, is the static root. Then there is no
    /// [`RootOptions::out`]. Default: `false`.
    pub in_place: bool,
    /// Write no plain copies. Default: `false`.
    pub keep_only_hashed: bool,
    /// Globs of logical paths that keep their plain copy even so. Default: none.
    pub keep_original: Vec<String>,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// Write the manifest. If `false`, the caller writes it, and a manifest that is there is left alone. Default:
    /// `true`.
    pub write_manifest: bool,
    /// Write the headers that the files are to be served with, beside the manifest. Default: none.
    pub headers: Vec<HeadersFormat>,
    /// Permissions of files. Default: 0644.
    pub file_mode: FileMode,
    /// Permissions of new directories. Default: `None`, what the umask leaves of 0777.
    pub directory_mode: Option<u32>,
    /// How a hashed file and its plain copy share their bytes. Default: [`LinkMode::Auto`].
    pub link_mode: LinkMode,
    /// Modification time of everything written, in seconds since 1970 (`SOURCE_DATE_EPOCH`). Default: the source's.
    pub source_date_epoch: Option<u64>,
    /// Remove everything from the static root that this build does not write. Default: `false`.
    pub clear: bool,
    /// How long to wait for another build on the same static root. Default: 60 s.
    pub lock_timeout: Duration,
    /// Wait until everything is on disk before the manifest is put in place, so that no power cut leaves a manifest of
    /// files that are not there. Default: `true`.
    pub sync: bool,
}

impl Default for RootOptions {
    fn default() -> Self {
        Self {
            out: None,
            in_place: false,
            keep_only_hashed: false,
            keep_original: Vec::new(),
            manifest: DEFAULT_MANIFEST.into(),
            write_manifest: true,
            headers: Vec::new(),
            file_mode: FileMode::Bits(0o644),
            directory_mode: None,
            link_mode: LinkMode::Auto,
            source_date_epoch: None,
            clear: false,
            lock_timeout: Duration::from_secs(60),
            sync: true,
        }
    }
}
