//! Fingerprints the code whose results the build cache keeps, so that a changed minifier or encoder never meets the
//! results of the one before it, whatever the version says; and all code, on which depends what a build finds to do.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::Path;

/// The modules whose results are kept, and the versions of the libraries they use.
const PARTS: [&str; 3] = ["src/pipeline/compress", "src/text", "Cargo.lock"];

const ALL: &str = "src";

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        fingerprint(Path::new(part), &mut hasher)?;
    }
    println!(
        "cargo::rustc-env=HASHSTATIC_RESULTS={:016x}",
        hasher.finish()
    );
    println!("cargo::rerun-if-changed={ALL}");
    fingerprint(Path::new(ALL), &mut hasher)?;
    println!("cargo::rustc-env=HASHSTATIC_CODE={:016x}", hasher.finish());
    Ok(())
}

fn fingerprint(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if path.is_dir() {
        let mut entries = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        entries.sort();
        for entry in entries {
            fingerprint(&entry, hasher)?;
        }
    } else if path.exists() {
        path.to_string_lossy().hash(hasher);
        fs::read(path)?.hash(hasher);
    }
    Ok(())
}
