//! Properties that hold for every input, for `fuzz/`: one function per target, which panics if its property fails. Not
//! part of the API.

mod django;
mod minify;
mod names;
mod references;
mod resolving;

use crate::name::catalog::Catalog;
use crate::name::logical_path::LogicalPath;
use crate::text::css::uses::NO_USES;
use crate::text::resolve::{StaticUrl, UrlSpace};
pub use django::django_exact;
pub use minify::{css_full, css_safe};
pub use names::{files_from, manifest};
pub use references::{css_references, js_modules, js_references};
pub use resolving::resolving;

/// Names of the assets that references can lead to, short or unusual.
const NAMES: &[&str] = &[
    ".d",
    "a",
    "b.css",
    "css/#b.png",
    "css/..e.f",
    "css/a\\b.png",
    "css/a.png",
    "css/d/e.png",
    "css/m.css",
    "css/noext",
    "css/x y.png",
    "css/é.png",
    "img/a%b.png",
    "img/c.png",
    "q?r.js",
];

/// Name of the asset with the references.
const FROM: &str = "css/m.css";

const DIGEST: &str = "0123456789ab";

const STATIC_URLS: &[&str] = &["/static/", "https://cdn.test/s/", "/"];

fn space<'a>(catalog: &'a Catalog, static_url: &'a StaticUrl) -> UrlSpace<'a> {
    UrlSpace {
        catalog,
        static_url,
        uses: &NO_USES,
    }
}

fn logical(name: &str) -> LogicalPath {
    #[expect(clippy::expect_used, reason = "only for the constants of this module")]
    LogicalPath::new(name).expect("a logical path")
}
