use proptest::prelude::*;

use super::check::same_tokens;
use super::*;

fn minified(css: &str) -> String {
    minify(css).text.unwrap_or_else(|| css.to_owned())
}

#[test]
fn removed_text() {
    for (css, expected) in [
        ("a { color : red ; }\n", "a{color:red}"),
        ("/* x */\na{}", "a{}"),
        ("\n\u{feff}a{}", "\n\u{feff}a{}"), // found by fuzzing: at the front, it would be no part of a name
        ("a , b > c + d ~ e f{}", "a,b>c+d~e f{}"),
        ("a{margin:0  1px\n2px}", "a{margin:0 1px 2px}"),
        ("a{font:12px / 1.5 a , b}", "a{font:12px/1.5 a,b}"),
        ("a{color:red ! important}", "a{color:red!important}"),
        ("a{color:rgb( 0 , 0 , 0 )}", "a{color:rgb(0,0,0)}"),
        (
            "a{width:calc( 1px + 2px * 3 )}",
            "a{width:calc(1px + 2px*3)}",
        ),
        (
            "@media  screen  and (a: b) , print { a { b : c } }",
            "@media screen  and (a: b) , print{a{b:c}}",
        ),
        (":not( .a , .b ){}", ":not(.a,.b){}"),
        (":nth-child( 2n + 1 ){}", ":nth-child(2n + 1){}"),
        ("a{b:c;;}\n\n", "a{b:c}"),
        ("a{b:c;;d:e}", "a{b:c;d:e}"),
        ("a{};b{c:d}", "a{};b{c:d}"),
        ("a{;b:c}", "a{;b:c}"),
        ("a{b:c;/*! l */}", "a{b:c/*! l */}"),
        ("a{b{c:d};}", "a{b{c:d};}"),
        ("a{@x;}", "a{@x;}"),
        ("a{--x: b ;}", "a{--x: b }"),
        ("a{& b { c : d } e : f }", "a{& b{c:d}e:f}"),
        ("a{b:c}/* x */ d{e:f}", "a{b:c}d{e:f}"),
        ("@import  url(x)  screen ;", "@import url(x)  screen;"),
        ("a{*zoom : 1}", "a{*zoom:1}"),
        ("a{grid-area:1 / 2}", "a{grid-area:1/2}"),
    ] {
        assert_eq!(minified(css), expected, "{css}");
    }
}

#[test]
fn kept_text() {
    for css in [
        "a{--x:  a  /* b */ c }",
        "a{opacity:a1.0}",
        "a{margin:1.0.0}",
        "a{--x: {a : b}}",
        "a{--x: }",
        "a{b:var( --x ,  1px )}",
        "a{b:env( x )}",
        "a{filter:progid:x( a = 1 )}",
        "a :hover{}",
        "a *{}",
        "a .b #c [d] f{}",
        "u +a{}",
        "/*! licence */a{}",
        "a{}/*! licence */",
        "a{b:c}/*# sourceMappingURL=x.map */",
        "@charset \"utf-8\";a{}",
        "@supports (a:  b){c{}}",
        "a/**/b{}",
        "a{b:1/**/2}",
        "<!--a{}-->",
        "@supports (a:b) /* c */{c{}}",
        "@import url(x) /* c */;",
        "<!--@supports (a:  b) , (c){c{}}",
        "@property --x{initial-value:a  /* b */ b}",
        "@function --f(){RESULT:1px  +  2px}",
        "a{-\\-x:a  b}",
        "a{b:/* c */ var(--x) /* d */}",
        "a{:is( &  :foo , .b ){c:d}}",
        ":\\69s( a , b ){}",
        "a> > >b{}",
        "a{-- :hover{b:c}}",
        "a{b:paint(x,  y)}",
    ] {
        assert_eq!(minified(css), css, "{css}");
    }
}

