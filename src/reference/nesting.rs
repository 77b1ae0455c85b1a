//! How deep a script may be nested, and a stack that is large enough to parse it.
//!
//! The parser descends into what it reads, and nothing stops it at the end of its stack: the process would be killed. So
//! it gets a stack on which no text of these bytes can come to the end. Whatever is nested in something has a byte or a
//! word in front of it that says so; each of them is charged with more than the parser was ever seen to use for it (see
//! the test), wherever it stands, in strings and comments too. Only what is used of a stack takes memory.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// Brackets that are not closed again, at most. Browsers come to the end of their own stacks at some thousands, and the
/// parser takes time by the square of them.
const DEEPEST: usize = 2_000;

/// What the parser takes before it descends, and what it has room for on any thread.
const FIRST: usize = 128 << 10;
const ANYWHERE: usize = 1 << 20;

/// Address space that is asked for, at most.
const LARGEST: usize = if usize::BITS >= 64 {
    16 << 30
} else {
    512 << 20
};

/// Unoptimized, our part of it takes several times as much.
const SCALE: usize = if cfg!(debug_assertions) { 4 } else { 1 };

const BRACKET: usize = 2048;
const STATEMENT: usize = 1024;
const OPERATOR: usize = 512;
/// These make no difference to the parser, but to what it returns.
const CHAIN: usize = 256;

/// Runs `parse` on a stack that is large enough for a parser of `text`; otherwise, why not.
pub(super) fn with_stack<R: Send>(
    text: &str,
    parse: impl FnOnce() -> R + Send,
) -> Result<R, String> {
    const PANICKED: &str = "the parser has a fault here";
    if unclosed(text.as_bytes()) > DEEPEST {
        return Err("it is nested too deeply".into());
    }
    let needed = FIRST.saturating_add(charges(text.as_bytes()).saturating_mul(SCALE));
    if needed <= ANYWHERE {
        return catch_unwind(AssertUnwindSafe(parse)).map_err(|_| PANICKED.into());
    }
    if needed > LARGEST {
        return Err("it is too large".into());
    }
    on_stack(needed, parse)
        .map_err(|error| format!("there is no stack of {} MiB: {error}", needed >> 20))?
        .map_err(|_| PANICKED.into())
}

fn on_stack<R: Send>(size: usize, run: impl FnOnce() -> R + Send) -> io::Result<thread::Result<R>> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(size);
        Ok(thread.spawn_scoped(scope, run)?.join())
    })
}

/// The most brackets that any part of the text leaves open, strings and comments taken for code.
fn unclosed(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The bytes of stack that all of the text can take, nested in itself.
fn charges(text: &[u8]) -> usize {
    let mut total = 0_usize;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') {
            let word = word(&text[at..]);
            total = total.saturating_add(of_word(word));
            at += word.len();
        } else {
            total = total.saturating_add(CHARGES[usize::from(byte)]);
            at += 1;
        }
    }
    total
}

fn word(text: &[u8]) -> &[u8] {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
    let length = text.iter().position(|b| !is_word(b)).unwrap_or(text.len());
    &text[..length]
}

/// Words that something can be nested in without any of the bytes of [`CHARGES`]. The last ones are TypeScript's, which
/// the parser reads before it complains.
fn of_word(word: &[u8]) -> usize {
    match word {
        b"class" | b"do" | b"else" | b"extends" => STATEMENT,
        b"await" | b"delete" | b"in" | b"instanceof" | b"new" | b"typeof" | b"void" | b"yield" => {
            OPERATOR
        }
        b"abstract" | b"as" | b"asserts" | b"declare" | b"import" | b"infer" | b"is" | b"keyof"
        | b"namespace" | b"module" | b"readonly" | b"satisfies" | b"unique" => STATEMENT,
        _ => 0,
    }
}

const CHARGES: [usize; 256] = {
    let mut charges = [0; 256];
    let (mut at, brackets) = (0, b"([{");
    while at < brackets.len() {
        charges[brackets[at] as usize] = BRACKET;
        at += 1;
    }
    // A label's, a decorator's, and an escape in what may be a word.
    let (mut at, statements) = (0, b":@\\");
    while at < statements.len() {
        charges[statements[at] as usize] = STATEMENT;
        at += 1;
    }
    let (mut at, operators) = (0, b"!%&*+-/<=>?^|~");
    while at < operators.len() {
        charges[operators[at] as usize] = OPERATOR;
        at += 1;
    }
    charges[b'.' as usize] = CHAIN;
    charges[b'`' as usize] = CHAIN;
    charges
};

#[cfg(test)]
mod tests {
    use super::super::module;
    use super::*;

    /// Everything that can be nested in itself: what comes before, in the middle, and behind.
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
        // The first line makes our part of the work descend, too.
        format!(
            "new URL(\"./a.js\",import.meta.url);\n{}{middle}{}",
            before.repeat(times),
            behind.repeat(times)
        )
    }

    fn leaves_open(text: &str) -> bool {
        text.matches(['(', '[', '{']).count() > text.matches([')', ']', '}']).count()
    }

    /// The process would be killed: there is nothing to catch. With a quarter less than what is charged, so that another
    /// compiler may need more. Some take time by the square of their nesting, as do brackets.
    #[test]
    fn no_text_of_these_bytes_comes_to_the_end_of_its_stack() {
        for nest in NESTED {
            let times = if leaves_open(nest.0) { 2_000 } else { 20_000 };
            let text = nested(nest, times);
            let needed = FIRST + charges(text.as_bytes()) * SCALE / 4 * 3;
            on_stack(needed, || drop(module::references(&text)))
                .unwrap()
                .unwrap();
        }
    }

    #[test]
    fn a_million_of_each() {
        for nest in NESTED {
            let text = nested(nest, 1_000_000);
            let not_parsed = module::scan(&text).not_parsed;
            if leaves_open(nest.0) {
                assert_eq!(not_parsed.unwrap().reason, "it is nested too deeply");
            }
        }
    }

    #[test]
    fn charges_are_for_bytes_and_words_wherever_they_stand() {
        assert_eq!(charges(b"a b _do dont $new 1 ,;)]}"), 0);
        assert_eq!(charges(b"'(' do//new"), BRACKET + STATEMENT + 3 * OPERATOR);
        assert_eq!(charges("\u{a0}do\u{2028}do".as_bytes()), 2 * STATEMENT);
        assert_eq!(unclosed(b"(()[])({"), 2);
        assert_eq!(unclosed(b")))((("), 3);
    }

    #[test]
    fn what_cannot_be_had_is_said() {
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
}
