//! The build cache: what the minifier and the encoders made of some bytes, so that nothing is computed twice, in this
//! static root or another.
//!
//! An entry is one file, named by its key: a hash over everything its payload depends on. It checks itself; one that is
//! damaged in any way does not exist. Entries are written beside their place and renamed, so builds that run at the same
//! time share one cache. Whatever goes wrong here costs time, never a build.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::digest::{Content, ContentKey, is_hex};
use crate::error::Error;

/// Begins every entry.
const MAGIC: [u8; 16] = *b"hashstatic cache";
/// Raised when the format of entries changes.
const FORMAT: &str = "1";
/// Of the code whose results are kept (`build.rs`): results of another version are never served.
const CODE: &str = env!("HASHSTATIC_RESULTS");
/// Magic, whether there is a payload, its length, its BLAKE3, and a check over all of these and the key.
const HEADER: usize = 16 + 1 + 8 + 32 + 16;
/// <https://bford.info/cachedir/>: backup programs leave such directories out.
const TAG: (&str, &str) = (
    "CACHEDIR.TAG",
    "Signature: 8a477f597d28d172789f06886806bc55\n# The build cache of hashstatic. It can be removed at any time.\n",
);
/// An entry's modification time says when it was last used, to this precision: most hits cost no write.
const USED: Duration = Duration::from_secs(3600);
/// Temporary files older than this are left over from a build that was killed.
const STALE: Duration = Duration::from_secs(24 * 3600);
/// A cache that had to be trimmed is left with this part of its size free, so that not every build has to.
const FREED: u64 = 10;

/// What an entry is the result of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key([u8; 32]);

impl Key {
    /// The key of what `job` (with all its settings) makes of some bytes.
    pub(crate) fn new(job: &str, bytes: ContentKey) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [FORMAT, CODE, job] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        Self(*hasher.update(&bytes).finalize().as_bytes())
    }
}

/// A cache directory.
pub(crate) struct Cache {
    dir: PathBuf,
    max_size: u64,
    counter: AtomicUsize,
    hits: AtomicUsize,
    misses: AtomicUsize,
    added: AtomicU64,
}

/// What a build had from the cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CacheUse {
    /// Results that were in the cache.
    pub hits: usize,
    /// Results that had to be computed.
    pub misses: usize,
    /// Bytes added to the cache.
    pub added: u64,
}

/// What is in a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CacheContents {
    /// The directory.
    pub dir: PathBuf,
    /// Entries.
    pub entries: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// An entry that is there.
pub(crate) enum Entry {
    /// The job gave nothing worth keeping.
    Nothing,
    /// It gave this content; [`Stored::load`] reads it.
    Stored(Stored),
}

/// A payload in the cache.
pub(crate) struct Stored {
    pub(crate) content: Content,
    file: File,
}

impl Stored {
    /// The payload; `None` if it is damaged.
    pub(crate) fn load(mut self) -> Option<Vec<u8>> {
        let mut payload = Vec::new();
        let length = usize::try_from(self.content.length).ok()?;
        payload.try_reserve_exact(length.checked_add(1)?).ok()?;
        self.file.read_to_end(&mut payload).ok()?;
        (Content::of(&payload) == self.content).then_some(payload)
    }
}

impl Cache {
    /// Opens the cache in `dir`, which is made if need be, to hold about `max_size` bytes.
    pub(crate) fn open(dir: &Path, max_size: u64) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let tag = dir.join(TAG.0);
        if !tag.exists() {
            fs::write(&tag, TAG.1)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            max_size,
            counter: AtomicUsize::new(0),
            hits: AtomicUsize::new(0),
            misses: AtomicUsize::new(0),
            added: AtomicU64::new(0),
        })
    }

    /// Looks a result up, without reading it whole.
    pub(crate) fn get(&self, key: Key) -> Option<Entry> {
        let entry = read_header(&self.path(key), key);
        match entry {
            Some(_) => &self.hits,
            None => &self.misses,
        }
        .fetch_add(1, Ordering::Relaxed);
        entry
    }

    /// Keeps a result. `None`: nothing worth keeping, which is worth knowing.
    pub(crate) fn put(&self, key: Key, payload: Option<&[u8]>) {
        // A cache on a full or read-only disk is no reason to fail.
        if self.try_put(key, payload).is_ok() {
            let length = HEADER + payload.map_or(0, <[u8]>::len);
            self.added.fetch_add(length as u64, Ordering::Relaxed);
        }
    }

    fn try_put(&self, key: Key, payload: Option<&[u8]>) -> io::Result<()> {
        let path = self.path(key);
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let temporary = path.with_extension(format!("{:x}-{number:x}.tmp", std::process::id()));
        let mut file = match File::create(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(&self.dir))?;
                File::create(&temporary)?
            }
            other => other?,
        };
        let bytes = payload.unwrap_or_default();
        file.write_all(&header(key, payload.is_some(), Content::of(bytes)))
            .and_then(|()| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, &path))
            .inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// What this build had from the cache. If it added anything, the cache is brought back to its size: what was not
    /// used for longest goes.
    pub(crate) fn finish(&self) -> CacheUse {
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
        let hex = blake3::Hash::from_bytes(key.0).to_hex();
        let (directory, name) = hex.split_at(2);
        self.dir.join(directory).join(name)
    }
}

