//! What the commands show that look at what builds have left behind.

use std::process::ExitCode;

use hashstatic::{CacheContents, Error};
use serde_json::json;

use super::{JSON_VERSION, Renderer, grouped, out, printable, size};
use crate::cli::{CheckFormat, root::CacheAction};

impl Renderer {
    /// Shows what is, or was, in the build cache.
    pub(crate) fn cache(
        &self,
        action: &CacheAction,
        result: Result<CacheContents, Error>,
    ) -> ExitCode {
        let contents = match result {
            Ok(contents) => contents,
            Err(error) => return self.error("cache", &error),
        };
        if self.format == CheckFormat::Json {
            return document("cache", &json!({ "cache": contents }));
        }
        if self.quiet {
            return ExitCode::SUCCESS;
        }
        let done = match action {
            CacheAction::Stats(_) => "",
            CacheAction::Clear(_) => " removed",
        };
        out(&format!(
            "{}: {}, {}{done}\n",
            printable(&contents.dir.display().to_string()),
            match contents.entries {
                1 => "1 entry".into(),
                n => format!("{} entries", grouped(n)),
            },
            size(contents.bytes),
        ))
    }
}

/// A JSON document that tells of success: `version`, `command`, `status` and the fields of `result`.
fn document(command: &str, result: &serde_json::Value) -> ExitCode {
    let mut document = json!({
        "version": JSON_VERSION,
        "command": command,
        "status": "ok",
    });
    if let (Some(document), Some(result)) = (document.as_object_mut(), result.as_object()) {
        document.extend(result.clone());
    }
    out(&format!("{document}\n"))
}
