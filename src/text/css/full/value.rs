//! What a value comes to: its parts, in a spelling that equal parts share.

use cssparser::color::{parse_hash_color, parse_named_color};

use crate::text::css::sheet::Sheet;
use crate::text::css::tokens::Kind;

/// A part of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    Number {
        value: f64,
        unit: String,
    },
    /// Red, green, blue and opacity.
    Color([u8; 3], f64),
    /// A keyword or name.
    Word(String),
    /// The content of a string.
    Text(String),
    Open(String),
    Close,
    Comma,
    Slash,
    Important,
}

/// Units of lengths that all browsers know.
const LENGTHS: &[&str] = &[
    "px", "em", "rem", "ex", "ch", "pt", "pc", "cm", "mm", "in", "vw", "vh", "vmin", "vmax",
];

/// Functions whose arguments are a list of parts, where white space means nothing.
const FUNCTIONS: &[&str] = &[
    "translate",
    "translatex",
    "translatey",
    "translatez",
    "translate3d",
    "scale",
    "scalex",
    "scaley",
    "scalez",
    "scale3d",
    "rotate",
    "rotatex",
    "rotatey",
    "rotatez",
    "rotate3d",
    "skew",
    "skewx",
    "skewy",
    "matrix",
    "matrix3d",
    "perspective",
    "cubic-bezier",
    "steps",
    "blur",
    "brightness",
    "contrast",
    "grayscale",
    "hue-rotate",
    "invert",
    "opacity",
    "saturate",
    "sepia",
    "drop-shadow",
    "rect",
];

/// Limits of what is given to lightningcss: it recurses into brackets, and compares the items of lists.
const MOST_PARTS: usize = 200;
const MOST_OPEN: usize = 3;

