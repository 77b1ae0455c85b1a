//! Resolving URLs.

use super::{DIGEST, FROM, NAMES, STATIC_URLS, logical, space};
use crate::name::catalog::Catalog;
use crate::text::resolve::{Base, StaticUrl, Target, resolve};

/// Resolving: the path and the place of the digest are inside the URL; with the digest inserted, the URL leads to the
/// hashed path; no reported name leaves the static root.
pub fn resolving(url: &str) {
    let hashed: Vec<String> = NAMES
        .iter()
        .map(|name| logical(name).with_digest(DIGEST).as_str().to_owned())
        .collect();
    let before = Catalog::of_names(NAMES.iter().copied());
    let after = Catalog::of_names(
        NAMES
            .iter()
            .copied()
            .chain(hashed.iter().map(String::as_str)),
    );
    let from = logical(FROM);
    let base = Base::Directory(from.directory());
    for static_url in STATIC_URLS.iter().map(|url| StaticUrl::new(url)) {
        let static_url = &static_url;
        match resolve(space(&before, static_url), base, url) {
            Target::Asset {
                id,
                path,
                digest_at,
            } => {
                assert!(path.start < digest_at && digest_at <= path.end && path.end <= url.len());
                assert!(url.is_char_boundary(path.start) && url.is_char_boundary(path.end));
                let mut rewritten = url.to_owned();
                rewritten.insert_str(digest_at, &format!(".{DIGEST}"));
                let name = before.name(id).with_digest(DIGEST);
                match resolve(space(&after, static_url), base, &rewritten) {
                    Target::Asset { id, .. } => assert_eq!(after.name(id), &name),
                    other => panic_on(&rewritten, &other),
                }
            }
            Target::Missing(name) => {
                assert!(before.find(&name).is_none());
                // A NUL and similar characters are reported unchanged; no segment may leave its directory.
                assert!(!name.split('/').any(|part| matches!(part, "" | "." | "..")));
            }
            _ => {}
        }
        let trimmed = url.trim_start_matches(|c| c <= ' ');
        let has_host = static_url.text.contains("//");
        if !has_host
            && ["//", "/\\", "\\/", "\\\\"]
                .iter()
                .any(|slashes| trimmed.starts_with(slashes))
        {
            let target = resolve(space(&before, static_url), base, url);
            assert_eq!(target, Target::External, "another host");
        }
    }
}

fn panic_on(url: &str, target: &Target) {
    assert!(
        matches!(target, Target::Asset { .. }),
        "{url:?} leads to {target:?}"
    );
}
