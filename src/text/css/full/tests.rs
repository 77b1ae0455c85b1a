use super::super::minify::minify as minify_css;
use super::*;
use crate::options::Minify;

fn minified(css: &str, targets: Option<&Targets>) -> String {
    let minified = minify_css(css, Minify::Full, targets);
    minified.text.unwrap_or_else(|| css.to_owned())
}

fn safe(css: &str) -> String {
    let minified = minify_css(css, Minify::Safe, None);
    minified.text.unwrap_or_else(|| css.to_owned())
}

#[test]
fn declarations_are_optimized() {
    for (css, expected) in [
        (
            "a{color:#ff0000;margin:0px 0px 0px 0px}",
            "a{color:red;margin:0}",
        ),
        (
            "/*! l */a{color:#ff0000}/*! m */",
            "/*! l */a{color:red}/*! m */",
        ),
        (
            "@charset \"utf-8\";a{color:#ff0000}",
            "@charset \"utf-8\";a{color:red}",
        ),
        ("\u{feff}a { color:#ff0000}", "\u{feff}a{color:red}"),
        (
            "a{margin:1px 2px 1px 2px!important}",
            "a{margin:1px 2px!important}",
        ),
        (
            "a{background:WHITE;color:rgb(1,2,3)}",
            "a{background:#fff;color:#010203}",
        ),
        ("a{border:0px solid #808080}", "a{border:0 solid gray}"),
        (
            "a{font-weight:bold;flex:1 1 auto}",
            "a{font-weight:700;flex:auto}",
        ),
        (
            "a{transition:color 0.3s ease,top 300ms ease 0s}",
            "a{transition:color .3s,top .3s}",
        ),
        (
            "@keyframes k{from{top:0px}to{top:9px}}",
            "@keyframes k{0%{top:0}to{top:9px}}",
        ),
        (
            "@media print{@layer x{a{b:c;&:hover{top:0px}}}}",
            "@media print{@layer x{a{b:c;&:hover{top:0}}}}",
        ),
        (
            "@-webkit-keyframes k{from{-webkit-transform:translate(0.0px,1px) scale(2)}100%{top:1px}}",
            "@-webkit-keyframes k{0%{-webkit-transform:translate(0px,1px)scale(2)}to{top:1px}}",
        ),
        (
            "a{-webkit-box-shadow:0px 0px 1px #FF0000;box-shadow:0px 0px 1px #FF0000}",
            "a{-webkit-box-shadow:0 0 1px red;box-shadow:0 0 1px red}",
        ),
        (
            "@media (min-width: 1px) and (max-width : 2px) , print{a{b:c}}",
            "@media (min-width:1px) and (max-width:2px),print{a{b:c}}",
        ),
        (
            "a{--x:  a  b ;--y: ;color:var( --x , #FFFFFF )}",
            "a{--x:a  b;--y: ;color:var(--x,#FFFFFF)}",
        ),
        (
            "a{margin:calc(1px + var( --x ))  var(--y)}",
            "a{margin:calc(1px + var(--x)) var(--y)}",
        ),
        // What stands beside is optimized.
        (
            "a{*zoom:1;top:0px;animation:.5s ease-out both}b{left:0px}",
            "a{*zoom:1;top:0;animation:.5s ease-out both}b{left:0}",
        ),
        (
            "a{top:0px}/*# sourceMappingURL=x.map */",
            "a{top:0}/*# sourceMappingURL=x.map */",
        ),
        (
            "a{margin:0px\n0px}/*# sourceMappingURL=x.map */",
            "a{margin:0px\n0px}/*# sourceMappingURL=x.map */",
        ),
    ] {
        assert_eq!(minified(css, None), expected, "{css}");
    }
}

