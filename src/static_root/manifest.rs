//! `staticfiles.json`: written with the bytes that Django's `ManifestFilesMixin.save_manifest` would write, and read
//! back leniently.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::name::digest::{Digest, Hasher};
use crate::name::logical_path::LogicalPath;
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
        let hash = hash_of(&self.paths, algorithm);
        dumps(self.paths.iter(), VERSION, &hash)
    }

    /// Tells this manifest from others by its paths, whoever writes it and in whatever order: BLAKE3 of their pairs, in hex.
    pub(crate) fn identity(&self) -> String {
        let mut hasher = Hasher::new(HashAlgorithm::Blake3);
        for (logical, hashed) in self.paths.iter().filter(|pair| are_paths(*pair)) {
            hasher.update_part(logical.as_bytes());
            hasher.update_part(hashed.as_bytes());
        }
        hasher.finish().hex(HashAlgorithm::Blake3.hex_digits())
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
        paths.retain(|logical, hashed| are_paths((logical, hashed)));
        Ok(Self { paths })
    }
}

/// Whether both are names inside the static root.
fn are_paths((logical, hashed): (&String, &String)) -> bool {
    LogicalPath::new(logical).is_ok() && LogicalPath::new(hashed).is_ok()
}

/// Django's `manifest_hash`: of `json.dumps(sorted(paths.items()))`.
fn hash_of(paths: &BTreeMap<String, String>, algorithm: HashAlgorithm) -> String {
    let mut pairs = String::from("[");
    for (index, (logical, hashed)) in paths.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let (logical, hashed) = (python_json_string(logical), python_json_string(hashed));
        let _ = write!(pairs, "{comma}[{logical}, {hashed}]"); // writing to a String cannot fail
    }
    pairs.push(']');
    Digest::of(algorithm, pairs.as_bytes()).hex(12)
}

fn dumps<'p>(
    paths: impl Iterator<Item = (&'p String, &'p String)>,
    version: &str,
    hash: &str,
) -> Vec<u8> {
    let mut json = String::from("{\"paths\": {");
    for (index, (logical, hashed)) in paths.enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let (logical, hashed) = (python_json_string(logical), python_json_string(hashed));
        let _ = write!(json, "{comma}{logical}: {hashed}"); // writing to a String cannot fail
    }
    let version = python_json_string(version);
    let hash = python_json_string(hash);
    let _ = write!(json, "}}, \"version\": {version}, \"hash\": {hash}}}");
    json.into_bytes()
}

/// A manifest exactly as it is stored: its entries in their order, and several of one name if there are.
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct StoredManifest {
    #[serde(deserialize_with = "pairs")]
    pub(crate) paths: Vec<(String, String)>,
    version: String,
    #[serde(default)]
    hash: String,
}

impl StoredManifest {
    /// Reads the JSON, nothing more.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }

    /// Whether `bytes`, which this was read from, are those that a build writes, to the byte; by which hash. (Django
    /// before 6.0 does not sort the entries.)
    pub(crate) fn check(&self, bytes: &[u8]) -> Result<HashAlgorithm, String> {
        if self.version != VERSION {
            return Err(format!(
                "the manifest has the unknown version {:?}",
                self.version
            ));
        }
        let paths: BTreeMap<String, String> = self.paths.iter().cloned().collect();
        let hash = [HashAlgorithm::Blake3, HashAlgorithm::Md5]
            .into_iter()
            .find(|algorithm| hash_of(&paths, *algorithm) == self.hash)
            .ok_or("the manifest's hash is not that of its paths")?;
        let entries = self.paths.iter().map(|(logical, hashed)| (logical, hashed));
        if dumps(entries, &self.version, &self.hash) == bytes {
            Ok(hash)
        } else {
            Err("the manifest's bytes are not as a build writes them".into())
        }
    }
}

/// The members of a JSON object, in their order.
fn pairs<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(String, String)>, D::Error> {
    struct Pairs;
    impl<'de> serde::de::Visitor<'de> for Pairs {
        type Value = Vec<(String, String)>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object of strings")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    deserializer.deserialize_map(Pairs)
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

    #[test]
    fn no_changed_byte_of_a_manifest_goes_unseen() {
        let mut manifest = Manifest::default();
        for n in 0..5 {
            let name = format!("é{n}.css");
            manifest
                .paths
                .insert(name, format!("é{n}.0123456789ab.css"));
        }
        for algorithm in [HashAlgorithm::Blake3, HashAlgorithm::Md5] {
            let bytes = manifest.to_bytes(algorithm);
            let check = |bytes: &[u8]| StoredManifest::parse(bytes)?.check(bytes);
            assert_eq!(check(&bytes), Ok(algorithm));
            for at in 0..bytes.len() {
                for bit in 0..8 {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1 << bit;
                    assert!(check(&changed).is_err(), "{at} {bit}");
                }
                assert!(check(&bytes[..at]).is_err());
            }
        }
    }
}
