//! References from outside: what a build rewrites, leaves alone, and says about it. Each build is then verified.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use support::{Project, assert_failure, assert_success, stderr};

const QUICK: &[&str] = &[
    "build",
    "src",
    "-o",
    "out",
    "--no-gzip",
    "--no-brotli",
    "--no-cache",
    "-v",
];

/// A static root, and what the build has said.
struct Built {
    project: Project,
    said: String,
}

/// Builds these sources, which must succeed and be verified.
fn build(files: &[(&str, &str)], more: &[&str]) -> Built {
    built(Project::with_sources(files), more)
}

fn built(project: Project, more: &[&str]) -> Built {
    let project = project.building_with(QUICK);
    let output = project.try_build(more);
    assert_success(&output);
    assert_success(&project.run(&["verify", "out"]));
    Built {
        said: stderr(&output),
        project,
    }
}

impl Built {
    /// The text of an asset's hashed file.
    fn text(&self, name: &str) -> String {
        self.project
            .read(&format!("out/{}", self.project.hashed(name)))
    }

    /// The same with `#` for each digest of the build.
    fn linked(&self, name: &str) -> String {
        let mut text = self.text(name);
        for hashed in self.project.paths("out").values() {
            let digest = hashed.rsplit('.').nth(1).unwrap();
            text = text.replace(digest, "#");
        }
        text
    }

    fn says(&self, what: &str) {
        assert!(self.said.contains(what), "{}", self.said);
    }
}

/// Builds that must fail with this text.
fn refused(files: &[(&str, &str)], more: &[&str], why: &str) {
    let project = Project::with_sources(files).building_with(QUICK);
    assert_failure(&project.try_build(more), why);
}

/// Chromium resolves them in the style sheet with `var()`, also if the property is registered.
#[test]
fn relative_urls_in_custom_properties_are_resolved_where_they_are_used() {
    let vars = ("css/v.css", ":root{--x:url(a.png)}");
    let a = ("css/a.png", "a");
    let other = ("pages/a.png", "other");
    let here = ("css/u.css", ".a{b:var(--x)}");
    let there = ("pages/u.css", ".a{b:var(--x)}");
    let through = ("css/t.css", ":root{--y:var(--x)}");
    let end = ("pages/u.css", ".a{b:var(--y)}");
    let rewritten = ":root{--x:url(a.#.png)}";
    let left = ":root{--x:url(a.png)}";
    for (files, expected) in [
        (&[vars, a, here][..], rewritten),
        (&[vars, a], rewritten),
        (&[vars, other, there], rewritten),
        (&[vars, a, there], left),
        (&[vars, a, other, there], left),
        (&[vars, a, other, here, there], left),
        (&[vars, other, through, end], rewritten),
        (&[vars, a, other, through, end], left),
        (&[vars, here], left),
        (&[vars], left),
    ] {
        let built = build(files, &[]);
        assert_eq!(built.linked("css/v.css"), expected, "{files:?}");
        let is_left = expected == left;
        assert_eq!(
            built
                .said
                .contains("warning: css/v.css:1:15: \"a.png\" is not rewritten"),
            is_left
        );
    }
    // The digest is that of the file which is fetched.
    let built = build(&[vars, other, there], &[]);
    let hashed = built.project.hashed("pages/a.png");
    assert_eq!(
        built.text("css/v.css"),
        format!(":root{{--x:url({})}}", &hashed[6..])
    );
}

#[test]
fn every_kind_of_url_in_a_custom_property() {
    let files = &[
        ("css/a.png", "a"),
        ("css/b.png", "b"),
        ("pages/u.css", ".u{a:var(--x);b:--f()}"),
        (
            "css/v.css",
            "@property --i{syntax:\"<image>\";inherits:true;initial-value:url(a.png)}\
            @function --f(){--l:url(a.png);result:url(b.png)}\
            :root{--x:url(/static/css/a.png) image-set(\"b.png\" 1x,url(/static/css/b.png) 2x);--z:f(url(a.png));b:var(--n,url(b.png))}",
        ),
    ];
    let built = build(files, &[]);
    assert_eq!(
        built.linked("css/v.css"),
        "@property --i{syntax:\"<image>\";inherits:true;initial-value:url(a.png)}\
        @function --f(){--l:url(a.#.png);result:url(b.png)}\
        :root{--x:url(/static/css/a.#.png) image-set(\"b.png\" 1x,url(/static/css/b.#.png) 2x);--z:f(url(a.#.png));b:var(--n,url(b.#.png))}"
    );
    built.says("an absolute URL means the same everywhere: /static/css/b.png");
    for more in [&["--minify=full"][..], &["--no-minify"], &["--hash=md5"]] {
        build(files, more);
    }
    refused(
        &[("a.css", ":root{--x:url(/static/no.png)}")],
        &[],
        "resolves to no.png",
    );
}

