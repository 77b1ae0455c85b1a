//! How references are read, resolved and judged.

use crate::error::Error;

/// What to do about a reference that resolves to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum MissingPolicy {
    /// Fail: nothing is published.
    Error,
    /// Say so, and leave the reference as it is.
    Warn,
    /// Leave the reference as it is.
    Ignore,
}

/// The references of texts: the same for every command that reads them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[non_exhaustive]
pub struct ReferenceOptions {
    /// URL prefix that makes an absolute reference ours
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "URL", default_value = "/static/", value_parser = completed)
    )]
    pub static_url: String,
    /// Also rewrite module specifiers in scripts, and URLs that are relative to a module
    #[cfg_attr(feature = "cli", arg(long))]
    pub js_modules: bool,
    /// What to do about references that resolve to nothing [default: error in style sheets, warn in scripts]
    #[cfg_attr(feature = "cli", arg(long, value_name = "POLICY"))]
    pub on_missing: Option<MissingPolicy>,
    /// What to do about source maps that are not there
    #[cfg_attr(
        feature = "cli",
        arg(
            long,
            value_name = "POLICY",
            default_value = "warn",
            // as Django
            default_value_if("django_exact", clap::builder::ArgPredicate::IsPresent, "error")
        )
    )]
    pub missing_source_map: MissingPolicy,
    /// References that may resolve to nothing (may be repeated)
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "FILE_GLOB:URL_GLOB", value_parser = two_globs)
    )]
    pub ignore_errors: Vec<(String, String)>,
}

/// The values of [`ReferenceOptions`] that a caller gives. The record of the build has the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReferenceOverrides {
    /// See [`ReferenceOptions::static_url`].
    pub static_url: Option<String>,
    /// See [`ReferenceOptions::js_modules`].
    pub js_modules: Option<bool>,
    /// See [`ReferenceOptions::on_missing`].
    pub on_missing: Option<MissingPolicy>,
    /// See [`ReferenceOptions::missing_source_map`].
    pub missing_source_map: Option<MissingPolicy>,
    /// See [`ReferenceOptions::ignore_errors`].
    pub ignore_errors: Option<Vec<(String, String)>>,
}

impl ReferenceOverrides {
    /// Checks the values that are given.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        self.static_url.as_deref().map_or(Ok(()), check_static_url)
    }

    /// These values, and those of `base` for the others.
    pub(crate) fn over(&self, base: ReferenceOptions) -> ReferenceOptions {
        let given = self.clone();
        ReferenceOptions {
            static_url: given.static_url.unwrap_or(base.static_url),
            js_modules: given.js_modules.unwrap_or(base.js_modules),
            on_missing: given.on_missing.or(base.on_missing),
            missing_source_map: given.missing_source_map.unwrap_or(base.missing_source_map),
            ignore_errors: given.ignore_errors.unwrap_or(base.ignore_errors),
        }
    }
}

/// Checks a static URL: a path or a full URL, and a directory.
pub(crate) fn check_static_url(url: &str) -> Result<(), Error> {
    let problem = if !url.ends_with('/') {
        "does not end with a slash"
    } else if is_complete(url) {
        return Ok(());
    } else {
        "begins neither with a slash nor with a scheme"
    };
    Err(Error::option("static-url", format!("{url:?} {problem}")))
}

/// Whether a URL has a scheme or begins with a slash.
fn is_complete(url: &str) -> bool {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    url.starts_with('/')
        || scheme.is_some_and(|s| {
            s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.chars().all(is_of_scheme)
        })
}

/// A static URL, completed as Django completes `STATIC_URL`: without a scheme and a leading slash, it gets the slash.
#[cfg(feature = "cli")]
#[expect(clippy::unnecessary_wraps, reason = "as clap calls it")]
fn completed(argument: &str) -> Result<String, String> {
    let argument = argument.trim_start_matches("./");
    let slash = if argument.is_empty() || is_complete(argument) {
        ""
    } else {
        "/"
    };
    Ok(format!("{slash}{argument}"))
}

impl Default for ReferenceOptions {
    fn default() -> Self {
        Self {
            static_url: "/static/".into(),
            js_modules: false,
            on_missing: None,
            missing_source_map: MissingPolicy::Warn,
            ignore_errors: Vec::new(),
        }
    }
}

/// `FILE_GLOB:URL_GLOB`. The first colon separates: globs of logical paths need none.
#[cfg(feature = "cli")]
fn two_globs(argument: &str) -> Result<(String, String), String> {
    match argument.split_once(':') {
        Some((file, url)) => Ok((file.to_owned(), url.to_owned())),
        None => Err("not of the form FILE_GLOB:URL_GLOB".into()),
    }
}
