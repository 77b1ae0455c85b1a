//! Decides whether a declaration that lightningcss has written means the same as its source. Only what is known to be the
//! same passes; lightningcss is not believed in anything.

use super::value::{Part, parts};
use super::vendor::without_vendor;
use crate::text::css::sheet::Sheet;

/// Properties with one value per side or corner, of which those that are equal to their opposite can be left out.
const SIDES: &[&str] = &[
    "margin",
    "padding",
    "inset",
    "border-width",
    "border-style",
    "border-color",
    "border-radius",
    "scroll-margin",
    "scroll-padding",
];

/// Values that are another spelling of a value, as a browser computes it.
const SAME: &[(&str, &str, &str)] = &[
    ("font-weight", "bold", "700"),
    ("font-weight", "normal", "400"),
    ("flex", "0 0 auto", "none"),
    ("flex", "1 1 auto", "auto"),
    ("background", "none", "0 0"),
    ("background", "transparent", "0 0"),
    ("background-position", "center", "50%"),
    ("background-position", "center center", "50%"),
    ("background-position", "50% 50%", "50%"),
    ("transform-origin", "center center", "50%"),
    ("transform-origin", "center", "50%"),
    ("transform-origin", "50% 50%", "50%"),
];

/// A declaration: where its value is.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    pub(super) sheet: Sheet<'t>,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Whether two values of `property` mean the same.
pub(super) fn same(name: &str, source: Value<'_>, result: Value<'_>) -> bool {
    let property = without_vendor(name);
    // With a prefix, a property may be an older one: `-webkit-border-radius` takes two values as the radii of all corners.
    let is_plain = property == name;
    let parts = |value: Value<'_>| parts(value.sheet, property, value.from, value.to);
    let (Some(source), Some(result)) = (parts(source), parts(result)) else {
        return false;
    };
    let (source, source_important) = without_important(source);
    let (result, result_important) = without_important(result);
    source_important == result_important
        && !result.is_empty()
        && (source == result
            || is_plain
                && (SIDES.contains(&property)
                    && sides(&source).is_some_and(|four| Some(four) == sides(&result))
                    || property == "transition"
                        && without_defaults(&source) == without_defaults(&result)
                    || is_in_table(property, &source, &result)))
}

fn without_important(mut parts: Vec<Part>) -> (Vec<Part>, bool) {
    let is_important = parts.last() == Some(&Part::Important);
    parts.truncate(parts.len() - usize::from(is_important));
    (parts, is_important)
}

/// The values of the four sides.
fn sides(parts: &[Part]) -> Option<[&Part; 4]> {
    let is_value =
        |part: &Part| matches!(part, Part::Number { .. } | Part::Color(..) | Part::Word(_));
    let is_wide = |part: &Part| matches!(part, Part::Word(word) if matches!(&*word.to_ascii_lowercase(), "inherit" | "initial" | "unset" | "revert" | "revert-layer"));
    // `inherit inherit` is no value.
    if !parts.iter().all(is_value) || parts.iter().any(is_wide) {
        return None;
    }
    match parts {
        [all] => Some([all; 4]),
        [top, right] => Some([top, right, top, right]),
        [top, right, bottom] => Some([top, right, bottom, right]),
        [top, right, bottom, left] => Some([top, right, bottom, left]),
        _ => None,
    }
}

/// The transitions of a list, without `ease` and a delay of 0 s, which are the defaults.
fn without_defaults(parts: &[Part]) -> Vec<Vec<Part>> {
    let ease = Part::Word("ease".to_owned());
    let zero = Part::Number {
        value: 0.0,
        unit: "s".to_owned(),
    };
    let mut open = 0_usize;
    let mut transitions = vec![Vec::new()];
    for part in parts {
        match part {
            Part::Open(_) => open += 1,
            Part::Close => open = open.saturating_sub(1),
            _ => {}
        }
        match transitions.last_mut() {
            Some(last) if *part != Part::Comma || open > 0 => last.push(part.clone()),
            _ => transitions.push(Vec::new()),
        }
    }
    for transition in &mut transitions {
        let is_time = |part: &&Part| matches!(part, Part::Number { unit, .. } if unit == "s");
        if transition.iter().filter(is_time).count() == 2
            && let Some(at) = transition.iter().rposition(|part| is_time(&part))
            && transition[at] == zero
        {
            transition.remove(at);
        }
        let others = |part: &&Part| matches!(part, Part::Open(_)) || **part == ease;
        // A second one would be the name of a property.
        if transition.iter().filter(others).count() == 1 {
            transition.retain(|part| *part != ease);
        }
    }
    transitions
}

fn is_in_table(property: &str, source: &[Part], result: &[Part]) -> bool {
    SAME.iter().any(|(name, long, short)| {
        *name == property && is_text(property, source, long) && is_text(property, result, short)
    })
}

fn is_text(property: &str, parts: &[Part], text: &str) -> bool {
    let tokens: Vec<_> = crate::text::css::tokens::tokens(text).collect();
    let sheet = Sheet {
        text,
        tokens: &tokens,
    };
    self::parts(sheet, property, 0, tokens.len()).as_deref() == Some(parts)
}
