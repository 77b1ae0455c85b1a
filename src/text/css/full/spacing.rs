//! White space that `safe` keeps because scripts can read it, and that changes nothing for elements.

use super::declarations::Found;
use super::optimizer::Optimizer;
use super::squeeze::media;

impl Optimizer<'_> {
    /// Removes white space in media queries and around the values of custom properties, and writes the shorter names of
    /// keyframes.
    pub(super) fn spacing(&mut self, found: &Found) {
        for (first, end) in &found.media {
            if let Some(text) = media(self.sheet, *first, *end) {
                self.replace(*first, *end, text);
            }
        }
        for (colon, end) in &found.custom {
            let from = colon + 1;
            // An empty value stays: some browsers take `--x:` for an error.
            let Some((start, last)) = self.sheet.without_outer_space(from, *end) else {
                continue;
            };
            self.replace(from, start, String::new());
            self.replace(last + 1, *end, String::new());
        }
        for index in &found.keys {
            match self.sheet.raw(*index).to_ascii_lowercase().as_str() {
                "from" => self.replace(*index, index + 1, "0%".to_owned()),
                "100%" => self.replace(*index, index + 1, "to".to_owned()),
                _ => {}
            }
        }
    }

    /// Writes `text` for the tokens `from..to`, unless something was written for them already or a line would move.
    pub(super) fn replace(&mut self, from: usize, to: usize, text: String) {
        if from >= to {
            return;
        }
        let span = self.sheet.tokens[from].span.start..self.sheet.tokens[to - 1].span.end;
        let old = &self.sheet.text[span.clone()];
        let would_move = self.keep_lines && old.contains(['\n', '\r', '\x0c']);
        if old != text && !would_move && !self.is_inside_an_edit(span.start) {
            self.edits.push((span, text));
        }
    }
}
