//! A finished static root as it lies on disk, built by hashstatic or another program.

pub(crate) mod clean;
mod examine;
pub(crate) mod explain;
mod plain;
mod uses;
pub(crate) mod verify;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::name::catalog::{AssetId, Catalog, Named, Naming};
use crate::name::logical_path::LogicalPath;
use crate::name::logical_path::digest_in_name;
use crate::options::{
    HashAlgorithm, Input, Options, ReferenceOptions, ReferenceOverrides, SourceRoot,
};
use crate::platform::regular_file;
use crate::static_root::encoding::Encoding;
use crate::static_root::generations::{Generations, RecordedOptions};
use crate::static_root::manifest::{Manifest, StoredManifest};
use crate::static_root::{TEMPORARY, must_be_there};
use crate::text::Syntax;
use crate::text::css::uses::LazyUses;
use crate::text::resolve::StaticUrl;
use crate::walk::walk;

/// One entry of the manifest.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) logical: LogicalPath,
    pub(crate) hashed: LogicalPath,
}

impl Entry {
    /// The digest in the hashed path, where that is the logical path with a digest in it.
    pub(crate) fn digest(&self) -> Option<&str> {
        digest_in_name(self.logical.as_str(), self.hashed.as_str())
    }
}

/// The manifest and every file in the static root.
pub(crate) struct FinishedRoot {
    pub(crate) dir: PathBuf,
    /// Sorted by logical path.
    pub(crate) entries: Vec<Entry>,
    /// The hash algorithm of the digests in names, as far as the manifest shows.
    pub(crate) hash: HashAlgorithm,
    /// Every file in the static root.
    pub(crate) files: Catalog,
    /// How references are read and judged.
    pub(crate) references: ReferenceOptions,
    /// The options of the build, if its record has them.
    pub(crate) options: Option<RecordedOptions>,
    /// The record of generations.
    pub(crate) record: Generations,
    /// Indices into `entries`, by hashed path.
    by_hashed: HashMap<LogicalPath, usize>,
    /// The files that earlier manifests named.
    earlier: HashSet<String>,
    /// The static URL of `references`, split once.
    static_url: StaticUrl,
    uses: LazyUses,
}

impl FinishedRoot {
    /// Reads the manifest and the record, and lists the files. `references` overrides the options of the build. Also
    /// returns what is wrong with the manifest.
    pub(crate) fn open(
        dir: &Path,
        manifest: &Path,
        references: &ReferenceOverrides,
    ) -> Result<(Self, Vec<Diagnostic>), Error> {
        let mut diagnostics = Vec::new();
        must_be_there(dir)?;
        let dir = dir.canonicalize().map_err(Error::io("read", dir))?;
        let path = dir.join(manifest);
        let bytes = regular_file::read(&path).map_err(Error::io("read the manifest", &path))?;
        let name = manifest.display().to_string();
        let broken = |what: String| {
            Diagnostic::new(Severity::Error, Code::BrokenManifest, name.as_str(), what)
        };
        let stored = StoredManifest::parse(&bytes).unwrap_or_else(|why| {
            diagnostics.push(broken(format!(
                "the manifest is not readable: {}",
                shown(why)
            )));
            StoredManifest::default()
        });
        let hash = match stored.check(&bytes) {
            Ok(hash) => hash,
            Err(why) => {
                if diagnostics.is_empty() {
                    diagnostics.push(broken(shown(why)));
                }
                HashAlgorithm::Blake3
            }
        };
        let mut entries = Vec::new();
        let mut seen = BTreeSet::new();
        for (logical, hashed) in &stored.paths {
            match (LogicalPath::new(logical), LogicalPath::new(hashed)) {
                (Ok(logical), Ok(hashed)) => {
                    seen.insert(logical.clone());
                    entries.push(Entry { logical, hashed });
                }
                (Err(why), _) | (_, Err(why)) => diagnostics.push(broken(format!(
                    "the entry {logical:?}: {hashed:?} names no file: {why}"
                ))),
            }
        }
        if seen.len() < entries.len() {
            diagnostics.push(broken("a name has several entries".into()));
        }
        entries.sort_by(|a, b| a.logical.cmp(&b.logical));
        entries.dedup_by(|a, b| a.logical == b.logical);
        let by_hashed = entries
            .iter()
            .enumerate()
            .map(|(index, entry)| (entry.hashed.clone(), index))
            .collect();
        let record = record(&dir, manifest, &mut diagnostics)?;
        let identity = Manifest {
            paths: stored.paths.iter().cloned().collect(),
        }
        .identity();
        let options = record.options.clone();
        let options = options.filter(|options| options.manifest == identity);
        let of_build = options.as_ref().map(|options| options.references.clone());
        let references = references.over(of_build.unwrap_or_default());
        let root = Self {
            earlier: record.files().map(str::to_owned).collect(),
            record,
            files: files(&dir, &mut diagnostics)?,
            static_url: StaticUrl::new(&references.static_url),
            references,
            options,
            dir,
            entries,
            hash,
            by_hashed,
            uses: LazyUses::default(),
        };
        Ok((root, diagnostics))
    }

