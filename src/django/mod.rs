//! `--django-exact`: the output of Django's `HashedFilesMixin`, to the byte. Everything that follows Django and not the
//! standards is in this module: its regular expressions ([`patterns`]), its URL arithmetic ([`python`] and
//! [`url_converter`]), its messages.
//!
//! The multi-pass loop is not repeated. Django rewrites every file again until no hash changes. On an acyclic graph the
//! result is that of one pass in dependency order (`pipeline/link`); on a cycle the loop never ends, and Django gives
//! up with "Max post-process passes exceeded.", as hashstatic does. Django also fails on long acyclic chains.

mod asset_storage;
mod conversion;
mod convert;
mod digest_places;
mod draft;
mod exact;
mod failures;
mod hashed_name;
mod lines;
mod names;
mod patterns;
mod python;
mod recorder;
mod scan;
mod storage;
mod url_converter;

#[cfg(feature = "fuzzing")]
pub(crate) use conversion::Scanned;
pub(crate) use draft::Draft;
pub(crate) use exact::{Disk, Exact, Names};
pub(crate) use failures::{Failure, Failures};
pub(crate) use names::{level, manifest_name, syntax};
pub(crate) use python::{decode_error, unquote};
pub(crate) use storage::StaticName;
