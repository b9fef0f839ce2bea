//! Public scripts with their packages: each has the verdict that the reference gives. What is accepted becomes a valid
//! component with the imports and exports of the reference; what is refused is shown at the same token, for the same
//! reason.
//!
//! The scripts stand beside the project's checkout; without them the tests say that they did not run.
#![expect(clippy::print_stderr, reason = "the counts are the report")]

#[path = "support/load.rs"]
mod load;
#[path = "support/reasons.rs"]
mod reasons;

use std::path::{Path, PathBuf};

use compose::{Definition, decode};
use diag::{Diagnostic, Place};
use testing::{cases, conformance, read_text};
use types::{ComponentType, ItemKind, Types};

use load::{Composed, compose_file};

/// The scripts in a folder of vectors, without those in folders inside; nothing if the vectors are not here.
fn scripts(area: &str) -> Vec<PathBuf> {
    match conformance::folder(area) {
        Ok(folder) => {
            let is_script = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "wac");
            cases::entries(&folder).into_iter().filter(is_script).collect()
        }
        Err(why) => {
            eprintln!("{why}");
            Vec::new()
        }
    }
}

fn title(path: &Path) -> String {
    path.file_stem().expect("a script has a name").to_string_lossy().into_owned()
}

fn result_of(path: &Path) -> String {
    read_text(&path.with_extension("wac.result")).expect("each script has its result")
}

fn composed(types: &mut Types, path: &Path) -> Result<Composed, Vec<Diagnostic>> {
    compose_file(types, path, &path.with_extension(""))
}

/// Cases that are decided otherwise, with the reason.
const OTHERWISE: &[(&str, &str)] = &[];

