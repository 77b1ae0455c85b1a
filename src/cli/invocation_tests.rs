use hashstatic::Options;
use hashstatic::options::{DjangoVersion, HashAlgorithm, Minify, SourceRoot};

use super::*;

/// The layers of one case.
#[derive(Default)]
struct Case<'c> {
    words: &'c str,
    environment: &'c [(&'static str, &'c str)],
    file: &'c str,
    /// The arguments that a project gives to every command, and to `build`.
    project: Option<(&'c [&'c str], &'c [&'c str])>,
}

/// The options of a case, and the origins of all that is no default.
fn resolved(case: &Case<'_>) -> Result<(Options, BTreeMap<String, Origin>), String> {
    let words: Vec<OsString> = case.words.split(' ').map(OsString::from).collect();
    let variables = case.environment.iter();
    let environment = Environment::new(variables.map(|(name, value)| (*name, (*value).into())));
    let path = "/project/hashstatic.toml";
    let file = ConfigFile::parse(path.into(), path.into(), case.file, &[]);
    let file = file.unwrap().unwrap();
    let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let project = case.project.map(|(sources, build)| Answer {
        input: Input::Roots(vec![SourceRoot {
            prefix: String::new(),
            dir: "/django".into(),
        }]),
        sources: owned(sources),
        build: owned(build),
    });
    let line = CommandLine::parse(&words).map_err(|error| error.to_string())?;
    let layers = Layers {
        line: &line,
        environment: &environment,
        file: Some(&file),
        project: project.as_ref(),
    };
    let (arguments, origins) = resolve(layers).map_err(|failure| match failure {
        Failure::Arguments(error) => error.to_string(),
        Failure::Usage(error) => error.to_string(),
    })?;
    let asked = project.map(|answer| answer.input);
    let options = match arguments.command {
        Parsed::Build(build) => build.options(asked, &environment, &mut Vec::new()),
        Parsed::Check(check) => check.options(asked, &mut Vec::new()),
        other => panic!("{other:?}"),
    };
    Ok((options.map_err(|error| error.to_string())?, origins))
}

/// The origins of some options, by their long names; `-` is the default.
fn origins(case: &Case<'_>, names: &[&str]) -> String {
    let (_, origins) = resolved(case).unwrap();
    let origin = |name: &&str| match origins.get(*name) {
        None => '-',
        Some(Origin::File) => 'f',
        Some(Origin::Environment) => 'e',
        Some(Origin::Project) => 'p',
        Some(Origin::CommandLine) => 'c',
    };
    names.iter().map(origin).collect()
}

#[test]
fn the_strongest_layer_wins() {
    let project: Option<(&[&str], &[&str])> = Some((&["--static-url=/p/"], &["--manifest=p.json"]));
    for (words, environment, file, project, expected) in [
        ("h build a -o o", "", "", None, "---"),
        ("h build a -o o", "", "cache-dir = 'f'", None, "f--"),
        ("h build a -o o", "/e", "cache-dir = 'f'", None, "e--"),
        (
            "h build a -o o --cache-dir c",
            "/e",
            "cache-dir = 'f'",
            None,
            "c--",
        ),
        ("h build a -o o", "", "static-url = '/f/'", None, "-f-"),
        ("h build -o o", "", "static-url = '/f/'", project, "-pp"),
        (
            "h build -o o --static-url /c/",
            "",
            "static-url = '/f/'",
            project,
            "-cp",
        ),
        // An option is weaker than its opposite on a stronger layer.
        (
            "h build a -o o --no-cache",
            "",
            "cache-dir = 'f'",
            None,
            "f--",
        ),
    ] {
        let case = Case {
            words,
            environment: &[("HASHSTATIC_CACHE_DIR", environment)],
            file,
            project,
        };
        let names = ["cache-dir", "static-url", "manifest"];
        assert_eq!(origins(&case, &names), expected, "{words} {file}");
    }
}

