//! Stage 7, compress: precompressed variants, each distinct content once, largest first.

#[expect(
    unsafe_code,
    reason = "the C encoder with an allocator of one's own has no safe wrapper"
)]
mod brotli_c;
pub(crate) mod encoders;
mod jobs;

#[cfg(feature = "bench")]
pub(crate) use encoders::encode;

use std::time::SystemTime;

use crate::cache::{Cache, Entry, Key, Stored};
use crate::error::Error;
use crate::name::digest::Content;
use crate::options::Encodings;
use crate::parallel::map_in_order;
use crate::pipeline::plan::Plan;
use crate::pipeline::store::Output;
use crate::progress::Progress;
use crate::static_root::encoding::Encoding;
use crate::static_root::{FileId, Staged, StaticRoot, Written};
use jobs::{Beside, Job, Source, batches};

/// The quality of Brotli at which a common beginning is compressed by itself. Below, there is little time to be saved. At
/// 11, no total may be larger than WhiteNoise's, and npm's leaflet has too little to be saved elsewhere.
const SHARED: u8 = 10;

/// A variant beside a file of this build.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) encoding: Encoding,
    pub(crate) length: u64,
    /// Whether its file was not there before with these bytes.
    pub(crate) new: bool,
    /// Which file on disk it is, as far as that is known.
    pub(crate) id: Option<FileId>,
    /// Beside a plain file: to be put in place together with it.
    pub(crate) pending: Option<Pending>,
}

impl Variant {
    /// Its name beside `file`.
    pub(crate) fn name(&self, file: &str) -> String {
        self.encoding.variant_of(file)
    }
}

/// A variant of a plain file that is not in its place yet.
#[derive(Debug)]
pub(crate) enum Pending {
    /// Written beside its place.
    Staged(Staged),
    /// To be made from this variant, which is in its place and has the same bytes.
    Twin(String),
}

/// The variants of one asset's files.
#[derive(Debug, Default)]
pub(crate) struct Variants {
    pub(crate) hashed: Vec<Variant>,
    pub(crate) plain: Vec<Variant>,
}

/// What is needed to compress.
pub(crate) struct Compressor<'c> {
    /// Assets win their names over variants.
    pub(crate) assets_win: bool,
    pub(crate) root: &'c StaticRoot,
    pub(crate) encodings: Encodings,
    pub(crate) cache: Option<&'c Cache>,
    pub(crate) progress: &'c dyn Progress,
}

impl Compressor<'_> {
    /// Compresses the outputs. Variants of hashed files are put in place, those of plain files wait for theirs. Returns
    /// the variants of each asset.
    pub(crate) fn compress(&self, plan: &Plan, outputs: &[Output]) -> Result<Vec<Variants>, Error> {
        let mut variants = Vec::new();
        variants.resize_with(plan.assets.len(), Variants::default);
        let wanted = wanted(self.encodings);
        if wanted.is_empty() || self.root.is_dry_run() {
            return Ok(variants);
        }
        let pairs = self.encodings.brotli == Some(SHARED);
        let batches = batches(plan, outputs, pairs);
        let jobs = || batches.iter().flatten();
        let bytes = jobs().map(|job| job.content.length).sum();
        self.progress.compressing(jobs().count(), bytes);
        let done = map_in_order(&batches, |batch| {
            let mut made = Vec::new();
            let mut beginning = None;
            for job in batch {
                let work = Work {
                    assets: self.assets_win.then_some(plan),
                    root: self.root,
                    cache: self.cache,
                    job,
                    bytes: None,
                    beginning: &mut beginning,
                };
                made.append(&mut work.run(&wanted)?);
                self.progress.compressed(job.content.length);
            }
            Ok(made)
        });
        self.progress.end();
        for (file, variant) in done?.into_iter().flatten() {
            let of = &mut variants[file.asset];
            if file.hashed {
                of.hashed.push(variant);
            } else {
                of.plain.push(variant);
            }
        }
        Ok(variants)
    }
}

