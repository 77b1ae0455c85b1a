//! Stage 1, walk: finds the source files, by Django's rules for what is ignored.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::name::glob::Glob;
use crate::name::logical_path::{LogicalPath, normpath};
use crate::options::{Input, NamedFile, Options, SourceRoot};
use crate::parallel::map_in_batches;
use crate::platform::stamp::Stamp;
use crate::platform::{self, regular_file};

/// Files that one thread asks for at a time.
const BATCH: usize = 16;

/// A file that will be an asset.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) logical: LogicalPath,
    pub(crate) path: PathBuf,
    /// Bytes, when it was found.
    pub(crate) length: u64,
    pub(crate) modified: SystemTime,
    /// Of the file as it was found; `None` if it was not walked.
    pub(crate) stamp: Option<Stamp>,
    /// The plain file in the static root is the caller's ([`NamedFile::leave_plain`]).
    pub(crate) leave_plain: bool,
    /// The how-manieth it was found: what Django would process first among files of one level.
    pub(crate) order: usize,
}

/// What a walk has found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// In the order of precedence, duplicates included.
    pub(crate) files: Vec<SourceFile>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl SourceFile {
    /// Reads the file into `bytes`, all of it.
    pub(crate) fn read_into(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        regular_file::read_into(&self.path, self.length, bytes)
            .map_err(Error::io("read", &self.path))
    }

    /// Reads the file whole.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.read_into(&mut bytes)?;
        Ok(bytes)
    }
}

/// All files of the input in the input's order of precedence, duplicates included.
///
/// `exclude` is the canonical path of the static root, which is never a source even if it lies inside one.
pub(crate) fn walk(options: &Options, exclude: &Path) -> Result<Walked, Error> {
    match &options.input {
        Input::Files(files) => listed(files),
        Input::Roots(roots) => {
            let ignore = Ignore::new(&options.ignore);
            let mut walked = Walked::default();
            for root in roots {
                let walk = RootWalk {
                    root,
                    canonical: root
                        .dir
                        .canonicalize()
                        .map_err(Error::io("read the source root", &root.dir))?,
                    ignore: &ignore,
                    exclude,
                    follow_external: options.follow_external_links,
                };
                if !walk.canonical.is_dir() {
                    return Err(Error::Usage(format!(
                        "the source root {} is not a directory",
                        shown(&root.dir)
                    )));
                }
                walk.run(&mut walked)?;
            }
            Ok(walked)
        }
    }
}

/// The files of `--files-from`.
fn listed(files: &[NamedFile]) -> Result<Walked, Error> {
    let mut found = Vec::with_capacity(files.len());
    for (order, file) in files.iter().enumerate() {
        let logical = LogicalPath::new(&file.name)
            .map_err(|why| Error::Usage(format!("--files-from: {:?}: {why}", file.name)))?;
        let metadata = file
            .path
            .metadata()
            .map_err(Error::io("read", &file.path))?;
        if !metadata.is_file() {
            return Err(Error::Usage(format!(
                "--files-from: {} is not a file",
                shown(&file.path)
            )));
        }
        found.push(SourceFile {
            logical,
            path: file.path.clone(),
            length: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            stamp: Some(Stamp::of(&metadata)),
            leave_plain: file.leave_plain,
            order,
        });
    }
    Ok(Walked {
        files: found,
        diagnostics: Vec::new(),
    })
}

/// The ignore patterns. Django normalizes them (`os.path.normpath`), then matches base names, and whole paths of files
/// (`django.contrib.staticfiles.utils.get_files`).
struct Ignore(Vec<Glob>);

impl Ignore {
    fn new(patterns: &[String]) -> Self {
        Self(
            patterns
                .iter()
                .map(|pattern| Glob::new(&normpath(pattern)))
                .collect(),
        )
    }

    fn matches(&self, text: &str) -> bool {
        self.0.iter().any(|glob| glob.matches(text))
    }
}

/// The walk of one source root.
struct RootWalk<'a> {
    root: &'a SourceRoot,
    canonical: PathBuf,
    ignore: &'a Ignore,
    exclude: &'a Path,
    follow_external: bool,
}

