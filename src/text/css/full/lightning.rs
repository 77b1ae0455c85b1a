//! Runs lightningcss.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, RwLock};

use lightningcss::error::{Error, ErrorLocation, PrinterError, PrinterErrorKind};
use lightningcss::printer::Printer;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet};
use lightningcss::targets::{Browsers, Features};
use lightningcss::traits::ToCss as _;

use super::bounds::{Limited, Separator};
use crate::diagnostic::shown;

/// The browsers that `full` writes CSS for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Targets(Browsers);

impl Targets {
    /// Parses a browserslist query. The error is the end of a sentence.
    pub(crate) fn parse(query: &str) -> Result<Self, String> {
        match Browsers::from_browserslist([query]) {
            Ok(Some(browsers)) => Ok(Self(browsers)),
            Ok(None) => Err(format!("{query:?} selects no browser")),
            Err(error) => Err(format!("{query:?}: {error}")),
        }
    }
}

/// Runs lightningcss. The error is (byte offset, reason) of its error or first warning.
pub(super) fn optimize(css: &str, targets: Option<&Targets>) -> Result<String, (usize, String)> {
    // A library's panic on odd input must not end the build.
    catch_unwind(AssertUnwindSafe(|| run(css, targets)))
        .unwrap_or_else(|_| Err((0, "lightningcss failed".to_owned())))
}

fn run(css: &str, targets: Option<&Targets>) -> Result<String, (usize, String)> {
    let targets = lightningcss::targets::Targets {
        browsers: targets.map(|targets| targets.0),
        // Without targets, lightningcss would use the newest syntax for these.
        include: Features::MediaRangeSyntax
            | Features::MediaIntervalSyntax
            | Features::HexAlphaColors,
        exclude: Features::empty(),
    };
    let warnings = Arc::new(RwLock::new(Vec::new()));
    let options = ParserOptions {
        warnings: Some(Arc::clone(&warnings)),
        ..ParserOptions::default()
    };
    let mut sheet = StyleSheet::parse(css, options).map_err(|error| located(css, &error))?;
    if let Ok(warnings) = warnings.read()
        && let Some(warning) = warnings.first()
    {
        return Err(located(css, warning));
    }
    Separator::separate(&mut sheet.rules).map_err(|reason| (0, reason.to_owned()))?;
    sheet
        .minify(MinifyOptions {
            targets,
            ..MinifyOptions::default()
        })
        .map_err(|error| located(css, &error))?;
    let options = PrinterOptions {
        minify: true,
        targets,
        ..PrinterOptions::default()
    };
    printed(&sheet, options, Limited::for_source(css)).map_err(|error| match error.kind {
        PrinterErrorKind::FmtError => (0, "the result would be many times as large".to_owned()),
        _ => located(css, &error),
    })
}

/// Prints a style sheet as [`StyleSheet::to_css`] does, but with a limit.
fn printed(
    sheet: &StyleSheet<'_>,
    options: PrinterOptions<'_>,
    mut out: Limited,
) -> Result<String, PrinterError> {
    let mut printer = Printer::new(&mut out, options);
    for comment in &sheet.license_comments {
        printer.write_str("/*")?;
        printer.write_str_with_newlines(comment)?;
        printer.write_str_with_newlines("*/\n")?;
    }
    sheet.rules.to_css(&mut printer)?;
    Ok(out.text)
}

fn located<T: std::fmt::Display>(css: &str, error: &Error<T>) -> (usize, String) {
    let offset = error
        .loc
        .as_ref()
        .map_or(0, |place| byte_offset(css, place));
    (offset, shown(error.kind.to_string())) // it quotes the source
}

/// Converts a place to a byte offset. lightningcss counts lines from 0 and columns from 1, in UTF-16 units.
fn byte_offset(css: &str, place: &ErrorLocation) -> usize {
    let mut start = 0;
    for _ in 0..place.line {
        let Some(end) = css[start..].find(['\n', '\r', '\x0c']) else {
            break;
        };
        start += end
            + if css[start + end..].starts_with("\r\n") {
                2
            } else {
                1
            };
    }
    let mut units = place.column.saturating_sub(1) as usize;
    for (at, c) in css[start..].char_indices() {
        if units == 0 {
            return start + at;
        }
        units = units.saturating_sub(c.len_utf16());
    }
    css.len()
}
