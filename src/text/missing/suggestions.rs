//! Suggestions for names that no asset has.

use crate::diagnostic::shown;
use crate::name::catalog::{AssetId, Catalog};

/// Most suggestions in a run: each searches all assets.
const SUGGESTIONS: usize = 200;

/// Suggests names, a limited number of times.
pub(crate) struct Suggestions<'p> {
    catalog: &'p Catalog,
    left: usize,
}

impl<'p> Suggestions<'p> {
    pub(crate) fn new(catalog: &'p Catalog) -> Self {
        Self {
            catalog,
            left: SUGGESTIONS,
        }
    }

    pub(crate) fn next(&mut self, name: &str) -> Option<String> {
        if let Some(longer) = longer(self.catalog, name) {
            return Some(longer); // takes no search
        }
        if let Some(help) = self.catalog.left_out.help(name) {
            return Some(help);
        }
        self.left = self.left.checked_sub(1)?;
        suggestion(self.catalog, name)
    }
}

/// Returns a sentence with the name that bundlers find for a name without its ending.
fn longer(catalog: &Catalog, name: &str) -> Option<String> {
    let endings = [".js", ".mjs", "/index.js", "/index.mjs", ".css"].iter();
    let mut longer = endings.filter_map(|ending| catalog.find(&format!("{name}{ending}")));
    longer.next().map(|id| {
        format!(
            "there is {} ({}); browsers want the whole name",
            shown(catalog.name(id).as_str()),
            shown(catalog.path(id))
        )
    })
}

/// Returns a sentence with the name that was probably meant, and its source file.
fn suggestion(catalog: &Catalog, name: &str) -> Option<String> {
    let origin = |id: AssetId| shown(catalog.path(id));
    let shown_name = |id: AssetId| shown(catalog.name(id).as_str());
    let lower = name.to_lowercase();
    let case = |id: &AssetId| catalog.name(*id).as_str().to_lowercase() == lower;
    let ids = 0..catalog.len();
    if let Some(id) = ids.clone().find(case) {
        return Some(format!(
            "{} differs only in case ({}); URLs are case-sensitive",
            shown_name(id),
            origin(id)
        ));
    }
    let file_name = name.rsplit('/').next().unwrap_or(name);
    let mut same_name = ids
        .clone()
        .filter(|id| catalog.name(*id).file_name() == file_name);
    if let (Some(id), None) = (same_name.next(), same_name.next()) {
        return Some(format!("there is {} ({})", shown_name(id), origin(id)));
    }
    let near = |id: AssetId| {
        let candidate = catalog.name(id).as_str();
        // Names of a very different length cannot be near. The edit distance is slow to compute.
        (candidate.len().abs_diff(name.len()) <= 2)
            .then(|| (strsim::osa_distance(candidate, name), id))
            .filter(|(distance, _)| *distance <= 2)
    };
    let (_, id) = ids.filter_map(near).min()?;
    Some(format!("did you mean {}? ({})", shown_name(id), origin(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let catalog = Catalog::of_names(["img/logo.png", "css/Base.css", "js/deep/app.js"]);
        for (name, expected) in [
            ("img/logo.pgn", "did you mean img/logo.png? (img/logo.png)"),
            (
                "css/base.css",
                "css/Base.css differs only in case (css/Base.css); URLs are case-sensitive",
            ),
            ("js/app.js", "there is js/deep/app.js (js/deep/app.js)"),
            (
                "js/deep/app",
                "there is js/deep/app.js (js/deep/app.js); browsers want the whole name",
            ),
        ] {
            assert_eq!(
                Suggestions::new(&catalog).next(name).as_deref(),
                Some(expected)
            );
        }
        assert_eq!(suggestion(&catalog, "x"), None);
    }
}
