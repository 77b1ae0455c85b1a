use super::*;

fn urls(css: &str) -> Vec<String> {
    references(css)
        .iter()
        .map(|reference| reference.url(css.as_bytes()).text.into_owned())
        .collect()
}

#[test]
fn every_form_of_the_contract() {
    for (css, expected) in [
        ("a{b:url(x.png)}", &["x.png"][..]),
        ("a{b:URL( x.png )}", &["x.png"]),
        ("a{b:uRl(\n\"x.png\"\n)}", &["x.png"]),
        ("a{b:url('x y.png')}", &["x y.png"]),
        ("a{b:url(x\\ y.png)}", &["x y.png"]),
        ("a{b:url(x\\20 )}", &["x "]),
        ("a{b:url(x\\(1\\).png)}", &["x(1).png"]),
        ("a{b:u\\72l(x.png)}", &["x.png"]),
        ("\u{feff}url(x.png){}", &["x.png"]), // found by fuzzing: the mark is not part of the name
        ("a{b:url(\"x\\\"y.png\")}", &["x\"y.png"]),
        ("a{b:url(x.png", &["x.png"]),
        ("a{b:url(\"x.png", &["x.png"]),
        ("a{b:url()}", &[""]),
        ("a{b:url(\"\")}", &[""]),
        ("a{b:url(a.png),url(b.png)}", &["a.png", "b.png"]),
        ("@import \"x.css\";", &["x.css"]),
        ("@IMPORT'x.css'screen;", &["x.css"]),
        (
            "@import/**/\"x.css\" layer(a) supports(b:url(y.png)) print;",
            &["x.css"],
        ),
        ("@import url(x.css)layer(x);", &["x.css"]),
        ("@import url(\"x.css\") screen;a{b:url(y)}", &["x.css", "y"]),
        ("@import src(\"x.css\");", &["x.css"]),
        (
            "a{b:image-set(\"x.png\" 1x,url(y.png) 2x)}",
            &["x.png", "y.png"],
        ),
        ("a{b:-webkit-image-set(\"x.png\" 1x)}", &["x.png"]),
        ("a{b:IMAGE-SET(\"x\" type(\"image/png\"))}", &["x"]),
        ("a{b:src(\"x.png\")}", &["x.png"]),
        ("a{--x:url(x.png)}", &["x.png"]),
        ("@supports (a:url(x)){a{b:url(y)}}c{d:url(z)}", &["y", "z"]),
        ("@supports (a:b;c:url(x)){a{b:url(y)}}", &["y"]),
        ("a{@supports (a:url(x)){b:url(y)}c:url(z)}", &["y", "z"]),
        ("@foo url(x);a{b:url(y)}", &["y"]),
        ("a{@foo url(x)}b{c:url(y)}", &["y"]),
        (
            "@import url(x) supports(mask:url(y));@import url(z);",
            &["x", "z"],
        ),
        (
            "a{b:if(supports(mask:url(x)):url(y);else:url(z))}",
            &["y", "z"],
        ),
        (
            "a{b:image-set(linear-gradient(red,blue) 1x,\"x\" 2x)}",
            &["x"],
        ),
        (
            "@font-face{src:url(f.eot?#iefix) format(\"x\")}",
            &["f.eot?#iefix"],
        ),
        ("a{}/*# sourceMappingURL=x.map */", &["x.map"]),
        ("a{}/*@ sourceMappingURL=x.map*/", &["x.map"]),
        ("a{}/*#sourceMappingURL=x.map\n*/b{}", &["x.map"]),
    ] {
        assert_eq!(urls(css), expected, "{css}");
    }
}

#[test]
fn text_that_only_looks_like_a_reference() {
    for css in [
        "/* url(x.png) */",
        "a{content:\"url(x.png)\"}",
        "a{content:\"@import 'x'\"}",
        "@namespace \"http://x\";",
        "@namespace svg url(http://x);",
        "a[href=\"x.png\"]{}",
        "a{b:format(\"x\")}",
        "a{b:url-prefix(\"x\")}",
        "a{b:myurl(\"x\")}",
        "a{b:url(x y.png)}",  // a bad URL
        "a{b:url(x\"y.png)}", // another
        "a{b:url(\"x\ny\")}", // a bad string
        "@charset \"utf-8\";",
        "@import foo \"x.css\";",
        "/*# sourceMappingURL=a b.map */",
        "/* sourceMappingURL=x.map */",
        "a{content:\"/*# sourceMappingURL=x.map */\"}",
        "@layer a;b{c:\"x\"}",
        // Conditions, for which nothing is fetched:
        "@supports (mask:url(x.svg)){a{b:c}}",
        "@supports not ((mask:url(\"x.svg\")) or (b:image-set(\"x\" 1x))){}",
        "@SUPPORTS (--x:{url(x)}) and (b:url(y)){}",
        "@media print{@supports (a:url(x)){}}",
        "@container style(--x:url(x.svg)){}",
        "a{b:if(supports(mask:url(x.svg)):c;else:d)}",
        "a{b:if(style(--x:url(x.svg)):c;else:d)}",
        "@-moz-document url(http://x),url-prefix(\"y\"){}",
        "@foo url(x);",
        "@namespace x url(y);",
    ] {
        assert_eq!(urls(css), [""; 0], "{css}");
    }
}

