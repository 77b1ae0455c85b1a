//! Names of assets: logical paths, digests, globs, maps by name. No I/O.

pub(crate) mod catalog;
pub(crate) mod digest;
pub(crate) mod glob;
pub(crate) mod left_out;
pub(crate) mod logical_path;
pub(crate) mod name_map;
