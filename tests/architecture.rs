//! The structure of `src/` is that of `docs/architecture.md`: which rooms a room uses, which rooms touch files, and which
//! name an operating system.
//!
//! A room is a file or a folder at the top of `src/`.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms of the library from the top down. A room uses the rooms of lower floors only.
const FLOORS: [&[&str]; 13] = [
    &["testing"],
    &["pipeline", "finished"],
    &["headers"],
    &["django"],
    &["walk"],
    &["report"],
    &["cache", "static_root"],
    &["text", "platform"],
    &["name", "parallel"],
    &["options"],
    &["progress"],
    &["error"],
    &["diagnostic"],
];

/// Rooms that may touch files. All others take values and give values.
const FILES: [&str; 7] = [
    "cache",
    "finished",
    "pipeline",
    "platform",
    "static_root",
    "testing",
    "walk",
];

/// Names that touch files, the process or the network.
const TOUCHING: [&str; 7] = [
    "std::fs",
    "fs::File",
    "fs::read",
    "std::env",
    "std::process",
    "TcpStream",
    "rustix::",
];

/// Files and folders that may name an operating system.
const SYSTEMS: [&str; 2] = [
    "platform/",
    "cli/platform.rs", // the binary cannot reach a room of the library
];

/// Names of operating systems and of what only some of them have.
const OF_A_SYSTEM: [&str; 9] = [
    "std::os::",
    "rustix",
    "winapi",
    "libc::",
    "/proc/",
    "cfg(unix",
    "cfg(windows",
    "cfg!(unix",
    "target_os",
];

/// Every file below `src/` by its path from there, without its unit tests.
fn sources() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(&src)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"))
        .filter(|entry| !entry.path().ends_with("tests.rs"))
        .map(|entry| {
            let name = entry.path().strip_prefix(&src).unwrap();
            let text = fs::read_to_string(entry.path()).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            (name.to_str().unwrap().to_owned(), code.to_owned())
        })
        .collect()
}

fn room(file: &str) -> &str {
    let first = file.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// Whether a room belongs to the library: all do but `lib.rs` and the binary.
fn is_of_library(room: &str) -> bool {
    !["lib", "main", "cli"].contains(&room)
}

/// The rooms that a file names.
fn used(code: &str) -> BTreeSet<&str> {
    let lines = code.lines().filter(|line| !line.trim().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_');
            rest.split_at(end.unwrap_or(rest.len()))
        })
        .filter(|(_, rest)| rest.starts_with("::"))
        .map(|(room, _)| room)
        .collect()
}

#[test]
fn no_arrow_points_up() {
    let floor = |room: &str| FLOORS.iter().position(|rooms| rooms.contains(&room));
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        let from = room(&file);
        if !is_of_library(from) {
            continue;
        }
        let Some(own) = floor(from) else {
            wrong.push(format!("{file}: the room {from} is on no floor"));
            continue;
        };
        for to in used(&code).into_iter().filter(|to| *to != from) {
            if floor(to).is_none_or(|other| other <= own) {
                wrong.push(format!("{file} uses {to}, which is not below {from}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_rooms_with_leave_touch_files() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        if !is_of_library(room(&file)) || FILES.contains(&room(&file)) {
            continue;
        }
        for line in code.lines().filter(|line| !line.trim().starts_with("//")) {
            if TOUCHING.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_platform_names_a_system() {
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        if SYSTEMS.iter().any(|allowed| file.starts_with(allowed)) {
            continue;
        }
        for line in code.lines().filter(|line| !line.trim().starts_with("//")) {
            if OF_A_SYSTEM.iter().any(|name| line.contains(name)) {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_document_shows_the_same_floors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let document = fs::read_to_string(path).unwrap();
    let listed: Vec<Vec<String>> = document
        .lines()
        .skip_while(|line| *line != "| floor | rooms |")
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let rooms = line.split('|').nth(2).unwrap().split(',');
            rooms
                .map(|room| room.trim().trim_matches('`').to_owned())
                .collect()
        })
        .collect();
    assert_eq!(listed, FLOORS);
}

/// Results in the build cache depend on the minifier, the encoders, and all that these call.
#[test]
fn the_fingerprint_of_the_cache_covers_all_code_that_results_depend_on() {
    let sources = sources();
    let mut needed = BTreeSet::from(["text".to_owned(), "pipeline".to_owned()]);
    loop {
        let uses = |file: &str| needed.contains(room(file));
        let files = sources.iter().filter(|(file, _)| uses(file));
        let more: BTreeSet<String> = files
            .flat_map(|(_, code)| used(code))
            .map(str::to_owned)
            .collect();
        let before = needed.len();
        needed.extend(more);
        if needed.len() == before {
            break;
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = fs::read_to_string(root.join("build.rs")).unwrap();
    let parts = script.split("const PARTS").nth(1).unwrap();
    let parts = parts.split(';').nth(1).unwrap();
    let parts: Vec<&str> = parts.split('"').skip(1).step_by(2).collect();
    for file in sources.keys().filter(|file| needed.contains(room(file))) {
        let file = format!("src/{file}");
        let is_covered = parts
            .iter()
            .any(|part| file == *part || file.starts_with(&format!("{part}/")));
        assert!(is_covered, "{file} is in none of {parts:?}");
    }
    assert!(parts.contains(&"Cargo.lock"));
}
