//! The precompressed variants that are written.

/// The variants that are written, and the effort of their encoders. `None`: not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encodings {
    /// gzip level, 1–12 (libdeflate's scale). Default: 9.
    pub gzip: Option<u8>,
    /// Brotli quality, 0–11. Default: 11.
    pub brotli: Option<u8>,
    /// Zstandard level, 1–22. Default: none.
    pub zstd: Option<u8>,
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

/// The variants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VariantOptions {
    /// The encodings, each with its level.
    pub encodings: Encodings,
    /// Extensions (without dot, any case) that are never compressed. Default:
    /// [`VariantOptions::SKIP_COMPRESS_DEFAULT`].
    pub skip_compress: Vec<String>,
}

impl VariantOptions {
    /// WhiteNoise's list, plus formats that came after it.
    pub const SKIP_COMPRESS_DEFAULT: &[&str] = &[
        "jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "tgz", "bz2", "tbz", "xz", "br", "swf",
        "flv", "woff", "woff2", "3gp", "3gpp", "asf", "avi", "m4v", "mov", "mp4", "mpeg", "mpg",
        "webm", "wmv", // beyond WhiteNoise 6.12:
        "avif", "mp3", "ogg", "m4a", "zst", "7z",
    ];
}

impl Default for VariantOptions {
    fn default() -> Self {
        Self {
            encodings: Encodings::default(),
            skip_compress: super::owned(Self::SKIP_COMPRESS_DEFAULT),
        }
    }
}
