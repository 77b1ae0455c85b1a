#!/usr/bin/env python3
"""Looks at the dependencies in Cargo.lock as `cargo deny` does: their licences, where they come from, which of them are
there in several versions; and whether each one takes our oldest Rust.

Not `cargo deny` itself: its 400 crates would be most of the work of a CI run.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"

# Licence → why it is allowed. Each dependency needs one of its alternatives here.
LICENCES = {
    "MIT": "ours",
    "Apache-2.0": "ours",
    "BSD-2-Clause": "asks for a notice only",
    "BSD-3-Clause": "asks for a notice only",
    "BSL-1.0": "asks for a notice in sources only",
    "CC0-1.0": "asks for nothing",
    "Unicode-3.0": "asks for a notice only; the Unicode tables",
    "Unlicense": "asks for nothing",
    "Zlib": "asks for a notice in sources only",
    "MPL-2.0": "lightningcss and cssparser, unchanged: binds changes to their own files",
}

# Dependency → why what it depends on may be there in another version too.
MAY_REPEAT = {
    "lightningcss": "pinned: its releases change CSS; has older parcel crates, browserslist and cssparser than ours",
    "browserslist-rs": "thiserror 1 and syn 2, also in its newest release",
    "cssparser": "its macros and those of its phf have two versions of syn",
    "oxc_allocator": "pinned to what our oldest Rust takes, with the other oxc crates",
    "oxc_ast": "as oxc_allocator",
    "oxc_ast_visit": "as oxc_allocator",
    "oxc_parser": "as oxc_allocator",
    "oxc_span": "as oxc_allocator",
    "proptest": "tests only",
    "tempfile": "tests only",
    "divan": "benchmarks only",
}


def main():
    metadata = json.loads(cargo("metadata", "--format-version", "1", "--locked", "--filter-platform", host()))
    packages = {package["id"]: package for package in metadata["packages"]}
    (root,) = (packages[i] for i in metadata["workspace_members"])
    below = {node["id"]: node["dependencies"] for node in metadata["resolve"]["nodes"]}
    wrong = []
    for package in packages.values():
        name = f"{package['name']} {package['version']}"
        if not is_allowed(package["license"] or ""):
            wrong.append(f"{name}: licence {package['license']}")
        if package["source"] not in (REGISTRY, None):
            wrong.append(f"{name}: from {package['source']}")
        if version(package["rust_version"]) > version(root["rust_version"]):
            wrong.append(f"{name}: needs Rust {package['rust_version']}, and we say {root['rust_version']}")
    for name, versions in sorted(repeated(root["id"], packages, below).items()):
        wrong.append(f"{name}: in the versions {', '.join(versions)}")
    unused = MAY_REPEAT.keys() - {package["name"] for package in packages.values()}
    wrong += [f"{name}: in MAY_REPEAT, but no dependency" for name in sorted(unused)]
    if wrong:
        sys.exit("\n".join(["Dependencies (tests/dependencies.py):", *wrong]))
    print(f"{len(packages) - 1} dependencies: licences, sources, versions and oldest Rust are right")


def is_allowed(expression):
    """Whether an SPDX expression can be met."""
    alternatives = re.split(r" OR |/", expression.replace("(", " ( ").replace(")", " ) "))
    if "(" in expression:  # as in `(MIT OR Apache-2.0) AND Unicode-3.0`: each part must be met
        return all(is_allowed(part.strip("() ")) for part in re.split(r" AND (?![^(]*\))", expression))
    return any(all(one.split(" WITH ")[0].strip() in LICENCES for one in a.split(" AND ")) for a in alternatives)


def version(text):
    return tuple(map(int, (text or "0").split(".")))[:2]


def repeated(root, packages, below):
    """What is there in several versions: name → versions. What only those in MAY_REPEAT need is not counted."""
    found = defaultdict(set)
    seen, waiting = set(), [root]
    while waiting:
        package = waiting.pop()
        if package in seen:
            continue
        seen.add(package)
        found[packages[package]["name"]].add(packages[package]["version"])
        if packages[package]["name"] not in MAY_REPEAT:
            waiting += below[package]
    return {name: sorted(versions) for name, versions in found.items() if len(versions) > 1}


def host():
    return re.search("^host: (.*)$", subprocess.run(["rustc", "-vV"], capture_output=True, text=True).stdout, re.M)[1]


def cargo(*arguments):
    return subprocess.run(["cargo", *arguments], capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
