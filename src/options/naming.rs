//! The form of hashed paths.

use super::DjangoVersion;

/// The content hash that goes into file names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum HashAlgorithm {
    /// BLAKE3, 32 bytes.
    Blake3,
    /// MD5, 16 bytes: for names that Django would give.
    Md5,
}

impl HashAlgorithm {
    /// Hex digits of a whole digest: the most that `hash_length` may ask for.
    pub fn hex_digits(self) -> usize {
        match self {
            Self::Blake3 => 64,
            Self::Md5 => 32,
        }
    }
}

/// The digests in hashed paths.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct NamingOptions {
    /// The hash algorithm. Default: [`HashAlgorithm::Blake3`].
    pub hash: HashAlgorithm,
    /// Hex digits of the digest in a file name, from 4 to [`HashAlgorithm::hex_digits`]. Default: 12.
    pub hash_length: usize,
    /// Write byte for byte what this Django writes: MD5, 12 digits, no minifying. Default: `None`.
    pub django_exact: Option<DjangoVersion>,
}

impl Default for NamingOptions {
    fn default() -> Self {
        Self {
            hash: HashAlgorithm::Blake3,
            hash_length: 12,
            django_exact: None,
        }
    }
}
