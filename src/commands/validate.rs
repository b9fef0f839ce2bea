//! `withe validate`.

use std::path::PathBuf;

use component::BinaryKind;
use diag::{Diagnostic, Diagnostics, Severity};
use types::{Types, World};
use verify::Proposals;

use super::target;
use crate::cli::ValidateArgs;
use crate::io::Checkable;
use crate::{Exit, Io};

pub fn validate(args: &ValidateArgs, io: &mut Io) -> diag::Result<Exit> {
    let proposals = proposals(args)?;
    let mut types = Types::new();
    let target = target(args, &mut types, io)?;
    let mut files = Vec::new();
    for paths in io.texts_together(parts(args, io)?) {
        let checked = match paths.as_slice() {
            [path] => check(path, args, proposals, target.as_ref(), &mut types, io),
            texts => check_texts(texts, args, io),
        };
        let findings = checked.unwrap_or_else(|Diagnostics(found)| found);
        let verdicts = verdicts(&paths, &findings);
        io.report_all(findings);
        let said = paths.iter().zip(verdicts);
        files.extend(said.map(|(path, valid)| serde_json::json!({ "file": path.to_string_lossy(), "valid": valid })));
    }
    let bad = files.iter().filter(|file| file["valid"] == false).count();
    let exit = if bad == 0 { Exit::OK } else { Exit::INPUT };
    say_summary(files.len(), bad, io);
    io.set_result(serde_json::json!({ "files": files }));
    Ok(exit)
}

/// Files, and folders of WIT.
fn parts(args: &ValidateArgs, io: &Io) -> diag::Result<Vec<PathBuf>> {
    let mut parts = Vec::new();
    for path in &args.paths {
        parts.extend(io.parts_to_check(path)?);
    }
    Ok(parts)
}

/// Texts of one package.
fn check_texts(texts: &[PathBuf], args: &ValidateArgs, io: &mut Io) -> diag::Result<Vec<Diagnostic>> {
    let tree = io.tree_of_texts(texts)?;
    wit::load(&tree, &args.features.load_options()).map(|package| package.notes().to_vec())
}

/// Which of the files that were read together are valid: those in which no error stands. If one stands in none, no file is.
fn verdicts(paths: &[PathBuf], findings: &[Diagnostic]) -> Vec<bool> {
    let stands_in = |error: &Diagnostic, path: &PathBuf| {
        error.labels.first().is_some_and(|label| *label.place.file_name() == path.to_string_lossy())
    };
    let errors: Vec<&Diagnostic> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if paths.len() == 1 || errors.iter().any(|error| !paths.iter().any(|path| stands_in(error, path))) {
        return vec![errors.is_empty(); paths.len()];
    }
    paths.iter().map(|path| !errors.iter().any(|error| stands_in(error, path))).collect()
}

/// What is wrong with one file: errors, and notes where there is no error.
fn check(
    path: &std::path::Path,
    args: &ValidateArgs,
    proposals: Proposals,
    target: Option<&World>,
    types: &mut Types,
    io: &mut Io,
) -> diag::Result<Vec<Diagnostic>> {
    let wasm = match io.read_checkable(path)? {
        Checkable::Wasm(wasm) => wasm,
        Checkable::Wit(tree) => {
            let package = io.load_wit(path, &tree, &args.features.load_options())?;
            return Ok(package.notes().to_vec());
        }
        Checkable::Script(script) => {
            let text = wac::source(&script.name, script.bytes)?;
            return Ok(wac::parse(text).problems);
        }
    };
    let findings = verify::validate(&wasm.name, &wasm.bytes, proposals);
    if !findings.is_empty() {
        return Ok(findings);
    }
    // The newer parser, with which this program reads and writes, has to agree.
    match component::kind_of(&wasm.bytes) {
        Some(BinaryKind::CoreModule) => return wasm::read_module(&wasm.name, &wasm.bytes).map(|_| Vec::new()),
        Some(BinaryKind::WitPackage) => {
            let tree = wit::SourceTree::of_file(wasm.name, wasm.bytes);
            return wit::load(&tree, &args.features.load_options()).map(|package| package.notes().to_vec());
        }
        Some(BinaryKind::Component) | None => {}
    }
    let read = component::read(types, &wasm.name, &wasm.bytes)?;
    Ok(match target {
        Some(target) => check::conformance::misfits(types, &wasm.name, &read.world().component, target, |_| None),
        None => Vec::new(),
    })
}

fn target(args: &ValidateArgs, types: &mut Types, io: &mut Io) -> diag::Result<Option<World>> {
    args.target.as_deref().map(|target| target::read(target, &args.features, types, io)).transpose()
}

fn proposals(args: &ValidateArgs) -> diag::Result<Proposals> {
    if args.wasm_features.is_empty() {
        return Ok(Proposals::RUNTIME);
    }
    Proposals::parse(&args.wasm_features).map_err(|(unknown, near)| {
        let found = diag::error("usage/wasm-feature", format!("there is no WebAssembly proposal `{unknown}`"));
        let help = match near.first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "turn every proposal on with `--wasm-features all`".to_owned(),
        };
        found.help(help).into()
    })
}

fn say_summary(files: usize, bad: usize, io: &Io) {
    if io.quiet {
        return;
    }
    let plural = if files == 1 { "" } else { "s" };
    let text = match bad {
        0 => format!("{files} file{plural} checked, all valid\n"),
        bad => format!("{files} file{plural} checked, {bad} not valid\n"),
    };
    // There is nobody to tell that standard error is closed.
    let _ = io.stderr.write(text.as_bytes());
}
