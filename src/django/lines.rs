//! The lines of a text, as Django shows them in messages of failures.

/// Finds the lines of byte offsets. Ascending offsets take one pass over the text in total.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// From 1.
    number: usize,
    start: usize,
    /// Byte offset of the line break.
    end: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            number: 1,
            start: 0,
            end: line_end(text, 0),
        }
    }

    /// Returns the number and text of the line that contains the byte `at`.
    pub(super) fn at(&mut self, at: usize) -> (usize, &'t str) {
        if at < self.start {
            *self = Self::new(self.text);
        }
        while self.end < at {
            self.number += 1;
            self.start = self.end + 1;
            self.end = line_end(self.text, self.start);
        }
        (self.number, &self.text[self.start..self.end])
    }
}

fn line_end(text: &str, from: usize) -> usize {
    memchr::memchr(b'\n', &text.as_bytes()[from..]).map_or(text.len(), |n| from + n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let mut lines = Lines::new("a\nbé\n\nc");
        assert_eq!(lines.at(0), (1, "a"));
        assert_eq!(lines.at(1), (1, "a"));
        assert_eq!(lines.at(4), (2, "bé"));
        assert_eq!(lines.at(6), (3, ""));
        assert_eq!(lines.at(7), (4, "c"));
        assert_eq!(lines.at(2), (2, "bé"));
    }
}
