//! Django's regular expressions (`HashedFilesMixin.patterns` and `_js_module_import_aggregation_patterns` in
//! `django.contrib.staticfiles.storage`), matched by hand: same leftmost matches, same groups, in linear time.
//!
//! Django compiles all of them with `re.IGNORECASE`, for which Python's `i` and `s` also match non-ASCII characters.

mod css;
mod ignored;
mod js;
mod next;
mod scan;
mod words;

use memchr::memchr_iter;

use crate::options::DjangoVersion;
use crate::text::Syntax;
use ignored::Ignored;
pub(super) use ignored::{ignored_blocks, in_block};
pub(super) use scan::Match;
use scan::{Scan, found};
pub(super) use words::Words;

/// One of Django's regular expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// `url(…)`
    CssUrl,
    /// `@import "…"`
    CssImport,
    /// `/*# sourceMappingURL=… */`
    CssSourceMap,
    /// `//# sourceMappingURL=…`
    JsSourceMap,
    /// `import … from "…"`
    JsImportFrom,
    /// `export … from "…"`
    JsExportFrom,
    /// `import "…"`
    JsImport,
    /// `import("…")`
    JsDynamicImport,
}

impl Pattern {
    /// Returns the patterns for a syntax, in Django's order.
    pub(super) fn of(syntax: Syntax, js_modules: bool) -> &'static [Self] {
        const SCRIPT: &[Pattern] = &[
            Pattern::JsSourceMap,
            Pattern::JsImportFrom,
            Pattern::JsExportFrom,
            Pattern::JsImport,
            Pattern::JsDynamicImport,
        ];
        let is_script = matches!(syntax, Syntax::Script | Syntax::Module);
        if syntax == Syntax::Css {
            &[Self::CssUrl, Self::CssImport, Self::CssSourceMap]
        } else if is_script && js_modules {
            SCRIPT
        } else if is_script {
            &SCRIPT[..1]
        } else {
            &[]
        }
    }

    /// Whether a match that is not converted disappears: in 4.2, the patterns of source maps capture nothing as
    /// `matched`.
    pub(super) fn forgets_match(self, version: DjangoVersion) -> bool {
        version < DjangoVersion::V5_2 && self.is_source_map()
    }

    pub(super) fn is_source_map(self) -> bool {
        matches!(self, Self::CssSourceMap | Self::JsSourceMap)
    }

    pub(super) fn ignored(self) -> Ignored {
        match self {
            Self::CssUrl | Self::CssImport | Self::CssSourceMap => Ignored::Css,
            _ => Ignored::Js,
        }
    }

    /// `template % groups`
    pub(super) fn replacement(self, version: DjangoVersion, names: &str, url: &str) -> String {
        let end = if version < DjangoVersion::V6_1 {
            ";"
        } else {
            ""
        };
        match self {
            Self::CssUrl => format!("url(\"{url}\")"),
            Self::CssImport => format!("@import url(\"{url}\")"),
            Self::CssSourceMap => format!("/*# sourceMappingURL={url} */"),
            Self::JsSourceMap => format!("//# sourceMappingURL={url}"),
            Self::JsImportFrom => format!("import{names} from \"{url}\"{end}"),
            Self::JsExportFrom => format!("export{names} from \"{url}\"{end}"),
            Self::JsImport => format!("import\"{url}\"{end}"),
            Self::JsDynamicImport => format!("import(\"{url}\")"),
        }
    }

    /// `re.finditer(pattern, text)`
    pub(super) fn find_all(self, version: DjangoVersion, text: &str, words: &Words) -> Vec<Match> {
        let bytes = text.as_bytes();
        let scan = Scan::new(text, version);
        match self {
            Self::CssUrl => Scan::all(
                memchr_iter(b'(', bytes)
                    .filter_map(|at| Some((scan.word_before(at, "url")?, at + 1))),
                |start, at| scan.css_url(start, at),
            ),
            Self::CssImport => Scan::all(
                memchr_iter(b'@', bytes).filter_map(|at| Some((at, scan.word(at + 1, "import")?))),
                |start, at| scan.css_import(start, at),
            ),
            Self::CssSourceMap => {
                Scan::all(scan.source_map_comments("/*#", b" \t"), |start, at| {
                    scan.css_source_map(start, at)
                })
            }
            Self::JsSourceMap => Scan::all(scan.source_map_comments("//#", b" "), |start, at| {
                let end = scan.line_end(at);
                Some(found(start..end, at..end, 0..0))
            }),
            Self::JsImportFrom => Scan::all(words.imports(&scan), |start, at| {
                scan.import_from(start, at, words.tails(&scan))
            }),
            Self::JsExportFrom => Scan::all(scan.exports(), |start, at| {
                scan.named_from(start, at, words.tails(&scan))
            }),
            Self::JsImport => Scan::all(words.imports(&scan), |start, at| {
                let (url, end) = scan.specifier(scan.skip_space(at))?;
                Some(found(start..end, url, 0..0))
            }),
            Self::JsDynamicImport => Scan::all(words.imports(&scan), |start, at| {
                scan.dynamic_import(start, at)
            }),
        }
    }
}