#[test]
fn accepted_scripts_are_composed() {
    let scripts = scripts("wac/resolution");
    let mut wrong = Vec::new();
    for path in &scripts {
        let types = &mut Types::new();
        match composed(types, path) {
            Err(problems) => wrong.push(format!("{}: refused\n{}", title(path), load::drawn(&problems))),
            Ok(composed) => {
                let (expected, found) = (nodes(&result_of(path)), names(&composed.bytes));
                if expected != found {
                    wrong.push(format!("{}: expected {expected:?}, found {found:?}", title(path)));
                }
            }
        }
    }
    eprintln!("{} scripts, {} wrong", scripts.len(), wrong.len());
    assert!(scripts.is_empty() || scripts.len() >= 11, "{} scripts", scripts.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `import name` and `export name`, sorted.
fn names(bytes: &[u8]) -> Vec<String> {
    let read = component::read(&mut Types::new(), "result.wasm", bytes).expect("it was valid");
    let imports = read.ty.imports.keys().map(|name| format!("import {name}"));
    let exports = read.ty.exports.keys().map(|name| format!("export {name}"));
    // These are told as they are shown, with quotes.
    let others = read.other_types.iter().map(|name| name.replace('`', ""));
    let mut names: Vec<String> = imports.chain(exports).chain(others).collect();
    names.sort();
    names
}

/// The imports and exports that a picture of the reference's graph shows.
fn nodes(dot: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in dot.lines() {
        if let Some((_, rest)) = line.split_once("label = \"import \\\"") {
            names.push(format!("import {}", rest.split("\\\"").next().expect("its end")));
        }
        if let Some((_, rest)) = line.split_once("export = \"") {
            names.push(format!("export {}", rest.split('"').next().expect("its end")));
        }
    }
    names.sort();
    names
}

#[test]
fn results_import_and_export_what_the_reference_does() {
    let scripts = scripts("wac/encoding");
    let mut wrong = Vec::new();
    for path in &scripts {
        let types = &mut Types::new();
        match composed(types, path) {
            Err(problems) => wrong.push(format!("{}: refused\n{}", title(path), load::drawn(&problems))),
            Ok(composed) => {
                if let Err(why) = is_as_expected(types, &result_of(path), &composed) {
                    wrong.push(format!("{}: {why}", title(path)));
                }
            }
        }
    }
    eprintln!("{} scripts, {} wrong", scripts.len(), wrong.len());
    assert!(scripts.is_empty() || scripts.len() >= 5, "{} scripts", scripts.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares names and types with those of the reference. Its parts are imports, which ours has inside.
fn is_as_expected(types: &mut Types, reference: &str, composed: &Composed) -> Result<(), String> {
    let bytes = wat::parse_str(with_labels(reference)).map_err(|error| error.to_string())?;
    let read = |types: &mut Types, bytes: &[u8]| component::read(types, "a.wasm", bytes).map(|read| read.ty);
    let mut expected = read(types, &bytes).map_err(|error| format!("{error:?}"))?;
    expected.imports.retain(|_, item| !matches!(item.kind, ItemKind::Component(_)));
    let found = read(types, &composed.bytes).map_err(|error| format!("{error:?}"))?;
    if !types::equal::components(types, &expected, &found) {
        let dump = |ty: &ComponentType| types::dump::component(types, ty);
        return Err(format!("expected\n{}\nfound\n{}", dump(&expected), dump(&found)));
    }
    // Types of interfaces and worlds are no part of a component's type here: they are compared one by one.
    let graphs = [&bytes, &composed.bytes].map(|bytes| decode(types, "a.wasm", bytes));
    let [Ok(expected), Ok(found)] = graphs else {
        // The reference's parts are imports, which no graph has.
        return if reference.contains("unlocked-dep") { Ok(()) } else { Err("not read back".to_owned()) };
    };
    let names = |definitions: &indexmap::IndexMap<types::ExternName, Definition>| {
        definitions.keys().map(ToString::to_string).collect::<Vec<_>>()
    };
    if names(expected.definitions()) != names(found.definitions()) {
        let (expected, found) = (names(expected.definitions()), names(found.definitions()));
        return Err(format!("expected the types {expected:?}, found {found:?}"));
    }
    for (name, wanted) in expected.definitions() {
        let is_same = match (wanted, &found.definitions()[name]) {
            (Definition::Value(a), Definition::Value(b)) => types::equal::val_types(types, *a, *b),
            (Definition::Func(a), Definition::Func(b)) => types::equal::funcs(types, *a, *b),
            (Definition::Interface(a), Definition::Interface(b)) => types::equal::components(types, a, b),
            (Definition::World(name, a), Definition::World(other, b)) => {
                name == other && types::equal::components(types, a, b)
            }
            (_, _) => false,
        };
        if !is_same {
            return Err(format!("the type `{name}` differs"));
        }
    }
    Ok(())
}

/// The text with plain names for the imported parts, whose own names are valid no longer.
fn with_labels(text: &str) -> String {
    let mut out = String::new();
    for (at, piece) in text.split("\"unlocked-dep=<").enumerate() {
        match piece.split_once(">\"").filter(|_| at > 0) {
            Some((_, rest)) => out.push_str(&format!("\"part-{at}\"{rest}")),
            None => out.push_str(piece),
        }
    }
    out
}

#[test]
fn refused_scripts_show_the_item_at_fault_and_the_reason() {
    let mut all = scripts("wac/resolution/fail");
    all.extend(scripts("wac/encoding/fail"));
    let mut wrong = Vec::new();
    let (mut tokens, mut reasons_given) = (0, 0);
    for path in &all {
        let types = &mut Types::new();
        let name = title(path);
        if OTHERWISE.iter().any(|(case, _)| *case == name) {
            continue;
        }
        let Err(problems) = composed(types, path) else {
            wrong.push(format!("{name}: accepted"));
            continue;
        };
        let result = result_of(path);
        let text = read_text(path).expect("a vector can be read");
        let told = load::drawn(&problems);
        if let Some((start, len)) = underlined(&result, &text) {
            tokens += 1;
            let found = shown(&problems[0]);
            if found != Some(start..start + len) {
                wrong.push(format!("{name}: expected {start}..{}, found {found:?}\n{told}\n{result}", start + len));
            }
        }
        if let Some(cause) = result.lines().find_map(|line| line.trim().strip_prefix("╰─▶ ")) {
            reasons_given += 1;
            if !reasons::is_same(cause, &problems[0]) {
                wrong.push(format!("{name}: another reason\n{told}\n{result}"));
            }
        }
    }
    eprintln!("{} scripts refused: {tokens} tokens, {reasons_given} reasons, {} wrong", all.len(), wrong.len());
    assert!(all.is_empty() || all.len() >= 90, "{} scripts", all.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The bytes that a diagnostic shows first, if that is in a text.
fn shown(problem: &Diagnostic) -> Option<std::ops::Range<usize>> {
    match &problem.labels.first()?.place {
        Place::Text { span, .. } => Some(span.clone()),
        Place::Binary { .. } | Place::File { .. } => None,
    }
}

/// What the reference underlines at the place that it names: where it begins, and how many characters it has.
fn underlined(result: &str, text: &str) -> Option<(usize, usize)> {
    let place = result.split_once("─[")?.1.split_once(']')?.0;
    let mut numbers = place.rsplit(':').map(|number| number.parse::<usize>().expect("a number"));
    let (column, line) = (numbers.next()?, numbers.next()?);
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let shown = format!("{line} │");
    let mark = result.lines().skip_while(|drawn| !drawn.trim_start().starts_with(&shown)).nth(1)?;
    Some((start + column - 1, mark.chars().filter(|char| matches!(char, '─' | '┬')).count()))
}
