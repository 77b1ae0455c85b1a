//! The versions of Django that `--django-exact` knows.

/// The Django whose output `--django-exact` writes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[non_exhaustive]
pub enum DjangoVersion {
    /// Django 4.2
    #[serde(rename = "4.2")]
    V4_2,
    /// Django 5.2
    #[serde(rename = "5.2")]
    V5_2,
    /// Django 6.0
    #[serde(rename = "6.0")]
    V6_0,
    /// Django 6.1
    #[serde(rename = "6.1")]
    V6_1,
}

impl DjangoVersion {
    /// All versions, the newest first.
    pub const ALL: &[Self] = &[Self::V6_1, Self::V6_0, Self::V5_2, Self::V4_2];
}

#[cfg(feature = "cli")]
impl clap::ValueEnum for DjangoVersion {
    /// The newest first.
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let name = match self {
            Self::V4_2 => "4.2",
            Self::V5_2 => "5.2",
            Self::V6_0 => "6.0",
            Self::V6_1 => "6.1",
        };
        Some(clap::builder::PossibleValue::new(name))
    }
}
