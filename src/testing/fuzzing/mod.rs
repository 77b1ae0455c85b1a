//! What must hold for every input, for `fuzz/`: one function per target, which panics where it does not hold. Not part
//! of the library's interface.

use std::path::Path;

use crate::django::{Disk, Exact, Scanned, StaticName};
use crate::name::catalog::Catalog;
use crate::name::logical_path::LogicalPath;
use crate::options::{DjangoVersion, HashAlgorithm, Minify, NamedFile};
use crate::static_root::manifest::Manifest;
use crate::text::Syntax;
use crate::text::css::tokens::{Kind, tokens};
use crate::text::css::transform_css;
use crate::text::edges::splice;
use crate::text::resolve::UrlSpace;
use crate::text::resolve::{Target, resolve};
use crate::text::{Escapes, ReferenceKind, css_references_by_tokens};

/// The assets that references can meet: short names, and the odd ones.
const NAMES: &[&str] = &[
    ".d",
    "a",
    "b.css",
    "css/#b.png",
    "css/..e.f",
    "css/a\\b.png",
    "css/a.png",
    "css/d/e.png",
    "css/m.css",
    "css/noext",
    "css/x y.png",
    "css/é.png",
    "img/a%b.png",
    "img/c.png",
    "q?r.js",
];
/// The asset that the references stand in.
const FROM: &str = "css/m.css";
const DIGEST: &str = "0123456789ab";
const STATIC_URLS: &[&str] = &["/static/", "https://cdn.test/s/", "/"];

/// The CSS reference scanner: see [`reads_and_rewrites`]. What it passes over has no reference in it.
pub fn css_references(text: &[u8]) {
    assert_eq!(Syntax::Css.references(text), css_references_by_tokens(text));
    reads_and_rewrites(Syntax::Css, text);
}

/// The JS reference scanner: see [`reads_and_rewrites`]. There is at most one source map comment.
pub fn js_references(text: &[u8]) {
    assert!(Syntax::Script.references(text).len() <= 1);
    reads_and_rewrites(Syntax::Script, text);
}

/// The scanner of `--js-modules`: see [`reads_and_rewrites`]. What cannot be parsed has no reference but its source map.
pub fn js_modules(text: &[u8]) {
    let found = Syntax::Module.scan(text);
    if let Some(why) = &found.not_parsed {
        assert!(why.offset <= text.len() && !why.reason.is_empty());
        assert_eq!(found.references, Syntax::Script.references(text));
    }
    reads_and_rewrites(Syntax::Module, text);
}

/// Spans are ordered, disjoint and inside the text; an edit that changes nothing gives the text back; a text with
/// digests inserted has the same references, with the digest in their URLs.
fn reads_and_rewrites(kind: Syntax, text: &[u8]) {
    let catalog = Catalog::of_names(NAMES.iter().copied());
    let from = logical(FROM);
    let found = kind.references(text);
    let mut end = 0;
    let mut edits = Vec::new();
    let mut expected = Vec::new();
    for reference in &found {
        let span = reference.span.clone();
        assert!(end <= span.start && span.start <= span.end && span.end <= text.len());
        end = span.end;
        if let Ok(text) = std::str::from_utf8(text) {
            assert!(text.is_char_boundary(span.start) && text.is_char_boundary(span.end));
        }
        if reference.kind == ReferenceKind::SourceMap {
            assert!(text[..span.start].ends_with(b"sourceMappingURL="));
            assert!(reference.escapes == Escapes::None);
        }
        let url = reference.url(text);
        if reference.kind == ReferenceKind::Module {
            let mut starts = ["./", "../", "/"].iter();
            assert!(starts.any(|start| url.text.starts_with(start)));
        }
        if reference.escapes == Escapes::Js {
            let quote = text[span.start - 1];
            assert!(text[span.end] == quote && b"\"'`".contains(&quote));
        }
        offsets_lead_back(
            |at| url.raw_offset(at),
            url.text.len(),
            span.end - span.start,
        );
        let mut rewritten = url.text.clone().into_owned();
        if let Target::Asset { digest_at, .. } =
            resolve(space(&catalog, STATIC_URLS[0]), &from, &url.text)
        {
            rewritten.insert_str(digest_at, &format!(".{DIGEST}"));
            edits.push(span.start + url.raw_offset(digest_at));
        }
        expected.push((reference.kind, rewritten));
    }
    let edited = |insert: &str| {
        let edit = |at: &usize| (*at..*at, insert.to_owned());
        splice(text, edits.iter().map(edit))
    };
    assert_eq!(edited(""), text);
    let rewritten = edited(&format!(".{DIGEST}"));
    let again: Vec<(ReferenceKind, String)> = kind
        .references(&rewritten)
        .iter()
        .map(|reference| (reference.kind, reference.url(&rewritten).text.into_owned()))
        .collect();
    assert_eq!(again, expected);
}

