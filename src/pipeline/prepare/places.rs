//! Where a reference that was found in a minified text stands in its source.

use std::collections::{HashMap, VecDeque};

use super::Text;
use crate::diagnostic::{Location, Locator};
use crate::text::Reference;

/// Where the references of a text stand in its source. Minifying may have moved them, or (in `full`) dropped some.
pub(super) struct Places<'t> {
    text: &'t Text<'t>,
    found: &'t [Reference],
    locator: Locator<'t>,
    /// For each of `found`, its offset in the source; made when it is first asked for.
    offsets: Option<Vec<Option<usize>>>,
}

impl<'t> Places<'t> {
    pub(super) fn new(text: &'t Text<'t>, found: &'t [Reference]) -> Self {
        Self {
            text,
            found,
            locator: Locator::new(&text.source),
            offsets: None,
        }
    }

    pub(super) fn of(&mut self, index: usize) -> Option<Location> {
        let (text, found) = (self.text, self.found);
        let offsets = self
            .offsets
            .get_or_insert_with(|| source_offsets(text, found));
        offsets[index].map(|offset| self.locator.at(offset))
    }
}

/// The n-th occurrence of a URL in the text is its n-th in the source.
fn source_offsets(text: &Text<'_>, found: &[Reference]) -> Vec<Option<usize>> {
    if text.minified.is_none() {
        return found.iter().map(|found| Some(found.span.start)).collect();
    }
    let of_source = text.syntax.references(&text.source);
    let same = |(found, source): (&Reference, &Reference)| {
        found.url(text.text()).text == source.url(&text.source).text
    };
    if of_source.len() == found.len() && found.iter().zip(&of_source).all(same) {
        // Minifying has changed no order, as it hardly ever does.
        let spans = of_source.iter().map(|reference| &reference.span);
        return spans.map(|span| Some(span.start)).collect();
    }
    let mut in_source: HashMap<String, VecDeque<usize>> = HashMap::new();
    for reference in of_source {
        let url = reference.url(&text.source).text.into_owned();
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
