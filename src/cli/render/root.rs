//! Renders the results of the commands on static roots and the build cache.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use hashstatic::{
    AssetFile, AssetNaming, CacheContents, Cleaning, Diagnostic, Error, Explanation, Leads,
    Severity, Verification, shown,
};
use serde_json::json;

use super::wording::{counted, grouped, size};
use super::{ERROR, JSON_VERSION, Renderer, TITLE, out};
use crate::cli::root::CacheAction;

impl Renderer {
    /// Shows what a verification has found.
    pub(crate) fn verify(&self, result: Result<Verification, Error>) -> ExitCode {
        let verification = match result {
            Ok(verification) => verification,
            Err(error) => return self.error("verify", &error),
        };
        self.diagnostics(&verification.diagnostics);
        let is_intact = verification.is_intact();
        let written = if self.format.is_json() {
            let status = if is_intact { "ok" } else { "error" };
            document(
                "verify",
                &json!({ "status": status, "verification": verification }),
            )
        } else if is_intact && !self.quiet {
            out(&format!(
                "verified: {}, {}, {}, {}\n",
                counted(verification.assets, "asset"),
                counted(verification.files.files, "file"),
                counted(verification.variants.files, "variant"),
                counted(verification.references, "reference"),
            ))
        } else {
            ExitCode::SUCCESS
        };
        if is_intact {
            return written;
        }
        let errors = verification.diagnostics.iter();
        let errors = errors
            .filter(|d| d.severity == Severity::Error)
            .map(Diagnostic::count)
            .sum();
        err!(
            "{ERROR}error{ERROR:#}: the static root is broken: {} found",
            counted(errors, "error")
        );
        ExitCode::FAILURE
    }

    /// Shows what was removed.
    pub(crate) fn clean(&self, result: Result<Cleaning, Error>) -> ExitCode {
        let cleaning = match result {
            Ok(cleaning) => cleaning,
            Err(error) => return self.error("clean", &error),
        };
        if self.format.is_json() {
            return document("clean", &json!({ "cleaning": cleaning }));
        }
        if self.quiet {
            return ExitCode::SUCCESS;
        }
        let mut text = String::new();
        if cleaning.dry_run || self.verbose {
            for file in &cleaning.files {
                text.push_str(&shown(file));
                text.push('\n');
            }
        }
        let _ = writeln!(
            text,
            "{}{} ({}) of {}, {} kept",
            if cleaning.dry_run {
                "would remove "
            } else {
                "removed "
            },
            counted(cleaning.removed.files, "file"),
            size(cleaning.removed.bytes),
            counted(cleaning.expired, "generation"),
            grouped(cleaning.kept),
        ); // writing to a String cannot fail
        out(&text)
    }

    /// Shows how many files a finished build has removed.
    pub(crate) fn finish(&self, result: Result<usize, Error>) -> ExitCode {
        match result {
            Ok(removed) if self.format.is_json() => {
                document("finish", &json!({ "removed": removed }))
            }
            Ok(_) if self.quiet => ExitCode::SUCCESS,
            Ok(removed) => out(&format!("removed {}\n", counted(removed, "file"))),
            Err(error) => self.error("finish", &error),
        }
    }

    /// Shows everything about an asset.
    pub(crate) fn explain(&self, result: Result<Explanation, Error>) -> ExitCode {
        match result {
            Ok(explanation) if self.format.is_json() => {
                document("explain", &json!({ "explanation": explanation }))
            }
            Ok(explanation) => out(&explained(&explanation)),
            Err(error) => self.error("explain", &error),
        }
    }

    /// Shows what the build cache holds, or held before it was cleared.
    pub(crate) fn cache(
        &self,
        action: &CacheAction,
        result: Result<CacheContents, Error>,
    ) -> ExitCode {
        let contents = match result {
            Ok(contents) => contents,
            Err(error) => return self.error("cache", &error),
        };
        if self.format.is_json() {
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
            shown(&contents.dir),
            match contents.entries {
                1 => "1 entry".into(),
                entries => format!("{} entries", grouped(entries)),
            },
            size(contents.bytes),
        ))
    }
}

fn explained(explanation: &Explanation) -> String {
    let mut text = format!("{TITLE}{}{TITLE:#}\n", shown(&explanation.asset));
    let mut line = |label: &str, value: String| {
        let _ = writeln!(text, "  {label:<11} {}", shown(&value)); // writing to a String cannot fail
    };
    let digest = match (explanation.digest.as_str(), explanation.own_digest) {
        ("", _) => match explanation.naming {
            AssetNaming::Unhashed => "none: it keeps its own name".into(),
            AssetNaming::Prehashed => "a bundler's, if any".into(),
            _ => "none".into(),
        },
        (digest, true) => format!("{digest}, of the hashed file's bytes"),
        (digest, false) => {
            format!("{digest}, not of these bytes alone: a member of a reference cycle, or damaged")
        }
    };
    line("digest", digest);
    let file = |file: &AssetFile| {
        let mut text = format!("{}, {}", file.path, size(file.bytes));
        for variant in &file.variants {
            let _ = write!(text, "; {} {}", variant.encoding, size(variant.bytes));
        }
        text
    };
    let none = || "not there".to_owned();
    line(
        "hashed",
        explanation.hashed.as_ref().map_or_else(none, file),
    );
    line("plain", explanation.plain.as_ref().map_or_else(none, file));
    let mut label = "refers to";
    for reference in &explanation.references {
        let to = match (&reference.asset, reference.leads) {
            (Some(asset), _) => asset.as_str(),
            (None, Leads::Inside) => "a file of no asset",
            (None, Leads::Outside) => "elsewhere",
            (None, Leads::Nowhere) => "nothing that is there",
        };
        let at = format!("{}:{}", reference.location.line, reference.location.column);
        let url = shortened(&reference.url);
        line(label, format!("{to} ({at}: {url})"));
        label = "";
    }
    if explanation.references.is_empty() {
        line("refers to", "nothing".into());
    }
    let referrers = match explanation.referrers.as_slice() {
        [] => "nobody".into(),
        referrers => referrers.join(", "),
    };
    line("used by", referrers);
    text
}

/// A URL shortened to fit on a line: `data:` URLs are long.
fn shortened(url: &str) -> String {
    const MOST: usize = 60;
    match url.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &url[..at]),
        None => url.to_owned(),
    }
}

/// Writes a JSON document: `version`, `command`, `status` (`ok`, unless `result` has another) and the fields of
/// `result`.
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
