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
    ] {
        assert_eq!(urls(css), [""; 0], "{css}");
    }
}

/// Pieces of style sheets that skimming could misread.
const PIECES: &str = "url(|URL(|src(|xsrc(|image-set(|-webkit-image-set(|calc(|\\75rl(|u\\72l(|url\\28|x.png|y|\
    é|\u{1f600}|\0|@import|@namespace|@media|@|(|)|[|]|{|}|;|:|,|.|#|##|%|+|-|--|-->|<!--|<|!--|1|.5|1e|e3|5%|/*|*/|/|*|\
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
