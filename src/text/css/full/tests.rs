use super::*;

#[test]
fn results_are_optimized() {
    for (css, expected) in [
        (
            "a{color:#ff0000;margin:0px 0px 0px 0px}",
            "a{color:red;margin:0}",
        ),
        ("a{color:red}\na{margin:1px}", "a{color:red;margin:1px}"),
        ("/*! l */a{color:#ff0000}", "/*! l */\na{color:red}"),
        (
            "@charset \"utf-8\";a{color:#ff0000}",
            "@charset \"utf-8\";a{color:red}",
        ),
    ] {
        assert_eq!(minify(css, None).unwrap(), expected, "{css}");
    }
}

/// lightningcss breaks or rejects each of these.
#[test]
fn hazards_are_not_optimized() {
    for css in [
        "a{animation:.5s ease-out both}",
        "a{background:-webkit-linear-gradient(top,red,blue)}",
        "a{background:-o-linear-gradient(left,red,blue)}",
        "a{letter-spacing:.4}",
        "a{--x:294ms}",
        "a{--x:.123456789em}",
        ":-ms-input-placeholder{color:red}",
        "@media \\0screen{a{b:c}}",
        "@charset \"iso-8859-1\";a{content:\"\\e9\"}",
        "a{content:\"\\f101\"}",
        "a{color:red}/*# sourceMappingURL=x.map */",
        "a{color:red}/*! l */",
        "a{color:red;color:oklch(0.5 0.2 20)}",
        "a{height:100vh;height:100dvh}",
        "a{-webkit-backdrop-filter:blur(1px);backdrop-filter:blur(1px)}",
        "a{-webkit-text-decoration:underline dotted;text-decoration:underline dotted}",
        "a{top:0;right:0;bottom:0;left:0}",
        "a{animation:x 1s;animation-timeline:scroll()}",
        "a{*zoom:1}",
        "a{min-width:0\\0}",
        "a{background:url(a.png);background:url(b.png)}",
        "a{border-width:1px;border-style:solid;border-color:red}", // resets border-image
        "a{border-image:none}",
        "a{font:1em x;font-variant:small-caps}",
        "a{font:1em x;font-stretch:condensed}",
        "a{-webkit-border-radius:1px 2px 1px 2px}",
        "a{background:no-repeat;-webkit-background-size:50%}",
        "a{margin-inline:1px;-webkit-margin-end:2px}",
        "a{column-gap:1px;row-gap:1px;-webkit-column-gap:2px}",
        "a{place-self:end;justify-self:auto}",
        "a{grid-template:\"a\";grid-template-rows:auto auto}",
        "a{text-decoration:2px}",
        "a{animation:1s,2s}",
        "a{z-index:1.0}",
        "a{flex:1 1 1}",
        "a{flex-basis:1}",
        "a{opacity:calc(1/3)}",
        "a{color:hwb(90 10% 10%)}",
        "a{color:rgb(from red r g b)}",
        "a{animation:#f00}",
    ] {
        // With something to gain, so that a larger result is not the reason.
        let css = format!("{css}\nb{{margin:1px 1px 1px 1px}}");
        assert!(
            minify(&css, None).is_err(),
            "{css}: {:?}",
            minify(&css, None)
        );
    }
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
            let _ = minify(&css, None);
        }
    }
    let _ = minify(
        &format!("a{{width:{}1px{}}}", "calc(".repeat(11), ")".repeat(11)),
        None,
    );
    let _ = minify(
        &format!(
            "a{{color:{}red{}}}",
            "color-mix(in srgb,blue,".repeat(11),
            ")".repeat(11)
        ),
        None,
    );
    let _ = minify(
        &format!("{}a{}{{}}", ":is(:not(".repeat(6), "))".repeat(6)),
        None,
    );
}

/// lightningcss took quadratic time for each of these: minutes at this length.
#[test]
fn long_runs_are_joined_piece_by_piece() {
    let rules = |one: &dyn Fn(usize) -> String| (0..20_000).map(one).collect::<String>();
    for (css, joined) in [
        (rules(&|n| format!(":root{{--x{n}:y}}")), ":root"),
        (rules(&|n| format!("a{{x{n}:y}}")), "a{"),
        (rules(&|n| format!(".a{n}{{x:y}}")), "{x:y}"),
        (rules(&|n| format!("@media print{{a{{x{n}:y}}}}")), "@media"),
        (
            rules(&|n| format!("@supports (x:y){{.a{n}{{z:w}}}}")),
            "@supports",
        ),
        (
            rules(&|n| format!("@container (width>1px){{.a{n}{{z:w}}}}")),
            "@container",
        ),
        (rules(&|n| format!("@layer z{{a{{x{n}:y}}}}")), "a{"),
        (
            format!("a{{{}}}", rules(&|n| format!("&:hover{{x{n}:y}}"))),
            "&:hover",
        ),
        (
            ("@media print{".repeat(10) + "a{x:y}" + &"}".repeat(10)).repeat(2_000),
            "a{",
        ),
    ] {
        let start = &css[..30];
        match minify(&css, None) {
            Ok(full) => {
                let count = full.matches(joined).count();
                assert!((5..5_000).contains(&count), "{start}: {count}");
            }
            Err(notice) => panic!("{start}: {notice:?}"),
        }
    }
}

#[test]
fn results_that_explode_are_rejected() {
    let targets = Targets::parse("ie 11").unwrap();
    let list: Vec<String> = (0..3_000).map(|n| format!(".a{n}")).collect();
    for css in [
        format!("{}{{{}{{x:y}}}}", list.join(","), list.join("{x:z}")),
        "& & & & & & & &{".repeat(10) + "x:y" + &"}".repeat(10),
    ] {
        let notice = minify(&css, Some(&targets)).unwrap_err();
        assert!(notice.reason.contains("many times"), "{notice:?}");
    }
    let name = "-x".repeat(200_000);
    let _ = minify(&format!("a{{{name}:y;margin:1px 1px}}"), None);
}

#[test]
fn errors_are_located_in_bytes() {
    let css = "a{b:c}\r\n/* é😀 */ a::before b{}";
    let notice = minify(css, None).unwrap_err();
    assert_eq!(&css[notice.offset..], " b{}", "{notice:?}");
}

#[test]
fn targets() {
    assert!(Targets::parse("last 2 versions").is_ok());
    assert!(Targets::parse("no such browser").is_err());
    let targets = Targets::parse("safari 14").unwrap();
    let css = "a{inset:0;color:red}";
    assert!(minify(css, Some(&targets)).unwrap().contains("top:0"));
}
