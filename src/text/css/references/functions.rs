//! CSS functions whose strings are URLs.

/// An open bracket, by what a string in it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `url(` or `src(`, with only white space after it so far.
    Url,
    /// `image-set(` or `-webkit-image-set(`: every string directly inside is a URL (css-images-4).
    ImageSet,
    /// `supports(` or `style(`, in `if()`: a condition, for which browsers fetch nothing.
    Condition,
    /// Any other opening bracket.
    Other,
}

impl Bracket {
    /// Returns the bracket of the function `name`, whose escapes must be decoded.
    pub(super) fn of_function(name: &[u8]) -> Self {
        let is = |function: &&[u8]| name.eq_ignore_ascii_case(function);
        if [&b"url"[..], b"src"].iter().any(is) {
            Self::Url
        } else if [&b"image-set"[..], b"-webkit-image-set"].iter().any(is) {
            Self::ImageSet
        } else if [&b"supports"[..], b"style"].iter().any(is) {
            Self::Condition
        } else {
            Self::Other
        }
    }
}
