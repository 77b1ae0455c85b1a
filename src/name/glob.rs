//! File name patterns by the rules of Python's `fnmatch.fnmatchcase`, which Django uses for its ignore patterns: `*`
//! (any characters, `/` too), `?`, `[seq]`, `[!seq]`; case-sensitive.

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Item>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Star,
    Any,
    One(char),
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Compiles a pattern. Every string is one: an unclosed `[` is literal.
    pub(crate) fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let mut items = Vec::with_capacity(chars.len());
        let mut at = 0;
        while at < chars.len() {
            let c = chars[at];
            at += 1;
            match c {
                '*' => {
                    if items.last() != Some(&Item::Star) {
                        items.push(Item::Star);
                    }
                }
                '?' => items.push(Item::Any),
                '[' => match set(&chars, at) {
                    Some((item, end)) => {
                        items.push(item);
                        at = end;
                    }
                    None => items.push(Item::One('[')),
                },
                c => items.push(Item::One(c)),
            }
        }
        Self(items)
    }

    /// Whether all of `text` matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let Some(Item::One(last)) = self.0.last()
            && !text.ends_with(*last)
        {
            return false; // the common case
        }
        // Greedy matching with one point to fall back to: linear in practice, never exponential.
        let (mut item, mut rest) = (0, text.chars());
        let mut fall_back = None;
        while let Some(c) = rest.clone().next() {
            match self.0.get(item) {
                Some(Item::Star) => {
                    item += 1;
                    fall_back = Some((item, rest.clone()));
                }
                Some(one) if one.takes(c) => {
                    item += 1;
                    rest.next();
                }
                _ => match &mut fall_back {
                    Some((after_star, from)) => {
                        from.next();
                        item = *after_star;
                        rest = from.clone();
                    }
                    None => return false,
                },
            }
        }
        self.0[item..].iter().all(|rest| *rest == Item::Star)
    }
}

impl Item {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Star => false,
            Self::Any => true,
            Self::One(one) => *one == c,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

/// Parses the set after the `[` before `start`. Returns it and the index after it; `None` if the set is not closed.
fn set(chars: &[char], start: usize) -> Option<(Item, usize)> {
    let negated = chars.get(start) == Some(&'!');
    let first = start + usize::from(negated);
    // A `]` right at the start is a member, not the end.
    let end = (first + 1..chars.len()).find(|&at| chars[at] == ']')?;
    let mut ranges = Vec::new();
    let mut at = first;
    while at < end {
        if at + 2 < end && chars[at + 1] == '-' {
            ranges.push((chars[at], chars[at + 2])); // empty if reversed, as in Python
            at += 3;
        } else {
            ranges.push((chars[at], chars[at]));
            at += 1;
        }
    }
    Some((Item::Set { negated, ranges }, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row checked against `fnmatch.fnmatchcase`.
    #[test]
    fn as_fnmatch() {
        for (pattern, text, expected) in [
            ("*.css", "a/b.css", true),
            ("*.css", "a.CSS", false),
            ("*.css", ".css", true),
            (".*", ".git", true),
            (".*", "a.git", false),
            ("*~", "a~", true),
            ("CVS", "CVS", true),
            ("CVS", "CVSx", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[abc].js", "b.js", true),
            ("[!abc].js", "b.js", false),
            ("[a-c]x", "bx", true),
            ("[c-a]x", "bx", false),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[", "[", true),
            ("[ab", "[ab", true),
            ("a*b*c", "a--b--b-c", true),
            ("a*b*c", "a--b--b-", false),
            ("", "", true),
            ("*", "", true),
            ("**a", "xa", true),
            ("[a-]", "-", true),
            ("é?", "éü", true),
        ] {
            assert_eq!(
                Glob::new(pattern).matches(text),
                expected,
                "{pattern} {text}"
            );
        }
    }
}