#[test]
fn what_custom_properties_may_mean_keeps_its_plain_copy() {
    let files = &[
        ("css/v.css", ":root{--x:url(a.png)}.a{b:url(c.png)}"),
        ("css/a.png", "a"),
        ("css/c.png", "c"),
        ("pages/a.png", "other"),
        ("pages/u.css", ".a{b:var(--x)}"),
    ];
    let built = build(files, &["--keep-only-hashed"]);
    built.says(
        "notice: css/a.png: keeps its plain copy: css/v.css may mean it in a custom property",
    );
    for (name, is_kept) in [
        ("css/a.png", true),
        ("pages/a.png", true),
        ("css/c.png", false),
    ] {
        assert_eq!(built.project.has(&format!("out/{name}")), is_kept, "{name}");
    }
    // In place, twice: only what is needed is left, and stays.
    let project = Project::with_sources(files);
    for _ in 0..2 {
        project.ok(&[
            "build",
            "src",
            "--in-place",
            "--keep-only-hashed",
            "--no-gzip",
            "--no-brotli",
            "--no-cache",
        ]);
        assert!(project.has("src/css/a.png") && !project.has("src/css/c.png"));
        project.ok(&["verify", "src"]);
    }
}

#[test]
fn conditions_fetch_nothing() {
    let built = build(
        &[
            ("x.png", "x"),
            (
                "a.css",
                "@supports (mask:url(no.svg)){a{b:url(x.png)}}@container style(--x:url(no.png)){a{b:c}}\
                c{d:if(supports(mask:url(no.svg)):url(x.png);else:e)}",
            ),
        ],
        &[],
    );
    assert_eq!(built.linked("a.css").matches("url(x.#.png)").count(), 2);
    assert_eq!(built.said, "");
}

/// As browsers do: above the root there is nothing, and `%2e` is a dot.
#[test]
fn urls_may_leave_the_static_root_and_come_back() {
    let css = "a{b:url(../../static/a.png);c:url(/static/../static/a.png);d:url(%2e%2e/../../../static/a.png?x#y)}";
    let built = build(&[("a.png", "a"), ("css/a.css", css)], &[]);
    assert_eq!(
        built.linked("css/a.css"),
        "a{b:url(../../static/a.#.png);c:url(/static/../static/a.#.png);d:url(%2e%2e/../../../static/a.#.png?x#y)}"
    );
    let css = "a{b:url(../../s/a.png);c:url(https://cdn.test/x/../s/a.png);d:url(//cdn.test/s/a.png);e:url(/s/a.png);\
        f:url(https://other.test/s/no.png)}";
    let cdn = &["--static-url", "https://cdn.test/s/"];
    let built = build(&[("a.png", "a"), ("css/a.css", css)], cdn);
    assert_eq!(built.linked("css/a.css").matches("a.#.png").count(), 4);
    for css in ["a{b:url(../../a.png)}", "a{b:url(/static/../a.png)}"] {
        refused(
            &[("a.png", "a"), ("css/a.css", css)],
            &[],
            "leaves the static root",
        );
    }
}

