//! The build cache: results of the minifier and the encoders, shared by all static roots.
//!
//! An entry is one file, named by its key: a hash over everything that its payload depends on. A damaged entry is
//! treated as missing. Entries are written beside their place and renamed, so concurrent builds can share a cache. An
//! error of the cache costs time, and never fails a build.

mod contents;
mod entry;
mod index;
mod trust;

use std::any::TypeId;
use std::fs::{self, File, FileTimes};
use std::hash::{Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::name::digest::{Content, ContentKey};
use crate::platform::owner::create_own_directory;
pub use contents::{CacheContents, cache_contents, clear_cache};
use contents::{files, is_temporary};
pub(crate) use entry::{Entry, Stored};
use entry::{HEADER, header, read_header};
use index::Index;

/// Format of entries, raised when it changes.
const FORMAT: &str = "1";
/// Name and content of the tag file (<https://bford.info/cachedir/>) by which backup programs skip the directory.
const TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# The build cache of hashstatic. It can be removed at any time.\n",
);
/// Precision of an entry's modification time, which is when it was last used: most hits cost no write.
const USED: Duration = Duration::from_secs(3600);
/// Age from which temporary files are left over from a killed build.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// Fraction (1/n) of the size that trimming leaves free, so that not every build has to trim.
const FREED: u64 = 10;

/// The code whose results are kept, and the libraries that it was compiled with: results of other code are never served.
///
/// `build.rs` hashes the source and `Cargo.lock`. Where this crate is a dependency of another one, a different lock file
/// decides on the libraries; the identity of a type covers that, as the compiler derives it from the metadata of the
/// crate, into which Cargo mixes those of all dependencies.
pub(crate) fn fingerprint() -> [u8; 8] {
    struct Here;
    let mut hasher = std::hash::DefaultHasher::new();
    env!("HASHSTATIC_CODE").hash(&mut hasher);
    TypeId::of::<Here>().hash(&mut hasher);
    hasher.finish().to_le_bytes()
}

/// The key of an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// Makes the key for the result of `job` (named with all its settings) on some bytes.
    pub(crate) fn new(job: &str, bytes: ContentKey) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&fingerprint());
        for part in [FORMAT, job] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        Self(*hasher.update(&bytes).finalize().as_bytes())
    }
}

/// A cache directory.
pub(crate) struct Cache {
    dir: PathBuf,
    max_size: u64,
    index: Index,
    /// The entry for [`Cache::record`].
    record: Key,
    counter: AtomicUsize,
    hits: AtomicUsize,
    misses: AtomicUsize,
    added: AtomicU64,
}

/// How a build used the cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CacheUse {
    /// Results found in the cache.
    pub hits: usize,
    /// Results not found, and computed.
    pub misses: usize,
    /// Bytes added to the cache.
    pub added: u64,
}

impl Cache {
    /// Opens the cache in `dir`, which is created if missing, of about `max_size` bytes, for a build of `static_root`.
    pub(crate) fn open(dir: &Path, max_size: u64, static_root: &Path) -> io::Result<Self> {
        create_own_directory(dir)?;
        trust::check(dir)?;
        let tag = dir.join(TAG.0);
        if fs::symlink_metadata(&tag).is_err() {
            fs::write(&tag, TAG.1)?;
        }
        let root = Content::of(static_root.as_os_str().as_encoded_bytes()).key;
        let index = Key::new("index", root);
        let payload = load(dir, index);
        Ok(Self {
            dir: dir.to_owned(),
            max_size,
            index: Index::new(index, payload.as_deref()),
            record: Key::new("record", root),
            counter: AtomicUsize::new(0),
            hits: AtomicUsize::new(0),
            misses: AtomicUsize::new(0),
            added: AtomicU64::new(0),
        })
    }

    /// Looks up a result, without reading its payload.
    pub(crate) fn get(&self, key: Key) -> Option<Entry> {
        let entry = match self.index.get(key) {
            Some(Some(content)) => Some(Entry::Stored(Stored::in_entry(
                content,
                self.path(key),
                key,
            ))),
            Some(None) => Some(Entry::Nothing),
            None => read_header(&self.path(key), key),
        };
        match &entry {
            Some(Entry::Stored(stored)) => self.index.note(key, Some(stored.content)),
            Some(Entry::Nothing) => self.index.note(key, None),
            None => {}
        }
        match entry {
            Some(_) => &self.hits,
            None => &self.misses,
        }
        .fetch_add(1, Ordering::Relaxed);
        entry
    }

    /// Adds a result. `None`: the job had no useful result.
    pub(crate) fn put(&self, key: Key, payload: Option<&[u8]>) {
        let content = payload.map(Content::of);
        // A cache on a full or read-only disk is no reason to fail.
        if self.try_put(key, payload, content).is_ok() {
            let length = HEADER + payload.map_or(0, <[u8]>::len);
            self.added.fetch_add(length as u64, Ordering::Relaxed);
            self.index.note(key, content);
        }
    }

