//! Sources without any asset: a step that should have filled them has not run, or the wrong directory is named.

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::name::catalog::Catalog;
use crate::options::Input;
use crate::pipeline::job::Job;

/// Reports a build without any asset, which would replace a good manifest by one of nothing.
pub(super) fn check(job: &Job<'_>, catalog: &Catalog) {
    if catalog.len() > 0 || job.options.input.allow_empty {
        return;
    }
    let place = match &job.options.input.sources {
        Input::Files(_) => "--files-from".into(),
        Input::Roots(roots) => {
            let names: Vec<String> = roots.iter().map(|root| shown(&root.dir)).collect();
            names.join(", ")
        }
    };
    let help = match catalog.left_out.len() {
        0 => "if there is nothing to build, pass --allow-empty".to_owned(),
        count => format!(
            "{count} files or directories are left out by ignore rules; if there is nothing to build, pass --allow-empty"
        ),
    };
    let what = "there is no asset to build";
    job.log
        .push(Diagnostic::new(Severity::Error, Code::NoAssets, place, what).help(help));
}
