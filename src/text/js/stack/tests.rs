use super::charges::OPERATOR;
use super::charges::{BRACKET, STATEMENT};
use super::*;
use crate::text::js::modules as module;

/// Everything that can be nested in itself: text before, in the middle, and after.
const NESTED: &[(&str, &str, &str)] = &[
    ("(", "a", ")"),
    ("[", "", "]"),
    ("({a:", "1", "})"),
    ("({a(){", "", "}})"),
    ("({get a(){", "", "}})"),
    ("({...", "a", "})"),
    ("({a:function(){", "", "}})"),
    ("{", "", "}"),
    ("f(", "", ")"),
    ("f([", "", "])"),
    ("a[", "1", "]"),
    ("a?.(", "", ")"),
    ("a?.[", "1", "]"),
    ("`${", "1", "}`"),
    ("a`${", "1", "}`"),
    ("a?b:", "c", ""),
    ("a?", "b", ":c"),
    ("a?(", "b", "):c"),
    ("a=>", "1", ""),
    ("(a)=>", "1", ""),
    ("()=>{", "", "}"),
    ("async a=>", "1", ""),
    ("async()=>", "1", ""),
    ("async(", "1", ")"),
    ("(a=", "1", ")=>1"),
    ("a=(", "1", ")"),
    ("!", "1", ""),
    ("- ", "1", ""),
    ("+ ", "1", ""),
    ("~", "1", ""),
    ("typeof ", "1", ""),
    ("void ", "1", ""),
    ("delete ", "1", ""),
    ("await ", "1", ""),
    ("await(", "1", ")"),
    ("new ", "A", ""),
    ("new (", "A", ")"),
    ("new A(", "", ")"),
    ("function*f(){yield ", "1", "}"),
    ("if(a)b;else ", ";", ""),
    ("if(a)", ";", ""),
    ("if(a){}else{", "", "}"),
    ("a=", "1", ""),
    ("a+=", "1", ""),
    ("a**", "1", ""),
    ("a+", "1", ""),
    ("a&&", "1", ""),
    ("a??", "1", ""),
    ("a<", "1", ""),
    ("a in ", "1", ""),
    ("a instanceof ", "1", ""),
    ("a,", "1", ""),
    ("a||b&&c|d^e&f==g<h<<i+j*-(", "1", ")"),
    ("a.", "a", ""),
    ("a?.", "a", ""),
    ("", "a", "()"),
    ("", "a", "``"),
    ("class{a=", "1", "}"),
    ("class A{a(){", "", "}}"),
    ("class A{static{", "", "}}"),
    ("(class{[", "a", "](){}})"),
    ("class extends ", "A", "{}"),
    ("(class extends ", "A", "{})"),
    ("@(", "a", ")class A{}"),
    ("function f(){", "", "}"),
    ("(function(){", "", "})()"),
    ("!function(){", "", "}()"),
    ("(function(a=", "1", "){})"),
    ("a:", ";", ""),
    ("do ", ";", " while(0)"),
    ("for(;;)", ";", ""),
    ("for(a of b)", ";", ""),
    ("while(1)", ";", ""),
    ("with(a)", ";", ""),
    ("switch(a){case 1:", "", "}"),
    ("try{", "", "}catch{}"),
    ("try{}catch{", "", "}"),
    ("try{}finally{", "", "}"),
    ("import(", "1", ")"),
    ("[...", "a", "]"),
    ("[{a:", "1", "}]"),
    ("[a=", "1", "]"),
    ("({[", "a", "]:1})"),
    ("({a=", "1", "})"),
    ("var {a:{b:[", "a", "]}}=1"),
    ("<a>", "", "</a>"),
    ("<a b={", "1", "}/>"),
    ("a as b[", "1", "]"),
    ("a as keyof ", "b", ""),
    ("keyof ", "b", ""),
    ("a<", "b", ">()"),
    ("a<b<", "c", ">>()"),
    ("\\u0074ypeof ", "1", ""),
];

fn nested((before, middle, behind): &(&str, &str, &str), times: usize) -> String {
    // The first line makes our visitor recurse, too.
    format!(
        "new URL(\"./a.js\",import.meta.url);\n{}{middle}{}",
        before.repeat(times),
        behind.repeat(times)
    )
}

fn leaves_open(text: &str) -> bool {
    text.matches(['(', '[', '{']).count() > text.matches([')', ']', '}']).count()
}

/// An overflow would kill the process. The stack is a quarter smaller than what is charged, as a margin for other
/// compilers. Some constructs take quadratic time, as brackets do.
#[test]
fn no_text_overflows_its_stack() {
    for nest in NESTED {
        let times = if leaves_open(nest.0) { 2_000 } else { 20_000 };
        let text = nested(nest, times);
        let needed = FIRST + charges(text.as_bytes()).0 * SCALE / 4 * 3;
        on_stack(needed, || drop(module::references(&text)))
            .unwrap()
            .unwrap();
    }
}

#[test]
fn a_hundred_thousand_of_each() {
    many_of_each(100_000);
}

#[test]
#[ignore = "long: `make faults` runs it"]
fn a_million_of_each() {
    many_of_each(1_000_000);
}

fn many_of_each(times: usize) {
    for nest in NESTED {
        let text = nested(nest, times);
        let not_parsed = module::scan(&text).not_parsed;
        if leaves_open(nest.0) {
            assert_eq!(not_parsed.unwrap().reason, "it is nested too deeply");
        }
    }
}

#[test]
fn charges_are_for_bytes_and_words_anywhere() {
    for (text, expected) in [
        ("a b _do dont do_ do1 $new 1 ,;)]}", (0, 0)),
        ("'(' do//new", (BRACKET + STATEMENT + 3 * OPERATOR, 1)),
        ("\u{a0}do\u{2028}do", (2 * STATEMENT, 0)),
        ("instanceof 1do", (OPERATOR + STATEMENT, 0)),
    ] {
        assert_eq!(charges(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn impossible_stacks_and_panics_are_errors() {
    let too_large = "!".repeat(LARGEST / OPERATOR / SCALE + 1);
    assert_eq!(
        with_stack(&too_large, || ()).unwrap_err(),
        "it is too large"
    );
    let text = "!".repeat(ANYWHERE / OPERATOR);
    let panicking = with_stack(&text, || panic!("on another thread"));
    assert_eq!(
        panicking,
        Err::<(), _>("the parser has a fault here".into())
    );
    let panicking = with_stack("", || panic!("here"));
    assert_eq!(
        panicking,
        Err::<(), _>("the parser has a fault here".into())
    );
}
