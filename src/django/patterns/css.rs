//! The patterns of style sheets, and source map comments.

use memchr::memmem;

use super::scan::{Match, Scan, found};
use crate::options::DjangoVersion;

impl Scan<'_> {
    /// Since 6.0: `url\((?P<quote>['"]{0,1})\s*(?P<url>.*?)(?P=quote)\)`;
    /// before: `url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\)`
    pub(super) fn css_url(&self, start: usize, at: usize) -> Option<Match> {
        let quote = self.quote(at);
        if self.version >= DjangoVersion::V6_0 {
            if let Some(quote) = quote {
                self.line_end(at); // first: `Next` takes ascending offsets, and the searches below ask again from here
                let url = self.skip_space(at + 1);
                if let Some(end) = self.closing(url, Some(quote)) {
                    return Some(found(start..end + 2, url..end, 0..0));
                }
            }
            let url = self.skip_space(at);
            let end = self.parenthesis(url)?;
            return Some(found(start..end + 1, url..end, 0..0));
        }
        let url = self.skip_space(at + usize::from(quote.is_some()));
        let closing = self.parenthesis(url)?;
        let end = closing - usize::from(closing > url && self.quote(closing - 1).is_some());
        Some(found(start..closing + 1, url..end, 0..0))
    }

    /// `@import\s*["']\s*(?P<url>.*?)["']`
    pub(super) fn css_import(&self, start: usize, at: usize) -> Option<Match> {
        let open = self.skip_space(at);
        self.quote(open)?;
        let url = self.skip_space(open + 1);
        let end = self.next_quote(url)?;
        Some(found(start..end + 1, url..end, 0..0))
    }

    /// `(?P<url>.*)[ \t]*\*/$`, multi-line: the comment must end at the end of its line.
    pub(super) fn css_source_map(&self, start: usize, at: usize) -> Option<Match> {
        let end = self.line_end(at);
        let url = self.text[at..end].strip_suffix("*/")?;
        Some(found(start..end, at..at + url.len(), 0..0))
    }

    /// `(?m)^/\*#[ \t](?-i:sourceMappingURL)=`, `(?m)^//# (?-i:sourceMappingURL)=`: (start of the line, offset after
    /// `=`).
    pub(super) fn source_map_comments(
        &self,
        opening: &'static str,
        blanks: &'static [u8],
    ) -> impl Iterator<Item = (usize, usize)> {
        const NAME: &str = "sourceMappingURL=";
        let bytes = self.text.as_bytes();
        memmem::find_iter(bytes, NAME).filter_map(move |at| {
            let start = at.checked_sub(opening.len() + 1)?;
            let before = &bytes[start..at];
            let opens =
                before.starts_with(opening.as_bytes()) && blanks.contains(&before[opening.len()]);
            let line_start = start == 0 || bytes[start - 1] == b'\n';
            (opens && line_start).then_some((start, at + NAME.len()))
        })
    }
}
