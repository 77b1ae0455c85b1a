//! Finds the places in a source of the references that were found in its minified text.

use std::collections::{HashMap, VecDeque};

use super::Text;
use crate::diagnostic::{Location, Locator};
use crate::text::Reference;

/// The places of a text's references in its source. Minifying may have moved them, or (in `full`) dropped some.
pub(super) struct Places<'t> {
    text: &'t Text<'t>,
    /// The source, in UTF-8 where it is in UTF-16.
    source: &'t [u8],
    found: &'t [Reference],
    locator: Locator<'t>,
    /// For each of `found`, the offset in the source; computed when first needed.
    offsets: Option<Vec<Option<usize>>>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t Text<'t>, source: &'t [u8], found: &'t [Reference]) -> Self {
        Self {
            text,
            source,
            found,
            locator: Locator::new(source),
            offsets: None,
        }
    }

    pub(super) fn of(&mut self, index: usize) -> Option<Location> {
        let (text, source, found) = (self.text, self.source, self.found);
        let offsets = self
            .offsets
            .get_or_insert_with(|| source_offsets(text, source, found));
        offsets[index].map(|offset| self.locator.at(offset))
    }
}

/// The offset of each reference in the source: the n-th occurrence of a URL in the text is the n-th in the source.
fn source_offsets(text: &Text<'_>, source: &[u8], found: &[Reference]) -> Vec<Option<usize>> {
    if text.minified.is_none() {
        return found.iter().map(|found| Some(found.span.start)).collect();
    }
    let of_source = text.syntax.references(source);
    let same = |(found, of_source): (&Reference, &Reference)| {
        found.url(text.text()).text == of_source.url(source).text
    };
    if of_source.len() == found.len() && found.iter().zip(&of_source).all(same) {
        // The usual case: minifying has kept the order.
        let spans = of_source.iter().map(|reference| &reference.span);
        return spans.map(|span| Some(span.start)).collect();
    }
    let mut in_source: HashMap<String, VecDeque<usize>> = HashMap::new();
    for reference in of_source {
        let url = reference.url(source).text.into_owned();
        let offsets = in_source.entry(url).or_default();
        offsets.push_back(reference.span.start);
    }
    found
        .iter()
        .map(|reference| {
            let url = reference.url(text.text());
            in_source.get_mut(&*url.text)?.pop_front()
        })
        .collect()
}
