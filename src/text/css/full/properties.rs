//! Tables of properties and functions, by what their values may be.

/// Properties that accept a number without a unit.
pub(super) const NUMBERS: &[&str] = &[
    "line-height",
    "opacity",
    "z-index",
    "order",
    "orphans",
    "widows",
    "zoom",
    "columns",
    "column-count",
    "tab-size",
    "aspect-ratio",
    "scale",
    "font",
    "font-weight",
    "counter-reset",
    "counter-increment",
    "counter-set",
    "animation",
    "animation-iteration-count",
    "font-size-adjust",
    "initial-letter",
    "line-clamp",
    "border-image",
    "border-image-slice",
    "border-image-width",
    "border-image-outset",
    "mask-border",
    "mask-border-slice",
    "shape-image-threshold",
    "stroke-width",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-opacity",
    "fill-opacity",
    "stop-opacity",
    "flood-opacity",
    "font-variation-settings",
    "font-feature-settings",
    "rotate",
    "box-flex",
    "box-ordinal-group",
    "box-flex-group",
    "math-depth",
    "hyphenate-limit-chars",
    "reading-order",
    "flex-order",
    "flex",
    "flex-grow",
    "flex-shrink",
    "grid-area",
    "grid-row",
    "grid-row-start",
    "grid-row-end",
    "grid-row-span",
    "grid-column",
    "grid-column-start",
    "grid-column-end",
    "grid-column-span",
    "flex-positive",
    "flex-negative",
];

/// Prefixes of properties that accept any identifier. lightningcss can turn a colour in their values into a named
/// colour, which is then read as such an identifier.
const NAMES: &[&str] = &[
    "animation",
    "transition",
    "font-family",
    "color-scheme",
    "grid-",
    "list-style",
    "page",
    "container",
    "counter-",
    "view-transition",
    "will-change",
];

/// Properties that accept whole numbers written as fractions (`1.0`).
pub(super) const FRACTIONS: &[&str] = &[
    "line-height",
    "zoom",
    "flex",
    "flex-grow",
    "flex-shrink",
    "scale",
    "box-flex",
];

/// Functions that lightningcss evaluates. Browsers without support for them ignore the declaration or use a fallback,
/// so evaluating them changes the result.
pub(super) const WORKED_OUT: &[&str] = &[
    "color-mix(",
    "hwb(",
    "light-dark(",
    "abs(",
    "sign(",
    "sin(",
    "cos(",
    "tan(",
    "asin(",
    "acos(",
    "atan(",
    "atan2(",
    "sqrt(",
    "pow(",
    "hypot(",
    "log(",
    "exp(",
    "round(",
    "rem(",
    "mod(",
];

pub(super) fn takes_names(plain: &str) -> bool {
    NAMES.iter().any(|name| plain.starts_with(name))
}

pub(super) fn is_color(function: &str) -> bool {
    matches!(
        function,
        "rgb("
            | "rgba("
            | "hsl("
            | "hsla("
            | "hwb("
            | "lab("
            | "lch("
            | "oklab("
            | "oklch("
            | "color("
    )
}
