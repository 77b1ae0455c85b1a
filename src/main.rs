//! The `hashstatic` command: parses, builds, renders. Nothing else.

mod cli;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match arguments.command {
        cli::Command::Build(build) => {
            let renderer = render::Renderer::new(&build.output);
            let result = build
                .options()
                .and_then(|options| Ok((hashstatic::build(&options)?, options)));
            renderer.build(result)
        }
    }
}
