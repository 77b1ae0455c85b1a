//! The `hashstatic` command: parses, builds, renders, and nothing else.

mod cli;

use cli::interrupt::Interrupt;
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
    let renderer = |output| {
        let renderer = render::Renderer::of_build(output);
        renderer.configuration(invocation.file.as_ref());
        renderer
    };
    match &invocation.arguments.command {
        cli::Command::Build(build) => {
            let renderer = renderer(&build.output);
            let bar = progress_bar::Bar::new(renderer.shows_progress(), Interrupt::listen());
            let result = build.run(asked(), environment, &bar);
            renderer.build(result.map_err(|error| invocation.placed(error)))
        }
        cli::Command::Check(check) => {
            let renderer = render::Renderer::of_check(check.output_format, &check.output);
            renderer.configuration(invocation.file.as_ref());
            let result = check.run(asked());
            renderer.check(&result.map_err(|error| invocation.placed(error)))
        }
        cli::Command::Verify(verify) => {
            let options = verify.options(&invocation);
            let result = options.and_then(|options| hashstatic::verify(&options));
            renderer(&verify.output).verify(result.map_err(|error| invocation.placed(error)))
        }
        cli::Command::Clean(clean) => {
            let options = clean.options();
            let result = options.and_then(|options| hashstatic::clean(&options));
            renderer(&clean.output).clean(result)
        }
        cli::Command::Finish(finish) => {
            let renderer = render::Renderer::of_build(&finish.output);
            renderer.finish(hashstatic::finish(&finish.dir, &finish.build))
        }
        cli::Command::Explain(explain) => {
            let options = explain.options(&invocation);
            let result = options.and_then(|options| hashstatic::explain(&options));
            renderer(&explain.output).explain(result)
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
