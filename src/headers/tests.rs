use super::*;

/// Makes a plan of files: name, immutable, variants.
fn plan(files: &[(&str, bool, &[Encoding])]) -> HeadersPlan {
    let files: BTreeMap<String, ServedFile> = files
        .iter()
        .map(|(name, immutable, variants)| {
            let file = ServedFile {
                immutable: *immutable,
                variants: variants.iter().copied().collect(),
            };
            ((*name).to_owned(), file)
        })
        .collect();
    HeadersPlan {
        url: "/static/".into(),
        manifest: "staticfiles.json".into(),
        hash_length: 12,
        encodings: vec![Encoding::Brotli, Encoding::Gzip],
        extensions: files
            .keys()
            .filter_map(|name| media_types::extension(name))
            .collect(),
        lookalikes: BTreeSet::from(["old/x.0123456789ab.js".to_owned()]),
        files,
    }
}

const BOTH: &[Encoding] = &[Encoding::Brotli, Encoding::Gzip];

fn site() -> HeadersPlan {
    plan(&[
        ("css/app.4889e940a1b2.css", true, BOTH),
        ("css/app.css", false, BOTH),
        ("vite/index-BXe4.js", true, &[]),
        ("vendor/jquery.0123456789ab.js", false, &[Encoding::Gzip]),
        ("LICENSE", false, &[]),
    ])
}

/// The whole file in each format; `BLESS=1` records.
#[test]
fn every_format() {
    let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/headers");
    for (format, written) in [
        ("nginx", nginx::write(&site())),
        ("caddy", caddy::write(&site())),
        ("netlify", netlify::write(&site())),
        ("json", json::write(&site())),
    ] {
        let file = golden.join(format);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&file, &written).unwrap();
        }
        assert_eq!(written, std::fs::read_to_string(&file).unwrap());
    }
}

#[test]
fn names_that_look_hashed() {
    for (name, without) in [
        ("css/app.0123456789ab.css", Some("css/app.css")),
        ("LICENSE.0123456789ab", Some("LICENSE")),
        ("a.tar.0123456789ab.gz", Some("a.tar.gz")),
        (".0123456789ab.css", Some(".css")),
        ("a.0123456789ab.\n", Some("a.\n")),
        ("a.0123456789ab\n", None),
        ("a.0123456789ab.min.css", None),
        ("a.0123456789ab.", None),
        ("a.0123456789AB.css", None),
        ("a.0123456789a.css", None),
        ("0123456789ab.css", None),
        ("a.0123456789ab/b.css", None),
        ("a.0123456789ab.d/b", None),
        ("é.é", None),
        ("", None),
    ] {
        assert_eq!(without_digest(name, 12).as_deref(), without, "{name:?}");
    }
}

#[test]
fn the_path_of_the_static_url() {
    for (url, path) in [
        ("/static/", "/static/"),
        ("static/", "/static/"),
        ("/", "/"),
        ("https://cdn.test/", "/"),
        ("https://cdn.test/a/b/", "/a/b/"),
        ("//cdn.test/s/", "/s/"),
        ("/st%20atic/", "/st atic/"),
    ] {
        assert_eq!(url_path(url), path);
    }
}

#[test]
fn every_name_can_be_written() {
    let name = "a \"b\" 'c' \\ $d ${e} {f} {$G} %20 # ; ` * ? [h]\n\u{85}é.js";
    assert_eq!(
        nginx::quoted(name),
        "\"a \\\"b\\\" 'c' \\\\ $d ${e} {f} {$G} %20 # ; ` * ? [h]\\n\u{85}é.js\""
    );
    let escaped = caddy::escaped(name);
    assert!(escaped.ends_with(r"\x5D\x0A\x{85}é\.js"), "{escaped}");
    assert!(
        !escaped.contains(['"', '\'', '$', '{', '}', '`', ' ', '\n'])
            || escaped.contains(r"\x{85}")
    );
    assert!(!netlify::can_name(name));
    assert!(netlify::can_name("css/app-1.2_x.css"));
}

#[test]
fn headers_that_a_format_cannot_express_are_reported() {
    let plan = plan(&[
        ("a b.css", false, &[]),
        ("a.css", false, &[]),
        ("a.css.gz", false, &[]),
        ("a\\b.css", false, &[]),
    ]);
    let told = |formats: &[HeadersFormat]| {
        let mut diagnostics = Vec::new();
        plan.check(&formats.iter().copied().collect(), &mut diagnostics);
        let names = diagnostics.into_iter().map(|diagnostic| diagnostic.path);
        names.collect::<Vec<_>>()
    };
    assert_eq!(told(&[HeadersFormat::Netlify]), ["a b.css", "a\\b.css"]);
    assert_eq!(told(&[HeadersFormat::Nginx]), ["a.css.gz"]);
    assert_eq!(told(&[HeadersFormat::Caddy]), ["a\\b.css", "a.css.gz"]);
    assert_eq!(told(&[HeadersFormat::Json]), [""; 0]);
}

/// Generations list hashed files and plain copies together.
#[test]
fn plain_copies_of_earlier_generations_are_not_immutable() {
    let record = br#"{"version":1,"generations":[{"superseded":1,"files":
        ["a.0123456789ab.js", "a.0123456789ab.4889e940a1b2.js", "b.4889e940a1b2.css", "b.css"]}]}"#;
    let (manifest, generations) = (Manifest::default(), Generations::parse(record).unwrap());
    let hashed = hashed_earlier((&manifest, &generations), 12);
    assert!(hashed.contains("a.0123456789ab.4889e940a1b2.js"));
    assert!(hashed.contains("b.4889e940a1b2.css"));
    assert!(!hashed.contains("a.0123456789ab.js"));
}
