//! What a build is asked to do. Plain data: the command line, a configuration file or a caller fills it in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::Error;

/// A directory that assets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRoot {
    /// Put before every name found there, as Django's prefixed `STATICFILES_DIRS` do. Empty: none.
    pub prefix: String,
    /// The directory.
    pub dir: PathBuf,
}

/// A file that a caller has already found, with the name it shall have.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// Its logical path.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    /// The plain file in the static root is the caller's: it is neither written nor changed. Default: `false`.
    #[serde(default)]
    pub leave_plain: bool,
}

impl NamedFile {
    /// Reads the list that `--files-from` names: JSON, `[{"name": …, "path": …}, …]`. Whether the names are logical paths
    /// and the files are there is found out by the build.
    pub fn parse_list(json: &[u8]) -> Result<Vec<Self>, String> {
        serde_json::from_slice(json).map_err(|error| error.to_string())
    }
}

/// Where the assets come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Walk these source roots; earlier ones win.
    Roots(Vec<SourceRoot>),
    /// Take these files (`--files-from`); earlier entries win.
    Files(Vec<NamedFile>),
}

/// The content hash that goes into file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashAlgorithm {
    /// BLAKE3, 32 bytes.
    Blake3,
    /// MD5, 16 bytes: for names that Django would give.
    Md5,
}

impl HashAlgorithm {
    /// How many hex digits a whole digest has: the most that `hash_length` may ask for.
    pub fn hex_digits(self) -> usize {
        match self {
            Self::Blake3 => 64,
            Self::Md5 => 32,
        }
    }
}

/// How CSS is minified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minify {
    /// White space and comments at token level: lossless.
    Safe,
    /// lightningcss's optimizer, where it is known to be right; otherwise [`Minify::Safe`].
    Full,
    /// Not at all.
    Off,
}

/// The Django whose output `--django-exact` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DjangoVersion {
    /// Django 4.2
    V4_2,
    /// Django 5.2
    V5_2,
    /// Django 6.0
    V6_0,
    /// Django 6.1
    V6_1,
}

impl DjangoVersion {
    /// All of them.
    pub const ALL: &[Self] = &[Self::V6_1, Self::V6_0, Self::V5_2, Self::V4_2];
}

/// Which variants are written, and how hard the encoders work. `None`: not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encodings {
    /// gzip level, 1–12 (libdeflate's scale). Default: 9.
    pub gzip: Option<u8>,
    /// Brotli quality, 0–11. Default: 11.
    pub brotli: Option<u8>,
    /// Zstandard level, 1–22. Default: none.
    pub zstd: Option<u8>,
}

/// How a hashed file and its plain twin share their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// In place, plain files are the user's own: editors write into them, and a hard link would carry that over into
    /// the hashed file.
    pub(crate) fn for_plain_twins(self, in_place: bool) -> Self {
        match self {
            Self::Auto if in_place => Self::Reflink,
            mode => mode,
        }
    }
}

/// The permissions of the files that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// These, whatever the umask.
    Bits(u32),
    /// What the umask leaves of 0666.
    Umask,
}

/// What to do about a reference that resolves to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingPolicy {
    /// Fail: nothing is published.
    Error,
    /// Say so, and leave the reference as it is.
    Warn,
    /// Leave the reference as it is.
    Ignore,
}

/// Whom the headers of the static root are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// All of them.
    pub const ALL: &[Self] = &[Self::Nginx, Self::Caddy, Self::Netlify, Self::Json];
}

