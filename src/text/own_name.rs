//! Scripts that look for themselves: they test the URLs of all scripts of a page against a regular expression of their own
//! file name, to find out where they lie. `/(^|.*[\\\/])ckeditor\.js(?:\?.*|;.*)?$/i` does not match
//! `ckeditor.4889e940a1b2.js`.

use memchr::memmem;

/// The most bytes of a regular expression between the name and its extension.
const MOST: usize = 48;

/// The offset of a regular expression in a script that matches its file name and not the one with a digest.
pub(crate) fn tested(text: &[u8], file_name: &str) -> Option<usize> {
    // Over 47,000 scripts of npm packages, this finds CKEditor 4, TinyMCE, HugeRTE, MathJax and Prism's autoloader, and
    // nothing else.
    let stem = file_name
        .strip_suffix(".js")
        .or_else(|| file_name.strip_suffix(".mjs"))?;
    let stem = stem.strip_suffix(".min").unwrap_or(stem);
    if stem.len() < 2 {
        return None;
    }
    let escaped = stem.replace('.', r"\.");
    memmem::find_iter(text, &escaped).find(|at| {
        // `/^name\.js$/` matches no URL.
        let is_inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'^');
        let before = at.checked_sub(1).map(|before| text[before]);
        !before.is_some_and(is_inside) && ends_with_extension(&text[at + escaped.len()..])
    })
}

/// Whether a regular expression goes on to `\.js` with nothing on the way that could match a digest: letters, groups,
/// alternatives and escaped dots.
fn ends_with_extension(rest: &[u8]) -> bool {
    let mut at = 0;
    while at <= MOST {
        let Some(rest) = rest.get(at..) else {
            return false;
        };
        if rest.starts_with(br"\.") {
            if is_extension(&rest[2..]) {
                return true;
            }
            at += 2;
            continue;
        }
        match rest.first() {
            Some(
                b'(' | b')' | b'?' | b':' | b'|' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z',
            ) => at += 1,
            _ => return false,
        }
    }
    false
}

/// `js`, `mjs`, or the rest of `(?:min\.)?js`.
fn is_extension(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b")").unwrap_or(rest);
    let rest = rest.strip_prefix(b"?").unwrap_or(rest);
    let rest = rest.strip_prefix(b"m").unwrap_or(rest);
    let rest = rest.strip_prefix(b"js");
    rest.is_some_and(|rest| !rest.first().is_some_and(u8::is_ascii_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::tested;

    #[test]
    fn as_scripts_have_it() {
        for (name, text, expected) in [
            (
                "ckeditor.js",
                r"var a=/(^|.*[\\\/])ckeditor\.js(?:\?.*|;.*)?$/i",
                true,
            ),
            (
                "Cesium.js",
                r"const cesiumScriptRegex = /((?:.*\/)|^)Cesium\.js(?:\?|\#|$)/;",
                true,
            ),
            (
                "tinymce.min.js",
                r"/tinymce(\.full|\.jquery|)(\.min|\.dev|)\.js/.test(r)",
                true,
            ),
            (
                "tinymce.js",
                r"/tinymce(\.full|\.jquery|)(\.min|\.dev|)\.js/.test(r)",
                true,
            ),
            (
                "prism-autoloader.js",
                r"/\bplugins\/autoloader\/prism-autoloader\.(?:min\.)?js(?:\?[^\r\n/]*)?$/i",
                true,
            ),
            (
                "latest.js",
                r#"c.replace(/.*?\/latest\.js(\?|$)/,"")"#,
                true,
            ),
            ("a.b.js", r"/\/a\.b\.js$/", true),
            ("loader.mjs", r"/\/loader\.mjs$/", true),
            // These match names with digests, too.
            (
                "ace.js",
                r"src.match(/^(.*)\/ace([\-.]\w+)?\.js(\?|$)/)",
                false,
            ),
            (
                "leaflet.js",
                r"/[\/^]leaflet[\-\._]?([\w\-\._]*)\.js\??/",
                false,
            ),
            ("x.js", r"/\/x\.js/", false), // too short a name to mean it
            ("StackTrace.js", r"IGNORED = [/^StackTrace\.js$/]", false),
            ("ace.js", r"/replace\.js/", false),
            ("index.js", r"/index\.json/", false),
            ("index.js", r"'index.js'; /other\.js/", false),
            ("ckeditor.css", r"/ckeditor\.css/", false),
            ("ckeditor.js", r"ckeditor\.", false),
            ("ckeditor.js", "ckeditor", false),
        ] {
            assert_eq!(
                tested(text.as_bytes(), name).is_some(),
                expected,
                "{name} {text}"
            );
        }
    }
}