#[test]
fn comments_that_separate() {
    assert_eq!(minified("a/* x */b{}"), "a/**/b{}");
    assert_eq!(minified("a/* x */.b{}"), "a.b{}");
    assert_eq!(minified("a /* x */ b{}"), "a b{}");
    assert_eq!(minified("a /*! x */ b{ }"), "a /*! x */b{}");
    assert_eq!(minified("a{b:\\9/* x */ c ;}"), "a{b:\\9/**/ c}");
    assert_eq!(minified("a{b:\\9/* x */ ;}"), "a{b:\\9}");
    assert_eq!(minified("a -- > b{ }"), "a -- >b{}");
}

#[test]
fn a_charset_must_not_become_effective() {
    assert_eq!(minified("/* x */@charset \"x\";a{}"), " @charset \"x\";a{}");
    assert_eq!(
        minified(" @charset  \"x\" ; a { }"),
        " @charset  \"x\" ;a{}"
    );
}

#[test]
fn lines_stay_where_a_source_map_counts_them() {
    assert_eq!(
        minified("a {\n  b : c;\n  /* x\n */\n}\nd/*\n*/.e{}\n/*# sourceMappingURL=x.map */\n"),
        "a{\nb:c\n\n\n}\nd/*\n*/.e{}\n/*# sourceMappingURL=x.map */\n"
    );
}

#[test]
fn every_line_break_stays() {
    for (css, expected) in [
        (
            "/* c */\n@charset \"utf-8\";\na { }\n",
            "\n@charset \"utf-8\";\na{}\n",
        ),
        (
            "/* c */@charset \"utf-8\";\na { }\n",
            " @charset \"utf-8\";\na{}\n",
        ),
        ("a {\r\n  b : c;\r\n}\r\n", "a{\nb:c\n}\n"),
        ("a {\r  b : c;\r}\x0c", "a{\rb:c\r}\x0c"),
        ("a/* \r*/\n{  }", "a\r \n{}"),
        (
            "a { background: url( 'x'\n) ; color: #FFFFFF }\n",
            "a{background:url('x'\n);color:#fff}\n",
        ),
    ] {
        let map = "/*# sourceMappingURL=x.map */";
        assert_eq!(
            minified(&format!("{css}{map}")),
            format!("{expected}{map}"),
            "{css:?}"
        );
    }
}

#[test]
fn respelt_tokens() {
    for (css, expected) in [
        (
            "a{margin:0.50px -0.0em +.5% 1.0px}",
            "a{margin:.5px -0em .5% 1px}",
        ),
        ("a{opacity:1.0;z-index:1.0}", "a{opacity:1;z-index:1.0}"),
        (
            "a{color:#FFFFFF;-webkit-box-shadow:0 0 1px #AABBCCDD}",
            "a{color:#fff;-webkit-box-shadow:0 0 1px #abcd}",
        ),
        (
            "a{background:url( \"a.png\" ) , url( b.png )}",
            "a{background:url(a.png),url(b.png)}",
        ),
        (
            "a{transform:rotate( 0.50turn )}",
            "a{transform:rotate(.5turn)}",
        ),
        ("a{width:calc(1.0px +0.5px)}", "a{width:calc(1px .5px)}"),
    ] {
        assert_eq!(minified(css), expected, "{css}");
    }
    for css in [
        "a{--x:0.50 #FFFFFF url(\"a\")}",
        "a{color:var(--x,#FFFFFF)}",
        "a{unknown:0.50 #FFFFFF url(\"a\")}",
        "a{*zoom:1.0}",
        "a{filter:alpha(opacity=0.50)}",
        "a{width:0.50px\\9}",
        "a:nth-child(+1){}",
        "@media (min-width:0.50px){}",
        "@supports (margin:0.50px){}",
        "@import url(\"a.css\");",
        "@font-face{src:url(\"a.eot\");unicode-range:u+0-7f}",
        "@keyframes a{50.0%{}}",
        "a{background:element(#AABBCC)}",
        "a{background:-moz-element(#AABBCC)}",
        "a{background:url(\"a b\"),url(\"\"),url(\"(\")}",
        "a{margin:1px+2px}",
        "a{margin:1.0.5}",
        "a{margin:1e0e3}",
        "a{grid:[#AAAAAA] 0/{}}",
        "@property --x{initial-value:0.50px}",
        "a{--x:b;/*! l */}",
        "a{color:var(--x);/*! l */}",
        "a{--x:b;\n}/*# sourceMappingURL=x.map */",
        "a{--x:b;/*\n*/}/*# sourceMappingURL=x.map */",
        "@counter-style x{pad:2.0 \"0\"}",
    ] {
        assert_eq!(minified(css), css, "{css}");
    }
}