/// Everything that decides what [`crate::build`] writes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The assets.
    pub input: Input,
    /// The static root. `None`: in place, in the only source root.
    pub out: Option<PathBuf>,
    /// Prefix that makes an absolute reference ours. Default: `/static/`.
    pub static_url: String,
    /// Default: [`HashAlgorithm::Blake3`].
    pub hash: HashAlgorithm,
    /// Hex digits of the digest in a file name. Default: 12.
    pub hash_length: usize,
    /// Default: [`Minify::Safe`].
    pub minify: Minify,
    /// Browsers for [`Minify::Full`], as a browserslist query. Default: none.
    pub targets: Option<String>,
    /// Write byte for byte what this Django writes: MD5, 12 digits, no minifying. Default: `None`.
    pub django_exact: Option<DjangoVersion>,
    /// Also rewrite module specifiers in scripts, and URLs that are resolved against a module. Default: `false`.
    pub js_modules: bool,
    /// Variants.
    pub encodings: Encodings,
    /// Extensions (without dot, any case) that are never compressed. Default: [`Options::skip_compress_default`].
    pub skip_compress: Vec<String>,
    /// No plain-named copies. Default: `false`.
    pub keep_only_hashed: bool,
    /// Globs of logical paths that keep their plain copy all the same.
    pub keep_original: Vec<String>,
    /// Policy for references other than source maps. Default: [`MissingPolicy::Error`].
    pub on_missing: MissingPolicy,
    /// Policy for source maps. Default: [`MissingPolicy::Warn`].
    pub missing_source_map: MissingPolicy,
    /// (file, URL) globs of references that may resolve to nothing: they become notices. Default: none.
    pub ignore_errors: Vec<(String, String)>,
    /// The manifest, relative to the static root unless absolute. Default: `staticfiles.json`.
    pub manifest: PathBuf,
    /// Write the manifest. Where it is `false`, the caller does, and one that is there is left alone. Default: `true`.
    pub write_manifest: bool,
    /// Write the headers that the files are to be served with, beside the manifest. Default: none.
    pub headers: Vec<HeadersFormat>,
    /// Permissions of files. Default: 0644.
    pub file_mode: FileMode,
    /// Permissions of directories that are made. Default: `None`, what the umask leaves of 0777.
    pub directory_mode: Option<u32>,
    /// Ignore globs, by Django's fnmatch rules. Default: [`Options::ignore_default`].
    pub ignore: Vec<String>,
    /// Logical paths that must exist and must not be empty.
    pub require: Vec<String>,
    /// Empty the static root of everything that this build does not write. Default: `false`.
    pub clear: bool,
    /// Read, resolve and report, but write nothing. Default: `false`.
    pub dry_run: bool,
    /// Threads; 0: one per available core. Default: 0.
    pub jobs: usize,
    /// How long to wait for another build on the same static root. Default: 60 s.
    pub lock_timeout: Duration,
    /// Wait until everything is on disk before the manifest is put in place, so that no power cut leaves a manifest of files
    /// that are not there. Default: `true`.
    pub sync: bool,
    /// How a hashed file and its plain twin share their bytes. Default: [`LinkMode::Auto`].
    pub link_mode: LinkMode,
    /// Modification time of everything written, in seconds since 1970 (`SOURCE_DATE_EPOCH`). Default: the source's.
    pub source_date_epoch: Option<u64>,
    /// Follow symbolic links that leave their source root. Default: `false`.
    pub follow_external_links: bool,
    /// Globs of logical paths that a bundler has hashed already: such an asset keeps its name and its bytes.
    pub prehashed: Vec<String>,
    /// Manifests of bundlers (Vite, webpack, esbuild); what they name is prehashed.
    pub bundler_manifest: Vec<PathBuf>,
    /// The build cache. Default: `None`, no cache.
    pub cache_dir: Option<PathBuf>,
    /// How many bytes the build cache may hold. Default: [`Options::CACHE_MAX_SIZE_DEFAULT`].
    pub cache_max_size: u64,
}

impl Options {
    /// WhiteNoise's list, plus formats that came after it.
    pub const SKIP_COMPRESS_DEFAULT: &[&str] = &[
        "jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br", "swf",
        "flv", "woff", "woff2", "3gp", "3gpp", "asf", "avi", "m4v", "mov", "mp4", "mpeg", "mpg",
        "webm", "wmv", // beyond WhiteNoise 6.12:
        "avif", "mp3", "ogg", "m4a", "zst", "7z",
    ];

