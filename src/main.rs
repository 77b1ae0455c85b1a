//! The `hashstatic` command: parses, builds, renders. Nothing else.

mod cli;
mod documents;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Arguments::parse().command {
        cli::Command::Build(build) => {
            let renderer = render::Renderer::of_build(&build.output);
            let result = build
                .options()
                .and_then(|options| Ok((hashstatic::build(&options)?, options)));
            renderer.build(result)
        }
        cli::Command::Check(check) => {
            let renderer = render::Renderer::of_check(check.output_format, &check.output);
            let result = check
                .options()
                .and_then(|options| hashstatic::check(&options));
            renderer.check(&result)
        }
    }
}
