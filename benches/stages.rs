//! Each stage by itself, with bytes per second: `cargo bench --features bench`, or `make bench-stages`. The input is made
//! up, and the same every time; `make bench` has real files.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot do its work must say so and end"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use hashstatic::options::{DjangoVersion, HashAlgorithm, Input, Minify, SourceRoot};
use hashstatic::{LogicalPath, Options, stages};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// A style sheet as people write it: `rules` rules of about 200 bytes, every fourth with a reference.
fn sheet(rules: usize) -> String {
    let mut css = String::from("@charset \"utf-8\";\n@import url(\"base.css\") screen;\n\n");
    for rule in 0..rules {
        let _ = write!(
            css,
            "/* The card number {rule}, as it is on small screens. */\n.card-{rule} > .title:hover,\n\
             .card-{rule} .title[data-open=\"yes\"] {{\n  margin: calc(1rem + {}px) auto;\n  \
             color: rgba({}, 20, 30, 0.5);\n  transition: color .3s ease-in-out;\n",
            rule % 7,
            rule % 256
        );
        if rule % 4 == 0 {
            let _ = writeln!(
                css,
                "  background: url(\"../img/icon-{}.svg?v=1#a\") no-repeat;",
                rule % 100
            );
        }
        css.push_str("}\n\n");
    }
    css.push_str("/*# sourceMappingURL=app.css.map */\n");
    css
}

/// A script of `functions` functions of about 200 bytes.
fn script(functions: usize) -> String {
    let mut js = String::from("'use strict';\n");
    for function in 0..functions {
        let _ = write!(
            js,
            "// Returns the width of column {function}, see http://example.com/#{function}\n\
             export function column{function}(table) {{\n  const cells = table.rows[{}].cells;\n  \
             return cells.length > {function} ? cells[{function}].offsetWidth / 2 : `none`;\n}}\n",
            function % 9
        );
    }
    js.push_str("//# sourceMappingURL=app.js.map\n");
    js
}

fn icon(number: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><path d=\"M{} 1h{}v14H{}z\"/></svg>\n",
        number % 16,
        number % 13,
        number % 11
    )
}

/// A source root: style sheets that name one another and icons.
fn tree() -> (TempDir, Options) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let put = |name: String, text: String| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    for number in 0..2_000 {
        put(format!("img/icon-{number}.svg"), icon(number));
    }
    for number in 0..20 {
        let css = sheet(100);
        // Chains of five, so that there is more than one level to link.
        let import = if number % 5 == 0 {
            "../plain.css".to_owned()
        } else {
            format!("style-{}.css", number - 1)
        };
        put(
            format!("css/style-{number}.css"),
            css.replace("base.css", &import),
        );
        put(format!("js/app-{number}.js"), script(500));
    }
    put("plain.css".to_owned(), "a { color: red }\n".to_owned());
    for map in ["css/app.css.map", "js/app.js.map"] {
        put(map.to_owned(), "{}".to_owned());
    }
    let source = SourceRoot {
        prefix: String::new(),
        dir: dir.path().to_owned(),
    };
    let mut options = Options::new(Input::Roots(vec![source]));
    options.run.dry_run = true;
    (dir, options)
}

#[divan::bench]
fn walk(bencher: Bencher<'_, '_>) {
    let (_dir, options) = tree();
    bencher
        .counter(ItemsCount::new(2_043_usize))
        .bench(|| stages::walk(&options).expect("a walk"));
}

#[divan::bench(args = [Minify::Safe, Minify::Full])]
fn minify(bencher: Bencher<'_, '_>, mode: Minify) {
    let css = sheet(500);
    let name = LogicalPath::new("css/app.css").expect("a name");
    bencher
        .counter(BytesCount::of_str(&css))
        .bench(|| stages::minify(&name, css.as_bytes(), mode));
}

#[divan::bench]
fn reference_css(bencher: Bencher<'_, '_>) {
    let css = sheet(500);
    bencher
        .counter(BytesCount::of_str(&css))
        .bench(|| stages::css_references(css.as_bytes()));
}

