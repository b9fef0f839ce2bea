//! `withe bindgen --check`: whether a folder holds what would be written, and nothing generated besides.
//!
//! In: the files as they would be written, the folder, the WIT. Out: a finding for each file that is not so.
//! Holds: nothing is written; of a file that people edit, only that it is there matters; a file is left over only if
//! it says that it was generated for a world which its package no longer has, so files of other worlds may stand beside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bindgen::{File, Files, Kept};
use diag::{Diagnostic, Diagnostics, Place, Source};
use serde_json::json;

use crate::io::shown;
use crate::{Exit, Io};

/// How a file stands to what would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Same,
    Differs,
    /// Only in the ends of its lines.
    LineEnds,
    Missing,
    /// Generated for a world that is no more.
    Extra,
    /// Generated for this world, which has no use for it any more.
    Left,
}

struct Checked {
    path: PathBuf,
    state: State,
    /// How names of generated files end.
    ending: &'static str,
    /// What is there, of a file that differs.
    found: String,
    wanted: String,
}

/// Compares; each file that is not as it would be written is an error.
pub(super) fn check(
    files: &Files,
    folder: &Path,
    package: &wit::Package,
    ending: &'static str,
    io: &mut Io,
) -> diag::Result<Exit> {
    check_with(files, folder, package, ending, &[], io)
}

/// The same, where `left` are files that would be removed, by path in the folder.
pub(super) fn check_with(
    files: &Files,
    folder: &Path,
    package: &wit::Package,
    ending: &'static str,
    left: &[String],
    io: &mut Io,
) -> diag::Result<Exit> {
    let mut checked: Vec<Checked> = files.iter().map(|(name, file)| compare(name, file, folder, ending, io)).collect();
    checked.extend(extra(files, folder, package, ending, io));
    let left = left.iter().map(|name| Checked::without_text(folder.join(name), State::Left, ending));
    let left: Vec<Checked> = left.filter(|one| !checked.iter().any(|known| known.path == one.path)).collect();
    checked.extend(left);
    checked.sort_by(|a, b| a.path.cmp(&b.path));
    let states = checked.iter().map(|one| json!({ "file": shown(&one.path), "state": one.state.name() }));
    io.set_result(json!({ "files": states.collect::<Vec<_>>() }));
    let findings: Vec<Diagnostic> = checked.iter().filter_map(Checked::finding).collect();
    if findings.is_empty() { Ok(Exit::OK) } else { Err(Diagnostics(findings)) }
}

fn compare(name: &str, file: &File, folder: &Path, ending: &'static str, io: &Io) -> Checked {
    let path = folder.join(name);
    let there = io.read_if_there(&path);
    let found = there.as_deref().map(String::from_utf8_lossy).unwrap_or_default().into_owned();
    let state = match &there {
        None => State::Missing,
        Some(_) if file.kept == Kept::Yes => State::Same,
        Some(bytes) if bytes == file.text.as_bytes() => State::Same,
        Some(_) if found.replace("\r\n", "\n") == file.text => State::LineEnds,
        Some(_) => State::Differs,
    };
    Checked { path, state, ending, found, wanted: file.text.clone() }
}

/// What is generated, beside the files that are wanted, for a world that is no longer in its package.
fn extra(files: &Files, folder: &Path, package: &wit::Package, ending: &'static str, io: &Io) -> Vec<Checked> {
    let wanted: BTreeSet<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let generated = files.iter().filter(|(_, file)| file.kept == Kept::No).map(|(name, _)| folder.join(name));
    let folders: BTreeSet<PathBuf> = generated.filter_map(|path| path.parent().map(Path::to_owned)).collect();
    let mut found = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(io.resolve(&folder)).into_iter().flatten().flatten();
        let paths = entries.map(|entry| folder.join(entry.file_name()));
        for path in paths.filter(|path| path.to_string_lossy().ends_with(ending) && !wanted.contains(path)) {
            let text = io.read_if_there(&path).unwrap_or_default();
            if bindgen_rust::world_of(&String::from_utf8_lossy(&text)).is_some_and(|world| is_gone(world, package)) {
                found.push(Checked::without_text(path, State::Extra, ending));
            }
        }
    }
    found
}

