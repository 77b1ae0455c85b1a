//! References of scripts: module specifiers, and URLs that are resolved against a module.
//!
//! `import` and `export … from`, `import()`, `import.meta.resolve()`: specifiers that begin with `./`, `../` or `/`, and
//! http URLs. All others are bare specifiers, which an import map or a bundler resolves. `new URL("…", import.meta.url)`:
//! any URL, since URLs are never bare. `new Worker("…")`: URLs that begin with `/`, and http URLs; a relative one is
//! resolved against the page, which is unknown here.

mod finder;
mod known;
mod service_workers;
mod words;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

use super::stack;
use crate::text::{NotParsed, Reference, Scan};
use finder::found;
use words::may_have_references;

/// Scans a script or a module for all references except its source map comment, in text order.
pub(in crate::text) fn scan(text: &str) -> Scan {
    if !may_have_references(text) {
        return Scan::default(); // parsing takes longer than everything else
    }
    let parsed = stack::with_stack(text, || references(text));
    let not_parsed = |reason| NotParsed { offset: 0, reason };
    match parsed.map_err(not_parsed).and_then(|found| found) {
        Ok(found) => found,
        Err(not_parsed) => Scan {
            not_parsed: Some(not_parsed),
            ..Scan::default()
        },
    }
}

/// The scripts that a script registers as service workers, in text order. They are no references: their names stay.
pub(in crate::text) fn service_workers(text: &str) -> Vec<Reference> {
    let registered = || read(text, service_workers::registered);
    // A script that cannot be parsed is reported when it is scanned.
    let parsed = stack::with_stack(text, registered).ok();
    parsed.and_then(Result::ok).unwrap_or_default()
}

pub(super) fn references(text: &str) -> Result<Scan, NotParsed> {
    read(text, found)
}

/// Parses the text as a module, or else as a classic script, which can have `import()` too.
fn read<T>(text: &str, found: impl Fn(&str, &ParserReturn<'_>) -> T) -> Result<T, NotParsed> {
    let allocator = Allocator::default();
    let parse = |source_type| {
        let options = ParseOptions {
            preserve_parens: false,
            ..ParseOptions::default()
        };
        Parser::new(&allocator, text, source_type)
            .with_options(options)
            .parse()
    };
    let module = parse(SourceType::mjs());
    if is_whole(&module) {
        return Ok(found(text, &module));
    }
    let script = parse(SourceType::cjs());
    if is_whole(&script) {
        return Ok(found(text, &script));
    }
    let is_module = module.module_record.has_module_syntax;
    Err(first_error(if is_module { &module } else { &script }))
}

/// Whether a text was parsed without errors. After some errors the parser continues, and its result is unreliable.
fn is_whole(parsed: &ParserReturn<'_>) -> bool {
    !parsed.panicked && parsed.errors.is_empty()
}

fn first_error(parsed: &ParserReturn<'_>) -> NotParsed {
    let errors = parsed.errors.iter().map(|error| {
        let label = error.labels.iter().flatten().next();
        NotParsed {
            offset: label.map_or(0, |label| label.inner().offset()),
            reason: error.message.to_string(),
        }
    });
    errors
        .min_by_key(|error| error.offset)
        .unwrap_or_else(|| NotParsed {
            offset: 0,
            reason: "Syntax error".into(),
        })
}

#[cfg(test)]
mod tests;
