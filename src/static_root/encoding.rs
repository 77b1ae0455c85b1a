//! The content codings of variants.

/// A content coding of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Encoding {
    Gzip,
    Brotli,
    Zstd,
}

impl Encoding {
    pub(crate) const ALL: [Self; 3] = [Self::Gzip, Self::Brotli, Self::Zstd];

    /// Its name as HTTP has it (RFC 9110, section 8.4.1; RFC 7932; RFC 8878).
    pub(crate) fn token(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    /// The name of the variant beside `file`.
    pub(crate) fn variant_of(self, file: &str) -> String {
        [file, self.suffix()].concat()
    }

    /// The files that one of this name could be a variant of.
    pub(crate) fn files_behind(variant: &str) -> impl Iterator<Item = &str> {
        let strip = |encoding: Self| variant.strip_suffix(encoding.suffix());
        Self::ALL.into_iter().filter_map(strip)
    }

    /// What is added to the name of the file beside which the variant stands.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Gzip => ".gz",
            Self::Brotli => ".br",
            Self::Zstd => ".zst",
        }
    }
}
