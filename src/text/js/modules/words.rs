//! The words that every reference needs: a script without them is not parsed.

use memchr::memmem;

/// Whether the words occur that every reference needs. (`!important` is common in scripts.)
pub(super) fn may_have_references(text: &str) -> bool {
    let has = |word| words(text, word).next().is_some();
    has("import") || (has("export") && has("from")) || may_have_calls(text)
}

/// Whether a function may be called that takes a URL, other than `import()` and its like.
pub(super) fn may_have_calls(text: &str) -> bool {
    let has = |word| words(text, word).next().is_some();
    may_have_workers(text) || has("importScripts") || has("addModule") || has("serviceWorker")
}

/// Whether a worker may be constructed with a string.
fn may_have_workers(text: &str) -> bool {
    let bytes = text.as_bytes();
    let token = |from: usize| {
        let white_space = |b: &&u8| b.is_ascii_whitespace() || **b == 0x0b;
        let at = from + bytes[from..].iter().take_while(white_space).count();
        (at, bytes.get(at))
    };
    let mut ends = words(text, "Worker").chain(words(text, "SharedWorker"));
    ends.any(|end| match token(end) {
        (at, Some(b'(')) => matches!(
            token(at + 1),
            (_, Some(b'"' | b'\'' | b'`' | b'(' | b'/' | 0x80..))
        ),
        (_, behind) => matches!(behind, Some(b'/' | 0x80..)), // a comment or non-ASCII white space
    })
}

/// Byte offsets of the ends of `word`, where it is a whole word.
fn words(text: &str, word: &'static str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$');
    memmem::find_iter(bytes, word).filter_map(move |at| {
        let end = at + word.len();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_part = before.is_some_and(is_word) || bytes.get(end).is_some_and(is_word);
        (!is_part).then_some(end)
    })
}
