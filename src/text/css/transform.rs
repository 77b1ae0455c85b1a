//! Transforms style sheets: from source bytes to the bytes that are hashed.

use std::borrow::Cow;

use super::Targets;
use super::minify::minify;
use super::utf16::as_utf8;
use crate::diagnostic::{Code, Diagnostic, Location, Severity};
use crate::name::logical_path::LogicalPath;
use crate::options::Minify;

/// A transformed style sheet.
pub(crate) struct Transformed {
    /// `None`: the source bytes.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) notes: Vec<Diagnostic>,
}

/// Minifies a style sheet. One in UTF-16 becomes UTF-8 with a byte order mark, which browsers follow before all else.
pub(crate) fn transform_css(
    name: &LogicalPath,
    source: &[u8],
    mode: Minify,
    targets: Option<&Targets>,
) -> Transformed {
    match as_utf8(source) {
        Cow::Borrowed(source) => transform_bytes(name, source, mode, targets),
        Cow::Owned(text) => {
            let what = "in UTF-16: its hashed file is in UTF-8, with a byte order mark";
            let notice = Diagnostic::new(Severity::Notice, Code::NotUtf8, name.as_str(), what);
            let Transformed { bytes, notes } = transform_bytes(name, &text, mode, targets);
            Transformed {
                bytes: Some(bytes.unwrap_or(text)),
                notes: std::iter::once(notice).chain(notes).collect(),
            }
        }
    }
}

fn transform_bytes(
    name: &LogicalPath,
    source: &[u8],
    mode: Minify,
    targets: Option<&Targets>,
) -> Transformed {
    match std::str::from_utf8(source) {
        Ok(text) => {
            let (text, notice) = minified(name, source, text, mode, targets, |offset| offset);
            // UTF-16 without a byte order mark, for example; browsers read that as we do.
            let nul = memchr::memchr(0, source).map(|at| {
                let what = "has NUL characters: it may be in another encoding than UTF-8";
                Diagnostic::new(Severity::Warning, Code::NotUtf8, name.as_str(), what)
                    .at(Location::of(source, at))
            });
            Transformed {
                bytes: text.map(String::into_bytes),
                notes: nul.into_iter().chain(notice).collect(),
            }
        }
        Err(error) => {
            let warning = Diagnostic::new(
                Severity::Warning,
                Code::NotUtf8,
                name.as_str(),
                "not valid UTF-8, processed as bytes",
            )
            .at(Location::of(source, error.valid_up_to()));
            // CSS syntax is ASCII, so the text can be read as Latin-1. `full` may write new characters; `safe` only
            // removes some.
            let text: String = source.iter().copied().map(char::from).collect();
            let mode = if mode == Minify::Off {
                mode
            } else {
                Minify::Safe
            };
            let in_source = |offset| {
                text.get(..offset)
                    .map_or(0, |before| before.chars().count())
            };
            let (text, notice) = minified(name, source, &text, mode, None, in_source);
            Transformed {
                bytes: text.and_then(|text| text.chars().map(|c| u8::try_from(c).ok()).collect()),
                notes: std::iter::once(warning).chain(notice).collect(),
            }
        }
    }
}

/// Minifies `text`. `in_source` converts an offset in `text` to one in `source`.
fn minified(
    name: &LogicalPath,
    source: &[u8],
    text: &str,
    mode: Minify,
    targets: Option<&Targets>,
    in_source: impl Fn(usize) -> usize,
) -> (Option<String>, Option<Diagnostic>) {
    if mode == Minify::Off {
        return (None, None);
    }
    let minified = minify(text, mode, targets);
    let notice = minified.notice.map(|notice| {
        Diagnostic::new(
            Severity::Notice,
            Code::NotMinified,
            name.as_str(),
            notice.reason,
        )
        .at(Location::of(source, in_source(notice.offset)))
    });
    (minified.text, notice)
}
