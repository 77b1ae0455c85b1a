//! How style sheets are minified.

/// How CSS is minified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Minify {
    /// White space and comments at token level: lossless.
    Safe,
    /// lightningcss's optimizer, where it is known to be right; otherwise as safe
    Full,
    /// Not at all.
    Off,
}

/// The minifying of style sheets.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MinifyOptions {
    /// How CSS is minified. Default: [`Minify::Safe`].
    pub mode: Minify,
    /// Browsers for [`Minify::Full`], as a browserslist query. Default: none.
    pub targets: Option<String>,
}

impl Default for MinifyOptions {
    fn default() -> Self {
        Self {
            mode: Minify::Safe,
            targets: None,
        }
    }
}
