use super::*;

#[test]
fn css_escapes() {
    for (raw, text) in [
        (r"a\.png", "a.png"),
        (r"a\20 b.png", "a b.png"),
        (r"a\000020b.png", "a b.png"),
        ("a\\20\r\nb", "a b"),
        ("a\\\nb", "ab"),
        (r"\0 x", "\u{fffd}x"),
        (r"\110000 x", "\u{fffd}x"),
        ("x\\", "x\u{fffd}"),
        (r"\e9", "é"),
    ] {
        assert_eq!(decode(raw.as_bytes(), Escapes::Css).text, text, "{raw}");
        assert_eq!(decode(raw.as_bytes(), Escapes::None).text, raw);
    }
}

#[test]
fn js_escapes() {
    for (raw, text) in [
        (r"./\x61.js", "./a.js"),
        (r"./\u0061.js", "./a.js"),
        (r"./\u{61}\u{000061}.js", "./aa.js"),
        (r".\/a\.js", "./a.js"),
        (r"\ud83d\ude00", "\u{1f600}"),
        (r"\u{1f600}", "\u{1f600}"),
        (r"\ud83dx", "\u{fffd}x"),
        (r"\ud83d\u0061", "\u{fffd}a"),
        (r"\56\0572\411", "./2!1"),
        ("a\\\nb\\\r\nc\\\u{2028}d", "abcd"),
        (r"a\tb\q\'", "a\tbq'"),
        ("x\\", "x\u{fffd}"),
        (r"\u{110000000000}", "u{110000000000}"),
    ] {
        assert_eq!(decode(raw.as_bytes(), Escapes::Js).text, text, "{raw}");
    }
}

#[test]
fn offsets_lead_back() {
    let decoded = decode(br"a\20 b.png", Escapes::Css);
    assert_eq!(decoded.raw_offset(1), 1);
    assert_eq!(decoded.raw_offset(2), 5);
    assert_eq!(decoded.raw_offset(3), 6);
    assert_eq!(decoded.raw_offset(decoded.text.len()), 10);
    let latin1 = decode(b"caf\xe9.png", Escapes::None);
    assert_eq!(latin1.text, "café.png");
    assert_eq!(latin1.raw_offset(5), 4);
}
