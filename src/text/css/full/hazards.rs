//! Declarations that lightningcss 1.0.0-alpha.72 breaks. Each check stands for a change of meaning seen in Chromium;
//! often a declaration that browsers ignore takes effect.

use super::properties::{FRACTIONS, NUMBERS, WORKED_OUT, is_color, takes_names};
use super::vendor::without_vendor;
use crate::text::css::sheet::{Sheet, joined};
use crate::text::css::tokens::Kind;

/// Finds the first hazard in the declaration of `name` with the value tokens `from..to`: its byte offset and the
/// reason.
pub(super) fn declaration(
    sheet: Sheet<'_>,
    name: &str,
    from: usize,
    to: usize,
) -> Option<(usize, &'static str)> {
    let plain = without_vendor(name);
    let offset = sheet.tokens[from - 1].span.start;
    if matches!(plain, "animation-timeline" | "animation-range") {
        return Some((offset, "a property that would be folded into a shorthand"));
    }
    if is_old_logical(name) || name == "-webkit-border-image" {
        return Some((
            offset,
            "a property that has another meaning without its prefix",
        ));
    }
    let mut values = Values::default();
    for index in from..to {
        if let Some(reason) = values.token(sheet, plain, index) {
            return Some((sheet.tokens[index].span.start, reason));
        }
    }
    let value = joined(sheet, from, to).to_ascii_lowercase();
    let value = value.trim_end_matches("!important");
    let reason = if name == "-webkit-border-radius" && values.count > 1 {
        // With the prefix, two values are the two radii of every corner.
        "several values of -webkit-border-radius"
    } else if plain == "flex" && values.numbers > 2 {
        "a number without a unit" // as flex-basis
    } else if plain == "font" && values.numbers > 1 + usize::from(value.contains('/')) {
        "too many numbers"
    } else if plain.ends_with("-origin") && values.count > 3 {
        "too many values"
    } else if value.contains("calc(") && !values.has_unit {
        "a calculation with numbers alone"
    } else {
        return None;
    };
    Some((offset, reason))
}

/// Counts of what a declaration's value contains.
#[derive(Default)]
struct Values {
    /// Number of open brackets.
    open: usize,
    /// Number of values outside brackets.
    count: usize,
    /// How many of `count` are numbers.
    numbers: usize,
    /// Whether a percentage, dimension or custom property occurs anywhere.
    has_unit: bool,
}

impl Values {
    fn token(&mut self, sheet: Sheet<'_>, plain: &str, index: usize) -> Option<&'static str> {
        let raw = sheet.raw(index);
        let kind = sheet.kind(index);
        let outside = self.open == 0;
        match kind {
            Kind::Function | Kind::OpenParenthesis | Kind::OpenSquare | Kind::OpenCurly => {
                self.open += 1;
            }
            Kind::CloseParenthesis | Kind::CloseSquare | Kind::CloseCurly => {
                self.open = self.open.saturating_sub(1);
            }
            _ => {}
        }
        self.has_unit |=
            matches!(kind, Kind::Dimension | Kind::Percentage) || raw.starts_with("--");
        if outside
            && !matches!(
                kind,
                Kind::WhiteSpace | Kind::Comment | Kind::Delim(_) | Kind::Comma
            )
        {
            self.count += 1;
        }
        match kind {
            Kind::Function => {
                let function = raw.to_ascii_lowercase();
                if WORKED_OUT.contains(&&*function) {
                    return Some("a function that would be worked out");
                }
                if function.contains("gradient") && goes_up(sheet, index) {
                    return Some("a gradient that would be turned around");
                }
                let next = sheet.significant(index + 1).map(|next| sheet.raw(next));
                if next.is_some_and(|next| next.eq_ignore_ascii_case("from")) && is_color(&function)
                {
                    return Some("a relative colour");
                }
                (outside && is_color(&function) && takes_names(plain))
                    .then_some("a colour for a name")
            }
            // lightningcss removes the quotes, which collapses white space.
            Kind::String if plain.starts_with("font") => {
                let family = raw.get(1..raw.len() - 1).unwrap_or_default();
                (family.trim() != family || family.contains("  ")).then_some("an odd font name")
            }
            Kind::Hash => (outside && takes_names(plain)).then_some("a colour for a name"),
            Kind::Number if outside => self.number(plain, raw),
            _ => None,
        }
    }

    fn number(&mut self, plain: &str, raw: &str) -> Option<&'static str> {
        self.numbers += 1;
        let is_zero = !raw.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if !is_zero && !NUMBERS.contains(&plain) {
            return Some("a number without a unit");
        }
        let is_whole = raw.parse::<f64>().is_ok_and(|number| number.fract() == 0.0);
        let is_plain = raw
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'));
        // `z-index: 1.0` is ignored, `z-index: 1` is not.
        (is_whole && !is_plain && !FRACTIONS.contains(&plain) && !plain.ends_with("opacity"))
            .then_some("a whole number written as a fraction")
    }
}

/// Whether a gradient's direction is `to top`, by its name or as an angle. lightningcss turns such gradients around, and
/// with them stops that are out of order.
fn goes_up(sheet: Sheet<'_>, function: usize) -> bool {
    let Some(first) = sheet.significant(function + 1) else {
        return false;
    };
    match sheet.kind(first) {
        Kind::Ident => sheet.raw(first).eq_ignore_ascii_case("to"),
        Kind::Function => true, // calc(0deg)
        Kind::Number | Kind::Dimension => !sheet
            .raw(first)
            .bytes()
            .any(|byte| (b'1'..=b'9').contains(&byte)),
        _ => false,
    }
}

/// Whether `name` is an old spelling of a logical property, such as `-webkit-margin-start` or `-webkit-logical-width`.
/// lightningcss does not know these as aliases of `margin-inline-start` or `inline-size` and reorders them.
fn is_old_logical(name: &str) -> bool {
    let Some(plain) = name
        .strip_prefix("-webkit-")
        .or_else(|| name.strip_prefix("-moz-"))
    else {
        return false;
    };
    plain.contains("logical-")
        || ["margin-", "padding-", "border-"].iter().any(|kind| {
            let side = plain.strip_prefix(kind).unwrap_or_default();
            ["start", "end", "before", "after"]
                .iter()
                .any(|name| side.starts_with(name))
        })
}
