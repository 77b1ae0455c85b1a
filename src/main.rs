//! The `hashstatic` command: parses, builds, renders. Nothing else.

mod cli;
mod documents;
mod progress_bar;
mod render;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match cli::Arguments::parse().command {
        cli::Command::Build(build) => {
            let renderer = render::Renderer::of_build(&build.output);
            let bar = progress_bar::Bar::new(renderer.shows_progress());
            let result = build
                .options()
                .and_then(|options| Ok((hashstatic::build_watched(&options, &bar)?, options)));
            renderer.build(result)
        }
        cli::Command::Check(check) => {
            let renderer = render::Renderer::of_check(check.output_format, &check.output);
            let result = check
                .options()
                .and_then(|options| hashstatic::check(&options));
            renderer.check(&result)
        }
        cli::Command::Cache(cli::root::Cache { action }) => {
            use cli::root::CacheAction::{Clear, Stats};
            let (Stats(arguments) | Clear(arguments)) = &action;
            let renderer = render::Renderer::of_build(&arguments.output);
            let result = arguments.dir.find().and_then(|dir| match &action {
                Stats(_) => hashstatic::cache_contents(&dir),
                Clear(_) => hashstatic::clear_cache(&dir),
            });
            renderer.cache(&action, result)
        }
    }
}
