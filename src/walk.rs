//! Stage 1, walk: finds the source files, by Django's rules for what is ignored.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{Code, Diagnostic, Severity, shown};
use crate::error::Error;
use crate::name::glob::Glob;
use crate::name::left_out::LeftOut;
use crate::name::logical_path::{LogicalPath, normpath};
use crate::options::{Input, InputOptions, NamedFile, Options, SourceRoot};
use crate::parallel::map_in_batches;
use crate::platform::stamp::Stamp;
use crate::platform::{self, regular_file};

/// Files that one thread takes at a time.
const BATCH: usize = 16;

/// A source file.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    pub(crate) logical: LogicalPath,
    pub(crate) path: PathBuf,
    /// Length in bytes, when it was found.
    pub(crate) length: u64,
    pub(crate) modified: SystemTime,
    /// Stamp of the file when it was found; `None` if it was not walked.
    pub(crate) stamp: Option<Stamp>,
    /// Whether the caller writes the plain file in the static root ([`NamedFile::leave_plain`]).
    pub(crate) leave_plain: bool,
    /// Rank in the order of finding, in which Django processes files of one depth.
    pub(crate) order: usize,
}

/// The result of a walk.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// Source files in order of precedence, duplicates included.
    pub(crate) files: Vec<SourceFile>,
    /// The files and directories that no source file comes from.
    pub(crate) left_out: LeftOut,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl SourceFile {
    /// Reads the whole file into `bytes`.
    pub(crate) fn read_into(&self, bytes: &mut Vec<u8>) -> Result<(), Error> {
        regular_file::read_into(&self.path, self.length, bytes)
            .map_err(Error::io("read", &self.path))
    }

    /// Reads the whole file.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.read_into(&mut bytes)?;
        Ok(bytes)
    }
}

