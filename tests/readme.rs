//! Every `console` block of the README is run, in order, and its output compared; every `wac FILE` block is compared
//! with the file that a session before it has made.
//!
//! With `INSTA_UPDATE=always` the README gets the output that was found.
#![expect(clippy::disallowed_methods, reason = "tests read files")]

use std::path::{Path, PathBuf};

use withe::Io;
use withe::io::Stream;

/// What a block says: text outside of blocks is kept as it is.
enum Part {
    Text(String),
    Session(String),
    /// The name of a file that a session makes.
    File(String),
}

#[test]
fn sessions_print_what_the_readme_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let shown = std::fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut cwd = folder.path().to_owned();
    let mut found = String::new();
    let mut sessions = 0;
    for part in parts(&shown) {
        match part {
            Part::Text(text) => found.push_str(&text),
            Part::Session(block) => {
                sessions += 1;
                found.push_str(&run(&block, folder.path(), &mut cwd));
            }
            Part::File(name) => found.push_str(&std::fs::read_to_string(cwd.join(&name)).unwrap_or_default()),
        }
    }
    assert!(sessions > 0, "the README shows no session");
    if std::env::var("INSTA_UPDATE").is_ok_and(|mode| mode == "always") {
        std::fs::write(&path, &found).unwrap();
    } else {
        assert!(found == shown, "the README is out of date; found:\n{found}");
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = ["```console\n", "```wac "].into_iter().filter_map(|fence| rest.find(fence)).min() {
        let line = rest[at..].split('\n').next().unwrap_or_default();
        let (before, after) = rest.split_at(at + line.len() + 1);
        let (block, after) = after.split_once("```").expect("a block that starts also ends");
        parts.push(Part::Text(before.to_owned()));
        parts.push(match line.strip_prefix("```wac ") {
            Some(name) => Part::File(name.to_owned()),
            None => Part::Session(block.to_owned()),
        });
        rest = after;
        parts.push(Part::Text("```".to_owned()));
    }
    parts.push(Part::Text(rest.to_owned()));
    parts
}

/// Runs the commands of a block that stand before its first output. Returns the block with the output found.
///
/// Output may hold lines that start with `$` (a command that shows commands), so a block has one command,
/// after any number of `cd`.
fn run(block: &str, root: &Path, cwd: &mut PathBuf) -> String {
    let mut shown = String::new();
    for line in block.lines() {
        shown.push_str(line);
        shown.push('\n');
        let words = words(line.strip_prefix("$ ").expect("a session starts with its command"));
        match words.first().map(String::as_str) {
            // A folder of the one before, or one of the first.
            Some("cd") => {
                *cwd = Some(cwd.join(&words[1])).filter(|below| below.is_dir()).unwrap_or_else(|| root.join(&words[1]))
            }
            Some("withe") => {
                let mut io = Io::captured(cwd.clone());
                let both = Stream::captured();
                (io.stdout, io.stderr) = (both.clone(), both.clone());
                let _exit = withe::run(words, &mut io);
                shown.push_str(&both.text());
                return shown;
            }
            other => panic!("a session runs `withe`, not {other:?}"),
        }
    }
    panic!("a session without a command: {block}")
}

/// The words of a command, as a shell splits them; single quotes only.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (position, piece) in line.split('\'').enumerate() {
        if position % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}
