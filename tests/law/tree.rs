//! Small trees of sources, with the names of everything that a build writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use proptest::collection::btree_map;
use proptest::prelude::*;

/// Names of assets, of variants, of hashed files, of manifests and records.
const NAMES: &[&str] = &[
    "a.css",
    "b.css",
    "d/a.css",
    "a.js",
    "b.mjs",
    "a.js.map",
    "i.svg",
    "d/i.png",
    "app",
    "a.css.gz",
    "a.css.br",
    "a.js.gz",
    "i.svg.zst",
    "a.js.gz.gz",
    "a.css.map",
    "a.0123456789ab.css",
    "a.css.0123456789ab.gz",
    "b.Ab12Cd34.js",
    "b.Ab12Cd34.js.gz",
    "staticfiles.json",
    "staticfiles.json.gz",
    "m.json",
    "d/m.json",
];

/// The contents of a file.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Empty,
    /// The same line this many times, so that variants pay, with a number of its own.
    Plain(usize, u8),
    /// A text that names these files.
    Names(Vec<usize>, u8),
    /// Random bytes.
    Bytes(Vec<u8>),
    /// The gzip variant of the file that is named like this one without `.gz`, if there is one.
    GzipOfNeighbour,
}

fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        1 => Just(Text::Empty),
        4 => (1_usize..40, any::<u8>()).prop_map(|(times, n)| Text::Plain(times, n % 4)),
        6 => (prop::collection::vec(0..NAMES.len(), 1..4), any::<u8>())
            .prop_map(|(names, n)| Text::Names(names, n % 4)),
        1 => prop::collection::vec(any::<u8>(), 1..300).prop_map(Text::Bytes),
        2 => Just(Text::GzipOfNeighbour),
    ]
}

/// Some of the names, each with a text, and whether a hashed path of another file is among them.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    texts: BTreeMap<usize, Text>,
    copies_hashed: bool,
}

pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    (btree_map(0..NAMES.len(), text(), 1..7), any::<bool>()).prop_map(|(texts, copies)| Tree {
        texts,
        copies_hashed: copies,
    })
}

impl Tree {
    /// Every file with its bytes.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (&at, text) in &self.texts {
            let name = NAMES[at];
            files.insert(name.to_owned(), bytes(name, text));
        }
        for (&at, text) in &self.texts {
            if let (Text::GzipOfNeighbour, Some(plain)) = (text, NAMES[at].strip_suffix(".gz")) {
                let plain = files.get(plain).cloned().unwrap_or_default();
                files.insert(NAMES[at].to_owned(), gzip(&plain));
            }
        }
        if self.copies_hashed
            && let Some(bytes) = files.get("i.svg").cloned()
        {
            let digest = blake3::hash(&bytes).to_hex();
            files.insert(format!("i.{}.svg", &digest[..12]), bytes);
        }
        files
    }

    /// Whether a text names a file that is not in the tree.
    pub(crate) fn names_others(&self) -> bool {
        self.texts.values().any(|text| match text {
            Text::Names(names, _) => names.iter().any(|name| !self.texts.contains_key(name)),
            _ => false,
        })
    }

    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.files().into_keys().collect()
    }

    /// Writes the files, and removes those of `before` that are not among them.
    pub(crate) fn write(&self, root: &Path, before: &BTreeSet<String>) {
        let files = self.files();
        for name in before.iter().filter(|name| !files.contains_key(*name)) {
            let _ = fs::remove_file(root.join(name));
        }
        for (name, bytes) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            // A new file: the old one may have other names.
            let _ = fs::remove_file(&path);
            fs::write(path, bytes).unwrap();
        }
    }
}

fn bytes(name: &str, text: &Text) -> Vec<u8> {
    let kind = name.rsplit('.').next().unwrap_or("");
    match text {
        Text::Empty | Text::GzipOfNeighbour => Vec::new(),
        Text::Bytes(bytes) => bytes.clone(),
        Text::Plain(times, n) => match kind {
            "css" => format!(".a{n} {{ color : red }}\n"),
            "js" | "mjs" => format!("export const a{n} = {n};\n"),
            _ => format!("{n} is a text that repeats itself\n"),
        }
        .repeat(*times)
        .into_bytes(),
        Text::Names(names, n) => {
            let line = |at: &usize| {
                let up = if name.starts_with("d/") { "../" } else { "./" };
                let to = NAMES[*at];
                match kind {
                    "css" if Path::new(to).extension() == Some("css".as_ref()) => {
                        format!("@import \"{up}{to}\";\n")
                    }
                    "css" => format!(".a{n} {{ background : url({up}{to}) }}\n"),
                    "js" | "mjs" => format!("import \"{up}{to}\";\n"),
                    _ => format!("{to}\n"),
                }
            };
            // Not the manifest: Django resolves a reference to an earlier one as it was.
            let is_named = |at: &&usize| !NAMES[**at].contains(".json");
            let mut lines: Vec<String> = names.iter().filter(is_named).map(line).collect();
            lines.sort_unstable(); // imports first
            lines.concat().into_bytes()
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
