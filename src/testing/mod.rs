//! Doors for `fuzz/` and `benches/`, behind features. No part of the API, and free to change at any time.

#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "bench")]
pub mod stages;
