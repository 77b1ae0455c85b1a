//! Entry points for `fuzz/` and `benches/`, behind features. Not part of the API; may change at any time.

#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "bench")]
pub mod stages;