/// Takes a value apart. `None`: it has something whose meaning is not known here.
pub(super) fn parts(sheet: Sheet<'_>, property: &str, from: usize, to: usize) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut open = 0_usize;
    let mut index = from;
    while index < to {
        if parts.len() > MOST_PARTS || open > MOST_OPEN {
            return None;
        }
        let raw = sheet.raw(index);
        if raw.contains('\\') {
            return None;
        }
        let part = match sheet.kind(index) {
            Kind::WhiteSpace | Kind::Comment => {
                index += 1;
                continue;
            }
            Kind::Number | Kind::Percentage | Kind::Dimension => number(property, raw)?,
            Kind::Ident => word(property, raw),
            Kind::Hash if takes_colors(property) => {
                let (red, green, blue, alpha) = parse_hash_color(raw.as_bytes().get(1..)?).ok()?;
                // Only colours without opacity: the others are rounded in more than one way.
                (alpha >= 1.0).then_some(Part::Color([red, green, blue], 1.0))?
            }
            Kind::String => Part::Text(raw.get(1..raw.len() - 1)?.to_owned()),
            Kind::Comma => Part::Comma,
            Kind::Delim('/') => Part::Slash,
            Kind::CloseParenthesis => {
                open = open.saturating_sub(1);
                Part::Close
            }
            Kind::Delim('!') => {
                let next = sheet.significant(index + 1).filter(|next| *next < to)?;
                let is_last = sheet.significant(next + 1).is_none_or(|after| after >= to);
                if !is_last || !sheet.raw(next).eq_ignore_ascii_case("important") {
                    return None;
                }
                index = next;
                Part::Important
            }
            Kind::Function => {
                let name = raw[..raw.len() - 1].to_ascii_lowercase();
                if matches!(&*name, "rgb" | "rgba") && takes_colors(property) {
                    let (color, end) = color(sheet, index, to)?;
                    index = end;
                    color
                } else if FUNCTIONS.contains(&&*name) {
                    open += 1;
                    Part::Open(name)
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        parts.push(part);
        index += 1;
    }
    Some(parts)
}

fn number(property: &str, raw: &str) -> Option<Part> {
    let end = raw
        .char_indices()
        .position(|(at, c)| !(c.is_ascii_digit() || c == '.' || at == 0 && matches!(c, '+' | '-')))
        .unwrap_or(raw.len());
    let (digits, unit) = raw.split_at(end);
    // Numbers of more digits are rounded to 32 bits.
    if digits.bytes().filter(u8::is_ascii_digit).count() > 6 || digits.len() > 8 {
        return None;
    }
    let value: f64 = digits.trim_start_matches('+').parse().ok()?;
    let unit = unit.to_ascii_lowercase();
    // `e` may begin an exponent.
    if unit
        .bytes()
        .any(|byte| !byte.is_ascii_lowercase() && byte != b'%')
    {
        return None;
    }
    let is_zero = value == 0.0;
    let part = match &*unit {
        // `-0` is 0 as a length, but a sign counts elsewhere.
        _ if is_zero && digits.starts_with('-') => return None,
        "ms" => Part::Number {
            value: value / 1000.0,
            unit: "s".to_owned(),
        },
        unit if is_zero && LENGTHS.contains(&unit) && is_length(property) => Part::Number {
            value,
            unit: String::new(),
        },
        "" if is_zero => Part::Number { value, unit },
        // Whether a number is an integer counts.
        "" if value.fract() == 0.0 && digits.contains('.') && !property.ends_with("opacity") => {
            return None;
        }
        _ => Part::Number { value, unit },
    };
    Some(part)
}

fn word(property: &str, raw: &str) -> Part {
    if !takes_colors(property) {
        return Part::Word(raw.to_owned());
    }
    let word = raw.to_ascii_lowercase();
    match parse_named_color(&word) {
        Ok((red, green, blue)) => Part::Color([red, green, blue], 1.0),
        Err(()) if word == "transparent" => Part::Color([0; 3], 0.0),
        Err(()) => Part::Word(word),
    }
}

/// Reads `rgb(1, 2, 3)` or `rgba(1, 2, 3, .4)` at `index`. Returns the colour and the index of its last token.
fn color(sheet: Sheet<'_>, index: usize, to: usize) -> Option<(Part, usize)> {
    let mut numbers = Vec::new();
    let mut at = sheet.significant(index + 1)?;
    loop {
        if at >= to || sheet.kind(at) != Kind::Number {
            return None;
        }
        numbers.push(sheet.raw(at));
        at = sheet.significant(at + 1)?;
        match sheet.kind(at) {
            Kind::CloseParenthesis => break,
            Kind::Comma => at = sheet.significant(at + 1)?,
            _ => return None,
        }
    }
    let channel = |text: &&str| text.parse::<u8>().ok();
    let (channels, alpha) = match &numbers[..] {
        [red, green, blue] => ([red, green, blue], 1.0),
        [red, green, blue, alpha] if alpha.len() <= 5 => ([red, green, blue], alpha.parse().ok()?),
        _ => return None,
    };
    let [red, green, blue] = channels.map(channel);
    Some((Part::Color([red?, green?, blue?], alpha), at))
}

/// Whether 0 without a unit is a length in `property`, and nothing else.
fn is_length(property: &str) -> bool {
    ["margin", "padding", "scroll-margin", "scroll-padding"]
        .iter()
        .any(|start| property.starts_with(start))
        || property.starts_with("border-")
            && (property.ends_with("-width") || property.ends_with("-radius"))
        || matches!(
            property,
            "top"
                | "right"
                | "bottom"
                | "left"
                | "inset"
                | "width"
                | "height"
                | "min-width"
                | "min-height"
                | "max-width"
                | "max-height"
                | "gap"
                | "row-gap"
                | "column-gap"
                | "border-spacing"
                | "outline"
                | "outline-width"
                | "outline-offset"
                | "box-shadow"
                | "text-shadow"
                | "text-indent"
                | "letter-spacing"
                | "word-spacing"
                | "font-size"
                | "transform-origin"
                | "background-position"
                | "background-size"
                | "vertical-align"
                | "border"
                | "border-top"
                | "border-right"
                | "border-bottom"
                | "border-left"
                | "border-radius"
        )
}

/// Whether names in `property` can only be keywords and colours.
fn takes_colors(property: &str) -> bool {
    property == "color"
        || property.ends_with("-color")
        || matches!(
            property,
            "background"
                | "border"
                | "border-top"
                | "border-right"
                | "border-bottom"
                | "border-left"
                | "outline"
                | "box-shadow"
                | "text-shadow"
                | "filter"
                | "fill"
                | "stroke"
                | "column-rule"
                | "text-decoration"
        )
}
