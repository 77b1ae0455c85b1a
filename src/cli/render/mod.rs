//! Renders results for people and programs: the only module that prints.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use hashstatic::{Code, Diagnostic, Error, Options, Report, Severity, Tally, shown};
use serde_json::json;

use crate::cli::config::ConfigFile;
use crate::cli::format::Format;
use crate::cli::interrupt;
use crate::cli::{Color, Output, OutputFormat, Verbosity};
use wording::{counted, grouped, printable, size};

/// A line on stderr. A line that cannot be written is lost.
macro_rules! err {
    ($($argument:tt)*) => {{
        let _ = writeln!(anstream::stderr(), $($argument)*);
    }};
}

pub(crate) mod documents;
pub(crate) mod github;
mod root;
pub(crate) mod sarif;
mod wording;

/// The text of an error, with options as the command line spells them.
fn message(error: &Error) -> String {
    match error {
        Error::Option(error) => format!("--{error}"),
        Error::Several(errors) => {
            let messages: Vec<String> = errors.iter().map(message).collect();
            messages.join("\n")
        }
        error => error.to_string(),
    }
}

/// Writes a result to stdout. A closed pipe is no error.
fn out(text: &str) -> ExitCode {
    let mut stdout = anstream::stdout();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            err!(
                "{ERROR}error{ERROR:#}: cannot write to stdout: {error}; what was done stays done"
            );
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Shows an error that comes before there is a renderer.
pub(crate) fn wrong_usage(error: &Error) -> ExitCode {
    show(error);
    ExitCode::from(2)
}

/// Shows an error; of several errors, each.
fn show(error: &Error) {
    match error {
        Error::Several(errors) => errors.iter().for_each(show),
        error => err!("{ERROR}error{ERROR:#}: {}", printable(&message(error))),
    }
}

/// The exit status of a run that ended with an error.
fn status(error: &Error) -> ExitCode {
    match error {
        Error::Usage(_) | Error::Option(_) | Error::Several(_) => ExitCode::from(2),
        Error::Interrupted => ExitCode::from(interrupt::STATUS),
        _ => ExitCode::FAILURE,
    }
}

/// The version of the JSON documents: raised when a field changes its meaning or is removed.
const JSON_VERSION: u32 = 1;

/// Renders results the way the arguments ask for.
pub(crate) struct Renderer {
    format: Format,
    quiet: bool,
    verbose: bool,
}

impl Renderer {
    pub(crate) fn of_build(output: &Output) -> Self {
        let format = match output.format {
            OutputFormat::Human => Format::Human,
            OutputFormat::Json => Format::Json,
        };
        Self::of_check(format, &output.verbosity)
    }

    /// A renderer of `check`. Also decides, for the whole process, whether colours are written.
    pub(crate) fn of_check(format: Format, output: &Verbosity) -> Self {
        match output.color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self {
            format,
            quiet: output.quiet,
            verbose: output.verbose,
        }
    }

    /// Whether progress is shown: to people, unless quiet.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.quiet && self.format.is_human()
    }

    /// Shows how a build ended.
    pub(crate) fn build(&self, result: Result<(Report, Options), Error>) -> ExitCode {
        match result {
            Ok((report, options)) => {
                self.diagnostics(&report.diagnostics);
                match self.format {
                    Format::Json => out(&succeeded("build", &report)),
                    _ if self.quiet => ExitCode::SUCCESS,
                    _ => out(&self.summary(&report, &options)),
                }
            }
            Err(error) => self.error("build", &error),
        }
    }

    /// Shows what a check found.
    pub(crate) fn check(&self, result: &Result<Report, Error>) -> ExitCode {
        let diagnostics = match result {
            Ok(report) => report.diagnostics.as_slice(),
            Err(Error::Input(diagnostics)) => diagnostics,
            Err(_) => &[],
        };
        let written = match self.format {
            Format::Document(document) => out(&(document.write)(diagnostics)),
            Format::Human | Format::Json => ExitCode::SUCCESS,
        };
        match result {
            Ok(report) => {
                self.diagnostics(diagnostics);
                match self.format {
                    Format::Json => out(&succeeded("check", report)),
                    Format::Human if !self.quiet => out(&format!(
                        "{} assets, {} references, no errors\n",
                        grouped(report.totals.assets.files),
                        grouped(report.totals.references)
                    )),
                    _ => written,
                }
            }
            Err(error) => self.error("check", error),
        }
    }

    fn error(&self, command: &str, error: &Error) -> ExitCode {
        let diagnostics = match error {
            Error::Input(diagnostics) => diagnostics.as_slice(),
            _ => &[],
        };
        self.diagnostics(diagnostics);
        if self.format.is_json() {
            out(&format!(
                "{}\n",
                json!({
                    "version": JSON_VERSION,
                    "command": command,
                    "status": "error",
                    "error": message(error),
                    "diagnostics": diagnostics,
                })
            ));
        }
        show(error);
        status(error)
    }

    /// Shows which configuration file is in use, if somebody may wonder.
    pub(crate) fn configuration(&self, file: Option<&ConfigFile>) {
        let Some(file) = file else {
            return;
        };
        let name = printable(file.name());
        if self.verbose {
            err!("{NOTICE}notice{NOTICE:#}: {name} is the configuration file");
        }
        if let Some(other) = file.overridden.as_deref().filter(|_| !self.quiet) {
            let other = printable(other);
            err!(
                "{WARNING}warning{WARNING:#}: {name} is the configuration file; [tool.hashstatic] of {other} is not read"
            );
        }
    }

    /// Shows diagnostics: errors always, warnings unless quiet, notices if verbose.
    fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        let mut django_spoke = false;
        for diagnostic in diagnostics {
            let (style, word, is_wanted) = match diagnostic.severity {
                Severity::Error => (ERROR, "error", true),
                Severity::Warning => (WARNING, "warning", !self.quiet),
                Severity::Notice => (NOTICE, "notice", self.verbose),
            };
            if !is_wanted {
                continue;
            }
            if diagnostic.code == Code::DjangoFailure && !django_spoke {
                django_spoke = true; // Django stops at the first failure
                err!("Post-processing '{}' failed!\n", shown(&diagnostic.path));
            }
            err!(
                "{style}{word}{style:#}: {}",
                printable(&diagnostic.to_string())
            );
            if let Some(help) = &diagnostic.help {
                err!("  {HELP}help{HELP:#}: {}", printable(help));
            }
        }
    }

    fn summary(&self, report: &Report, options: &Options) -> String {
        let mut out = String::new();
        let mut line = |text: String| {
            out.push_str(&text);
            out.push('\n');
        };
        let totals = &report.totals;
        let time: std::time::Duration = report.stages.iter().map(|stage| stage.time).sum();
        let root = options.static_root().map_or_else(String::new, shown);
        let done = if report.dry_run {
            "Checked, nothing written:"
        } else {
            "Built"
        };
        line(format!(
            "{TITLE}{done} {}{TITLE:#} in {:.2} s",
            root,
            time.as_secs_f64()
        ));
        line(String::new());
        let tally = |name: &str, tally: Tally, note: String| {
            format!(
                "  {name:<10} {:>9}  {:>9}{note}",
                grouped(tally.files),
                size(tally.bytes)
            )
        };
        let duplicates = match totals.duplicates {
            0 => String::new(),
            n => format!("  ({} that an earlier source has already)", grouped(n)),
        };
        line(tally("assets", totals.assets, duplicates));
        line(format!(
            "  {:<10} {:>9}  rewritten",
            "references",
            grouped(totals.references)
        ));
        line(tally("hashed", totals.hashed, String::new()));
        for (name, variants) in [
            ("plain", totals.plain),
            ("brotli", totals.brotli),
            ("gzip", totals.gzip),
            ("zstd", totals.zstd),
        ] {
            if variants.files > 0 {
                line(tally(name, variants, String::new()));
            }
        }
        line(String::new());
        line(format!(
            "  {} files written, {} unchanged, {} removed",
            grouped(totals.written),
            grouped(totals.unchanged),
            grouped(totals.removed)
        ));
        for name in &report.removals {
            line(format!("  would be removed: {}", shown(name)));
        }
        headers_files(&root, report).for_each(&mut line);
        if let Some(cache) = report.cache.filter(|_| self.verbose) {
            line(format!(
                "  build cache: {} hits, {} misses, {} added",
                grouped(cache.hits),
                grouped(cache.misses),
                size(cache.added)
            ));
        }
        if self.verbose {
            line(String::new());
            for stage in &report.stages {
                line(format!(
                    "  {:<10} {:>9.3} s",
                    stage.stage,
                    stage.time.as_secs_f64()
                ));
            }
        }
        let count = |severity| {
            report
                .diagnostics
                .iter()
                .filter(|d| d.severity == severity)
                .map(Diagnostic::count)
                .sum::<usize>()
        };
        let (warnings, notices) = (count(Severity::Warning), count(Severity::Notice));
        if warnings + notices > 0 {
            let hint = if self.verbose || notices == 0 {
                ""
            } else {
                " (shown with -v)"
            };
            line(format!(
                "  {}, {}{hint}",
                counted(warnings, "warning"),
                counted(notices, "notice")
            ));
        }
        out
    }
}

/// A line for each file of `--headers`.
fn headers_files(root: &str, report: &Report) -> impl Iterator<Item = String> {
    let files = report.headers.iter().map(|name| Path::new(root).join(name));
    files.map(|file| format!("  headers: {}", shown(&file)))
}

/// The JSON document of a run without errors.
fn succeeded(command: &str, report: &Report) -> String {
    let document = json!({
        "version": JSON_VERSION,
        "command": command,
        "status": "ok",
        "report": report,
    });
    format!("{document}\n")
}

const TITLE: Style = Style::new().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const NOTICE: Style = AnsiColor::Blue.on_default().bold();
const HELP: Style = AnsiColor::Cyan.on_default().bold();
