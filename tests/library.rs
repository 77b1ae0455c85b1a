//! The library alone, as a program that depends on the crate uses it: the public API, without the binary.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::Path;

use hashstatic::options::{Input, SourceRoot};
use hashstatic::{
    CleanOptions, Code, Error, ExplainOptions, Location, Options, Report, Severity, VerifyOptions,
};

fn write(dir: &Path, name: &str, text: &str) {
    let assets = dir.join("assets");
    fs::create_dir_all(&assets).unwrap();
    fs::write(assets.join(name), text).unwrap();
}

fn options(dir: &Path) -> Options {
    let assets = SourceRoot {
        prefix: String::new(),
        dir: dir.join("assets"),
    };
    let mut options = Options::new(Input::Roots(vec![assets]));
    options.root.out = Some(dir.join("static"));
    options
}

fn hashed<'r>(report: &'r Report, asset: &str) -> &'r str {
    let mut assets = report.assets.iter();
    &assets.find(|built| built.path == asset).unwrap().hashed
}

#[test]
fn a_static_root_is_built_verified_explained_and_cleaned() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("static");
    write(dir.path(), "app.css", "a{background:url(logo.svg)}");
    write(dir.path(), "logo.svg", "<svg/>");
    let first = hashstatic::build(&options(dir.path())).unwrap();
    assert_eq!(first.totals.assets.files, 2);
    let css = fs::read_to_string(root.join(hashed(&first, "app.css"))).unwrap();
    assert!(css.contains(hashed(&first, "logo.svg")), "{css}");

    let verification = hashstatic::verify(&VerifyOptions::new(root.clone())).unwrap();
    assert!(verification.is_intact());
    assert_eq!(verification.assets, 2);
    let asked = ExplainOptions::new(root.clone(), "app.css".to_owned());
    let explanation = hashstatic::explain(&asked).unwrap();
    assert_eq!(explanation.references[0].asset.as_deref(), Some("logo.svg"));

    write(dir.path(), "logo.svg", "<svg></svg>");
    let second = hashstatic::build(&options(dir.path())).unwrap();
    let old = hashed(&first, "app.css");
    assert_ne!(hashed(&second, "app.css"), old);
    assert!(root.join(old).exists());
    let mut only_the_last = CleanOptions::new(root.clone());
    only_the_last.keep = 1;
    let cleaning = hashstatic::clean(&only_the_last).unwrap();
    assert!(cleaning.files.iter().any(|name| name == old));
    assert!(!root.join(old).exists());
    let verification = hashstatic::verify(&VerifyOptions::new(root)).unwrap();
    assert!(verification.is_intact());
}

#[test]
fn what_is_wrong_with_the_input_is_data() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "app.css", "a{}\nb{background:url(nope.svg)}");
    for run in [hashstatic::build, hashstatic::check] {
        let Err(Error::Input(found)) = run(&options(dir.path())) else {
            panic!("the input has an error");
        };
        let [diagnostic] = &found[..] else {
            panic!("{found:?}");
        };
        assert_eq!(diagnostic.code, Code::MissingReference);
        assert_eq!(diagnostic.severity, Severity::Error);
        assert_eq!(diagnostic.path, "app.css");
        let location = Location {
            line: 2,
            column: 18,
        };
        assert_eq!(diagnostic.location, Some(location));
        assert!(diagnostic.message.contains("nope.svg"));
        assert!(!dir.path().join("static").exists());
    }
}

#[test]
fn check_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "app.css", "a{}");
    let report = hashstatic::check(&options(dir.path())).unwrap();
    assert_eq!(report.totals.assets.files, 1);
    assert!(!dir.path().join("static").exists());
}

#[test]
fn what_is_no_static_root_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let error = hashstatic::verify(&VerifyOptions::new(dir.path().join("static"))).unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error}");
}
