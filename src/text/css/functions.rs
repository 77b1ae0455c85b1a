//! The functions of CSS whose strings are URLs.

/// Where a string token is a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `url(` or `src(`, nothing but white space behind it so far.
    Url,
    /// `image-set(` or `-webkit-image-set(`: every string right inside it (css-images-4).
    ImageSet,
    /// Any other opening bracket.
    Other,
}

impl Bracket {
    /// The opening bracket of the function of that name, in which there are no escapes.
    pub(super) fn of_function(name: &[u8]) -> Self {
        let is = |function: &&[u8]| name.eq_ignore_ascii_case(function);
        if [&b"url"[..], b"src"].iter().any(is) {
            Self::Url
        } else if [&b"image-set"[..], b"-webkit-image-set"].iter().any(is) {
            Self::ImageSet
        } else {
            Self::Other
        }
    }
}
