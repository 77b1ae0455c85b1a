//! The versions of Django that `--django-exact` knows.

/// The Django whose output `--django-exact` writes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum DjangoVersion {
    /// Django 4.2
    #[cfg_attr(feature = "cli", value(name = "4.2"))]
    #[serde(rename = "4.2")]
    V4_2,
    /// Django 5.2
    #[cfg_attr(feature = "cli", value(name = "5.2"))]
    #[serde(rename = "5.2")]
    V5_2,
    /// Django 6.0
    #[cfg_attr(feature = "cli", value(name = "6.0"))]
    #[serde(rename = "6.0")]
    V6_0,
    /// Django 6.1
    #[cfg_attr(feature = "cli", value(name = "6.1"))]
    #[serde(rename = "6.1")]
    V6_1,
}

impl DjangoVersion {
    /// All of them.
    pub const ALL: &[Self] = &[Self::V6_1, Self::V6_0, Self::V5_2, Self::V4_2];
}