impl RootWalk<'_> {
    /// Walks in the order of the directories; what the files are is asked for side by side, and while the walk goes on.
    fn run(&self, walked: &mut Walked) -> Result<(), Error> {
        let files = map_in_batches(self.files(&mut walked.diagnostics), BATCH, |entry| {
            let mut notes = Vec::new();
            Ok((self.source_file(&entry, &mut notes)?, notes))
        })?;
        for (file, notes) in files {
            walked.diagnostics.extend(notes);
            let order = walked.files.len();
            walked
                .files
                .extend(file.map(|file| SourceFile { order, ..file }));
        }
        Ok(())
    }

    /// What is not ignored and no directory.
    fn files<'w>(
        &'w self,
        diagnostics: &'w mut Vec<Diagnostic>,
    ) -> impl Iterator<Item = DirEntry> + Send + 'w {
        let mut entries = WalkDir::new(&self.canonical)
            .min_depth(1)
            .follow_links(true)
            .into_iter();
        std::iter::from_fn(move || {
            loop {
                let entry = match entries.next()? {
                    Ok(entry) => entry,
                    Err(error) => {
                        diagnostics.push(unreadable(&error));
                        continue;
                    }
                };
                let is_dir = entry.file_type().is_dir();
                if !self.wanted(&entry, diagnostics) {
                    if is_dir {
                        entries.skip_current_dir();
                    }
                } else if !is_dir {
                    return Some(entry);
                }
            }
        })
    }

    /// Whether an entry is neither ignored, nor the static root, nor a link that leads out of the source root.
    fn wanted(&self, entry: &DirEntry, diagnostics: &mut Vec<Diagnostic>) -> bool {
        if let Some(name) = entry.file_name().to_str() {
            if self.ignore.matches(name) {
                return false;
            }
            if !entry.file_type().is_dir()
                && self
                    .relative(entry)
                    .to_str()
                    .is_some_and(|relative| self.ignore.matches(relative))
            {
                return false;
            }
        }
        if entry.file_type().is_dir() && entry.path() == self.exclude {
            return false;
        }
        if !entry.path_is_symlink() {
            return true;
        }
        let target = match entry.path().canonicalize() {
            Ok(target) => target,
            Err(error) => {
                // Not to know where it leads is no reason to leave it out.
                diagnostics.push(cannot_be_read(entry.path(), &error));
                return false;
            }
        };
        if entry.file_type().is_dir() && target == self.exclude {
            return false;
        }
        if !self.follow_external && !target.starts_with(&self.canonical) {
            diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::SymlinkSkipped,
                    self.relative(entry).to_string_lossy(),
                    "the symbolic link leaves its source root and was not followed",
                )
                .help("pass --follow-external-links if that is meant"),
            );
            return false;
        }
        true
    }

    /// `None` for what cannot be an asset. Its order is not known yet.
    fn source_file(
        &self,
        entry: &DirEntry,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Option<SourceFile>, Error> {
        let relative = self.relative(entry);
        if !entry.file_type().is_file() {
            diagnostics.push(Diagnostic::new(
                Severity::Warning,
                Code::SpecialFileSkipped,
                relative.to_string_lossy(),
                "neither a file nor a directory, skipped",
            ));
            return Ok(None);
        }
        let Some(name) = relative.to_str() else {
            diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    Code::UnusableName,
                    relative.to_string_lossy(),
                    "the file name is not valid UTF-8, so that no URL or manifest can name it",
                )
                .help("rename the file, or leave it out with --ignore"),
            );
            return Ok(None);
        };
        let name = if self.root.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.root.prefix)
        };
        let logical = LogicalPath::new(&name)
            .map_err(|why| Error::Usage(format!("source root prefix: {name:?}: {why}")))?;
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            Err(error) => {
                diagnostics.push(unreadable(&error));
                return Ok(None);
            }
        };
        Ok(Some(SourceFile {
            logical,
            path: entry.path().to_owned(),
            length: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            stamp: Some(Stamp::of(&metadata)),
            leave_plain: false,
            order: 0,
        }))
    }

    fn relative<'e>(&self, entry: &'e DirEntry) -> &'e Path {
        // The paths of the walk begin with `canonical`.
        platform::below(entry.path(), &self.canonical)
    }
}

/// An entry that cannot be walked: a permission, a broken link, a loop of links.
fn unreadable(error: &walkdir::Error) -> Diagnostic {
    let path = error.path().unwrap_or(Path::new("")).display().to_string();
    if error.loop_ancestor().is_some() {
        return Diagnostic::new(
            Severity::Warning,
            Code::SymlinkSkipped,
            path,
            "the symbolic link leads back to a directory above it and was not followed",
        );
    }
    let why = error
        .io_error()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let message = format!("cannot be read: {why}");
    Diagnostic::new(Severity::Error, Code::Unreadable, path, message)
}

fn cannot_be_read(path: &Path, error: &std::io::Error) -> Diagnostic {
    let message = format!("cannot be read: {error}");
    let path = path.display().to_string();
    Diagnostic::new(Severity::Error, Code::Unreadable, path, message)
}
