//! Charges: the bytes of stack that a parser may need, by the bytes and words of a script.

pub(super) const BRACKET: usize = 2048;

pub(super) const STATEMENT: usize = 1024;

pub(super) const OPERATOR: usize = 512;

const TYPE: usize = 1536;

/// For constructs that deepen the syntax tree, but not the recursion of the parser.
const CHAIN: usize = 256;

/// Marks a byte that begins a word: see [`of_word`].
const WORD: usize = usize::MAX;

/// Returns the bytes of stack that a text can need, and the number of opening brackets in it.
pub(super) fn charges(text: &[u8]) -> (usize, usize) {
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

/// Lengths of the words in [`of_word`], in bytes.
const SHORTEST: usize = 2;

const LONGEST: usize = 10;

/// Charge of a word that nests a construct without any byte of [`CHARGES`]. The last ones are TypeScript's, which the
/// parser reads before it reports an error.
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
    // A label, a decorator, and an escape in a word.
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
