//! `withe fmt`: WIT files in the usual layout.
//!
//! Holds: a file with syntax errors stays as it is, and the others are formatted all the same; a file that would not
//! change is not touched; no file but `.wit` ones is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};
use serde_json::Value;

use crate::cli::{FmtArgs, Format};
use crate::{Exit, Io};

pub fn fmt(args: &FmtArgs, io: &mut Io) -> diag::Result<Exit> {
    let (paths, unreadable) = files(&args.paths, io)?;
    if paths.is_empty() && unreadable.is_empty() {
        return Err(Diagnostics(args.paths.iter().map(|path| no_wit(path)).collect()));
    }
    let mut all = vec![Outcome::Refused; unreadable.len()];
    io.report_all(unreadable);
    let mut files = Vec::new();
    let mut result = Json::new();
    for path in paths {
        let outcome = one(&path, args, &mut result, io).unwrap_or_else(|Diagnostics(found)| {
            io.report_all(found);
            Outcome::Refused
        });
        files.push(serde_json::json!({ "file": path.to_string_lossy(), "outcome": outcome.name() }));
        all.push(outcome);
    }
    say_summary(&all, io);
    result.insert("files".to_owned(), files.into());
    io.set_result(result.into());
    let is_good = |outcome: &Outcome| matches!(outcome, Outcome::Unchanged | Outcome::Formatted);
    Ok(if all.iter().all(is_good) { Exit::OK } else { Exit::INPUT })
}

type Json = serde_json::Map<String, Value>;

/// What came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Unchanged,
    Formatted,
    /// With `--check`: it would change.
    Differs,
    /// It has errors, or cannot be read or written.
    Refused,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Formatted => "formatted",
            Self::Differs => "differs",
            Self::Refused => "refused",
        }
    }
}

/// The files that the paths stand for, each once, and what cannot be read of the folders.
fn files(paths: &[PathBuf], io: &Io) -> diag::Result<(Vec<PathBuf>, Vec<Diagnostic>)> {
    let foreign: Vec<Diagnostic> =
        paths.iter().filter(|path| io.is_foreign_file(path)).map(|path| foreign(path)).collect();
    if !foreign.is_empty() {
        return Err(Diagnostics(foreign));
    }
    Ok(io.wit_files(paths))
}

fn foreign(path: &Path) -> Diagnostic {
    diag::error("usage/command-line", format!("`{}` is no `.wit` file", path.display()))
        .help("name `.wit` files, or folders of them")
}

fn no_wit(path: &Path) -> Diagnostic {
    let name = path.display().to_string();
    diag::error("wit/no-wit", format!("`{name}` holds no WIT"))
        .label(Place::file(name), "no file here ends in `.wit`")
        .help("name a `.wit` file, or a folder that holds some")
}

/// Formats one file, or standard input, whose text stands in the result with `--format json`.
fn one(path: &Path, args: &FmtArgs, result: &mut Json, io: &mut Io) -> diag::Result<Outcome> {
    let input = io.read_input(path)?;
    let text = String::from_utf8(input.bytes).map_err(|_| not_text(&input.name))?;
    let source = Arc::new(Source::new(input.name, text));
    let tree = wit::syntax::parse(Arc::clone(&source));
    let formatted = wit::fmt::format(&tree)?;
    let is_same = formatted == source.text;
    if args.check {
        if !is_same {
            io.report(differs(&source, &formatted));
        }
        return Ok(if is_same { Outcome::Unchanged } else { Outcome::Differs });
    }
    if path == Path::new("-") {
        match io.format {
            Format::Json => drop(result.insert("text".to_owned(), formatted.into())),
            Format::Human | Format::Short | Format::Sarif | Format::Github | Format::Junit => {
                io.write_stdout(formatted.as_bytes())?;
            }
        }
    } else if !is_same {
        io.write_file(path, formatted.as_bytes())?;
    }
    Ok(if is_same { Outcome::Unchanged } else { Outcome::Formatted })
}

fn not_text(name: &str) -> Diagnostic {
    diag::error("wit/not-text", format!("`{name}` is no WIT"))
        .label(Place::file(name), "not UTF-8")
        .help("name a `.wit` file that is text")
}

fn differs(source: &Arc<Source>, formatted: &str) -> Diagnostic {
    let name = &source.name;
    let same: usize = source
        .text
        .split_inclusive('\n')
        .zip(formatted.split_inclusive('\n'))
        .take_while(|(one, other)| one == other)
        .map(|(line, _)| line.len())
        .sum();
    let line = source.text[same..].split('\n').next().unwrap_or_default();
    let place = Place::text(source, same..same + line.trim_end().len());
    let path = if name == "<stdin>" { "-" } else { name.as_str() };
    diag::error("output/differs", format!("`{name}` is not formatted"))
        .label(place, "the first line that changes")
        .help(format!("run `withe fmt {path}`"))
}

fn say_summary(all: &[Outcome], io: &Io) {
    if io.quiet || io.format != Format::Human {
        return;
    }
    let count = |wanted: Outcome| all.iter().filter(|outcome| **outcome == wanted).count();
    let files = match all.len() {
        1 => "1 file".to_owned(),
        files => format!("{files} files"),
    };
    let said =
        [(Outcome::Formatted, "formatted"), (Outcome::Differs, "to be formatted"), (Outcome::Refused, "refused")];
    let said: Vec<String> =
        said.iter().filter(|(one, _)| count(*one) > 0).map(|(one, word)| format!("{} {word}", count(*one))).collect();
    let said = if said.is_empty() { "all formatted already".to_owned() } else { said.join(", ") };
    // There is nobody to tell that standard error is closed.
    let _ = io.stderr.write(format!("{files}: {said}\n").as_bytes());
}