/// The encodings asked for with their levels, in WhiteNoise's order: Brotli decides whether there is any.
fn wanted(encodings: Encodings) -> Vec<(Encoding, u8)> {
    [
        (Encoding::Brotli, encodings.brotli),
        (Encoding::Gzip, encodings.gzip),
        (Encoding::Zstd, encodings.zstd),
    ]
    .into_iter()
    .filter_map(|(encoding, level)| Some((encoding, level?)))
    .collect()
}

/// One job being done.
struct Work<'w, 'b> {
    /// Those whose names no variant may take.
    assets: Option<&'w Plan>,
    root: &'w StaticRoot,
    cache: Option<&'w Cache>,
    job: &'w Job<'w>,
    /// What is to be compressed, once it had to be read.
    bytes: Option<Vec<u8>>,
    /// The Brotli stream of [`Job::common`], once it had to be made for this job or the one before it.
    beginning: &'b mut Option<Vec<u8>>,
}

/// A variant's content; its bytes are loaded when they are needed, which they are not where they are in place already.
struct Encoded {
    content: Content,
    bytes: Option<Vec<u8>>,
    stored: Option<Stored>,
}

impl<'w> Work<'w, '_> {
    /// The variants worth having, by WhiteNoise's rules (`whitenoise.compress.Compressor.compress`): where Brotli does
    /// not pay, there are none at all.
    fn run(mut self, wanted: &[(Encoding, u8)]) -> Result<Vec<(&'w Beside<'w>, Variant)>, Error> {
        let mut made = Vec::new();
        for &(encoding, level) in wanted {
            let Some(encoded) = self.encode(encoding, level)? else {
                if encoding == Encoding::Brotli {
                    break;
                }
                continue;
            };
            made.append(&mut self.store(encoding, level, encoded)?);
        }
        Ok(made)
    }

    fn key(&self, encoding: Encoding, level: u8) -> Key {
        let common = self.job.common.filter(|_| encoding == Encoding::Brotli);
        let behind = common.map_or_else(String::new, |common| format!(" behind {common}"));
        let made_by = format!("{} {level}{behind}", encoding.token());
        Key::new(&made_by, self.job.content.key)
    }

    fn encode(&mut self, encoding: Encoding, level: u8) -> Result<Option<Encoded>, Error> {
        match self.cache.and_then(|c| c.get(self.key(encoding, level))) {
            Some(Entry::Nothing) => Ok(None),
            Some(Entry::Stored(stored)) => Ok(Some(Encoded {
                content: stored.content,
                bytes: None,
                stored: Some(stored),
            })),
            None => self.compute(encoding, level),
        }
    }

    /// `None`, too, if the file has changed since the build has read it: what is made of its bytes now belongs neither to
    /// the cache nor beside the file.
    fn compute(&mut self, encoding: Encoding, level: u8) -> Result<Option<Encoded>, Error> {
        if self.bytes.is_none() {
            self.bytes = self.read()?;
        }
        let Some(bytes) = &self.bytes else {
            return Ok(None);
        };
        let encoded = match (encoding, self.job.common) {
            (Encoding::Brotli, Some(common)) => {
                encoders::brotli_behind(self.beginning, common, bytes, level)
            }
            _ => encoders::encode(bytes, encoding, level),
        };
        if let Some(cache) = self.cache {
            cache.put(self.key(encoding, level), encoded.as_deref());
        }
        Ok(encoded.map(|bytes| Encoded {
            content: Content::of(&bytes),
            bytes: Some(bytes),
            stored: None,
        }))
    }

    /// The bytes that the job is about. `None`: its plain file has others by now. A file of this build that has is an error.
    fn read(&self) -> Result<Option<Vec<u8>>, Error> {
        let job = self.job;
        let bytes = match &job.from {
            Source::Hashed(name) => self.root.read(name)?,
            Source::Staged(staged) => self.root.read_staged(staged)?,
            Source::Plain(name) => match self.root.read_if_there(name)? {
                Some(bytes) if Content::of(&bytes) == job.content => return Ok(Some(bytes)),
                _ => return Ok(None),
            },
        };
        if Content::of(&bytes) == job.content {
            return Ok(Some(bytes));
        }
        let name = job.files.first().map_or("", |file| file.name);
        Err(Error::StaticRoot(format!(
            "{} was changed by somebody else during the build",
            self.root.dir().join(name).display()
        )))
    }

    /// Puts the variant beside every file of the job: the first one's bytes serve for the others.
    fn store(
        &mut self,
        encoding: Encoding,
        level: u8,
        mut encoded: Encoded,
    ) -> Result<Vec<(&'w Beside<'w>, Variant)>, Error> {
        let mut stored = Vec::new();
        let mut twins: Vec<(SystemTime, String, Written)> = Vec::new();
        for file in &self.job.files {
            let name = encoding.variant_of(file.name);
            if !has_room(&name)
                || self
                    .assets
                    .is_some_and(|plan| plan.catalog.find(&name).is_some())
            {
                continue;
            }
            let modified = file.output.modified;
            let twin = twins.iter().find(|(time, ..)| *time == modified);
            let linked = twin.and_then(|(.., written)| match written {
                Written::Unchanged(id) if self.root.is_linked(&name, *id) => Some(*id),
                _ => None,
            });
            let unchanged = match linked {
                Some(id) => Some(id),
                None => self.root.has_content(&name, encoded.content, modified)?,
            };
            let mut pending = None;
            if unchanged.is_none() {
                let place = if let Some((_, twin, _)) = twin {
                    self.twin(file, twin, &name, modified)?
                } else if let Some(bytes) = self.payload(encoding, level, &mut encoded)? {
                    Pending::Staged(self.root.stage(&name, bytes, modified)?)
                } else {
                    break; // the encoder found it worth keeping before
                };
                if file.hashed {
                    place.publish(self.root, &name, modified)?;
                } else {
                    pending = Some(place);
                }
            }
            if file.hashed && twin.is_none() {
                let written = unchanged.map_or(Written::New, Written::Unchanged);
                twins.push((modified, name, written));
            }
            let staged = match &pending {
                Some(Pending::Staged(staged)) => staged.id(),
                Some(Pending::Twin(_)) | None => None,
            };
            let variant = Variant {
                encoding,
                length: encoded.content.length,
                new: unchanged.is_none(),
                id: unchanged.or(staged),
                pending,
            };
            stored.push((file, variant));
        }
        Ok(stored)
    }

    /// A variant with the bytes of `twin`. In place, all files are made before any gets its name.
    fn twin(
        &self,
        file: &Beside<'_>,
        twin: &str,
        name: &str,
        modified: SystemTime,
    ) -> Result<Pending, Error> {
        if file.hashed || !self.root.names_later() {
            return Ok(Pending::Twin(twin.to_owned()));
        }
        let staged = self.root.stage_twin(twin, name, modified)?;
        Ok(Pending::Staged(staged))
    }

    /// The variant's bytes. An entry of the cache that turns out to be damaged is computed anew.
    fn payload<'e>(
        &mut self,
        encoding: Encoding,
        level: u8,
        encoded: &'e mut Encoded,
    ) -> Result<Option<&'e [u8]>, Error> {
        if let Some(stored) = encoded.stored.take() {
            match stored.load() {
                Some(bytes) => encoded.bytes = Some(bytes),
                None => match self.compute(encoding, level)? {
                    Some(computed) => *encoded = computed,
                    None => return Ok(None),
                },
            }
        }
        Ok(encoded.bytes.as_deref())
    }
}

impl Pending {
    /// Puts the variant in its place.
    pub(crate) fn publish(
        self,
        root: &StaticRoot,
        name: &str,
        modified: SystemTime,
    ) -> Result<(), Error> {
        match self {
            Self::Staged(staged) => root.publish(staged, name),
            Self::Twin(twin) => root.put_twin(&twin, name, modified),
        }
    }
}

/// Whether a name is short enough for file systems: the file that the variant stands beside may use up all 255 bytes.
fn has_room(name: &str) -> bool {
    name.rsplit('/').next().unwrap_or(name).len() <= 255
}
