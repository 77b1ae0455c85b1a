//! How references are read, resolved and judged.

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
        arg(long, value_name = "URL", default_value = "/static/")
    )]
    pub static_url: String,
    /// Also rewrite module specifiers in scripts, and URLs that are relative to a module
    #[cfg_attr(feature = "cli", arg(long))]
    pub js_modules: bool,
    /// What to do about references that resolve to nothing
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "POLICY", default_value = "error")
    )]
    pub on_missing: MissingPolicy,
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
    /// These values, and those of `base` for the others.
    pub(crate) fn over(&self, base: ReferenceOptions) -> ReferenceOptions {
        let given = self.clone();
        ReferenceOptions {
            static_url: given.static_url.unwrap_or(base.static_url),
            js_modules: given.js_modules.unwrap_or(base.js_modules),
            on_missing: given.on_missing.unwrap_or(base.on_missing),
            missing_source_map: given.missing_source_map.unwrap_or(base.missing_source_map),
            ignore_errors: given.ignore_errors.unwrap_or(base.ignore_errors),
        }
    }
}

impl Default for ReferenceOptions {
    fn default() -> Self {
        Self {
            static_url: "/static/".into(),
            js_modules: false,
            on_missing: MissingPolicy::Error,
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
