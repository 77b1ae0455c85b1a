//! The files that a build leaves in the static root, as headers, reports and records list them.

use std::borrow::Cow;

use super::encoding::Encoding;

/// A file that a build leaves in the static root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuiltFile<'b> {
    pub(crate) name: Cow<'b, str>,
    pub(crate) role: Role,
    /// Bytes.
    pub(crate) length: u64,
    /// `Some`: it is a variant of the asset's hashed or plain file.
    pub(crate) encoding: Option<Encoding>,
}

/// The file of an asset that a file of the static root is, or is a variant of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The hashed file: its bytes never change under its name.
    Hashed,
    /// The plain copy.
    Plain,
}
