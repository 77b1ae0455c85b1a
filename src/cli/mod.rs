//! The command line, and its conversion to [`hashstatic::Options`].

mod apps;
mod ask;
mod build;
mod cache;
pub(crate) mod config;
mod environment;
pub(crate) mod format;
pub(crate) mod interrupt;
pub(crate) mod invocation;
mod platform;
pub(crate) mod progress_bar;
mod project;
pub(crate) mod render;
pub(crate) mod root;
mod sources;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use build::Build;
pub(crate) use cache::CacheDir;
pub(crate) use sources::Check;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The hashing step of Django's collectstatic, done better.
#[derive(Debug, Parser)]
#[command(version, styles = STYLES, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Hash, rewrite and compress static files into a static root
    #[command(after_help = BUILD_EXAMPLES)]
    Build(Box<Build>),
    /// Read and resolve everything as build does, write nothing, and report all problems
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<Check>),
    /// Verify a finished static root: manifest, digests, references, plain copies, variants
    #[command(after_help = root::VERIFY_EXAMPLES)]
    Verify(root::Verify),
    /// Remove what earlier generations have left in a static root
    #[command(after_help = root::CLEAN_EXAMPLES)]
    Clean(root::Clean),
    /// Finish a build with --no-manifest, once its caller has written the manifest
    #[command(hide = true)]
    Finish(root::Finish),
    /// Show everything about one asset of a static root
    #[command(after_help = root::EXPLAIN_EXAMPLES)]
    Explain(root::Explain),
    /// Show or clear the build cache
    #[command(after_help = root::CACHE_EXAMPLES)]
    Cache(root::Cache),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  hashstatic check assets
  hashstatic check assets admin=vendor/django-admin --output-format github

Exit status: 0 no errors; 1 errors; 2 wrong usage";

const BUILD_EXAMPLES: &str = "\
Examples:
  hashstatic build assets node_modules/bootstrap/dist --out static
  hashstatic build admin=vendor/django-admin assets -o static --require css/output.css
  hashstatic build static --in-place

Exit status: 0 done; 1 the input has errors, nothing was published; 2 wrong usage; 130 interrupted";

/// How results and diagnostics are shown.
#[derive(Debug, Args)]
pub(crate) struct Output {
    /// How the result is written to stdout
    #[arg(
        long = "output-format",
        value_name = "FORMAT",
        default_value = "human",
        help_heading = "Output"
    )]
    pub(crate) format: OutputFormat,
    #[command(flatten)]
    pub(crate) verbosity: Verbosity,
}

/// How much is shown.
#[derive(Debug, Args)]
pub(crate) struct Verbosity {
    /// No summary and no warnings
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Notices and the time of each stage too
    #[arg(short, long, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// Read no configuration file
    #[arg(long, help_heading = "Output")]
    no_config: bool,
    /// Colours; `NO_COLOR` is respected too
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
