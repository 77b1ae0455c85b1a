//! Converts a text with Django's patterns (`HashedFilesMixin._post_process`).

use std::borrow::Cow;
use std::ops::Range;

use super::conversion::Converted;
use super::digest_places::{digest_in, moved};
use super::failures::{Failure, Failures};
use super::lines::Lines;
use super::patterns::{Pattern, Words, ignored_blocks, in_block};
use super::url_converter::{Converter, Target};
use crate::options::DjangoVersion;

impl Converter<'_> {
    /// Applies each pattern to the result of the one before. A reference that fails is left as it is: all failures of
    /// the file are collected, while Django stops at the first.
    pub(super) fn convert(&self, patterns: &[Pattern], text: &str) -> Converted {
        let mut content = Cow::Borrowed(text);
        let mut replaced = 0;
        let mut digests = Some(Vec::new());
        let mut failures = Failures::default();
        // Caches for the content, until it changes. All patterns of a file have the same comment syntax.
        let mut words = Words::default();
        let mut blocks: (usize, Vec<Range<usize>>) = Default::default();
        for &pattern in patterns {
            let matches = pattern.find_all(self.version, &content, &words);
            let Some(last) = matches.last() else { continue };
            let until = last.span.start;
            if self.version >= DjangoVersion::V6_1 && blocks.0 < until {
                blocks = (until, ignored_blocks(&content, pattern.ignored(), until));
            }
            let mut edits: Vec<(Range<usize>, String)> = Vec::new();
            let mut inserted = Vec::new();
            let mut lines = Lines::new(&content);
            for found in matches {
                if in_block(found.span.start, &blocks.1) {
                    continue;
                }
                match self.converted_url(&content, &found, &mut lines) {
                    Ok(None) if pattern.forgets_match(self.version) => {
                        edits.push((found.span, String::new()));
                    }
                    Ok(None) => {}
                    Ok(Some(Target { text: url, asset })) => {
                        let names = &content[found.names];
                        let replacement = pattern.replacement(self.version, names, &url);
                        let before = &content[found.url];
                        let place = || digest_in(before, &url, &replacement);
                        if let Some(id) = asset {
                            inserted.push((edits.len(), place().map(|at| (at, id))));
                        }
                        edits.push((found.span, replacement));
                        replaced += 1;
                    }
                    Err(failure) => {
                        let url = &content[found.url.clone()];
                        failures.push(Failure {
                            offset: Some(found.span.start),
                            url: Some(url.to_owned()),
                            is_source_map: pattern.is_source_map(),
                            ignored: failure.introduced && self.ignored.covers(self.name, url),
                            ..failure
                        });
                    }
                }
            }
            if !edits.is_empty() {
                digests = digests.and_then(|before| moved(before, &edits, &inserted));
                content = Cow::Owned(spliced(&content, &edits));
                words = Words::default();
                blocks = Default::default();
            }
        }
        Converted {
            text: match content {
                Cow::Borrowed(_) => None,
                Cow::Owned(content) => Some(content),
            },
            replaced,
            digests,
            failures,
        }
    }
}

/// Returns `text` with the ascending, disjoint edits applied.
fn spliced(text: &str, edits: &[(Range<usize>, String)]) -> String {
    let inserted: usize = edits.iter().map(|(_, insert)| insert.len()).sum();
    let mut out = String::with_capacity(text.len() + inserted);
    let mut copied = 0;
    for (range, insert) in edits {
        out.push_str(&text[copied..range.start]);
        out.push_str(insert);
        copied = range.end;
    }
    out.push_str(&text[copied..]);
    out
}
