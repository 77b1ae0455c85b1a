//! The documentation is true: its commands run, and it lists every option.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use support::{Project, files, hashstatic, repository, text};

/// Runs every `$ hashstatic …` of the README's console blocks: the output must be the text below the command.
#[test]
fn the_readmes_commands_do_what_it_says() {
    let readme = fs::read_to_string(repository().join("README.md")).unwrap();
    let mut ran = 0;
    for block in readme.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let mut lines = block.lines();
        let Some(command) = lines
            .next()
            .and_then(|line| line.strip_prefix("$ hashstatic "))
        else {
            continue;
        };
        let scratch = Project::new(&[]);
        let out = scratch.path("site");
        let arguments = command.split(' ').map(|word| {
            if word == "target/site" {
                out.to_str().unwrap()
            } else {
                word
            }
        });
        let output = hashstatic(repository()).args(arguments).output().unwrap();
        let printed = text(&output.stdout);
        let printed = printed.replace(out.to_str().unwrap(), "target/site");
        // The first line ends in a time.
        let (_, printed) = printed.split_once('\n').unwrap();
        let expected: Vec<&str> = lines.skip(1).collect();
        assert_eq!(printed.lines().collect::<Vec<_>>(), expected, "{command}");
        for text in readme.split("```css\n").skip(1) {
            let css = walk_text(&out);
            for line in text.split("```").next().unwrap().lines() {
                assert!(css.contains(line), "{line}");
            }
        }
        ran += 1;
    }
    assert!(ran > 0);
}

/// All style sheets below `root`, concatenated.
fn walk_text(root: &Path) -> String {
    let is_style_sheet = |name: &String| Path::new(name).extension().is_some_and(|e| e == "css");
    files(root)
        .into_iter()
        .filter(is_style_sheet)
        .map(|name| fs::read_to_string(root.join(name)).unwrap())
        .collect()
}

#[test]
fn every_option_is_documented_once() {
    let help: String = COMMANDS.iter().map(|command| help_of(command)).collect();
    let documented = fs::read_to_string(repository().join("docs/options.md")).unwrap();
    let mut options = BTreeSet::new();
    for line in help.lines() {
        // `-o, --out <DIR>  …` or `    --clear  …`
        let Some(option) = line
            .split_whitespace()
            .take(2)
            .find(|word| word.starts_with("--"))
        else {
            continue;
        };
        let option: String = option
            .chars()
            .take_while(|c| c.is_ascii_lowercase() || *c == '-')
            .collect();
        if !options.insert(option.clone()) {
            continue;
        }
        let rows = documented
            .lines()
            .filter(|line| line.starts_with("| "))
            .filter(|line| {
                line.split('|')
                    .nth(1)
                    .unwrap()
                    .contains(&format!("`{option}`"))
            })
            .count();
        assert_eq!(rows, 1, "{option} in docs/options.md");
    }
    assert!(options.len() > 30, "{options:?}");
}

/// Every command, as its words.
const COMMANDS: &[&[&str]] = &[
    &["build"],
    &["check"],
    &["verify"],
    &["clean"],
    &["explain"],
    &["cache", "stats"],
    &["cache", "clear"],
];

fn help_of(command: &[&str]) -> String {
    let output = hashstatic(repository())
        .args(command)
        .arg("--help")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command:?}");
    text(&output.stdout)
}

#[test]
fn the_help_of_every_command_has_an_example() {
    for command in COMMANDS {
        let example = format!("\n  hashstatic {}", command.join(" "));
        assert!(help_of(command).contains(&example), "{command:?}");
    }
}