/// For each URL, the property whose users it is relative to, after `!` if browsers do not agree.
#[test]
fn urls_in_custom_properties_are_relative_to_their_users() {
    for (css, expected) in [
        ("a{--x:url(a)}", "--x"),
        ("a{--x:url(a);b:url(c)}", "--x ."),
        ("a{ --x : url(\"a\") no-repeat ; b:url(c)}", "--x ."),
        ("a{b:url(c);--x:url(a)}", ". --x"),
        ("a{--x:image-set(\"a\" 1x,url(b) 2x)}", "--x --x"),
        ("a{--x:f(g(url(a)))}", "--x"),
        ("a{--x:{b:url(a);c:url(d)};e:url(f)}", "--x --x ."),
        ("a{--x:url(a)}b{c:url(d)}", "--x ."),
        ("a{/**/--x/**/:/**/url(a)}", "--x"),
        ("a{\\2d-x:url(a)}", "\\2d-x"),
        ("a{--x:b;--y:url(c)}", "--y"),
        ("a{--x:url(a);--y:url(b)}", "--x --y"),
        ("a{&b{--x:url(a)}c:url(d)}", "--x ."),
        ("a{b:var(--x,url(a))}", "."),
        ("a{b:--x url(a)}", "."),
        ("--x:hover{b:url(a)}", "."),
        ("a{-x:url(a)}", "."),
        ("@media print{:root{--x:url(a)}}b{c:url(d)}", "--x ."),
        ("@import url(a);b{--x:url(c)}", ". --x"),
        (
            "@property --x{syntax:\"<image>\";initial-value:url(a)}b{initial-value:url(c)}",
            "!--x .",
        ),
        (
            "@function --f(--p){--l:url(a);result:url(b)}c{result:url(d)}",
            "--l --f .",
        ),
        ("a{--x:;b:url(c)}", "."),
        ("a{--x:\";url(z)\";b:url(c)}", "."),
        ("\u{feff}a{--x:url(a)}", "--x"),
    ] {
        let relative_to = references(css).into_iter().map(|r| match r.relative_to {
            RelativeTo::Users(name) => css[name].to_owned(),
            RelativeTo::Nothing(name) => format!("!{}", &css[name]),
            RelativeTo::Text => ".".to_owned(),
            RelativeTo::Page => "page".to_owned(),
        });
        let relative_to: Vec<String> = relative_to.collect();
        assert_eq!(relative_to.join(" "), expected, "{css}");
    }
}

/// Pieces of style sheets that skimming could misread.
const PIECES: &str = "url(|URL(|src(|xsrc(|image-set(|-webkit-image-set(|calc(|\\75rl(|u\\72l(|url\\28|x.png|y|\
    é|\u{1f600}|\0|@import|@namespace|@media|@supports|@property|@function|@|--x|--x:|result|initial-value:|if(|style(|supports(|(|)|[|]|{|}|;|:|,|.|#|##|%|+|-|--|-->|<!--|<|!--|1|.5|1e|e3|5%|/*|*/|/|*|\
    /*# sourceMappingURL=x.map */|\\|\\41 |\\\n|\"|'|\"a\"|'b\\'c'|\n|\r\n|\u{c}| |\t";

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(20_000))]

    /// Skipped text has no reference and does not change how the text after it is read.
    #[test]
    fn skimming_misses_nothing(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES.split('|').collect::<Vec<_>>()), 0..24)
    ) {
        let css = pieces.concat();
        proptest::prop_assert_eq!(references(&css), references_by_tokens(&css), "{:?}", css);
    }
}

#[test]
fn spans_are_the_url_alone() {
    for css in [
        "a{b:url( x.png )}",
        "a{b:url(\"x.png\")}",
        "@import 'x.png'",
    ] {
        let found = references(css);
        assert_eq!(&css[found[0].span.clone()], "x.png");
    }
}