/// lightningcss breaks or drops something of each of these, or another minifier does.
#[test]
fn what_would_change_is_as_safe_writes_it() {
    for css in [
        ".glass{backdrop-filter:blur(5px);-webkit-backdrop-filter:blur(5px)}",
        ".glass{-webkit-backdrop-filter:blur(5px);backdrop-filter:blur(5px)}",
        ".a{filter:blur(5px)!important;-webkit-filter:blur(6px)!important}",
        ".a{user-select:none;-webkit-user-select:text;-moz-user-select:none}",
        "@supports (display:grid) and (-moz-appearance:none){a{b:c}}",
        "@supports (-webkit-box-orient:vertical){a{b:c}}",
        "@supports (x:y) or (-webkit-x:y){a{b:c}}",
        "@media print{@supports not ((x:y) or (-webkit-x:y)){a{b:c}}}",
        "@import url(a.css) supports((x:y) or (-webkit-x:y));",
        ".a{color:red}.b:lang(en,fr){color:red}",
        ".a{color:red}[data-x=\"a\" s]{color:red}",
        ".a{color:red}a::before:hover{color:red}",
        ".a{color:red}:has(){color:red}",
        ".a{color:red}::picker(select){color:red}",
        ".a{color:red}:state(x){color:red}",
        ".a{color:red}::highlight(x){color:red}",
        ".a{color:red}.a{color:red}",
        "@media print{a{b:c}}@media print{a{b:c}}",
        "a{}",
        "a{background:linear-gradient(0deg,#f00 100%,#00f 0%)}",
        "a{background:linear-gradient(to top,#f00 100%,#00f 0%)}",
        "a{background:-webkit-linear-gradient(top,red,blue)}",
        "a{animation:.5s ease-out both}",
        "a{animation:1s,2s}",
        "a{animation:#f00}",
        "a{animation:x 1s;animation-timeline:scroll()}",
        "a{letter-spacing:.4}",
        "a{--x:294ms}",
        "a{--x:.123456789em}",
        ":-ms-input-placeholder{color:red}",
        "@media \\0screen{a{b:c}}",
        "a{content:\"\\f101\"}",
        "a{color:red;color:oklch(0.5 0.2 20)}",
        "a{color:red;color:#f00d}",
        "a{height:100vh;height:100dvh}",
        "a{display:-webkit-box;display:flex}",
        "a{top:0;right:0;bottom:0;left:0}",
        "a{margin-top:0;margin-right:0;margin-bottom:0;margin-left:0}",
        "a{margin:0;margin-top:1dvh}",
        "a{overflow-x:clip;overflow-y:hidden}",
        "a{min-width:0\\0}",
        "a{border-image:none}",
        "a{font:#f00}",
        "a{-webkit-border-radius:1px 2px 1px 2px}",
        "a{z-index:1.0}",
        "a{margin:inherit inherit}",
        "a{transform:rotate(0px)}",
        "a{flex:1 1 0px}",
        "a{line-height:0px}",
        "a{opacity:calc(1/3)}",
        "a{width:calc(100%/3)}",
        "a{color:hwb(90 10% 10%)}",
        "a{color:rgb(from red r g b)}",
        "a{color:#ff000080}",
        "a{transition:ease ease 1s}",
        "a{transition:transform 1s,-webkit-transform 1s}",
        "a{list-style:disc outside}",
        "a{width:33.3333333px}",
        "a{grid-area:red;grid-area:RED}",
        "a{font-family:\"a  b\",\"c\"}",
        "@font-face{font-family:x;src:url(x);font-weight:bold}",
        "@page{margin:0px 0px;@top-left{margin:0px}}",
        "@property --x{syntax:\"*\";inherits:false;initial-value:0px}",
        "@counter-style x{pad:2 \"0\"}",
        "@x y{a{top:0px}}",
    ] {
        assert_eq!(minified(css, None), safe(css), "{css}");
    }
}

/// With the targets of every age, prefixed twins stay.
#[test]
fn targets_keep_twins_and_fallbacks() {
    for query in ["safari 14", "chrome 120", "ie 11", "last 2 versions"] {
        let targets = Targets::parse(query).unwrap();
        for css in [
            ".glass{backdrop-filter:blur(5px);-webkit-backdrop-filter:blur(5px)}",
            ".glass{-webkit-backdrop-filter:blur(5px);backdrop-filter:blur(6px)}",
            ".a{user-select:none;-webkit-user-select:text}",
            ".a{b:c;&:hover{filter:blur(5px);-webkit-filter:blur(6px)}}",
            "a{color:red;color:oklch(.5 .2 20)}",
            "@supports (x:y) or (-webkit-x:y){a{b:c}}",
            "a{background:linear-gradient(0deg,#f00 100%,#00f 0%)}",
            "a{height:100vh;height:100dvh}",
        ] {
            assert_eq!(minified(css, Some(&targets)), css, "{query}");
        }
    }
}