/// What is in the cache `dir`.
///
/// # Errors
///
/// [`Error::Io`] if it cannot be read. A directory that is not there is an empty cache.
pub fn cache_contents(dir: &Path) -> Result<CacheContents, Error> {
    let mut contents = CacheContents {
        dir: dir.to_owned(),
        entries: 0,
        bytes: 0,
    };
    for file in files(dir).map_err(Error::io("read", dir))? {
        if let Ok(metadata) = file.metadata()
            && !is_temporary(&file)
        {
            contents.entries += 1;
            contents.bytes += metadata.len();
        }
    }
    Ok(contents)
}

/// Removes every entry of the cache `dir`, and nothing else that may be in that directory. Returns what was removed.
///
/// # Errors
///
/// [`Error::Io`] if the file system refuses.
pub fn clear_cache(dir: &Path) -> Result<CacheContents, Error> {
    let contents = cache_contents(dir)?;
    for file in files(dir).map_err(Error::io("read", dir))? {
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &file)(error));
            }
            _ => {}
        }
        if let Some(parent) = file.parent() {
            let _ = fs::remove_dir(parent); // once it is empty
        }
    }
    Ok(contents)
}

/// The files of a cache: those whose names are hex digits in the right places, and their temporaries.
fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let is_hex = |name: &str, length: usize| name.len() == length && is_hex(name);
    let mut files = Vec::new();
    let directories = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        other => other?,
    };
    for directory in directories {
        let directory = directory?;
        if !directory.file_name().to_str().is_some_and(|n| is_hex(n, 2)) {
            continue;
        }
        let Ok(entries) = fs::read_dir(directory.path()) else {
            continue; // removed just now, or no directory
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let stem = name
                .to_str()
                .and_then(|name| name.split('.').next())
                .unwrap_or("");
            if is_hex(stem, 62) {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}

fn is_temporary(file: &Path) -> bool {
    file.extension().is_some()
}

fn header(key: Key, has_payload: bool, content: Content) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..16].copy_from_slice(&MAGIC);
    header[16] = has_payload.into();
    header[17..25].copy_from_slice(&content.length.to_le_bytes());
    header[25..57].copy_from_slice(&content.key);
    let check = blake3::keyed_hash(&key.0, &header[..57]);
    header[57..].copy_from_slice(&check.as_bytes()[..16]);
    header
}

/// The entry in `path`, if it is there and its header is right.
fn read_header(path: &Path, key: Key) -> Option<Entry> {
    let mut file = File::open(path).ok()?;
    let mut found = [0; HEADER];
    file.read_exact(&mut found).ok()?;
    let content = Content {
        length: u64::from_le_bytes(found[17..25].try_into().ok()?),
        key: found[25..57].try_into().ok()?,
    };
    let has_payload = found[16] != 0;
    let metadata = file.metadata().ok()?;
    if found != header(key, has_payload, content)
        || metadata.len() != HEADER as u64 + content.length
    {
        return None;
    }
    if metadata
        .modified()
        .is_ok_and(|used| used.elapsed().is_ok_and(|age| age > USED))
    {
        // Only the order in which entries go: a cache that one may read but not write to serves as well.
        let _ = file.set_times(FileTimes::new().set_modified(SystemTime::now()));
    }
    Some(if has_payload {
        Entry::Stored(Stored { content, file })
    } else {
        Entry::Nothing
    })
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
    fn what_was_kept_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 1 << 20).unwrap();
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
        let cache = Cache::open(dir.path(), 1 << 20).unwrap();
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
        let cache = Cache::open(dir.path(), 10 * (1000 + HEADER as u64)).unwrap();
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
        assert_eq!(left, [3, 12, 13, 14, 15, 16, 17, 18, 19]);
    }

    #[test]
    fn clearing_leaves_what_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path(), 1 << 20).unwrap();
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
