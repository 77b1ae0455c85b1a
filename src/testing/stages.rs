//! The stages one by one, for `benches/stages.rs`. Not part of the API; may change at any time.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::error::Error;
use crate::name::digest::digest_and_content;
use crate::name::logical_path::LogicalPath;
use crate::options::{HashAlgorithm, LinkMode, Minify, Options};
use crate::pipeline::compress::encode;
use crate::pipeline::job::Job;
use crate::pipeline::link::Linking;
use crate::pipeline::plan;
use crate::progress::Unwatched;
use crate::static_root::encoding::Encoding;
use crate::static_root::{Opened, Opening, StaticRoot};
use crate::text::Syntax;
use crate::text::css;
use crate::walk;

/// Stage 1. Returns how many files were found.
pub fn walk(options: &Options) -> Result<usize, Error> {
    walk::walk(options, Path::new("")).map(|walked| walked.files.len())
}

/// Stage 3. Returns the minified style sheet, if it is smaller.
pub fn minify(name: &LogicalPath, css: &[u8], mode: Minify) -> Option<Vec<u8>> {
    css::transform_css(name, css, mode, None).bytes
}

/// Stage 4 for style sheets. Returns how many references were found.
pub fn css_references(text: &[u8]) -> usize {
    Syntax::Css.references(text).len()
}

/// Stage 4 for scripts.
pub fn js_references(text: &[u8]) -> usize {
    Syntax::Script.references(text).len()
}

/// Stage 4 for scripts with `--js-modules`. Returns how many references were found.
pub fn module_references(text: &[u8]) -> usize {
    Syntax::Module.references(text).len()
}

/// Stage 6, without writing. `bench` gets a function that links all texts of the input once and returns their number.
/// `options` must ask for a dry run.
pub fn link(options: &Options, bench: impl FnOnce(&dyn Fn() -> usize)) -> Result<(), Error> {
    let (job, sources) = Job::open(options, &Unwatched)?;
    let (assets, inventory) = plan::plan(&job, sources)?;
    let linking = Linking::new(&job, &inventory, &assets);
    let texts = job.in_pool(|| linking.prepare(&assets))?;
    // Linking again finds the files already stored.
    bench(&|| {
        let linked = job.in_pool(|| linking.link(&assets, &texts));
        linked.map_or(0, |()| texts.len())
    });
    Ok(())
}

/// The digest and the content key of some bytes.
pub fn hash(algorithm: HashAlgorithm, bytes: &[u8]) -> String {
    digest_and_content(algorithm, bytes).0.hex(12)
}

/// Stage 7: Brotli.
pub fn brotli(bytes: &[u8], quality: u8) -> Option<Vec<u8>> {
    encode(bytes, Encoding::Brotli, quality)
}

/// Stage 7: gzip.
pub fn gzip(bytes: &[u8], level: u8) -> Option<Vec<u8>> {
    encode(bytes, Encoding::Gzip, level)
}

/// Stage 7: Zstandard.
pub fn zstd(bytes: &[u8], level: u8) -> Option<Vec<u8>> {
    encode(bytes, Encoding::Zstd, level)
}

/// Stage 8: writes files with these bytes below `dir`, each with a hard-linked twin named `.twin`.
pub fn write(dir: &Path, names: &[String], bytes: &[u8]) -> Result<(), Error> {
    let opening = Opening::new(LinkMode::Hardlink, Duration::ZERO, false);
    let opened = Opened::open(dir, &opening)?;
    let snapshot = opened.look()?;
    let root = StaticRoot::new(opened, snapshot);
    for name in names {
        root.put(name, bytes, SystemTime::UNIX_EPOCH)?;
        root.put_twin(name, &format!("{name}.twin"), SystemTime::UNIX_EPOCH)?;
    }
    Ok(())
}