#[test]
fn utf16_is_read_by_its_byte_order_mark() {
    let text = "\u{feff}@charset \"utf-16\";.a{b:url(é.png)}";
    for unit in [u16::to_le_bytes, u16::to_be_bytes] {
        for more in [
            &[][..],
            &["--no-minify"],
            &["--keep-only-hashed"],
            &["--minify=full"],
        ] {
            let project = Project::with_sources(&[("é.png", "x")]);
            let bytes: Vec<u8> = text.encode_utf16().flat_map(unit).collect();
            fs::write(project.path("src/a.css"), &bytes).unwrap();
            let built = built(project, more);
            let linked = built.linked("a.css");
            assert!(
                linked.starts_with('\u{feff}') && linked.contains("url(é.#.png)"),
                "{linked}"
            );
            built.says("notice: a.css: in UTF-16");
        }
    }
    let project = Project::with_sources(&[]).building_with(QUICK);
    let missing: Vec<u8> = "\u{feff}a{\n b:url(no.png)}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    fs::write(project.path("src/a.css"), &missing).unwrap();
    assert_failure(&project.try_build(&[]), "a.css:2:8: \"no.png\"");
    fs::write(project.path("src/a.css"), &missing[2..]).unwrap();
    let output = project.try_build(&[]);
    assert_success(&output);
    assert!(
        stderr(&output).contains("warning: a.css:1:2: has NUL characters"),
        "{}",
        stderr(&output)
    );
    fs::write(project.path("src/a.css"), "").unwrap();
    fs::write(project.path("src/a.js"), &missing).unwrap();
    let output = project.try_build(&[]);
    assert!(
        stderr(&output).contains("warning: a.js: in UTF-16"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_is_missing_in_scripts_is_a_warning_unless_it_is_to_be_an_error() {
    let files = &[
        ("util.js", ""),
        ("dir/index.js", ""),
        (
            "app.js",
            "import './util';\nimport './dir';\nif (dev) import('./dev.js');\nnew URL('x.wasm', import.meta.url);\n\
            new URL('../..', import.meta.url);\nnew URL('./', import.meta.url);\nnew URL('..', import.meta.url);",
        ),
        ("a.css", "@import \"./base\";\n@import url(base2);"),
    ];
    let built = build(files, &["--js-modules"]);
    for said in [
        "warning: app.js:1:9: \"./util\" resolves to util",
        "help: there is util.js",
        "warning: app.js:2:9: \"./dir\" resolves to dir/, which is a directory",
        "help: there is dir/index.js",
        "warning: app.js:3:18: \"./dev.js\"",
        "warning: app.js:4:10: 1 more of this kind in this file",
        "warning: a.css:1:10: \"./base\"",
        "warning: a.css:2:13: \"base2\"",
    ] {
        built.says(said);
    }
    assert!(!built.said.contains("app.js:5"), "{}", built.said);
    refused(
        files,
        &["--js-modules", "--on-missing", "error"],
        "6 errors found",
    );
    refused(
        &[("a.css", "@import \"./base.css\";")],
        &[],
        "resolves to base.css",
    );
    refused(&[("a.css", "a{b:url(base)}")], &[], "resolves to base");
    let built = build(files, &["--js-modules", "--on-missing", "ignore"]);
    assert!(!built.said.contains("warning"), "{}", built.said);
}

/// A package for bundlers has hundreds of them.
#[test]
fn many_warnings_are_counted_and_have_help() {
    let names: Vec<String> = (0..60).map(|n| format!("d/m{n}.js")).collect();
    let lines: Vec<String> = (0..20).map(|n| format!("import './m{n}';")).collect();
    let text = lines.join("\n");
    let files: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), text.as_str()))
        .collect();
    let built = build(&files, &["--js-modules"]);
    assert!(built.said.lines().count() < 50, "{}", built.said);
    let counted: usize = built
        .said
        .lines()
        .filter_map(|line| line.split_once(": warning").map(|_| line).or(Some(line)))
        .filter_map(|line| {
            line.split(": ")
                .last()?
                .split_once(" more of this kind")?
                .0
                .parse::<usize>()
                .ok()
        })
        .sum();
    assert!(counted > 1_000, "{}", built.said);
    let last = built
        .said
        .lines()
        .rev()
        .find(|line| line.contains("of this kind"))
        .unwrap();
    let after = built.said.split(last).nth(1).unwrap();
    assert!(
        after.trim_start().starts_with("help: there is d/m"),
        "{}",
        built.said
    );
    assert!(
        !built
            .project
            .try_build(&["--js-modules", "--on-missing", "error"])
            .status
            .success()
    );
}

