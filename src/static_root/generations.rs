//! Which files earlier generations have left in the static root: those that a manifest named once and none names now.
//! `clean` goes by this record, and by nothing else: no time of a file, no likeness of a name.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::own_files::record_name;
use crate::name::logical_path::LogicalPath;
use crate::options::{MinifyOptions, ReferenceOptions};

/// Raised when a field changes its meaning or goes.
const VERSION: u32 = 1;

/// What a manifest named when it was replaced, and its successor does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Generation {
    /// When it was replaced, in seconds since 1970.
    pub(crate) superseded: u64,
    /// Files that no later manifest names: hashed files, and plain copies of assets that are gone. Their variants are
    /// not listed.
    pub(crate) files: BTreeSet<String>,
}

/// The hashed file that is left of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnlyHashed {
    /// Its path. A build that was killed may have written this record, and not the manifest.
    pub(crate) hashed: String,
    /// The BLAKE3 of its bytes in hex.
    pub(crate) content: String,
}

/// The record, oldest first. The current generation is the manifest itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Generations {
    pub(crate) replaced: Vec<Generation>,
    /// In place: assets whose plain file a build with `--keep-only-hashed` has removed. They live on in their hashed file; if
    /// that is damaged, there is nothing to make it anew from.
    pub(crate) only_hashed: BTreeMap<String, OnlyHashed>,
    /// In place: variants that were among the sources, and are the user's own.
    pub(crate) source_variants: BTreeSet<String>,
    /// Files that the manifest names and whose names show no digest of ours, with their BLAKE3 in hex.
    pub(crate) contents: BTreeMap<String, String>,
    /// Files that are there under their own names although their bytes may change (`--unhashed`): those that the manifest
    /// names, and those of the generations before it.
    pub(crate) unhashed: BTreeSet<String>,
    /// Whether some assets have plain copies and others none.
    pub(crate) plain_for_some: bool,
    /// The options of the last build, unless those about references and minifying have their defaults.
    pub(crate) options: Option<RecordedOptions>,
}

