//! Names as Django writes and orders them.

use crate::name::logical_path::LogicalPath;
use crate::text::Syntax;

/// Converts a name to a key or value of the manifest, as `HashedFilesMixin.clean_name` does.
pub(crate) fn manifest_name(name: &str) -> String {
    name.replace('\\', "/")
}

/// Returns the syntax of a file by Django's rules, which are case-sensitive and do not know `.mjs`.
pub(crate) fn syntax(name: &LogicalPath) -> Syntax {
    match name.as_str().as_bytes() {
        [.., b'.', b'c', b's', b's'] => Syntax::Css,
        [.., b'.', b'j', b's'] => Syntax::Script,
        _ => Syntax::Opaque,
    }
}

/// The depth of a name. Django processes the deepest files first.
pub(crate) fn level(name: &str) -> usize {
    name.split('/').count()
}
