//! Where custom properties are used: a relative URL in a custom property is resolved in the style sheet that uses the
//! property (css-variables), not in the one that sets it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::references::Context;
use super::tokens::{Kind, tokens};
use super::utf16::as_utf8;
use crate::text::{Escapes, Reference, RelativeTo, decode};

/// Most custom properties that are followed for one, through others that take their value from it.
const MOST: usize = 1_000;

/// The uses of custom properties in all style sheets of a build.
#[derive(Debug, Default)]
pub(crate) struct PropertyUses {
    /// The directories of style sheets that use a property, by its name.
    directories: BTreeMap<String, BTreeSet<String>>,
    /// The custom properties that take their value from a property, by its name.
    takers: BTreeMap<String, BTreeSet<String>>,
}

/// No uses, where none matter.
pub(crate) static NO_USES: PropertyUses = PropertyUses {
    directories: BTreeMap::new(),
    takers: BTreeMap::new(),
};

/// The uses, read when they first matter.
#[derive(Default)]
pub(crate) struct LazyUses {
    all: OnceLock<PropertyUses>,
    reading: Mutex<()>,
}

impl LazyUses {
    /// The uses, as far as they matter for these references. `read` is called once at most, unless it fails.
    pub(crate) fn of<E>(
        &self,
        references: &[Reference],
        read: impl FnOnce() -> Result<PropertyUses, E>,
    ) -> Result<&PropertyUses, E> {
        if !PropertyUses::matter(references) {
            return Ok(&NO_USES);
        }
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        match self.all.get() {
            Some(all) => Ok(all),
            None => read().map(|all| self.all.get_or_init(|| all)),
        }
    }
}

impl PropertyUses {
    /// Whether uses matter for these references.
    fn matter(references: &[Reference]) -> bool {
        references.iter().any(|reference| {
            matches!(
                reference.relative_to,
                RelativeTo::Users(_) | RelativeTo::Nothing(_)
            )
        })
    }

    /// Reads a style sheet of `directory`.
    pub(crate) fn read(&mut self, directory: &str, text: &[u8]) {
        let text = &*as_utf8(text);
        let may_have_names = memchr::memmem::find(text, b"--").is_some() || text.contains(&b'\\');
        if !may_have_names {
            return;
        }
        let latin1: String;
        let text = if let Ok(text) = std::str::from_utf8(text) {
            text
        } else {
            latin1 = text.iter().copied().map(char::from).collect();
            &latin1
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut context = Context::default();
        let mut depth = 0_usize;
        let mut is_named = false;
        for token in tokens(text) {
            let raw = &text[token.span.clone()];
            match token.kind {
                Kind::WhiteSpace | Kind::Comment => continue,
                Kind::Function => {
                    depth += 1;
                    let name = decode(&raw.as_bytes()[..raw.len() - 1], Escapes::Css).text;
                    is_named = ["var", "inherit"]
                        .iter()
                        .any(|f| name.eq_ignore_ascii_case(f));
                    if name.starts_with("--") {
                        self.add(directory, &name, taker(&context, text).as_deref());
                    }
                    context.token(&token, text, depth);
                    continue;
                }
                Kind::Ident if is_named => {
                    let name = decode(raw.as_bytes(), Escapes::Css).text;
                    self.add(directory, &name, taker(&context, text).as_deref());
                }
                Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => depth += 1,
                Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => {
                    depth = depth.saturating_sub(1);
                }
                _ => {}
            }
            is_named = false;
            context.token(&token, text, depth);
        }
    }

    fn add(&mut self, directory: &str, name: &str, taker: Option<&str>) {
        let (map, value) = match taker {
            Some(taker) => (&mut self.takers, taker),
            None => (&mut self.directories, directory),
        };
        let values = map.entry(name.to_owned()).or_default();
        if !values.contains(value) {
            values.insert(value.to_owned());
        }
    }

    /// The directories of the style sheets in which a relative URL in the property is resolved. `None`: too many to
    /// tell.
    pub(crate) fn places(&self, property: &str) -> Option<BTreeSet<&str>> {
        let mut seen = BTreeSet::from([property]);
        let mut open = vec![property];
        let mut places = BTreeSet::new();
        while let Some(name) = open.pop() {
            let directories = self.directories.get(name).into_iter().flatten();
            places.extend(directories.map(String::as_str));
            for taker in self.takers.get(name).into_iter().flatten() {
                if seen.insert(taker) {
                    open.push(taker);
                }
            }
            if seen.len() > MOST || places.len() > MOST {
                return None;
            }
        }
        Some(places)
    }
}

/// The custom property whose value is being read.
fn taker(context: &Context, text: &str) -> Option<String> {
    let name = context.property()?;
    Some(
        decode(&text.as_bytes()[name], Escapes::Css)
            .text
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_used_where_its_value_arrives() {
        let mut uses = PropertyUses::default();
        for (directory, css) in [
            ("a", ".a{background:var(--x)}"),
            ("b", ".b{background:VAR( /**/ --x , none);--y:var(--x)}"),
            ("c", "@media screen{.c{mask:v\\61r(--\\79 )}}"),
            (
                "d",
                ".d{content:\"var(--x)\"}/* var(--x) */ @container style(--x){}",
            ),
            ("e", ":root{--y:{a:var(--z)};--x: none} .e{b:var(--w)}"),
            (
                "f",
                "@function --f(){--l:var(--x);result:var(--l)} .f{b:--f()}",
            ),
        ] {
            uses.read(directory, css.as_bytes());
        }
        let places = |name| Vec::from_iter(uses.places(name).unwrap());
        assert_eq!(places("--x"), ["a", "b", "c", "f"]);
        assert_eq!(places("--y"), ["c"]);
        assert_eq!(places("--z"), ["c"]);
        assert_eq!(places("--w"), ["e"]);
        assert_eq!(places("--X"), [""; 0]);
    }

    #[test]
    fn chains_have_an_end() {
        let chain = |length: usize| {
            let links = (0..length).map(|n| format!("--p{}:var(--p{n});", n + 1));
            let css = format!(
                "a{{{}b:var(--p{length})}} a{{--p0:var(--p{length})}}",
                links.collect::<String>()
            );
            let mut uses = PropertyUses::default();
            uses.read("a", css.as_bytes());
            uses.places("--p0").map(|places| places.len())
        };
        assert_eq!(chain(100), Some(1));
        assert_eq!(chain(10_000), None);
    }
}
