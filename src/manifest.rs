//! `staticfiles.json`: written with the bytes that Django's `ManifestFilesMixin.save_manifest` would write, and read
//! back leniently.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::digest::Digest;
use crate::logical_path::LogicalPath;
use crate::options::HashAlgorithm;

/// The manifest version of Django 4.0 and later.
const VERSION: &str = "1.1";

/// Logical path → hashed path, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) paths: BTreeMap<String, String>,
}

impl Manifest {
    /// The file's bytes: what Python's `json.dumps` makes of `{"paths", "version", "hash"}`.
    pub(crate) fn to_bytes(&self, algorithm: HashAlgorithm) -> Vec<u8> {
        let mut paths = String::from("{");
        let mut pairs = String::from("[");
        for (index, (logical, hashed)) in self.paths.iter().enumerate() {
            if index > 0 {
                paths.push_str(", ");
                pairs.push_str(", ");
            }
            let (logical, hashed) = (python_json_string(logical), python_json_string(hashed));
            let _ = write!(paths, "{logical}: {hashed}"); // writing to a String cannot fail
            let _ = write!(pairs, "[{logical}, {hashed}]");
        }
        paths.push('}');
        pairs.push(']');
        let hash = Digest::of(algorithm, pairs.as_bytes()).hex(12);
        format!("{{\"paths\": {paths}, \"version\": \"{VERSION}\", \"hash\": \"{hash}\"}}")
            .into_bytes()
    }

    /// Reads a manifest by anybody's hand. Entries whose names are not logical paths are dropped: no name from a file
    /// may lead out of the static root.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(serde::Deserialize)]
        struct Stored {
            version: Option<String>,
            paths: BTreeMap<String, String>,
        }
        let stored: Stored = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        match stored.version.as_deref() {
            Some("1.0" | VERSION) => {}
            other => return Err(format!("unknown version {other:?}")),
        }
        let mut paths = stored.paths;
        paths.retain(|logical, hashed| {
            LogicalPath::new(logical).is_ok() && LogicalPath::new(hashed).is_ok()
        });
        Ok(Self { paths })
    }
}

/// A string as Python's `json.dumps` writes it with its default `ensure_ascii=True`.
fn python_json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            '\x08' => json.push_str("\\b"),
            '\x0c' => json.push_str("\\f"),
            ' '..='~' => json.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(json, "\\u{unit:04x}");
                }
            }
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected bytes are `json.dumps`'s and Django 6.1's.
    #[test]
    fn bytes_are_pythons() {
        assert_eq!(
            python_json_string("a\"\\\n\u{7f}é\u{1f600}/"),
            "\"a\\\"\\\\\\n\\u007f\\u00e9\\ud83d\\ude00/\""
        );
        let empty = Manifest::default().to_bytes(HashAlgorithm::Md5);
        assert_eq!(
            String::from_utf8(empty).unwrap(),
            "{\"paths\": {}, \"version\": \"1.1\", \"hash\": \"d751713988987e9331980363e24189ce\"}"
                .replace("d751713988987e9331980363e24189ce", "d75171398898")
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut manifest = Manifest::default();
        manifest.paths.insert("é b".into(), "é b.1".into());
        let bytes = manifest.to_bytes(HashAlgorithm::Blake3);
        assert_eq!(Manifest::parse(&bytes).unwrap(), manifest);
    }

    #[test]
    fn names_that_leave_the_static_root_are_not_believed() {
        let parsed = Manifest::parse(
            br#"{"version": "1.1", "paths": {"a": "../b", "/c": "d", "e": "e.1", "f": ""}}"#,
        )
        .unwrap();
        assert_eq!(parsed.paths.keys().collect::<Vec<_>>(), ["e"]);
        assert!(Manifest::parse(b"").is_err());
        assert!(Manifest::parse(br#"{"version": "2", "paths": {}}"#).is_err());
    }
}
