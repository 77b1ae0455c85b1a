//! Ctrl-C: a build that is interrupted takes away what it has made, and says so.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod support;

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use support::{Project, stderr};

/// Sources that take seconds to compress.
fn site() -> Project {
    let site = Project::with_sources(&[]);
    for file in 0..200_u32 {
        let words = (0..20_000_u32).map(|n| format!("{:x} ", n.wrapping_mul(2_654_435_761) ^ file));
        let text: String = words.collect();
        site.write(&format!("src/{file}.txt"), &text);
    }
    site
}

fn start(site: &Project) -> Child {
    let mut build = site.command();
    build.args(["build", "src", "-o", "out", "--no-cache", "-j1"]);
    build.stderr(Stdio::piped()).stdout(Stdio::piped());
    build.spawn().unwrap()
}

fn until(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(5));
    }
}

fn signal(name: &str, child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn an_interrupted_build_takes_away_what_it_made() {
    for name in ["-INT", "-TERM"] {
        let site = site();
        let build = start(&site);
        until(|| site.has("out") && site.files("out").len() > 20);
        signal(name, &build);
        let output = build.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
        assert!(stderr(&output).contains("error: interrupted, nothing was published"));
        assert!(!site.has("out"));
    }
}

#[test]
fn a_good_static_root_stays() {
    let site = site();
    site.ok(&["build", "src", "-o", "out", "--no-brotli", "--no-gzip"]);
    let before = site.tree("out");
    for file in 0..200 {
        site.write(&format!("src/{file}.css"), &"a { b : c }\n".repeat(file));
    }
    let build = start(&site);
    until(|| site.files("out").len() > before.len() + 5);
    signal("-INT", &build);
    let output = build.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert_eq!(site.tree("out"), before);
}

#[test]
fn who_waits_for_another_build_can_be_interrupted() {
    let site = site();
    let first = start(&site);
    until(|| site.has("out") && site.files("out").len() > 2);
    let second = start(&site);
    sleep(Duration::from_millis(300));
    signal("-INT", &second);
    let output = second.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    signal("-INT", &first);
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(130));
}