/// Whether a world, `namespace:package/name@version`, is of one of the packages, and in none.
fn is_gone(world: &str, package: &wit::Package) -> bool {
    let Some((of, name)) = world.split_once('/') else { return false };
    package.declares_world(of, name.split('@').next().unwrap_or_default()) == Some(false)
}

impl State {
    /// As it stands in the report.
    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs => "differs",
            Self::LineEnds => "line-ends",
            Self::Missing => "missing",
            Self::Extra | Self::Left => "extra",
        }
    }
}

impl Checked {
    fn without_text(path: PathBuf, state: State, ending: &'static str) -> Self {
        Self { path, state, ending, found: String::new(), wanted: String::new() }
    }

    fn finding(&self) -> Option<Diagnostic> {
        let name = shown(&self.path);
        let (headline, help) = match self.state {
            State::Same => return None,
            State::Differs => {
                ("differs from what would be written", "run the command again without `--check`".to_owned())
            }
            State::LineEnds => (
                "has other line ends than what would be written, and no other difference",
                format!("keep git from changing them: write `*{} text eol=lf` into `.gitattributes`", self.ending),
            ),
            State::Missing => ("is not there", "run the command again without `--check`".to_owned()),
            State::Extra => ("was generated for a world that is no more", format!("remove `{name}`")),
            State::Left => (
                "is left of an earlier run, and nothing needs it",
                "run the command again without `--check`".to_owned(),
            ),
        };
        Some(diag::error("output/differs", format!("`{name}` {headline}")).label(self.place(), self.label()).help(help))
    }

    /// The first line that differs; else the file.
    fn place(&self) -> Place {
        let name = shown(&self.path);
        if self.state != State::Differs {
            return Place::file(name);
        }
        let same: usize = self
            .found
            .split_inclusive('\n')
            .zip(self.wanted.split_inclusive('\n'))
            .take_while(|(found, wanted)| found == wanted)
            .map(|(found, _)| found.len())
            .sum();
        let line = self.found[same..].lines().next().unwrap_or_default();
        Place::text(&Arc::new(Source::new(name, self.found.clone())), same..same + line.len())
    }

    fn label(&self) -> &'static str {
        match self.state {
            State::Same | State::Differs => "differs from here on",
            State::LineEnds => "lines end in CR LF here",
            State::Missing => "missing",
            State::Extra | State::Left => "left over",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const WIT: &str = "package local:calc@1.0.0;\nworld sums { export add: func(a: u32, b: u32) -> u32; }\n";
    const OTHER: &str = "package local:other;\nworld logs { import log: func(text: string); }\n";

    /// A folder with two worlds' bindings, and the first world's as a crate.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("calc.wit"), WIT).unwrap();
        std::fs::write(folder.path().join("other.wit"), OTHER).unwrap();
        let lines = ["calc.wit -o out --stubs", "other.wit -o out/src", "calc.wit -o plain", "other.wit -o plain"];
        for line in lines {
            assert_eq!(run(folder.path(), line).0, 0, "{line}");
        }
        folder
    }

    fn run(folder: &Path, line: &str) -> (i32, String, Value) {
        let mut io = Io::captured(folder);
        let words = ["withe", "bindgen", "rust", "--format", "json"].into_iter().chain(line.split(' '));
        let Exit(exit) = crate::run(words, &mut io);
        let document: Value = serde_json::from_str(&io.stdout.text()).unwrap();
        let said = document["diagnostics"].as_array().unwrap().iter();
        let said: Vec<_> = said.map(|one| one["message"].as_str().unwrap_or_default()).collect();
        (exit, said.join("; "), document["result"]["files"].clone())
    }