#[test]
fn values_come_from_the_layer_that_wins() {
    let (options, _) = resolved(&Case {
        words: "h build a -o out --minify full",
        file: "minify = 'off'\nhash = 'md5'\ngzip = false\njs-modules = true",
        ..Case::default()
    })
    .unwrap();
    assert_eq!(options.minify.mode, Minify::Full);
    assert_eq!(options.naming.hash, HashAlgorithm::Md5);
    assert_eq!(options.variants.encodings.gzip, None);
    assert!(options.references.js_modules);

    // A project drops nothing that the file sets.
    let (options, _) = resolved(&Case {
        words: "h build --from-django",
        file: "hash = 'md5'\ngzip = false\nkeep-only-hashed = true\nstatic-url = '/f/'",
        project: Some((&["--static-url=/p/"], &["--out=/static"])),
        ..Case::default()
    })
    .unwrap();
    assert_eq!(options.naming.hash, HashAlgorithm::Md5);
    assert_eq!(options.variants.encodings.gzip, None);
    assert!(options.root.keep_only_hashed);
    assert_eq!(options.references.static_url, "/p/");
    assert_eq!(options.root.out, Some("/static".into()));
}

#[test]
fn lists_of_a_project_are_added_to_those_of_the_command_line() {
    let (options, _) = resolved(&Case {
        words: "h build -o o --ignore c --no-default-ignore",
        project: Some((&["--ignore=p"], &[])),
        ..Case::default()
    })
    .unwrap();
    assert_eq!(options.input.ignore, ["p", "c"]);
}

#[test]
fn arguments_of_build_are_not_for_check() {
    let (options, origins) = resolved(&Case {
        words: "h check --from-django",
        file: "minify = 'off'\non-missing = 'warn'",
        project: Some((&["--django-exact=5.2"], &["--manifest=p.json"])),
        ..Case::default()
    })
    .unwrap();
    assert_eq!(options.naming.django_exact, Some(DjangoVersion::V5_2));
    assert!(!origins.contains_key("minify") && !origins.contains_key("manifest"));
    assert_eq!(origins.get("on-missing"), Some(&Origin::File));
}

#[test]
fn sources_of_a_stronger_layer_replace_all_input() {
    for (words, file, expected) in [
        ("h build a -o o", "sources = ['b', 'c']", vec!["a"]),
        (
            "h build -o o",
            "sources = ['b', 'c']",
            vec!["/project/b", "/project/c"],
        ),
        ("h build a -o o", "files-from = 'list.json'", vec!["a"]),
    ] {
        let case = Case {
            words,
            file,
            ..Case::default()
        };
        let (options, _) = resolved(&case).unwrap();
        let Input::Roots(roots) = options.input.sources else {
            panic!("{words}");
        };
        let dirs: Vec<_> = roots
            .iter()
            .map(|root| root.dir.to_str().unwrap())
            .collect();
        assert_eq!(dirs, expected, "{words} {file}");
    }
}

#[test]
fn wrong_values_are_refused_on_every_layer() {
    for (words, file, expected) in [
        (
            "h build a -o o --hash sha1",
            "",
            "invalid value 'sha1' for '--hash <HASH>'",
        ),
        (
            "h build a -o o",
            "hash = 'sha1'",
            "invalid value 'sha1' for '--hash <HASH>'",
        ),
        (
            "h build a -o o",
            "hahs = 'md5'",
            "unknown key `hahs`; did you mean `hash`?",
        ),
        (
            "h build a -o o",
            "hash = 1.5",
            "`hash` has a value of the wrong type",
        ),
    ] {
        let case = Case {
            words,
            file,
            ..Case::default()
        };
        let why = resolved(&case).unwrap_err();
        assert!(why.contains(expected), "{why}");
    }
    let case = Case {
        words: "h build a -o o",
        environment: &[("SOURCE_DATE_EPOCH", "soon")],
        ..Case::default()
    };
    assert!(
        resolved(&case)
            .unwrap_err()
            .starts_with("SOURCE_DATE_EPOCH")
    );
}
