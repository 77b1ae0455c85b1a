//! The syntaxes of text assets: one row each, with the scanner.

use super::decoded::decoded;
#[cfg(feature = "modules")]
use super::js;
use super::{Scan, css, source_map};
use crate::name::logical_path::LogicalPath;

/// The syntax of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Syntax {
    /// Style sheets: minified, with all references rewritten.
    Css,
    /// Scripts: only the source map comment is rewritten.
    Script,
    /// Scripts with `--js-modules`: module specifiers are rewritten, too.
    Module,
    /// Assets without references.
    Opaque,
}

/// A syntax, its file extensions in lower case, and its scanner.
struct Row {
    syntax: Syntax,
    extensions: &'static [&'static str],
    scan: fn(&[u8]) -> Scan,
}

const ROWS: [Row; 4] = [
    Row {
        syntax: Syntax::Css,
        extensions: &["css"],
        scan: |text| decoded(text, |text| css::references::references(text).into()),
    },
    Row {
        syntax: Syntax::Script,
        extensions: &["js", "mjs"],
        scan: |text| {
            source_map::in_script(text)
                .into_iter()
                .collect::<Vec<_>>()
                .into()
        },
    },
    Row {
        syntax: Syntax::Module,
        extensions: &[], // the extensions of scripts, with `--js-modules`
        scan: modules,
    },
    Row {
        syntax: Syntax::Opaque,
        extensions: &[],
        scan: |_| Scan::default(),
    },
];

impl Syntax {
    /// Returns the syntax of a file by its extension, in any case. With `js_modules`, scripts are modules.
    pub(crate) fn of(name: &LogicalPath, js_modules: bool) -> Self {
        let extension = name.extension().to_ascii_lowercase();
        let has_it = |row: &&Row| row.extensions.contains(&extension.as_str());
        match ROWS.iter().find(has_it).map(|row| row.syntax) {
            Some(Self::Script) if js_modules => Self::Module,
            Some(syntax) => syntax,
            None => Self::Opaque,
        }
    }

    /// Whether files of this syntax can have references.
    pub(crate) fn is_text(self) -> bool {
        self != Self::Opaque
    }

    /// Scans a text for references.
    pub(crate) fn scan(self, text: &[u8]) -> Scan {
        let row = ROWS.iter().find(|row| row.syntax == self);
        row.map_or_else(Scan::default, |row| (row.scan)(text))
    }

    /// Returns all references of a text, in text order.
    pub(crate) fn references(self, text: &[u8]) -> Vec<super::Reference> {
        self.scan(text).references
    }
}

#[cfg(feature = "modules")]
fn modules(text: &[u8]) -> Scan {
    let mut found = decoded(text, js::modules::scan);
    let end = found.references.last().map_or(0, |last| last.span.end);
    // A match before the last specifier could be inside a template.
    let source_map = source_map::in_script(text).filter(|map| end <= map.span.start);
    found.references.extend(source_map);
    found
}

/// Without the feature, no build asks for modules (`Options::validate`).
#[cfg(not(feature = "modules"))]
fn modules(_: &[u8]) -> Scan {
    Scan::default()
}