/// Source maps are looked for from the end: only a script without one is read whole.
#[divan::bench(args = ["with source map", "without"])]
fn reference_js(bencher: Bencher<'_, '_>, kind: &str) {
    let mut js = script(5_000);
    if kind == "without" {
        js = js.replace("sourceMappingURL", "none");
    }
    bencher
        .counter(BytesCount::of_str(&js))
        .bench(|| stages::js_references(js.as_bytes()));
}

#[divan::bench]
fn module_references(bencher: Bencher<'_, '_>) {
    let js = script(1000);
    bencher
        .counter(BytesCount::of_str(&js))
        .bench(|| stages::module_references(js.as_bytes()));
}

#[divan::bench]
fn link(bencher: Bencher<'_, '_>) {
    let (_dir, options) = tree();
    let bytes = BytesCount::new(20 * sheet(100).len());
    // One core's work, as of the other stages.
    let mut options = options;
    options.run.jobs = 1;
    stages::link(&options, |link| bencher.counter(bytes).bench_local(link)).expect("a linked tree");
}

#[divan::bench(args = [(HashAlgorithm::Blake3, 700), (HashAlgorithm::Blake3, 1 << 20), (HashAlgorithm::Md5, 700), (HashAlgorithm::Md5, 1 << 20)])]
fn hash(bencher: Bencher<'_, '_>, (algorithm, length): (HashAlgorithm, usize)) {
    let bytes = vec![7; length];
    bencher
        .counter(BytesCount::new(length))
        .bench(|| stages::hash(algorithm, &bytes));
}

/// A text of that many bytes: an icon, a style sheet, a script.
fn text(length: usize) -> Vec<u8> {
    let mut bytes = match length {
        ..1_000 => icon(1).repeat(10),
        1_000..200_000 => sheet(500),
        _ => script(5_000),
    }
    .into_bytes();
    bytes.truncate(length);
    bytes
}

const LENGTHS: [usize; 3] = [700, 100_000, 1_000_000];

#[divan::bench(args = LENGTHS, consts = [9, 10, 11], max_time = 2)]
fn brotli<const QUALITY: u8>(bencher: Bencher<'_, '_>, length: usize) {
    let text = text(length);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| stages::brotli(&text, QUALITY));
}

#[divan::bench(args = LENGTHS, consts = [6, 9, 12], max_time = 2)]
fn gzip<const LEVEL: u8>(bencher: Bencher<'_, '_>, length: usize) {
    let text = text(length);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| stages::gzip(&text, LEVEL));
}

#[divan::bench(args = LENGTHS, consts = [3, 19], max_time = 2)]
fn zstd<const LEVEL: u8>(bencher: Bencher<'_, '_>, length: usize) {
    let text = text(length);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench(|| stages::zstd(&text, LEVEL));
}

/// On the file system of `TMPDIR`.
#[divan::bench(args = [700, 20_000])]
fn write(bencher: Bencher<'_, '_>, length: usize) {
    let names: Vec<String> = (0..200).map(|n| format!("dir{}/file{n}", n % 10)).collect();
    let bytes = vec![7; length];
    bencher
        .counter(BytesCount::new(names.len() * length))
        .with_inputs(|| tempfile::tempdir().expect("a temporary directory"))
        .bench_values(|dir| {
            stages::write(dir.path(), &names, &bytes).expect("written files");
            dir // removed when the clock has stopped
        });
}

/// All of `check`: walking, reading, minifying, resolving and linking, on all cores.
#[divan::bench(args = [false, true])]
fn check(bencher: Bencher<'_, '_>, django_exact: bool) {
    let (_dir, mut options) = tree();
    if django_exact {
        options = options.exactly(DjangoVersion::V6_1);
    }
    let bytes = 20 * (sheet(100).len() + script(500).len()) + 2_000 * icon(1).len();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| hashstatic::check(&options).expect("a tree without errors"));
}
