//! The static files of installed apps (`--site-packages`, `--apps`), which needs no Python at all.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use hashstatic::options::SourceRoot;
use hashstatic::{Code, Diagnostic, Error, Severity, shown};

use super::project::DJANGO;

/// Installed apps as sources.
#[derive(Debug, Args)]
pub(super) struct Apps {
    /// Directory of packages in which to find --apps (may be repeated)
    #[arg(
        long,
        value_name = "DIR",
        requires = "apps",
        conflicts_with = "files_from",
        help_heading = DJANGO
    )]
    site_packages: Vec<PathBuf>,
    /// Apps whose static files are assets, as in `INSTALLED_APPS`
    #[arg(
        long,
        value_name = "APP,…",
        value_delimiter = ',',
        requires = "site_packages",
        help_heading = DJANGO
    )]
    apps: Vec<String>,
}

/// A package that is installed.
struct Package {
    /// Its name in Python: `wagtail.images`.
    name: String,
    dir: PathBuf,
}

impl Apps {
    fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.apps.iter().map(|app| app.trim());
        names.filter(|app| !app.is_empty())
    }

    /// The `static/` directories of the apps, in their order. An app without one has no static files, which is a notice.
    pub(super) fn roots(&self, notices: &mut Vec<Diagnostic>) -> Result<Vec<SourceRoot>, Error> {
        let mut wrong: Vec<Error> = self.site_packages.iter().filter_map(unusable).collect();
        let mut roots = Vec::new();
        let mut without = Vec::new();
        for app in self.names() {
            match self.package(app) {
                Some(package) if package.join("static").is_dir() => roots.push(SourceRoot {
                    prefix: String::new(),
                    dir: package.join("static"),
                }),
                Some(_) => without.push(app),
                None if wrong.is_empty() || wrong.iter().all(is_about_an_app) => {
                    wrong.push(self.unknown(app));
                }
                None => {} // it may be where the directory is that is not there
            }
        }
        notices.extend(without.iter().map(|app| {
            let what = "this app has no static files: there is no directory `static` in it";
            Diagnostic::new(Severity::Notice, Code::NoStaticFiles, *app, what)
        }));
        Error::all(wrong)?;
        Ok(roots)
    }

    /// Why there is no source although apps are named; `None`: no app is named.
    pub(super) fn why_none(&self) -> Option<String> {
        let names: Vec<String> = self.names().map(shown).collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("none of the --apps has a directory `static` ({names})")
        })
    }

    /// The directory of an app, which may be named by its `AppConfig`: `polls.apps.PollsConfig`. An app of one file has no
    /// directory of its own, and so no static files.
    fn package(&self, app: &str) -> Option<PathBuf> {
        let names = [Some(app), package_of_config(app)];
        let relative: Vec<String> = names
            .iter()
            .flatten()
            .map(|name| name.replace('.', "/"))
            .collect();
        let places = self.site_packages.iter();
        let mut candidates =
            places.flat_map(|place| relative.iter().map(move |name| place.join(name)));
        candidates.find(|dir| dir.is_dir() || dir.with_extension("py").is_file())
    }

    fn unknown(&self, app: &str) -> Error {
        let places: Vec<String> = self.site_packages.iter().map(shown).collect();
        let asked = package_of_config(app).unwrap_or(app);
        let hint = nearest(asked, &self.packages()).map_or_else(String::new, |name| {
            format!("; did you mean {}?", shown(name))
        });
        Error::Usage(format!(
            "--apps: there is no package {} in {}{hint}",
            shown(app),
            places.join(", ")
        ))
    }

    /// All packages of all directories.
    fn packages(&self) -> Vec<Package> {
        let mut packages = Vec::new();
        for place in &self.site_packages {
            collect(place, "", &mut packages);
        }
        packages
    }

    /// Names the app that holds an asset which no source has, in the help of diagnostics about such assets.
    pub(super) fn name_holders(&self, diagnostics: &mut [Diagnostic]) {
        let is_about_one = |diagnostic: &&mut Diagnostic| diagnostic.missing.is_some();
        let mut missing = diagnostics.iter_mut().filter(is_about_one).peekable();
        if self.site_packages.is_empty() || missing.peek().is_none() {
            return;
        }
        let mut packages = self.packages();
        packages.retain(|package| package.dir.join("static").is_dir());
        for diagnostic in missing {
            let Some(name) = &diagnostic.missing else {
                continue;
            };
            let file = |package: &Package| package.dir.join("static").join(name);
            if let Some(package) = packages.iter().find(|package| file(package).is_file()) {
                let (app, file) = (shown(&package.name), shown(file(package)));
                diagnostic.help =
                    Some(format!("the app {app} has it, add that to --apps ({file})"));
            }
        }
    }
}

fn package_of_config(app: &str) -> Option<&str> {
    app.split_once(".apps.").map(|(package, _)| package)
}

fn is_about_an_app(error: &Error) -> bool {
    matches!(error, Error::Usage(text) if text.starts_with("--apps"))
}

/// The error about a directory of packages, if there is one.
fn unusable(place: &PathBuf) -> Option<Error> {
    let why = match fs::metadata(place) {
        Ok(found) if found.is_dir() => return None,
        Ok(_) => "is not a directory".to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            "is not a directory: it does not exist".to_owned()
        }
        Err(error) => format!("cannot be read: {error}"),
    };
    let place = shown(place);
    Some(Error::Usage(format!("--site-packages: {place} {why}")))
}

/// The name of a package that was probably meant.
fn nearest<'p>(app: &str, packages: &'p [Package]) -> Option<&'p str> {
    let lower = app.to_lowercase();
    let ending = format!(".{lower}");
    // `images` for `wagtail.images`, `django_filters` for `django-filters`.
    let rank = |package: &Package| {
        let name = package.name.to_lowercase();
        let distance = strsim::osa_distance(&name.replace('-', "_"), &lower.replace('-', "_"));
        match distance {
            0 => Some(0),
            _ if name.ends_with(&ending) => Some(1),
            _ if distance <= 1 + lower.len() / 5 => Some(1 + distance),
            _ => None,
        }
    };
    let ranked = packages
        .iter()
        .filter_map(|package| Some((rank(package)?, package.name.as_str())));
    ranked.min().map(|(_, name)| name)
}

/// Deepest package that is looked at: `a.b.c.d.e`.
const DEEPEST: usize = 5;

/// Adds the packages below a directory. A directory that cannot be read has none: this is for hints alone.
fn collect(dir: &Path, prefix: &str, packages: &mut Vec<Package>) {
    let mut entries: Vec<_> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str().filter(|name| is_package(name)) else {
            continue;
        };
        let dir = entry.path();
        if !dir.is_dir() {
            continue;
        }
        let name = format!("{prefix}{name}");
        if name.split('.').count() < DEEPEST {
            collect(&dir, &format!("{name}."), packages);
        }
        packages.push(Package { name, dir });
    }
}

/// Whether a directory of that name may be a package with an app.
fn is_package(name: &str) -> bool {
    const NONE: [&str; 6] = [
        "__pycache__",
        "locale",
        "migrations",
        "node_modules",
        "static",
        "templates",
    ];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    name.chars().all(is_word) && !NONE.contains(&name)
}
