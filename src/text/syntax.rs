//! The syntaxes that references are read in: a row here, and a scanner.

#[cfg(feature = "modules")]
use super::js;
use super::{Scan, css, decoded, source_map};
use crate::name::logical_path::LogicalPath;

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Syntax {
    /// Style sheets: minified, references rewritten.
    Css,
    /// Scripts: the source map comment rewritten.
    Script,
    /// Scripts with `--js-modules`: module specifiers too.
    Module,
    /// No text, or one without references.
    Opaque,
}

/// A syntax, the extensions of its files in lower case, and its scanner.
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
        extensions: &[], // those of scripts, with an option
        scan: modules,
    },
    Row {
        syntax: Syntax::Opaque,
        extensions: &[],
        scan: |_| Scan::default(),
    },
];

impl Syntax {
    /// The syntax of a file by its extension, in any case. `js_modules`: scripts are modules.
    pub(crate) fn of(name: &LogicalPath, js_modules: bool) -> Self {
        let extension = name.extension().to_ascii_lowercase();
        let has_it = |row: &&Row| row.extensions.contains(&extension.as_str());
        match ROWS.iter().find(has_it).map(|row| row.syntax) {
            Some(Self::Script) if js_modules => Self::Module,
            Some(syntax) => syntax,
            None => Self::Opaque,
        }
    }

    /// Whether files of this syntax can refer to others.
    pub(crate) fn is_text(self) -> bool {
        self != Self::Opaque
    }

    /// Reads a text for references.
    pub(crate) fn scan(self, text: &[u8]) -> Scan {
        let row = ROWS.iter().find(|row| row.syntax == self);
        row.map_or_else(Scan::default, |row| (row.scan)(text))
    }

    /// All references of a text, in its order.
    pub(crate) fn references(self, text: &[u8]) -> Vec<super::Reference> {
        self.scan(text).references
    }
}

#[cfg(feature = "modules")]
fn modules(text: &[u8]) -> Scan {
    let mut found = decoded(text, js::modules::scan);
    let end = found.references.last().map_or(0, |last| last.span.end);
    // What looks like a comment after the last code could stand in a template.
    let source_map = source_map::in_script(text).filter(|map| end <= map.span.start);
    found.references.extend(source_map);
    found
}

/// Without the feature, no build asks for modules (`Options::validate`).
#[cfg(not(feature = "modules"))]
fn modules(_: &[u8]) -> Scan {
    Scan::default()
}