#[test]
fn targets() {
    assert!(Targets::parse("last 2 versions").is_ok());
    assert!(Targets::parse("no such browser").is_err());
    let targets = Targets::parse("safari 13").unwrap();
    for (css, expected) in [
        (
            "a{inset:0;color:red}",
            "a{top:0;bottom:0;left:0;right:0;color:red}",
        ),
        (
            "a{user-select:none}",
            "a{-webkit-user-select:none;user-select:none}",
        ),
        (
            "a{color:red;b{color:#00ff00}}",
            "a{color:red}a b{color:#0f0}",
        ),
        (
            "@media (width>=600px){a{b:c}}",
            "@media (min-width:600px){a{b:c}}",
        ),
        (
            "@media print{a{&:hover{top:0px}}}",
            "@media print{a:hover{top:0}}",
        ),
    ] {
        assert_eq!(minified(css, Some(&targets)), expected, "{css}");
    }
}

/// A browser that rejects one selector of a list drops the rule.
#[test]
fn rules_are_not_joined_for_targets() {
    let targets = Targets::parse("safari 13").unwrap();
    let css = "a{&:hover{color:red}&:state(x){color:red}&:lang(en,fr){color:red}}";
    let result = minified(css, Some(&targets));
    assert_eq!(result.matches("color:red").count(), 3, "{result}");
    assert!(!result.contains("hover,"), "{result}");
}

/// lightningcss recurses into nesting.
#[test]
fn nesting_does_not_end_the_process() {
    for (open, close) in [
        ("a{", "}"),
        ("a{b:(", ")}"),
        ("a{width:calc(", ")}"),
        (":not(", ")"),
        ("@media x{", "}"),
        ("@supports (", ")"),
    ] {
        for depth in [10, 11, 12, 13, 5_000] {
            let css = format!("{}{}", open.repeat(depth), close.repeat(depth));
            let _ = minified(&css, None);
        }
    }
    let _ = minified(
        &format!("a{{width:{}1px{}}}", "calc(".repeat(11), ")".repeat(11)),
        None,
    );
    let _ = minified(
        &format!(
            "a{{color:{}red{}}}",
            "color-mix(in srgb,blue,".repeat(11),
            ")".repeat(11)
        ),
        None,
    );
    let _ = minified(
        &format!("{}a{}{{}}", ":is(:not(".repeat(6), "))".repeat(6)),
        None,
    );
}

/// lightningcss took quadratic time for rules that it joins, and writes lists of selectors out for old browsers.
#[test]
fn large_sheets_take_linear_time() {
    let targets = Targets::parse("ie 11").unwrap();
    let rules = |one: &dyn Fn(usize) -> String| (0..5_000).map(one).collect::<String>();
    let list: Vec<String> = (0..3_000).map(|n| format!(".a{n}")).collect();
    for css in [
        rules(&|n| format!(".a{n}{{top:0px;left:{n}px}}")),
        format!("a{{{}}}", rules(&|n| format!("x{n}:y;"))),
        format!("a{{{}}}", rules(&|n| format!("&:hover{{x{n}:y}}"))),
        format!("a{{transition:{}x}}", rules(&|n| format!("x{n} 1s,"))),
        ("@media print{".repeat(10) + "a{x:y}" + &"}".repeat(10)).repeat(2_000),
        format!("{}{{{}{{x:y}}}}", list.join(","), list.join("{x:z}")),
        "& & & & & & & &{".repeat(10) + "x:y" + &"}".repeat(10),
        "a{".repeat(50_000) + "top:0px" + &"}".repeat(50_000),
        format!("a{{{}:y;margin:1px 1px}}", "-x".repeat(200_000)),
    ] {
        let _ = minified(&css, None);
        let _ = minified(&css, Some(&targets));
    }
}

#[test]
fn what_lightningcss_rejects_is_shown_with_its_place() {
    let css = "a{b:c}\r\n/* é😀 */ a{top:0px;flex:1 1 1;z-index:1.0}";
    let notice = minify_css(css, Minify::Full, None).notice.unwrap();
    assert!(css[notice.offset..].starts_with("flex"), "{notice:?}");
    assert!(
        notice.reason.contains("a number without a unit"),
        "{notice:?}"
    );
}
