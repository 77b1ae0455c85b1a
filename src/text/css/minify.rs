//! Minifies style sheets, `safe` or `full`.

use super::minified::Minified;
use super::{Targets, full, safe};
use crate::options::Minify;

/// Minifies a style sheet. Without targets, the result is never larger than `css`.
pub(super) fn minify(css: &str, mode: Minify, targets: Option<&Targets>) -> Minified {
    let safe = match mode {
        Minify::Off => Minified {
            text: None,
            notice: None,
        },
        Minify::Safe | Minify::Full => safe::minify(css),
    };
    if mode != Minify::Full || safe.notice.is_some() {
        return safe;
    }
    let full = full::optimize(css, targets);
    let optimized = full
        .text
        .map(|text| safe::minify(&text).text.unwrap_or(text));
    let best = match optimized {
        // What old browsers need may be longer.
        Some(text)
            if targets.is_some() || text.len() < safe.text.as_deref().unwrap_or(css).len() =>
        {
            Some(text)
        }
        _ => safe.text,
    };
    Minified {
        text: best,
        notice: full.notice,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Syntax;

    /// A style sheet with one of each construct, which the test cuts up.
    const SHEET: &str = "@charset \"utf-8\";@import url(a.css) layer(x) screen;/*! l */\n\
        @media (min-width: 1px) and (max-width:2px){ .a > b:hover , [c=\"d\"] ~ e::before { color : #ff0000 ; \
        background : url( \"a b.png\" ) no-repeat 0 0 / cover , linear-gradient( red , blue ) } }\n\
        @font-face{ font-family : x ; src : url(x.woff2) format('woff2') ; unicode-range : U+26 , U+0-7F }\n\
        .b{ --x : { a  b } ; margin : calc( 1px + ( 2px * -3 ) ) ! important ; &:is( .c , & d ) { e : var( --x ) } }\n\
        @keyframes k { from { left : 0 } 50.5% { left : 1e3px } } a{*zoom:1;filter:alpha(opacity=50);width:50%\\9}\n\
        @supports not (display : grid) { @layer y { :nth-child( 2n + 1 of .z ){ transition : all .3s } } }";

    fn mutated() -> impl Strategy<Value = String> {
        let cut = (0..SHEET.len(), 0..SHEET.len(), 0..SHEET.len());
        prop::collection::vec(cut, 1..6).prop_map(|cuts| {
            let mut css = SHEET.to_owned();
            for (from, length, to) in cuts {
                let from = from.min(css.len());
                let end = (from + length % 40).min(css.len());
                let piece: String = css.drain(from..end).collect();
                css.insert_str(to.min(css.len()), &piece);
            }
            css
        })
    }

    fn urls(css: &str) -> Vec<String> {
        Syntax::Css
            .references(css.as_bytes())
            .iter()
            .map(|reference| reference.url(css.as_bytes()).text.into_owned())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn nothing_panics_grows_or_loses_a_reference(css in prop_oneof![mutated(), "\\PC*"]) {
            for mode in [Minify::Safe, Minify::Full] {
                let minified = minify(&css, mode, None);
                let text = minified.text.unwrap_or_else(|| css.clone());
                prop_assert!(text.len() <= css.len());
                let (mut before, mut after) = (urls(&css), urls(&text));
                if mode == Minify::Full {
                    before.sort_unstable();
                    after.sort_unstable();
                }
                prop_assert_eq!(before, after);
                if let Some(notice) = minified.notice {
                    prop_assert!(css.is_char_boundary(notice.offset));
                }
            }
        }
    }
}
