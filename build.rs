//! Fingerprints the code, so that results in the build cache are never served to another version of it. All of `src/`
//! counts: what the minifier and the encoders call is spread over it, and a new version is the rare case.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::Path;

/// The code, and the versions of its libraries. Where this crate is a dependency, another lock file counts: see
/// `cache::fingerprint`.
const PARTS: [&str; 2] = ["src", "Cargo.lock"];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    for part in PARTS {
        println!("cargo::rerun-if-changed={part}");
        fingerprint(Path::new(part), &mut hasher)?;
    }
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