    /// What `collectstatic` ignores unless told otherwise (`StaticFilesConfig.ignore_patterns`).
    pub const IGNORE_DEFAULT: &[&str] = &["CVS", ".*", "*~"];

    /// 1 GB: the variants of a dozen large projects.
    pub const CACHE_MAX_SIZE_DEFAULT: u64 = 1_000_000_000;

    /// A build of `input` with every default.
    pub fn new(input: Input) -> Self {
        Self {
            input,
            out: None,
            static_url: "/static/".into(),
            hash: HashAlgorithm::Blake3,
            hash_length: 12,
            minify: Minify::Safe,
            targets: None,
            django_exact: None,
            js_modules: false,
            encodings: Encodings::default(),
            skip_compress: owned(Self::SKIP_COMPRESS_DEFAULT),
            keep_only_hashed: false,
            keep_original: Vec::new(),
            on_missing: MissingPolicy::Error,
            missing_source_map: MissingPolicy::Warn,
            ignore_errors: Vec::new(),
            manifest: "staticfiles.json".into(),
            write_manifest: true,
            headers: Vec::new(),
            file_mode: FileMode::Bits(0o644),
            directory_mode: None,
            ignore: owned(Self::IGNORE_DEFAULT),
            require: Vec::new(),
            clear: false,
            dry_run: false,
            jobs: 0,
            lock_timeout: Duration::from_secs(60),
            sync: true,
            link_mode: LinkMode::Auto,
            source_date_epoch: None,
            follow_external_links: false,
            prehashed: Vec::new(),
            bundler_manifest: Vec::new(),
            cache_dir: None,
            cache_max_size: Self::CACHE_MAX_SIZE_DEFAULT,
        }
    }

    /// Sets what `--django-exact` implies: MD5, 12 digits, no minifying.
    #[must_use]
    pub fn exactly(mut self, version: DjangoVersion) -> Self {
        self.django_exact = Some(version);
        self.hash = HashAlgorithm::Md5;
        self.hash_length = 12;
        self.minify = Minify::Off;
        self
    }

    /// Whether the options make sense together.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let usage = |message: String| Err(Error::Usage(message));
        if matches!(&self.input, Input::Roots(roots) if roots.is_empty()) {
            return usage("name at least one source root".into());
        }
        if !self.static_url.ends_with('/') {
            return usage(format!(
                "--static-url: {:?} does not end with a slash",
                self.static_url
            ));
        }
        let digits = self.hash.hex_digits();
        if !(4..=digits).contains(&self.hash_length) {
            return usage(format!(
                "--hash-length: {} is not from 4 to {digits}",
                self.hash_length
            ));
        }
        let levels = [
            ("--gzip-level", self.encodings.gzip, 1..=12),
            ("--brotli-quality", self.encodings.brotli, 0..=11),
            ("--zstd-level", self.encodings.zstd, 1..=22),
        ];
        for (option, level, range) in levels {
            if let Some(level) = level.filter(|level| !range.contains(level)) {
                let (low, high) = (range.start(), range.end());
                return usage(format!("{option}: {level} is not from {low} to {high}"));
            }
        }
        if self.django_exact.is_some()
            && (self.hash, self.hash_length, self.minify) != (HashAlgorithm::Md5, 12, Minify::Off)
        {
            return usage(
                "--django-exact means MD5, 12 digits and no minifying; other values contradict it"
                    .into(),
            );
        }
        Ok(())
    }

    /// The static root, if the options name one: `out`, or the only source root.
    pub fn static_root(&self) -> Option<&Path> {
        match (&self.out, &self.input) {
            (Some(out), _) => Some(out),
            (None, Input::Roots(roots)) if roots.len() == 1 && roots[0].prefix.is_empty() => {
                Some(&roots[0].dir)
            }
            _ => None,
        }
    }
}

impl Encodings {
    /// No variants at all.
    pub const NONE: Self = Self {
        gzip: None,
        brotli: None,
        zstd: None,
    };
}

impl Default for Encodings {
    fn default() -> Self {
        Self {
            gzip: Some(9),
            brotli: Some(11),
            zstd: None,
        }
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}
