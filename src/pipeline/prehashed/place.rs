//! Finds the assets that a bundler's manifest names. Its names are relative to the bundler's output directory, to the
//! directory it was started in, or URLs; where that directory lies among the sources, and what the URLs begin with, shows
//! in which assets there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::formats::Output;
use crate::name::logical_path::normpath;
use crate::options::{Input, Options, SourceRoot};

/// The directory of Vite's manifest, below Vite's output directory.
const VITE: &str = ".vite";

/// Where names are looked for.
pub(super) struct Place<'p> {
    /// The directories among the assets that a name may be relative to, each empty or with a slash at its end: first the
    /// directory of the manifest, if that lies in a source root.
    bases: Vec<String>,
    roots: &'p [SourceRoot],
    static_url: &'p str,
    assets: &'p BTreeSet<&'p str>,
}

impl<'p> Place<'p> {
    pub(super) fn new(
        manifest: &Path,
        options: &'p Options,
        assets: &'p BTreeSet<&'p str>,
    ) -> Self {
        let roots = match &options.input.sources {
            Input::Roots(roots) => roots.as_slice(),
            Input::Files(_) => &[],
        };
        let own = directory(manifest).and_then(|directory| below(roots, &directory));
        let prefixes = roots.iter().map(|root| slashed(&root.prefix));
        let mut bases: Vec<String> = Vec::new();
        for base in own
            .map(|own| slashed(&own))
            .into_iter()
            .chain([String::new()])
            .chain(prefixes)
        {
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
        Self {
            bases,
            roots,
            static_url: &options.references.static_url,
            assets,
        }
    }

    /// The names of the assets that are meant, and the outputs that are none.
    pub(super) fn names<'o>(&self, outputs: &'o [Output]) -> (Vec<String>, Vec<&'o str>) {
        let mut found = Vec::new();
        let mut lost = Vec::new();
        for output in outputs {
            match self.find(output) {
                Some(name) => found.push(name),
                None => lost.push(output.name.as_str()),
            }
        }
        if found.is_empty() {
            // All names begin with a public path that the manifest does not give by itself.
            if let Some(found) = self.without_public_path(&lost) {
                lost.retain(|name| !found.iter().any(|(of, _)| of == name));
                return (found.into_iter().map(|(_, name)| name).collect(), lost);
            }
        }
        (found, lost)
    }

    fn find(&self, output: &Output) -> Option<String> {
        let mut spellings = std::iter::once(&output.name).chain(&output.others);
        spellings.find_map(|spelling| {
            let absolute = Path::new(spelling);
            if absolute.is_absolute()
                && let Some(name) = below(self.roots, absolute)
                && self.assets.contains(name.as_str())
            {
                return Some(name);
            }
            self.asset(&self.stripped(spelling))
        })
    }

    /// The asset of that name, below one of the directories.
    fn asset(&self, name: &str) -> Option<String> {
        let mut names = self
            .bases
            .iter()
            .map(|base| normpath(&format!("{base}{name}")));
        names.find(|name| self.assets.contains(name.as_str()))
    }

    /// The name without what shows that it is a URL: scheme and host, the static URL, webpack's `auto`, a slash.
    fn stripped(&self, name: &str) -> String {
        let is_scheme = |c: char| c.is_ascii_alphanumeric();
        let after_host = match name.split_once("//") {
            Some((scheme, rest)) if scheme.trim_end_matches(':').chars().all(is_scheme) => {
                rest.find('/').map_or("", |slash| &rest[slash..])
            }
            _ => name,
        };
        let name = name.strip_prefix(self.static_url).unwrap_or(after_host);
        let static_path = path_of(self.static_url);
        let name = name.strip_prefix(static_path).unwrap_or(name);
        let name = name.strip_prefix("auto/").unwrap_or(name);
        name.trim_start_matches('/').to_owned()
    }

    /// The assets of names that all begin with the same directories, which are no part of the assets' names.
    fn without_public_path<'o>(&self, names: &[&'o str]) -> Option<Vec<(&'o str, String)>> {
        let stripped: Vec<(&str, String)> = names
            .iter()
            .map(|name| (*name, self.stripped(name)))
            .collect();
        let common = common_directories(stripped.iter().map(|(_, name)| name.as_str()));
        let without = |count: usize| -> Vec<(&'o str, String)> {
            let rest = |name: &str| name.splitn(count + 1, '/').last().map(str::to_owned);
            let found = stripped
                .iter()
                .filter_map(|(of, name)| Some((*of, self.asset(&rest(name)?)?)));
            found.collect()
        };
        let tried = (1..=common).map(without).filter(|found| !found.is_empty());
        // Of equally good ones, the first: it drops the fewest.
        tried.fold(None, |best: Option<Vec<_>>, found| match best {
            Some(best) if best.len() >= found.len() => Some(best),
            _ => Some(found),
        })
    }
}

/// The number of directories that all names begin with.
fn common_directories<'n>(mut names: impl Iterator<Item = &'n str>) -> usize {
    let directories = |name: &'n str| -> Vec<&'n str> {
        let mut parts: Vec<&str> = name.split('/').collect();
        parts.pop();
        parts
    };
    let Some(first) = names.next().map(directories) else {
        return 0;
    };
    names.fold(first.len(), |count, name| {
        let other = directories(name);
        let same = first.iter().zip(&other).take_while(|(a, b)| a == b);
        count.min(same.count())
    })
}

/// The path of a URL.
fn path_of(url: &str) -> &str {
    match url.split_once("//") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => url,
    }
}

/// The bundler's output directory, as far as the place of its manifest shows.
fn directory(manifest: &Path) -> Option<PathBuf> {
    let file = manifest.canonicalize().ok()?;
    let parent = file.parent()?;
    Some(match parent.file_name() {
        Some(name) if name == VITE => parent.parent()?.to_owned(),
        _ => parent.to_owned(),
    })
}

/// The logical path of an absolute path, if that lies in a source root.
fn below(roots: &[SourceRoot], path: &Path) -> Option<String> {
    roots.iter().find_map(|root| {
        let canonical = root.dir.canonicalize().ok()?;
        let below = path.strip_prefix(canonical).ok()?.to_str()?;
        Some(normpath(&format!("{}{below}", slashed(&root.prefix))))
    })
}

/// A directory with a slash at its end, unless it is empty or the current one.
fn slashed(directory: &str) -> String {
    match directory {
        "" | "." => String::new(),
        directory => format!("{directory}/"),
    }
}
