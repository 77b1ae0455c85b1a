//! What the rules for sources leave out: no asset, but a file that somebody may look for.

use std::path::{Path, PathBuf};

use super::name_map::NameMap;
use crate::diagnostic::shown;

/// The files and directories that are left out, by the names that they would have.
#[derive(Debug, Default)]
pub(crate) struct LeftOut(NameMap<Entry>);

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    /// The rule as the command line has it, as the end of a sentence.
    rule: String,
}

impl LeftOut {
    /// Adds a file or a directory. Of several with one name, the first counts.
    pub(crate) fn add(&mut self, name: String, path: &Path, rule: String) {
        let path = path.to_owned();
        self.0.entry(name).or_insert(Entry { path, rule });
    }

    /// The number of files and directories.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// A sentence about a name that is left out, by itself or with a directory.
    pub(crate) fn help(&self, name: &str) -> Option<String> {
        let above = name.match_indices('/').map(|(slash, _)| &name[..slash]);
        let mut names = above.chain([name]);
        let (name, entry) = names.find_map(|name| Some((name, self.0.get(name)?)))?;
        let path = shown(&entry.path);
        Some(format!(
            "{} is left out by {} ({path})",
            shown(name),
            entry.rule
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_left_out_by_itself_or_with_a_directory() {
        let mut left_out = LeftOut::default();
        left_out.add(
            "vendor".into(),
            Path::new("src/vendor"),
            "--ignore vendor".into(),
        );
        left_out.add(
            "a/b.css".into(),
            Path::new("src/a/b.css"),
            "--ignore *.css".into(),
        );
        for (name, expected) in [
            (
                "vendor/x/y.css",
                Some("vendor is left out by --ignore vendor (src/vendor)"),
            ),
            (
                "a/b.css",
                Some("a/b.css is left out by --ignore *.css (src/a/b.css)"),
            ),
            ("a/c.css", None),
            ("vendors/x", None),
        ] {
            assert_eq!(left_out.help(name).as_deref(), expected, "{name}");
        }
    }
}