/// Offsets in a decoded URL lead to ascending offsets in its raw text, the end to the end.
fn offsets_lead_back(raw_offset: impl Fn(usize) -> usize, decoded: usize, raw: usize) {
    let mut before = 0;
    for at in 0..=decoded {
        let offset = raw_offset(at);
        assert!(before <= offset && offset <= raw);
        before = offset;
    }
    assert_eq!(before, raw);
}

/// `--minify safe`: never larger, all tokens but white space and comments as they were, the same references in the same
/// order, nothing left to do for a second run.
pub fn css_safe(text: &[u8]) {
    let minified = minified(text, Minify::Safe);
    let is_utf8 = std::str::from_utf8(text).is_ok();
    assert_eq!(significant(&minified, is_utf8), significant(text, is_utf8));
    if is_utf8 {
        // Where the bytes that are not stood in comments, what is left is read as UTF-8.
        assert_eq!(urls(&minified), urls(text));
        assert_eq!(self::minified(&minified, Minify::Safe), minified);
    }
}

/// `--minify full`: never larger than what `safe` makes of it, no reference lost.
pub fn css_full(text: &[u8]) {
    let full = minified(text, Minify::Full);
    assert!(full.len() <= minified(text, Minify::Safe).len());
    if std::str::from_utf8(text).is_err() {
        return; // see `css_safe`
    }
    let (mut before, mut after) = (urls(text), urls(&full));
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(after, before);
}

fn minified(text: &[u8], mode: Minify) -> Vec<u8> {
    let transformed = transform_css(&logical(FROM), text, mode, None);
    let minified = transformed.bytes.unwrap_or_else(|| text.to_owned());
    assert!(minified.len() <= text.len());
    minified
}

/// The tokens of a style sheet, as text; read as the transform stage reads it.
fn significant(text: &[u8], is_utf8: bool) -> Vec<String> {
    let text: String = if is_utf8 {
        let text = String::from_utf8_lossy(text);
        text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
    } else {
        text.iter().copied().map(char::from).collect()
    };
    tokens(&text)
        .filter(|token| !matches!(token.kind, Kind::WhiteSpace | Kind::Comment))
        .map(|token| text[token.span].to_owned())
        .collect()
}

fn urls(text: &[u8]) -> Vec<String> {
    Syntax::Css
        .references(text)
        .iter()
        .map(|reference| format!("{:?} {}", reference.kind, reference.url(text).text))
        .collect()
}

/// What a URL leads to: its path and the digest's place are inside it; with the digest inserted, it leads to the hashed
/// path and nowhere else; no name that is reported leaves the static root.
pub fn resolving(url: &str) {
    let hashed: Vec<String> = NAMES
        .iter()
        .map(|name| logical(name).with_digest(DIGEST).as_str().to_owned())
        .collect();
    let before = Catalog::of_names(NAMES.iter().copied());
    let after = Catalog::of_names(
        NAMES
            .iter()
            .copied()
            .chain(hashed.iter().map(String::as_str)),
    );
    let from = logical(FROM);
    for static_url in STATIC_URLS {
        match resolve(space(&before, static_url), &from, url) {
            Target::Asset {
                id,
                path,
                digest_at,
            } => {
                assert!(path.start < digest_at && digest_at <= path.end && path.end <= url.len());
                assert!(url.is_char_boundary(path.start) && url.is_char_boundary(path.end));
                let mut rewritten = url.to_owned();
                rewritten.insert_str(digest_at, &format!(".{DIGEST}"));
                let name = before.name(id).with_digest(DIGEST);
                match resolve(space(&after, static_url), &from, &rewritten) {
                    Target::Asset { id, .. } => assert_eq!(after.name(id), &name),
                    other => panic_on(&rewritten, &other),
                }
            }
            Target::Missing(name) => {
                assert!(before.find(&name).is_none());
                // A NUL or the like is reported as it stands; no segment may lead anywhere.
                assert!(!name.split('/').any(|part| matches!(part, "" | "." | "..")));
            }
            Target::External | Target::Outside => {}
        }
        let trimmed = url.trim_start_matches(|c| c <= ' ');
        if ["//", "/\\", "\\/", "\\\\"]
            .iter()
            .any(|slashes| trimmed.starts_with(slashes))
        {
            let target = resolve(space(&before, static_url), &from, url);
            assert_eq!(target, Target::External, "another host");
        }
    }
}

