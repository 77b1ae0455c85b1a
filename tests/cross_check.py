#!/usr/bin/env python3
"""Does the library compile for other systems?

    cross_check.py [TARGET ...]

Runs `cargo check --lib --no-default-features` for each target. Needs the target's standard library
(`rustup target add TARGET`, which is tried). The C parts (zstd, Brotli, libdeflate, BLAKE3) are not compiled: a
compiler that does nothing takes their place, which is enough for a check. The command (feature `cli`) is checked with
`--bin` as an argument. A target that was not checked is a failure: status 1.
"""
import os, subprocess, sys, tempfile
from pathlib import Path

TARGETS = ["x86_64-pc-windows-gnu", "aarch64-apple-darwin", "x86_64-apple-darwin", "aarch64-unknown-linux-musl"]
ROOT = Path(__file__).resolve().parent.parent
NO_COMPILER = """#!/usr/bin/env python3
import sys
arguments = sys.argv[1:]
if "-o" in arguments:
    outputs = [arguments[arguments.index("-o") + 1]]
else:
    outputs = [a for a in arguments if a.endswith(".a")]
for output in outputs:
    open(output, "wb").close()
"""


def has_std(target):
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()
    libraries = Path(sysroot, "lib", "rustlib", target, "lib")
    if not libraries.is_dir():
        try:
            subprocess.run(["rustup", "target", "add", target], capture_output=True, timeout=300)
        except (OSError, subprocess.TimeoutExpired):
            pass
    return libraries.is_dir()


def check(target, features, compiler):
    if not has_std(target):
        return f"NOT CHECKED: no standard library for this target, and `rustup target add {target}` failed"
    environment = dict(os.environ)
    for tool in ("CC", "CXX", "AR"):
        environment[f"{tool}_{target.replace('-', '_')}"] = compiler
    command = ["cargo", "check", "--locked", "--quiet", "--target", target, *features]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        warnings = done.stderr.count("warning:")
        return None if not warnings else f"compiles with {warnings} warnings:\n{done.stderr}"
    return f"FAILS:\n{done.stderr}"


def main():
    arguments = sys.argv[1:]
    features = ["--lib", "--no-default-features"]
    if "--bin" in arguments:
        arguments.remove("--bin")
        features = ["--lib", "--bins"]
    failed = False
    with tempfile.TemporaryDirectory() as directory:
        compiler = Path(directory, "no-compiler")
        compiler.write_text(NO_COMPILER)
        compiler.chmod(0o755)
        for target in arguments or TARGETS:
            problem = check(target, features, str(compiler))
            print(f"{target}: {problem or 'compiles'}", flush=True)
            failed |= problem is not None
    print("Not checked: the C parts, linking, tests" + ("" if "--bins" in features else ", the command (see --bin)"))
    return failed


sys.exit(main())