    fn try_put(
        &self,
        key: Key,
        payload: Option<&[u8]>,
        content: Option<Content>,
    ) -> io::Result<()> {
        let path = self.path(key);
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{:x}-{number:x}.tmp", std::process::id()));
        // A new file: an existing one, and above all a link, is never written to.
        let mut file = match File::create_new(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(&self.dir))?;
                File::create_new(&temporary)?
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&temporary)?; // of a killed run with the same process id
                File::create_new(&temporary)?
            }
            other => other?,
        };
        let bytes = payload.unwrap_or_default();
        file.write_all(&header(key, content))
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, &path))
            .inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Returns what an earlier build of this static root has kept for the next one (`pipeline/repeat.rs`).
    pub(crate) fn record(&self) -> Option<Vec<u8>> {
        load(&self.dir, self.record)
    }

    /// Keeps a record for the next build of this static root.
    pub(crate) fn keep_record(&self, record: &[u8]) {
        self.keep(self.record, record);
    }

    /// Adds an entry that is not a result.
    fn keep(&self, key: Key, payload: &[u8]) {
        let _ = self.try_put(key, Some(payload), Some(Content::of(payload)));
    }

    /// Ends a build. If entries were added, the cache is trimmed to its size: the least recently used entries are
    /// removed first. Returns how the build used the cache.
    pub(crate) fn finish(&self) -> CacheUse {
        let (used, index) = self.index.finish();
        for key in used {
            let now = FileTimes::new().set_modified(SystemTime::now());
            // The time only decides the order of removal, so a read-only cache works, too.
            let _ = trust::open(&self.path(key)).and_then(|file| file.set_times(now));
        }
        if let Some(index) = index {
            self.keep(self.index.key, &index);
        }
        let added = self.added.load(Ordering::Relaxed);
        if added > 0 {
            let _ = self.trim(); // another build will
        }
        CacheUse {
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            added,
        }
    }

    fn trim(&self) -> io::Result<()> {
        let mut entries = Vec::new();
        let mut size = 0;
        for file in files(&self.dir)? {
            let metadata = file.metadata()?;
            let used = metadata.modified()?;
            if is_temporary(&file) {
                if used.elapsed().is_ok_and(|age| age > STALE) {
                    fs::remove_file(&file)?;
                }
                continue;
            }
            size += metadata.len();
            entries.push((used, metadata.len(), file));
        }
        if size <= self.max_size {
            return Ok(());
        }
        entries.sort_unstable();
        let enough = self.max_size - self.max_size / FREED;
        for (_, length, file) in entries {
            if size <= enough {
                break;
            }
            let _ = fs::remove_file(&file); // another build may have been first
            size -= length;
        }
        Ok(())
    }

    fn path(&self, key: Key) -> PathBuf {
        entry_path(&self.dir, key)
    }
}

fn load(dir: &Path, key: Key) -> Option<Vec<u8>> {
    match read_header(&entry_path(dir, key), key)? {
        Entry::Stored(stored) => stored.load(),
        Entry::Nothing => None,
    }
}

fn entry_path(dir: &Path, key: Key) -> PathBuf {
    let hex = blake3::Hash::from_bytes(key.0).to_hex();
    let (directory, name) = hex.split_at(2);
    dir.join(directory).join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: &[u8] = b"what an encoder made of it";

    fn key(n: u8) -> Key {
        Key::new("brotli 11", [n; 32])
    }

    fn load(cache: &Cache, key: Key) -> Option<Vec<u8>> {
        match cache.get(key)? {
            Entry::Nothing => Some(Vec::new()),
            Entry::Stored(stored) => stored.load(),
        }
    }

    #[test]
    fn added_results_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 1 << 20, Path::new("out")).unwrap();
        assert!(load(&cache, key(1)).is_none());
        cache.put(key(1), Some(PAYLOAD));
        cache.put(key(2), None);
        assert_eq!(load(&cache, key(1)).as_deref(), Some(PAYLOAD));
        assert!(matches!(cache.get(key(2)), Some(Entry::Nothing)));
        assert!(load(&cache, Key::new("brotli 10", [1; 32])).is_none());
        let used = cache.finish();
        assert_eq!((used.hits, used.misses), (2, 2));
    }

    #[test]
    fn no_changed_byte_and_no_renamed_entry_is_served() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 1 << 20, Path::new("out")).unwrap();
        cache.put(key(1), Some(PAYLOAD));
        let path = cache.path(key(1));
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, bad).unwrap();
            assert!(load(&cache, key(1)).is_none(), "byte {at}");
        }
        for length in 0..good.len() {
            fs::write(&path, &good[..length]).unwrap();
            assert!(load(&cache, key(1)).is_none(), "length {length}");
        }
        fs::create_dir_all(cache.path(key(2)).parent().unwrap()).unwrap();
        fs::write(cache.path(key(2)), &good).unwrap();
        assert!(load(&cache, key(2)).is_none());
    }

    #[test]
    fn the_least_recently_used_go_first() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 10 * (1000 + HEADER as u64), Path::new("out")).unwrap();
        for n in 0..20 {
            cache.put(key(n), Some(&[n; 1000]));
            let used = SystemTime::now() - Duration::from_secs(10_000 - u64::from(n));
            let file = File::open(cache.path(key(n))).unwrap();
            file.set_times(FileTimes::new().set_modified(used)).unwrap();
        }
        assert!(load(&cache, key(3)).is_some()); // now the most recently used one
        cache.finish();
        let left: Vec<u8> = (0..20)
            .filter(|n| load(&cache, key(*n)).is_some())
            .collect();
        assert_eq!(left, [3, 14, 15, 16, 17, 18, 19]); // and the index of this build
    }

    #[test]
    fn clearing_leaves_what_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 1 << 20, Path::new("out")).unwrap();
        cache.put(key(1), Some(PAYLOAD));
        fs::create_dir_all(dir.path().join("ab")).unwrap();
        fs::write(dir.path().join("ab/mine"), "").unwrap();
        fs::write(dir.path().join("mine"), "").unwrap();
        assert_eq!(clear_cache(dir.path()).unwrap().entries, 1);
        assert_eq!(cache_contents(dir.path()).unwrap().entries, 0);
        assert!(dir.path().join("mine").exists() && dir.path().join("ab/mine").exists());
        assert_eq!(cache_contents(&dir.path().join("none")).unwrap().entries, 0);
    }
}
