//! A hook for the browser proof and for measuring: minifies every style sheet of a tree. Not a test of its own, so it
//! is ignored; `tests/browser/README.md` shows the commands.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::{Targets, minify};
use crate::options::Minify;

#[test]
#[ignore = "a tool: needs HASHSTATIC_CSS_MODE, _FROM and _TO"]
fn minify_tree() -> Result<(), Box<dyn Error>> {
    let mode = match std::env::var("HASHSTATIC_CSS_MODE")?.as_str() {
        "safe" => Minify::Safe,
        "full" => Minify::Full,
        other => return Err(format!("HASHSTATIC_CSS_MODE: {other:?}").into()),
    };
    let targets = match std::env::var("HASHSTATIC_CSS_TARGETS") {
        Ok(query) => Some(Targets::parse(&query)?),
        Err(_) => None,
    };
    let from = PathBuf::from(std::env::var("HASHSTATIC_CSS_FROM")?);
    let to = PathBuf::from(std::env::var("HASHSTATIC_CSS_TO")?);
    if from.is_file() {
        return minify_list(&from, &to, mode, targets.as_ref());
    }
    let mut pairs = Vec::new();
    let mut notices = Vec::new();
    let mut time = Duration::ZERO;
    let mut bytes = 0;
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path();
        if !entry.file_type().is_file() || path.extension().is_none_or(|ext| ext != "css") {
            continue;
        }
        let Ok(css) = std::fs::read_to_string(path) else {
            continue; // Not UTF-8.
        };
        let start = Instant::now();
        let minified = minify(&css, mode, targets.as_ref());
        time += start.elapsed();
        bytes += css.len();
        let name = path.strip_prefix(&from)?;
        if let Some(notice) = minified.notice {
            notices.push((name.to_owned(), notice.offset, notice.reason));
        }
        let out = to.join(name);
        std::fs::create_dir_all(out.parent().unwrap_or(Path::new(".")))?;
        std::fs::write(&out, minified.text.as_ref().unwrap_or(&css))?;
        pairs.push((name.to_owned(), path.to_owned(), out));
    }
    let megabytes = f64::from(u32::try_from(bytes)?) / 1e6;
    eprintln!(
        "{} files, {megabytes:.1} MB, {:.1} MB/s",
        pairs.len(),
        megabytes / time.as_secs_f64()
    );
    std::fs::write(to.join("pairs.json"), serde_json::to_string(&pairs)?)?;
    std::fs::write(to.join("notices.json"), serde_json::to_string(&notices)?)?;
    Ok(())
}

/// From a JSON list of style sheets to a JSON list of [name, before, after], those that changed.
fn minify_list(
    from: &Path,
    to: &Path,
    mode: Minify,
    targets: Option<&Targets>,
) -> Result<(), Box<dyn Error>> {
    let sheets: Vec<String> = serde_json::from_str(&std::fs::read_to_string(from)?)?;
    let pairs: Vec<_> = sheets
        .iter()
        .enumerate()
        .filter_map(|(index, css)| {
            let minified = minify(css, mode, targets);
            // What `full` left to `safe` is proved there.
            let text = minified
                .text
                .filter(|_| mode == Minify::Safe || minified.notice.is_none())?;
            Some((index.to_string(), css.clone(), text))
        })
        .collect();
    std::fs::write(to, serde_json::to_string(&pairs)?)?;
    Ok(())
}
