//! JavaScript: module specifiers, and URLs that are resolved against a module.

mod depth;
pub(super) mod modules;
mod stack;
