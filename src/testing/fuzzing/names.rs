//! Names from strangers: manifests and lists of files.

use std::path::{Component, Path};

use super::DIGEST;
use crate::name::logical_path::{LogicalPath, digest_in_name};
use crate::options::{HashAlgorithm, NamedFile};
use crate::static_root::manifest::Manifest;

/// A manifest from a stranger: every name is a logical path; written, it is ASCII and is parsed to the same manifest.
pub fn manifest(bytes: &[u8]) {
    let Ok(manifest) = Manifest::parse(bytes) else {
        return;
    };
    for name in manifest.paths.iter().flat_map(|(key, value)| [key, value]) {
        stays_inside(name);
    }
    for algorithm in [HashAlgorithm::Blake3, HashAlgorithm::Md5] {
        let written = manifest.to_bytes(algorithm);
        assert!(written.is_ascii());
        assert_eq!(Manifest::parse(&written).as_ref(), Ok(&manifest));
    }
}

/// The list of `--files-from`: an accepted name stays inside the static root, with and without its digest.
pub fn files_from(json: &[u8]) {
    for file in NamedFile::parse_list(json).into_iter().flatten() {
        if let Ok(name) = LogicalPath::new(&file.name) {
            assert_eq!(name.as_str(), file.name);
            stays_inside(name.as_str());
            let hashed = name.with_digest(DIGEST);
            assert_eq!(LogicalPath::new(hashed.as_str()).as_ref(), Ok(&hashed));
            let digest = digest_in_name(name.as_str(), hashed.as_str());
            assert_eq!(digest, Some(DIGEST));
        }
    }
}

/// `name` joined to a directory is a path below that directory, with one component per segment.
fn stays_inside(name: &str) {
    let parts: Vec<_> = Path::new(name).components().collect();
    assert!(!name.is_empty() && !name.contains('\0'));
    assert_eq!(parts.len(), name.split('/').count());
    assert!(
        parts
            .iter()
            .all(|part| matches!(part, Component::Normal(_)))
    );
}