/// Finds all source files, in order of precedence, duplicates included.
///
/// `exclude` is the canonical path of the static root, which is never a source even if it lies inside one.
pub(crate) fn walk(options: &Options, exclude: &Path) -> Result<Walked, Error> {
    match &options.input.sources {
        Input::Files(files) => listed(files),
        Input::Roots(roots) => {
            let ignore = Ignore::new(&options.input.ignore);
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
                    follow_external: options.input.follow_external_links,
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

/// The files of `--files-from`. All that is wrong with them is returned, or among the diagnostics.
fn listed(files: &[NamedFile]) -> Result<Walked, Error> {
    let mut walked = Walked::default();
    let mut wrong = Vec::new();
    for (order, file) in files.iter().enumerate() {
        let logical = match LogicalPath::new(&file.name) {
            Ok(logical) => logical,
            Err(why) => {
                wrong.push(Error::option(
                    "files-from",
                    format!("{:?}: {why}", file.name),
                ));
                continue;
            }
        };
        let metadata = match file.path.metadata() {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => {
                let problem = format!("{} is not a file", shown(&file.path));
                wrong.push(Error::option("files-from", problem));
                continue;
            }
            Err(error) => {
                walked.diagnostics.push(cannot_be_read(&file.path, &error));
                continue;
            }
        };
        walked.files.push(SourceFile {
            logical,
            path: file.path.clone(),
            length: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            stamp: Some(Stamp::of(&metadata)),
            leave_plain: file.leave_plain,
            order,
        });
    }
    Error::all(wrong)?;
    Ok(walked)
}

/// The ignore patterns. Django normalizes them (`os.path.normpath`), then matches base names, and whole paths of files
/// (`django.contrib.staticfiles.utils.get_files`).
struct Ignore(Vec<(Glob, String)>);

impl Ignore {
    fn new(patterns: &[String]) -> Self {
        let globs = patterns
            .iter()
            .map(|pattern| (Glob::new(&normpath(pattern)), pattern.clone()));
        Self(globs.collect())
    }

    /// The rule that leaves a name out, as the end of a sentence.
    fn rule(&self, text: &str) -> Option<String> {
        let (_, pattern) = self.0.iter().find(|(glob, _)| glob.matches(text))?;
        Some(
            if InputOptions::IGNORE_DEFAULT.contains(&pattern.as_str()) {
                format!("the default rule {pattern}, see --no-default-ignore")
            } else {
                format!("--ignore {}", shown(pattern))
            },
        )
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
    /// Walks in directory order. Metadata of files is read in parallel, during the walk.
    fn run(&self, walked: &mut Walked) -> Result<(), Error> {
        let files = map_in_batches(self.files(walked), BATCH, |entry| {
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

    /// Iterates over entries that are wanted and not directories.
    fn files<'w>(&'w self, walked: &'w mut Walked) -> impl Iterator<Item = DirEntry> + Send + 'w {
        let mut entries = WalkDir::new(&self.canonical)
            .min_depth(1)
            .follow_links(true)
            .into_iter();
        std::iter::from_fn(move || {
            loop {
                let entry = match entries.next()? {
                    Ok(entry) => entry,
                    Err(error) => {
                        walked.diagnostics.push(unreadable(&error));
                        continue;
                    }
                };
                let is_dir = entry.file_type().is_dir();
                if !self.wanted(&entry, walked) {
                    if is_dir {
                        entries.skip_current_dir();
                    }
                } else if !is_dir {
                    return Some(entry);
                }
            }
        })
    }

    /// Whether an entry is not ignored, not the static root, and not a link that leaves the source root.
    fn wanted(&self, entry: &DirEntry, walked: &mut Walked) -> bool {
        if let Some(rule) = self.ignored_by(entry) {
            self.leave_out(entry, rule, walked);
            return false;
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
                // An unknown target is no reason to skip the link silently.
                walked
                    .diagnostics
                    .push(cannot_be_read(entry.path(), &error));
                return false;
            }
        };
        if entry.file_type().is_dir() && target == self.exclude {
            return false;
        }
        if !self.follow_external && !target.starts_with(&self.canonical) {
            walked.diagnostics.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::SymlinkSkipped,
                    self.relative(entry).to_string_lossy(),
                    "the symbolic link leaves its source root and was not followed",
                )
                .help("pass --follow-external-links if that is meant"),
            );
            let rule = "the rule that no link leaves its source root, see --follow-external-links";
            self.leave_out(entry, rule.into(), walked);
            return false;
        }
        true
    }

    /// The rule that leaves an entry out.
    fn ignored_by(&self, entry: &DirEntry) -> Option<String> {
        let name = entry.file_name().to_str()?;
        let whole = || {
            let relative = self.relative(entry).to_str();
            relative.filter(|_| !entry.file_type().is_dir())
        };
        let by_name = self.ignore.rule(name);
        by_name.or_else(|| self.ignore.rule(whole()?))
    }

    fn leave_out(&self, entry: &DirEntry, rule: String, walked: &mut Walked) {
        let relative = platform::below(entry.path(), &self.canonical);
        if let Some(name) = relative.to_str() {
            let path = self.root.dir.join(relative);
            walked.left_out.add(self.prefixed(name), &path, rule);
        }
    }

    fn prefixed(&self, name: &str) -> String {
        if self.root.prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{}/{name}", self.root.prefix)
        }
    }

    /// Makes a source file, without its `order`. `None` for entries that cannot be assets.
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
        let name = self.prefixed(name);
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

/// Diagnoses an entry that cannot be walked: no permission, a broken link, a loop of links.
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

/// Diagnoses a file that cannot be read.
pub(crate) fn cannot_be_read(path: &Path, error: &std::io::Error) -> Diagnostic {
    let message = format!("cannot be read: {error}");
    let path = path.display().to_string();
    let mut diagnostic = Diagnostic::new(Severity::Error, Code::Unreadable, path.as_str(), message);
    diagnostic.file = Some(path);
    diagnostic
}
