//! Estimates how deep the brackets of a script are nested. Only a parser can distinguish regular expressions from
//! divisions: here, a quote in a regular expression makes code look like a string and the reverse.

use memchr::memmem;

/// Returns the largest number of open brackets in the text: the smaller of two estimates, with everything read as code,
/// and without strings and comments.
pub(super) fn deepest(text: &[u8]) -> usize {
    let everything = Depth::of(text, |depth, text, at| depth.bracket(text[at], at));
    if everything <= FEW {
        return everything;
    }
    let code = Depth::of(text, Depth::code);
    everything.min(code)
}

/// Up to this depth, the first estimate is good enough.
const FEW: usize = 100;

#[derive(Default)]
struct Depth {
    now: usize,
    most: usize,
    /// Depths at which a template continues after a closing brace.
    templates: Vec<usize>,
}

impl Depth {
    /// Reads a text. `step` reads what begins at an offset and returns the offset after it.
    fn of(text: &[u8], step: impl Fn(&mut Self, &[u8], usize) -> usize) -> usize {
        let mut depth = Self::default();
        let mut at = 0;
        while at < text.len() {
            at = step(&mut depth, text, at).max(at + 1);
        }
        depth.most
    }

    fn bracket(&mut self, byte: u8, at: usize) -> usize {
        match byte {
            b'(' | b'[' | b'{' => {
                self.now += 1;
                self.most = self.most.max(self.now);
            }
            b')' | b']' | b'}' => self.now = self.now.saturating_sub(1),
            _ => {}
        }
        at + 1
    }

    fn code(&mut self, text: &[u8], at: usize) -> usize {
        let find = |what: &[u8]| memmem::find(&text[at + 2..], what).map(|found| at + 2 + found);
        match text[at] {
            b'/' if text[at + 1..].starts_with(b"/") => find(b"\n").unwrap_or(text.len()),
            b'/' if text[at + 1..].starts_with(b"*") => {
                find(b"*/").map_or(text.len(), |end| end + 2)
            }
            quote @ (b'"' | b'\'') => behind_string(text, at + 1, quote),
            b'`' => self.template(text, at + 1),
            b'}' if self
                .templates
                .last()
                .is_some_and(|depth| *depth == self.now) =>
            {
                self.templates.pop();
                self.now = self.now.saturating_sub(1);
                self.template(text, at + 1)
            }
            byte => self.bracket(byte, at),
        }
    }

    /// Reads the text of a template, to its end or to the `${` of a substitution.
    fn template(&mut self, text: &[u8], mut at: usize) -> usize {
        while let Some(byte) = text.get(at) {
            match byte {
                b'\\' => at += 2,
                b'`' => return at + 1,
                b'$' if text[at + 1..].starts_with(b"{") => {
                    self.bracket(b'{', at);
                    self.templates.push(self.now);
                    return at + 2;
                }
                _ => at += 1,
            }
        }
        at
    }
}

/// Returns the offset after a string, which ends at the end of its line at the latest.
fn behind_string(text: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> usize {
        Depth::of(text.as_bytes(), Depth::code)
    }

    #[test]
    fn strings_comments_and_templates_are_no_code() {
        for (text, depth) in [
            ("(()[])({", 2),
            (")))(((", 3),
            ("'(' + \"[\\\"{\" + '(", 0),
            ("'(\n(", 1),
            ("// ((\n(/* (( */(", 2),
            ("`((` + `\\`((`", 0),
            ("`${(a)}((${`((${b}((`}`", 2),
            ("`${{}}((`(", 2),
            ("/* ((", 0),
            ("'\\", 0),
            ("`$", 0),
            ("`\\", 0),
        ] {
            assert_eq!(code(text), depth, "{text}");
        }
    }

    /// The strings of a bundle may hold thousands of brackets that are never closed.
    #[test]
    fn the_lower_of_two_guesses() {
        assert_eq!(deepest("x('(');".repeat(500).as_bytes()), 1);
        assert_eq!(deepest("(/*)*/".repeat(500).as_bytes()), 1);
        assert_eq!(deepest("(".repeat(500).as_bytes()), 500);
        assert_eq!(deepest("`${".repeat(500).as_bytes()), 500);
    }
}