#[test]
fn line_breaks_stay_after_an_escape() {
    let css = "a{b:\\9/* x */\n c }\n/*# sourceMappingURL=x.map */";
    assert_eq!(
        minified(css),
        "a{b:\\9/**/\nc}\n/*# sourceMappingURL=x.map */"
    );
}

#[test]
fn broken_files_stay_whole() {
    for (css, offset) in [
        ("a { b : url(x y) }", 8),
        ("a { b : \"x\n }", 8),
        ("a { b : c ", 2),
        ("a { } }", 6),
        ("a { b : ( ] }", 10),
        ("a { } /* x", 6),
        ("a { b : \"x", 8),
        ("\u{feff}a { } }", 9),
    ] {
        let result = minify(css);
        assert_eq!(result.text, None, "{css}");
        assert_eq!(result.notice.unwrap().offset, offset, "{css}");
    }
}

#[test]
fn the_byte_order_mark_stays_in_front() {
    assert_eq!(minified("\u{feff}a { }"), "\u{feff}a{}");
}

#[test]
fn hostile_nesting_is_quick() {
    for css in [
        "(".repeat(500_000),
        "a{".repeat(300_000),
        "/*".repeat(500_000),
        "a{b:(".repeat(200_000),
    ] {
        let _ = minify(&css);
    }
    let balanced = format!("{}{}", "a { ".repeat(100_000), "} ".repeat(100_000));
    assert_eq!(minified(&balanced).len(), 300_000);
}

fn css_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" "),
        Just("\n"),
        Just("/* c */"),
        Just("/*!l*/"),
        Just("a"),
        Just("u"),
        Just("--x"),
        Just("-"),
        Just("+"),
        Just(">"),
        Just("~"),
        Just("*"),
        Just("/"),
        Just("."),
        Just("0.50px"),
        Just("+.5"),
        Just("1.0"),
        Just("#AABBCC"),
        Just("url( \"a\" )"),
        Just("margin:"),
        Just("opacity:"),
        Just("00"),
        Just("#"),
        Just("@"),
        Just("@media"),
        Just("@charset \"x\";"),
        Just("1"),
        Just("1px"),
        Just("%"),
        Just(".5"),
        Just("e3"),
        Just("\"s\""),
        Just("url(x)"),
        Just("f("),
        Just("var("),
        Just("("),
        Just(")"),
        Just("["),
        Just("]"),
        Just("{"),
        Just("}"),
        Just(";"),
        Just(":"),
        Just(","),
        Just("!important"),
        Just("="),
        Just("|"),
        Just("<!--"),
        Just("-->"),
        Just("\\9"),
        Just("\\"),
        Just("é"),
        Just("u+1f"),
        Just("$"),
        Just("^"),
        Just("<"),
        Just("!"),
        Just("/*# sourceMappingURL=m */"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// The self-check never has to step in, the result is never larger, and minifying it again changes nothing.
    #[test]
    fn the_tokens_stay_the_same(css in css_text()) {
        let result = minify(&css);
        if let Some(notice) = &result.notice {
            prop_assert!(!notice.reason.contains("same tokens"), "{}", css);
        }
        if let Some(text) = result.text {
            prop_assert!(text.len() < css.len());
            let source: Vec<CssToken> = tokens(&css).collect();
            let sheet = Sheet { text: &css, tokens: &source };
            prop_assert!(same_tokens(sheet, &text));
            prop_assert_eq!(minified(&text), text);
        }
    }

    #[test]
    fn nothing_panics(css in "\\PC*") {
        let _ = minify(&css);
    }
}
