//! The owners of files: who can have written them.

pub(crate) use super::system::{create_own_directory, is_own, why_not_own_directory};
