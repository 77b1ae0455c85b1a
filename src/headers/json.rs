//! Headers as JSON, for uploaders and other programs: every file of the build.

use std::collections::BTreeMap;

use serde::Serialize;

use super::media_types;
use super::plan::{HeadersPlan, ServedFile};

/// Version of the format, raised when a field changes its meaning or is removed.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'p> {
    version: u32,
    /// Sorted by path.
    files: Vec<File<'p>>,
}

#[derive(Serialize)]
struct File<'p> {
    path: String,
    /// Path of the file that this is a variant of.
    variant_of: Option<&'p str>,
    headers: BTreeMap<&'static str, String>,
}

pub(super) fn write(plan: &HeadersPlan) -> String {
    let manifest = ServedFile::default();
    let mut files: Vec<File<'_>> = plan
        .files
        .iter()
        .flat_map(|(name, file)| entries(name, file))
        .collect();
    if !plan.manifest.starts_with('/') {
        files.extend(entries(&plan.manifest, &manifest));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let document = Document {
        version: VERSION,
        files,
    };
    // Strings and numbers cannot fail.
    let mut json = serde_json::to_string_pretty(&document).unwrap_or_default();
    json.push('\n');
    json
}

/// Returns the entries of a file and of its variants.
fn entries<'p>(name: &'p str, file: &ServedFile) -> Vec<File<'p>> {
    let mut headers = BTreeMap::from([
        ("Cache-Control", HeadersPlan::cache_control(file).to_owned()),
        ("Content-Type", media_types::content_type(name)),
    ]);
    if !file.variants.is_empty() {
        headers.insert("Vary", "Accept-Encoding".to_owned());
    }
    let mut entries = Vec::new();
    for encoding in &file.variants {
        let mut headers = headers.clone();
        headers.insert("Content-Encoding", encoding.token().to_owned());
        entries.push(File {
            path: encoding.variant_of(name),
            variant_of: Some(name),
            headers,
        });
    }
    entries.push(File {
        path: name.to_owned(),
        variant_of: None,
        headers,
    });
    entries
}