#[test]
fn specifiers_of_which_the_whole_path_is_known() {
    let script = "import('./a.js?t=' + x);import(`./a.js?t=${x}`);import(c ? './a.js' : './b.js');\
        new globalThis.URL('a.js', import.meta.url);import('./' + x);import(`./${x}.js`);new Worker('./a.js')";
    let files = &[("app.js", script), ("a.js", "1"), ("b.js", "2")];
    let built = build(files, &["--js-modules"]);
    assert_eq!(
        built.linked("app.js"),
        "import('./a.#.js?t=' + x);import(`./a.#.js?t=${x}`);import(c ? './a.#.js' : './b.#.js');\
        new globalThis.URL('a.#.js', import.meta.url);import('./' + x);import(`./${x}.js`);new Worker('./a.js')"
    );
    built.says("notice: app.js:1:132: this URL is put together at run time");
    built.says("notice: app.js:1:149: this URL");
    built.says("\"./a.js\" is relative to the page");
    let built = build(files, &["--js-modules", "--keep-only-hashed"]);
    built.says("warning: app.js:1:132: this URL");
    built.says("help: --keep-original");
    let built = build(
        files,
        &["--js-modules", "--keep-only-hashed", "--keep-original=a.js"],
    );
    built.says("notice: app.js:1:174: \"./a.js\" is relative");
}

#[test]
fn urls_of_a_cdn_in_scripts() {
    let script = "import 'https://cdn.test/s/a.js';import('//cdn.test/s/a.js');export * from '/s/a.js';\
        new URL('https://cdn.test/s/a.js', import.meta.url);new Worker('https://cdn.test/s/a.js');new Worker('/s/a.js');\
        import 'https://other.test/s/a.js'";
    let files = &[("app.js", script), ("a.js", "1")];
    let built = build(
        files,
        &["--js-modules", "--static-url", "https://cdn.test/s/"],
    );
    let linked = built.linked("app.js");
    assert_eq!(linked.matches("/s/a.#.js").count(), 5, "{linked}");
    assert!(linked.contains("new Worker('/s/a.js')") && linked.contains("other.test/s/a.js'"));
}

/// References that are not read are shown, and are warnings where nothing will be found.
#[test]
fn assets_that_are_named_where_nothing_is_read() {
    let files = &[
        ("index.html", "<img src=\"img/a.png\">"),
        ("img/i.svg", "<svg><image href=\"a.png\"/></svg>"),
        (
            "site.webmanifest",
            "{\"icons\":[{\"src\":\"/static/img/a.png\"}]}",
        ),
        ("app.js", "fetch('/static/img/a.png');\nimport './b.js';"),
        ("b.js", "audio.audioWorklet.addModule('/static/app.js')"),
        ("c.js", "navigator.serviceWorker.register('/static/sw.js')"),
        ("sw.js", "self.a = 1"),
        ("img/a.png", "a"),
    ];
    let built = build(files, &[]);
    for said in [
        "notice: index.html:1:11: \"img/a.png\" is not rewritten: references in such files are not read",
        "notice: img/i.svg:1:19: \"a.png\" is not rewritten",
        "notice: site.webmanifest:1:19: \"/static/img/a.png\" is not rewritten",
        "notice: app.js:1:8: \"/static/img/a.png\" is not rewritten: strings are not read",
        "notice: app.js:2:9: \"./b.js\" is not rewritten: only with --js-modules",
        "notice: b.js:1:31: \"/static/app.js\" is not rewritten",
    ] {
        built.says(said);
    }
    let built = build(files, &["--keep-only-hashed", "--js-modules"]);
    built.says("warning: index.html:1:11: \"img/a.png\"");
    built.says("warning: b.js:1:31: \"/static/app.js\" is not rewritten here");
    assert!(!built.said.contains("./b.js"), "{}", built.said);
    // It keeps its name.
    assert!(!built.said.contains("/static/sw.js"), "{}", built.said);
    let built = build(files, &["--keep-only-hashed", "--keep-original=img/*"]);
    built.says("notice: index.html:1:11");
}
