//! The files that hold tests, and the components that they name.
//!
//! In: paths of the command line. Out: each file parsed, with its components' bytes, or what is wrong with it.
//! Holds: a path in a file is relative to the file's folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place};
use verify::test::{Binary, Suite, Wanted};

use crate::Io;
use crate::cli::TestArgs;
use crate::commands::in_project::{self, Meant};
use crate::commands::wrap;

/// A file of tests.
pub(super) struct TestFile {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// That it lies in, on this machine.
    pub(super) folder: PathBuf,
    pub(super) read: diag::Result<(Suite, Vec<Binary>)>,
}

/// Whether a test is to run.
pub(super) fn is_chosen(args: &TestArgs, file: &str, test: &str) -> bool {
    args.filter.as_ref().is_none_or(|text| test.contains(text) || format!("{file}: {test}").contains(text))
}

/// Reads all files that the paths stand for.
pub(super) fn read(paths: &[PathBuf], args: &TestArgs, io: &mut Io) -> diag::Result<Vec<TestFile>> {
    let (found, unreadable) = io.wave_files(paths);
    if !unreadable.is_empty() {
        return Err(Diagnostics(unreadable));
    }
    if found.is_empty() {
        let nothing = paths.iter().map(|path| {
            let name = path.display().to_string();
            diag::error("test/no-tests", format!("`{name}` holds no tests"))
                .label(Place::file(name), "no file here ends in `.wave`")
                .help("name a `.wave` file, or a folder that holds some")
        });
        return Err(Diagnostics(nothing.collect()));
    }
    if args.update && found.iter().any(|path| path == Path::new("-")) {
        let error = diag::error("usage/command-line", "standard input cannot be updated");
        return Err(error.help("name the file").into());
    }
    Ok(found.into_iter().map(|path| read_one(path, io)).collect())
}

fn read_one(path: PathBuf, io: &mut Io) -> TestFile {
    // `./calc.wave` of the current folder is `calc.wave`.
    let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    let below = path.parent().map(Path::to_owned).unwrap_or_default();
    let name = if path == Path::new("-") { "<stdin>".to_owned() } else { path.display().to_string() };
    let folder = io.resolve(&below);
    let read = suite(&path, &below, io);
    TestFile { name, path, folder, read }
}

fn suite(path: &Path, below: &Path, io: &mut Io) -> diag::Result<(Suite, Vec<Binary>)> {
    let input = io.read_input(path)?;
    let text = String::from_utf8(input.bytes).map_err(|_| not_text(&input.name))?;
    let suite = Suite::parse(&input.name, text)?;
    let mut binaries = Vec::new();
    let mut errors = Vec::new();
    for wanted in suite.components() {
        match binary(&wanted, below, io) {
            Ok(binary) => binaries.push(binary),
            Err(Diagnostics(found)) => {
                errors.extend(found.into_iter().map(|one| one.label(wanted.place.clone(), "named here")));
            }
        }
    }
    if errors.is_empty() { Ok((suite, binaries)) } else { Err(Diagnostics(errors)) }
}

fn binary(wanted: &Wanted<'_>, below: &Path, io: &mut Io) -> diag::Result<Binary> {
    let beside = below.join(wanted.path);
    let meant = if io.resolve(&beside).is_file() { Meant::Nothing } else { in_project::meant(wanted.path, io) };
    let wasm = match meant {
        Meant::File(made) => io.read_wasm(&made)?,
        Meant::Nothing => io.read_wasm(&beside)?,
        Meant::Near(near) => io.read_wasm(&beside).map_err(|Diagnostics(found)| {
            Diagnostics(found.into_iter().map(|one| one.help(format!("did you mean `{near}`?"))).collect())
        })?,
    };
    let bytes: Arc<[u8]> = wrap::wrapped(&wasm)?.into_owned().into();
    Ok(Binary { file: wasm.name, bytes })
}

fn not_text(name: &str) -> Diagnostic {
    diag::error("test/syntax", format!("`{name}` is no text"))
        .label(Place::file(name), "not UTF-8")
        .help("name a `.wave` file")
}

/// The files of which tests are to run, or that cannot be read. It is an error if there is none.
pub(super) fn chosen(mut files: Vec<TestFile>, args: &TestArgs) -> diag::Result<Vec<TestFile>> {
    let is_any = |file: &TestFile| match &file.read {
        Ok((suite, _)) => suite.tests().any(|test| is_chosen(args, &file.name, test)),
        Err(_) => true,
    };
    if files.iter().any(is_any) {
        files.retain(is_any);
        return Ok(files);
    }
    let (headline, help) = match &args.filter {
        Some(text) => (format!("no test's name holds `{text}`"), "see the names with `--list`"),
        None => ("there is no test to run".to_owned(), "write one: `test \"adds\" { add(1, 2) == 3; }`"),
    };
    let mut found = diag::error("test/no-tests", headline).help(help);
    for file in &files {
        let tests = file.read.as_ref().map_or(0, |(suite, _)| suite.tests().count());
        let plural = if tests == 1 { "" } else { "s" };
        found = found.label(Place::file(&file.name), format!("{tests} test{plural} here"));
    }
    Err(found.into())
}
