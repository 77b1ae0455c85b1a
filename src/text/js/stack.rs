//! How deep a script may be nested, and a stack that is large enough to parse it.
//!
//! The parser descends into what it reads, and nothing stops it at the end of its stack: the process would be killed. So
//! it gets a stack on which no text of these bytes can come to the end. Whatever is nested in something has a byte or a
//! word in front of it that says so; each of them is charged with more than the parser was ever seen to use for it (see
//! the test), wherever it stands, in strings and comments too. Only what is used of a stack takes memory.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::depth::deepest;

/// Brackets in one another, at most: browsers come to the end of their own stacks at some thousands, and the parser takes
/// time by the square of them. Only a guess: it keeps people from waiting, not the stack from its end.
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
const TYPE: usize = 1536;
/// These make no difference to the parser, but to what it returns.
const CHAIN: usize = 256;
/// A word begins here: see [`of_word`].
const WORD: usize = usize::MAX;

/// Runs `parse` on a stack that is large enough for a parser of `text`; otherwise, why not.
pub(super) fn with_stack<R: Send>(
    text: &str,
    parse: impl FnOnce() -> R + Send,
) -> Result<R, String> {
    const PANICKED: &str = "the parser has a fault here";
    let (charges, brackets) = charges(text.as_bytes());
    if brackets > DEEPEST && deepest(text.as_bytes()) > DEEPEST {
        return Err("it is nested too deeply".into());
    }
    let needed = FIRST.saturating_add(charges.saturating_mul(SCALE));
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

/// The bytes of stack that all of the text can take, nested in itself, and how many brackets are opened in it.
fn charges(text: &[u8]) -> (usize, usize) {
    let (mut total, mut brackets) = (0_usize, 0);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let charge = CHARGES[usize::from(byte)];
        if charge != WORD {
            total = total.saturating_add(charge);
            brackets += usize::from(charge == BRACKET);
            at += 1;
            continue;
        }
        let start = at;
        while at < text.len()
            && (CHARGES[usize::from(text[at])] == WORD || text[at].is_ascii_digit())
        {
            at += 1;
        }
        if (SHORTEST..=LONGEST).contains(&(at - start)) {
            total = total.saturating_add(of_word(&text[start..at]));
        }
    }
    (total, brackets)
}

/// The lengths of the words below.
const SHORTEST: usize = 2;
const LONGEST: usize = 10;

/// Words that something can be nested in without any of the bytes of [`CHARGES`]. The last ones are TypeScript's, which
/// the parser reads before it complains.
fn of_word(word: &[u8]) -> usize {
    match word {
        b"await" | b"delete" | b"in" | b"instanceof" | b"new" | b"typeof" | b"void" | b"yield" => {
            OPERATOR
        }
        b"class" | b"do" | b"else" | b"extends" => STATEMENT,
        b"abstract" | b"as" | b"asserts" | b"declare" | b"import" | b"infer" | b"is" | b"keyof"
        | b"namespace" | b"module" | b"readonly" | b"satisfies" | b"unique" => TYPE,
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
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$') {
            charges[byte as usize] = WORD;
        }
        byte += 1;
    }
    charges[b'.' as usize] = CHAIN;
    charges[b'`' as usize] = CHAIN;
    charges
};

#[cfg(test)]
mod tests {
    use super::super::modules as module;
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
    fn charges_are_for_bytes_and_words_wherever_they_stand() {
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
