//! An asset on its way through a build: one value that gains fields, from [`Planned`] to [`Built`].

use std::time::SystemTime;

use crate::error::Error;
use crate::name::catalog::{AssetId, Named, Naming};
use crate::name::digest::Held;
use crate::name::logical_path::LogicalPath;
use crate::static_root::built_file::{BuiltFile, Role};
use crate::static_root::encoding::Encoding;
use crate::static_root::{FileId, Staged, StaticRoot, Written};
use crate::text::Syntax;
use crate::walk::SourceFile;

/// A source file, and what is to be done with it.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) id: AssetId,
    pub(crate) source: SourceFile,
    pub(crate) syntax: Syntax,
    /// The name of the plain copy: the logical path; in exact mode with slashes for backslashes, as Django stores it.
    pub(crate) plain: LogicalPath,
    /// Whether a plain copy is wanted.
    pub(crate) keep_plain: bool,
    /// Whether variants are wanted: the extension is not in `skip_compress`.
    pub(crate) compress: bool,
    /// How the asset gets its hashed path.
    pub(crate) naming: Naming,
    /// The hashed path from an earlier build in place that removed the plain file; `None`: there is a source.
    pub(crate) carried: Option<LogicalPath>,
}

impl Planned {
    /// The asset as a target of references.
    pub(super) fn named(&self) -> Named {
        Named {
            name: self.source.logical.clone(),
            path: self.source.path.clone(),
            length: self.source.length,
            order: self.source.order,
            naming: self.naming,
        }
    }

    /// Whether the asset has one file only, which changes with its bytes: `--unhashed`.
    pub(crate) fn is_unhashed(&self) -> bool {
        self.naming == Naming::Unhashed
    }

    /// Whether the asset is published under its own name as it is: its references, if it has any, are not rewritten.
    pub(super) fn is_untouched(&self) -> bool {
        self.naming.keeps_name() && !self.syntax.is_text()
    }

    /// The logical path.
    pub(crate) fn name(&self) -> &LogicalPath {
        &self.source.logical
    }
}

/// The plain copy of an asset.
#[derive(Debug)]
pub(crate) enum Plain {
    /// Not wanted.
    None,
    /// Already there, with the right bytes (in place: the source itself).
    Unchanged(Held),
    /// Staged; its bytes differ from the hashed file's.
    Staged(Staged, Held),
    /// To be made from the hashed file, whose bytes it shares.
    Twin,
}

/// The hashed file of an asset, in its place; of an unhashed asset, its plain file.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The hashed path, as a name in the static root.
    pub(crate) name: String,
    /// The digest in that name.
    pub(crate) digest: String,
    pub(crate) content: Held,
    /// Whether the hashed file had to be written; `None`: there is none, the plain file is the asset's only one.
    pub(crate) written: Option<Written>,
    pub(crate) plain: Plain,
    /// Length of the common beginning of the hashed and the plain file, in bytes; 0 if it is not needed.
    pub(crate) common: usize,
    /// References rewritten in the hashed file.
    pub(crate) references: usize,
}

impl Stored {
    /// The content of the plain file; `None`: there is none.
    pub(crate) fn plain_content(&self) -> Option<Held> {
        match &self.plain {
            Plain::None => None,
            Plain::Twin => Some(self.content),
            Plain::Unchanged(content) | Plain::Staged(_, content) => Some(*content),
        }
    }
}

/// An asset with its digest and its hashed file in place.
#[derive(Debug)]
pub(crate) struct Hashed {
    pub(crate) asset: Planned,
    pub(crate) file: Stored,
}

/// A variant beside a file of this build.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) encoding: Encoding,
    /// Length in bytes.
    pub(crate) length: u64,
    /// Whether no file with these bytes was there before.
    pub(crate) new: bool,
    /// The file on disk, if known.
    pub(crate) id: Option<FileId>,
    /// Set beside a plain file: the variant is put in place together with that file.
    pub(crate) pending: Option<PendingVariant>,
}

impl Variant {
    /// The variant's name beside `file`.
    pub(crate) fn name(&self, file: &str) -> String {
        self.encoding.variant_of(file)
    }
}

/// A variant of a plain file that is not in its place yet.
#[derive(Debug)]
pub(crate) enum PendingVariant {
    /// Written beside its place.
    Staged(Staged),
    /// To be made from this variant, which is in its place and has the same bytes.
    Twin(String),
}

impl PendingVariant {
    /// Puts the variant in its place.
    pub(super) fn publish(
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

/// The variants of one asset's files.
#[derive(Debug, Default)]
pub(crate) struct Variants {
    pub(crate) hashed: Vec<Variant>,
    pub(crate) plain: Vec<Variant>,
}

/// An asset with all of its files.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) asset: Planned,
    pub(crate) file: Stored,
    pub(crate) variants: Variants,
}

impl Built {
    /// Every file that this asset leaves in the static root: hashed and plain, each followed by its variants.
    pub(crate) fn files(&self) -> impl Iterator<Item = BuiltFile<'_>> {
        let hashed = (
            Role::Hashed,
            self.file.name.as_str(),
            self.file.written.map(|_| self.file.content),
        );
        let plain = (
            Role::Plain,
            self.asset.plain.as_str(),
            self.file.plain_content(),
        );
        let files = [
            (hashed, &self.variants.hashed),
            (plain, &self.variants.plain),
        ];
        files
            .into_iter()
            .flat_map(|((role, name, content), variants)| {
                let file = content.map(|content| BuiltFile {
                    name: name.into(),
                    role,
                    length: content.length,
                    encoding: None,
                });
                let variants = variants.iter().map(move |variant| BuiltFile {
                    name: variant.name(name).into(),
                    role,
                    length: variant.length,
                    encoding: Some(variant.encoding),
                });
                file.into_iter().chain(variants)
            })
    }
}
