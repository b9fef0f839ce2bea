//! The examples of documentation, run as tests of a component.
//!
//! In: the WIT that is named, a component. Out: the report of `withe test`, with places in the WIT.
//! Holds: all examples are checked for their form before one is run; documentation grants nothing.

use std::path::Path;
use std::sync::Arc;

use diag::{Diagnostic, Diagnostics, Place, Source};
use docs::examples::{Example, Sheet, examples};
use verify::test::{Binary, Mode, Suite, TestResult};
use wit::{Root, SourceTree};

use super::Sources;
use crate::commands::test::{Outcome, report};
use crate::commands::wrap;
use crate::{Exit, Io};

pub(super) fn run(sources: &Sources, component: &Path, io: &mut Io) -> diag::Result<Exit> {
    let (all, mistakes) = found(sources);
    if all.is_empty() && mistakes.is_empty() {
        return Err(none(sources).into());
    }
    let wasm = io.read_wasm(component)?;
    let bytes: Arc<[u8]> = wrap::wrapped(&wasm)?.into_owned().into();
    let mut errors = mistakes;
    errors.extend(all.iter().flat_map(|example| misformed(example, &wasm.name)));
    if !errors.is_empty() {
        errors.sort_by_key(line);
        return Err(Diagnostics(errors));
    }
    let runnable: Vec<Example> = all.into_iter().filter(|example| example.is_run).collect();
    let sheet = Sheet::of(&runnable, &wasm.name);
    let suite = Suite::parse(&sheet.name, sheet.text.clone()).map_err(|found| located(&sheet, found))?;
    let binary = Binary { file: wasm.name.clone(), bytes };
    let folder = io.resolve(Path::new("."));
    let results = suite.run(&[binary], &folder, &|_| true, Mode::Check).map_err(|found| located(&sheet, found))?;
    Ok(report(outcomes(&sheet, &runnable, results), io))
}

/// The examples of the files that are named, not of those that they need.
fn found(sources: &Sources) -> (Vec<Example>, Vec<Diagnostic>) {
    let mut all = (Vec::new(), Vec::new());
    for (_, tree) in &sources.trees {
        for (name, bytes) in &tree.files {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            let is_new = !all.0.iter().any(|example: &Example| example.source.name == *name);
            if is_new && is_named(tree, name) {
                let (found, wrong) = examples(&Arc::new(Source::new(name, text)));
                all.0.extend(found);
                all.1.extend(wrong);
            }
        }
    }
    all
}

/// Whether a file is text of what was named: dependencies are other people's.
fn is_named(tree: &SourceTree, file: &str) -> bool {
    tree.roots.iter().any(|root| match root {
        Root::File(name) => name == file && !file.ends_with(".wasm"),
        Root::Folder(folder) => file.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| {
            rest.starts_with('/') && file.ends_with(".wit") && !rest.split('/').any(|part| part == "deps")
        }),
        Root::BuiltIn(_) | Root::AllBuiltIn | Root::Needed(_) | Root::Locked(_) => false,
    })
}

fn none(sources: &Sources) -> Diagnostic {
    let mut error = diag::error("docs/no-examples", "there is no example to run");
    for (path, _) in &sources.trees {
        error = error.label(Place::file(path.display().to_string()), "no block of its documentation is marked `wave`");
    }
    error.help("write one: a block of code that begins with ```` ```wave ````")
}

/// What is wrong with an example by itself.
fn misformed(example: &Example, component: &str) -> Vec<Diagnostic> {
    let sheet = Sheet::of(std::slice::from_ref(example), component);
    let fence = || Place::text(&example.source, example.fence.clone());
    match Suite::parse(&sheet.name, sheet.text.clone()) {
        Err(found) => located(&sheet, found).0,
        Ok(suite) if suite.tests().count() != 1 || suite.components().count() != 1 => {
            let error =
                diag::error("docs/example", "an example is the body of one test").label(fence(), "this one ends it");
            vec![error.help("take the `}` out that has no `{`")]
        }
        Ok(suite) => {
            let grants = suite.grants().into_iter().map(|place| {
                let error = diag::error("docs/example", "an example grants nothing").label(place, "asks for more");
                sheet.located(error.help("write a `.wave` file for what needs a grant"))
            });
            grants.collect()
        }
    }
}

/// Where a mistake stands: its file and the byte in it.
fn line(mistake: &Diagnostic) -> (String, usize) {
    match mistake.labels.first().map(|label| &label.place) {
        Some(Place::Text { source, span }) => (source.name.clone(), span.start),
        Some(Place::Binary { .. } | Place::File { .. }) | None => (String::new(), 0),
    }
}

fn located(sheet: &Sheet, Diagnostics(found): Diagnostics) -> Diagnostics {
    Diagnostics(found.into_iter().map(|one| sheet.located(one)).collect())
}

/// Nothing writes into documentation what was found.
fn mended(failure: Diagnostic) -> Diagnostic {
    match &failure.help {
        Some(help) if help.contains("`--update`") => failure.help("mend the component, or the example"),
        Some(_) | None => failure,
    }
}

/// The results by the files of their examples, in the files' order.
fn outcomes(sheet: &Sheet, examples: &[Example], results: Vec<TestResult>) -> Vec<Outcome> {
    let mut outcomes: Vec<(String, Vec<TestResult>)> = Vec::new();
    for (result, example) in results.into_iter().zip(examples) {
        let result = TestResult {
            name: example.name.clone(),
            place: Place::text(&example.source, example.fence.clone()),
            failure: result.failure.map(|failure| mended(sheet.located(failure))),
            ..result
        };
        match outcomes.iter_mut().find(|(file, _)| *file == example.source.name) {
            Some((_, results)) => results.push(result),
            None => outcomes.push((example.source.name.clone(), vec![result])),
        }
    }
    outcomes.into_iter().map(|(name, results)| Outcome { name, results: Ok(results) }).collect()
}