fn space<'a>(catalog: &'a Catalog, static_url: &'a str) -> UrlSpace<'a> {
    UrlSpace {
        catalog,
        static_url,
    }
}

fn panic_on(url: &str, target: &Target) {
    assert!(
        matches!(target, Target::Asset { .. }),
        "{url:?} leads to {target:?}"
    );
}

/// A manifest by anybody's hand: every name in it is a logical path; it is read back as it is written; it is ASCII.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else {
        return;
    };
    for name in manifest.paths.iter().flat_map(|(key, value)| [key, value]) {
        stays_inside(name);
    }
    for algorithm in [HashAlgorithm::Blake3, HashAlgorithm::Md5] {
        let written = manifest.to_bytes(algorithm);
        assert!(written.is_ascii());
        assert_eq!(Manifest::parse(&written).as_ref(), Ok(&manifest));
    }
}

/// The list of `--files-from`: a name that is taken stays inside the static root, with and without its digest.
pub fn files_from(json: &[u8]) {
    for file in NamedFile::parse_list(json).into_iter().flatten() {
        if let Ok(name) = LogicalPath::new(&file.name) {
            assert_eq!(name.as_str(), file.name);
            stays_inside(name.as_str());
            let hashed = name.with_digest(DIGEST);
            assert_eq!(LogicalPath::new(hashed.as_str()).as_ref(), Ok(&hashed));
            let digest = crate::name::logical_path::digest_in_name(name.as_str(), hashed.as_str());
            assert_eq!(digest, Some(DIGEST));
        }
    }
}

/// `name` below a directory is a path below that directory, of as many parts as it has.
fn stays_inside(name: &str) {
    let parts: Vec<_> = Path::new(name).components().collect();
    assert!(!name.is_empty() && !name.contains('\0'));
    assert_eq!(parts.len(), name.split('/').count());
    assert!(
        parts
            .iter()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
    );
}

/// `--django-exact`: a file without failures either changes, or has no reference that would be replaced.
pub fn django_exact(text: &str) {
    let catalog = Catalog::of_names(NAMES.iter().copied());
    let Some(id) = catalog.find(FROM) else { return };
    for version in [DjangoVersion::V6_1, DjangoVersion::V5_2] {
        let exact = Exact {
            version,
            js_modules: true,
            static_url: STATIC_URLS[0],
            static_root: Path::new("/r"),
            catalog: &catalog,
            disk: &EmptyDisk,
            ignored: crate::text::missing::IgnoredErrors::default(),
            odd: std::sync::OnceLock::new(),
        };
        for kind in [Syntax::Css, Syntax::Script] {
            let Scanned {
                targets, converted, ..
            } = exact.scan(id, kind, text);
            assert!(targets.iter().all(|id| *id < catalog.len()));
            assert_eq!(converted.text.is_some(), converted.replaced > 0);
            for failure in converted.failures.iter() {
                // Django's bare `assert` has no text.
                assert!(!(failure.introduced && failure.more == 0 && failure.message.is_empty()));
            }
        }
    }
}

/// A static root in which nothing lies.
struct EmptyDisk;

impl Disk for EmptyDisk {
    fn stale(&self, _: &str) -> StaticName {
        StaticName::Missing
    }

    fn source_digest(&self, _: &Path) -> Option<String> {
        None
    }
}

fn logical(name: &str) -> LogicalPath {
    #[expect(clippy::expect_used, reason = "only for the constants of this module")]
    LogicalPath::new(name).expect("a logical path")
}