    /// Whether a bundler has hashed the file of that name: what it names is not ours to judge.
    pub(crate) fn is_prehashed(&self, file: &LogicalPath) -> bool {
        let record = &self.record;
        self.is_named(file)
            && record.contents.contains_key(file.as_str())
            && !record.unhashed.contains(file.as_str())
    }

    /// The syntax of a file.
    pub(crate) fn syntax(&self, file: AssetId) -> Syntax {
        Syntax::of(self.files.name(file), self.references.js_modules)
    }

    /// Reads a file whole.
    pub(crate) fn read(&self, file: AssetId) -> Result<Vec<u8>, Error> {
        let path = self.files.path(file);
        let mut bytes = Vec::new();
        regular_file::read_into(path, self.files.get(file).length, &mut bytes)
            .map_err(Error::io("read", path))?;
        Ok(bytes)
    }

    /// The entry of that logical path.
    pub(crate) fn entry(&self, logical: &str) -> Option<&Entry> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.logical.as_str().cmp(logical));
        found.ok().map(|index| &self.entries[index])
    }

    /// The entry whose hashed file has that name.
    pub(crate) fn entry_of_hashed(&self, hashed: &LogicalPath) -> Option<&Entry> {
        self.by_hashed
            .get(hashed)
            .map(|index| &self.entries[*index])
    }

    /// Whether the manifest names a hashed file of that name, whether it is there or not.
    pub(crate) fn is_hashed_path(&self, name: &str) -> bool {
        LogicalPath::new(name).is_ok_and(|name| self.by_hashed.contains_key(&name))
    }

    /// Whether the manifest names a file, plain or hashed.
    pub(crate) fn is_named(&self, file: &LogicalPath) -> bool {
        self.by_hashed.contains_key(file) || self.entry(file.as_str()).is_some()
    }

    /// Whether an earlier manifest named a file.
    fn was_named(&self, file: &LogicalPath) -> bool {
        self.earlier.contains(file.as_str())
    }

    /// The variants that lie beside a file. An asset that is only named like one is none.
    pub(crate) fn variants(&self, file: AssetId) -> impl Iterator<Item = (Encoding, AssetId)> {
        let name = self.files.name(file).as_str();
        Encoding::ALL.into_iter().filter_map(move |encoding| {
            let variant = self.files.find(&encoding.variant_of(name))?;
            let name = self.files.name(variant);
            let is_asset = self.is_named(name) || self.was_named(name);
            (!is_asset).then_some((encoding, variant))
        })
    }
}

/// The record of generations. A record that cannot be parsed is reported; the rest is verified without it.
fn record(
    dir: &Path,
    manifest: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Generations, Error> {
    let Some(manifest) = manifest.to_str() else {
        return Ok(Generations::default());
    };
    let name = Generations::name(manifest);
    let path = dir.join(&name);
    let bytes = match regular_file::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Generations::default());
        }
        other => other.map_err(Error::io("read", &path))?,
    };
    Ok(Generations::parse(&bytes).unwrap_or_else(|why| {
        let what = format!("the record of generations is not readable: {why}");
        diagnostics.push(
            Diagnostic::new(Severity::Error, Code::UnreadableManifest, name, what)
                .help("build again: a build replaces it"),
        );
        Generations::default()
    }))
}

/// Every file of the static root. Links are followed wherever they lead: `collectstatic --link` writes links to the
/// sources.
fn files(dir: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Catalog, Error> {
    let mut options = Options::new(Input::Roots(vec![SourceRoot {
        prefix: String::new(),
        dir: dir.to_owned(),
    }]));
    options.input.ignore = vec![format!("{TEMPORARY}*.tmp")]; // a build may be at work
    options.input.follow_external_links = true;
    let walked = walk(&options, Path::new(""))?;
    diagnostics.extend(walked.diagnostics);
    let named = walked.files.into_iter().map(|source| Named {
        name: source.logical,
        path: source.path,
        length: source.length,
        naming: Naming::Digest,
        order: source.order,
    });
    Ok(Catalog::new(named.collect()))
}