/// The options of a build that decide what it writes and what it lets pass, for `verify` and `explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedOptions {
    /// The identity of the build's manifest. Options of another build than that of the manifest that is there say
    /// nothing.
    pub(crate) manifest: String,
    pub(crate) references: ReferenceOptions,
    pub(crate) minify: MinifyOptions,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    generations: Vec<Generation>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    only_hashed: BTreeMap<String, OnlyHashed>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    source_variants: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    contents: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    unhashed: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    plain_for_some: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<RecordedOptions>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Generations {
    /// The record's name: beside the manifest, hidden, so that no build takes it for an asset.
    pub(crate) fn name(manifest: &str) -> String {
        record_name(manifest)
    }

    /// Reads a record. No name from a file may lead out of the static root.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if stored.version != VERSION {
            return Err(format!("unknown version {}", stored.version));
        }
        let mut generations = stored.generations;
        for generation in &mut generations {
            let files = &mut generation.files;
            files.retain(|file| LogicalPath::new(file).is_ok());
        }
        let mut only_hashed = stored.only_hashed;
        only_hashed.retain(|name, _| LogicalPath::new(name).is_ok());
        let mut source_variants = stored.source_variants;
        source_variants.retain(|name| LogicalPath::new(name).is_ok());
        Ok(Self {
            replaced: generations,
            only_hashed,
            source_variants,
            contents: stored.contents,
            unhashed: stored.unhashed,
            plain_for_some: stored.plain_for_some,
            options: stored.options,
        })
    }

    /// Whether there is nothing to remember.
    pub(crate) fn is_empty(&self) -> bool {
        self.replaced.is_empty()
            && self.only_hashed.is_empty()
            && self.source_variants.is_empty()
            && self.contents.is_empty()
            && self.unhashed.is_empty()
            && !self.plain_for_some
            && self.options.is_none()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let stored = Stored {
            version: VERSION,
            generations: self.replaced.clone(),
            only_hashed: self.only_hashed.clone(),
            source_variants: self.source_variants.clone(),
            contents: self.contents.clone(),
            unhashed: self.unhashed.clone(),
            plain_for_some: self.plain_for_some,
            options: self.options.clone(),
        };
        // Strings and numbers: nothing that could fail.
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// All files of all generations.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.replaced
            .iter()
            .flat_map(|generation| generation.files.iter().map(String::as_str))
    }

    /// Records that the manifest that named `files` is replaced by one that names `current`.
    pub(crate) fn supersede(
        &mut self,
        mut files: BTreeSet<String>,
        current: &HashSet<&str>,
        now: SystemTime,
    ) {
        files.retain(|file| !current.contains(file.as_str()));
        for generation in &mut self.replaced {
            generation
                .files
                .retain(|file| !current.contains(file.as_str()) && !files.contains(file));
        }
        self.replaced.push(Generation {
            superseded: seconds(now),
            files,
        });
    }

    /// Takes out the generations that are to go: all but the last `keep` (the current one, which is not here, counts
    /// as one of them) and those that were replaced less than `age` ago.
    pub(crate) fn take_expired(
        &mut self,
        keep: usize,
        age: Option<Duration>,
        now: SystemTime,
    ) -> Vec<Generation> {
        let first_kept = self.replaced.len().saturating_sub(keep.saturating_sub(1));
        let now = seconds(now);
        let mut index = 0;
        let is_expired = |generation: &mut Generation| {
            let young =
                age.is_some_and(|age| now.saturating_sub(generation.superseded) < age.as_secs());
            index += 1;
            index <= first_kept && !young
        };
        let expired: Vec<Generation> = self.replaced.extract_if(.., is_expired).collect();
        let is_left = |name: &String| !expired.iter().any(|old| old.files.contains(name));
        self.unhashed.retain(is_left);
        expired
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn set(files: &[&str]) -> BTreeSet<String> {
        files.iter().map(ToString::to_string).collect()
    }

    /// Each manifest in turn; after it, the generations with their times.
    #[test]
    fn a_file_belongs_to_the_last_generation_that_names_it() {
        let mut record = Generations::default();
        let manifests: [&[&str]; 5] = [
            &["a1", "b1"],
            &["a2", "b1"],
            &["a1", "b2"],
            &["a1"],
            &["a3"],
        ];
        for (n, pair) in manifests.windows(2).enumerate() {
            let current: HashSet<&str> = pair[1].iter().copied().collect();
            record.supersede(set(pair[0]), &current, at(n as u64));
        }
        let found: Vec<(u64, BTreeSet<String>)> = record
            .replaced
            .iter()
            .map(|g| (g.superseded, g.files.clone()))
            .collect();
        let expected = [
            (0, set(&[])), // a1 came back
            (1, set(&["a2", "b1"])),
            (2, set(&["b2"])),
            (3, set(&["a1"])),
        ];
        assert_eq!(found, expected);
        assert_eq!(Generations::parse(&record.to_bytes()), Ok(record));
    }

    #[test]
    fn what_is_kept() {
        let generations = (0..5u64).map(|n| Generation {
            superseded: n * 100,
            files: BTreeSet::new(),
        });
        let record = Generations {
            replaced: generations.collect(),
            ..Generations::default()
        };
        let day = Duration::from_secs;
        for (keep, age, expired) in [
            (1, None, 5),
            (0, None, 5),
            (3, None, 3),
            (9, None, 0),
            (1, Some(day(150)), 4), // at 450: the one of 400 is young
            (3, Some(day(150)), 3),
            (1, Some(day(451)), 0),
        ] {
            let mut left = record.clone();
            let gone = left.take_expired(keep, age, at(450));
            assert_eq!(gone.len(), expired, "{keep} {age:?}");
            assert_eq!(left.replaced.len(), 5 - expired);
            assert!(gone.iter().chain(&left.replaced).eq(&record.replaced)); // the oldest go
        }
    }

    #[test]
    fn names_that_leave_the_static_root_are_not_believed() {
        let json =
            br#"{"version":1,"generations":[{"superseded":1,"files":["../a","/b","c","d/../e"]}]}"#;
        let record = Generations::parse(json).unwrap();
        assert_eq!(record.files().collect::<Vec<_>>(), ["c"]);
        assert!(Generations::parse(br#"{"version":2,"generations":[]}"#).is_err());
        assert!(Generations::parse(b"").is_err());
        assert_eq!(
            Generations::name("a/staticfiles.json"),
            "a/.staticfiles.generations.json"
        );
        assert_eq!(Generations::name("m"), ".m.generations.json");
    }
}