    #[test]
    fn what_is_up_to_date_passes_whatever_people_edited() {
        let folder = folder();
        std::fs::write(folder.path().join("out/src/lib.rs"), "// mine").unwrap();
        for line in ["calc.wit -o out --stubs --check", "calc.wit -o plain --check", "other.wit -o plain --check"] {
            let (exit, said, files) = run(folder.path(), line);
            assert_eq!((exit, said.as_str()), (0, ""), "{line}");
            assert!(files.as_array().unwrap().iter().all(|file| file["state"] == "same"), "{files}");
        }
    }

    #[test]
    fn every_file_is_named_and_none_is_written() {
        let folder = folder();
        let text = |file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();
        let old = text("out/src/sums.rs").replace("a: u32", "a: u64");
        std::fs::write(folder.path().join("out/src/sums.rs"), &old).unwrap();
        std::fs::remove_file(folder.path().join("out/Cargo.toml")).unwrap();
        // A world that was renamed has left its file, and nothing else of the package is like it.
        let left = text("plain/sums.rs").replace("local:calc/sums@1.0.0", "local:calc/totals@1.0.0");
        std::fs::write(folder.path().join("out/src/totals.rs"), left).unwrap();
        std::fs::write(folder.path().join("out/src/mine.rs"), "// a file of mine").unwrap();

        let (exit, said, files) = run(folder.path(), "calc.wit -o out --stubs --check");
        assert_eq!(exit, 1);
        assert_eq!(
            said,
            "`out/Cargo.toml` is not there; `out/src/sums.rs` differs from what would be written; \
             `out/src/totals.rs` was generated for a world that is no more"
        );
        let states: Vec<_> = files.as_array().unwrap().iter().map(|file| file["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["missing", "same", "differs", "extra"]);
        assert_eq!(text("out/src/sums.rs"), old);
        assert!(!folder.path().join("out/Cargo.toml").exists());
    }

    #[test]
    fn line_ends_alone_are_said_to_be_all() {
        let folder = folder();
        let file = folder.path().join("plain/sums.rs");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace('\n', "\r\n")).unwrap();
        let (exit, said, files) = run(folder.path(), "calc.wit -o plain --check");
        assert!(exit == 1 && said.contains("other line ends") && said.contains("no other difference"), "{said}");
        assert_eq!(files[0]["state"], "line-ends");
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let folder = folder();
        let file = folder.path().join("plain/sums.rs");
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        let shown = |changed: String| {
            std::fs::write(&file, changed).unwrap();
            let mut io = Io::captured(folder.path());
            crate::run("withe bindgen rust calc.wit -o plain --check --format short".split(' '), &mut io);
            io.stderr.text()
        };
        assert!(shown(format!("{text}// more\n")).starts_with(&format!("plain/sums.rs:{}:1: ", lines + 1)));
        assert!(shown("\u{e9}".repeat(3)).starts_with("plain/sums.rs:1:1: "));
        assert!(shown(String::new()).starts_with("plain/sums.rs:1:1: "));
    }

    /// Whatever stands in the files, the check ends with findings.
    #[test]
    fn fuzz_files_are_compared_whatever_is_in_them() {
        let folder = folder();
        let file = folder.path().join("plain/sums.rs");
        let text = std::fs::read(&file).unwrap();
        testing::seeds::check("check", 30, |random| {
            let mut changed = text.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(changed.len());
                match random.below(3) {
                    0 => changed.truncate(at + 1),
                    1 => changed[at] = changed[at].wrapping_add(1 + random.below(255) as u8),
                    _ => changed.insert(at, b'\r'),
                }
            }
            std::fs::write(&file, &changed).unwrap();
            std::fs::write(folder.path().join("plain/other.rs"), &changed).unwrap();
            let (exit, _, files) = run(folder.path(), "calc.wit -o plain --check");
            let state = |file: &str| files.as_array().unwrap().iter().find(|one| one["file"] == file).cloned();
            assert_eq!(exit == 0, changed == text && state("plain/other.rs").is_none());
            assert_eq!(state("plain/sums.rs").unwrap()["state"] == "same", changed == text);
        });
    }
}
