//! The `hashstatic` command: parses, builds, renders, and nothing else.

mod cli;

use cli::invocation::{Failure, Invocation};
use cli::{progress_bar, render};
use std::process::ExitCode;

fn main() -> ExitCode {
    let invocation = match Invocation::of_process() {
        Ok(invocation) => invocation,
        Err(Failure::Arguments(error)) => error.exit(),
        Err(Failure::Usage(error)) => return render::wrong_usage(&error),
    };
    let environment = &invocation.environment;
    let asked = || invocation.input.clone();
    match &invocation.arguments.command {
        cli::Command::Build(build) => {
            let renderer = render::Renderer::of_build(&build.output);
            let bar = progress_bar::Bar::new(renderer.shows_progress());
            let result = build
                .options(asked(), environment)
                .and_then(|options| Ok((hashstatic::build_watched(&options, &bar)?, options)));
            renderer.build(result)
        }
        cli::Command::Check(check) => {
            let renderer = render::Renderer::of_check(check.output_format, &check.output);
            let result = check
                .options(asked())
                .and_then(|options| hashstatic::check(&options));
            renderer.check(&result)
        }
        cli::Command::Verify(verify) => {
            let renderer = render::Renderer::of_build(&verify.output);
            renderer.verify(hashstatic::verify(&verify.options(&invocation)))
        }
        cli::Command::Clean(clean) => {
            let renderer = render::Renderer::of_build(&clean.output);
            renderer.clean(hashstatic::clean(&clean.options()))
        }
        cli::Command::Finish(finish) => {
            let renderer = render::Renderer::of_build(&finish.output);
            renderer.finish(hashstatic::finish(&finish.dir, &finish.build))
        }
        cli::Command::Explain(explain) => {
            let renderer = render::Renderer::of_build(&explain.output);
            renderer.explain(hashstatic::explain(&explain.options(&invocation)))
        }
        cli::Command::Cache(cli::root::Cache { action }) => {
            use cli::root::CacheAction::{Clear, Stats};
            let (Stats(arguments) | Clear(arguments)) = action;
            let renderer = render::Renderer::of_build(&arguments.output);
            let result = arguments
                .dir
                .find(environment)
                .and_then(|dir| match action {
                    Stats(_) => hashstatic::cache_contents(&dir),
                    Clear(_) => hashstatic::clear_cache(&dir),
                });
            renderer.cache(action, result)
        }
    }
}
