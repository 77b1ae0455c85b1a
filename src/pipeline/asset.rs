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

/// A source file and what is to be done with it.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    pub(crate) id: AssetId,
    pub(crate) source: SourceFile,
    pub(crate) syntax: Syntax,
    /// The name of its plain copy: the logical path. (Django's storage turns backslashes into slashes there.)
    pub(crate) plain: LogicalPath,
    /// Its plain-named copy is wanted too.
    pub(crate) keep_plain: bool,
    /// Its extension is not on the skip list.
    pub(crate) compress: bool,
    /// A bundler has hashed it: its hashed path is its logical path, its bytes stay.
    pub(crate) prehashed: bool,
    /// `Some`: the asset lives on under this hashed path from an earlier in-place run that removed the plain file.
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
            naming: match self.carried {
                _ if self.prehashed => Naming::Prehashed,
                Some(_) => Naming::Carried,
                None => Naming::Digest,
            },
        }
    }

    /// Its logical path.
    pub(crate) fn name(&self) -> &LogicalPath {
        &self.source.logical
    }
}

/// The plain-named copy of an asset.
#[derive(Debug)]
pub(crate) enum Plain {
    /// Not wanted.
    None,
    /// There already, with the right bytes (in place: the source itself).
    Unchanged(Held),
    /// Staged; its bytes differ from the hashed file's.
    Staged(Staged, Held),
    /// To be made from the hashed file, whose bytes it shares.
    Twin,
}

/// The hashed file of an asset, in its place.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The hashed path, as a name in the static root.
    pub(crate) name: String,
    /// The digest in that name.
    pub(crate) digest: String,
    pub(crate) content: Held,
    pub(crate) written: Written,
    pub(crate) plain: Plain,
    /// The bytes that the hashed and the plain file have in common at their beginning, where they differ.
    pub(crate) common: usize,
    /// References that were rewritten in it.
    pub(crate) references: usize,
}

impl Stored {
    /// The content of the asset's plain file; `None`: there is none.
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
    /// Bytes.
    pub(crate) length: u64,
    /// Its file was not there before with these bytes.
    pub(crate) new: bool,
    /// Its file on disk, as far as that is known.
    pub(crate) id: Option<FileId>,
    /// Beside a plain file: to be put in place together with it.
    pub(crate) pending: Option<PendingVariant>,
}

impl Variant {
    /// Its name beside `file`.
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
            Some(self.file.content),
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
