//! What the commands that wire components have in common: files become parts, a graph becomes a file.

use std::path::Path;

use component::EmitOptions;
use compose::{Graph, Part};
use diag::{Diagnostic, Diagnostics, Place};
use types::Types;
use wasm::{Pieces, Producers};

use crate::cli::OutArgs;
use crate::io::Wasm;
use crate::{Exit, Io};

/// Refuses standard input as more than one of the inputs. Status 2.
pub fn check_one_stdin<'p>(inputs: impl Iterator<Item = &'p Path>) -> diag::Result<()> {
    let times = inputs.filter(|input| *input == Path::new("-")).count();
    if times < 2 {
        return Ok(());
    }
    Err(diag::error("usage/command-line", format!("standard input is named {times} times, and can be read once"))
        .help("write what comes through `-` to a file, and name the file")
        .into())
}

/// All files as components; what is wrong with any of them is told at once.
pub fn read<'a>(types: &mut Types, files: impl IntoIterator<Item = &'a Wasm>) -> diag::Result<Vec<Part<'a>>> {
    let mut parts = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match component::read(types, &file.name, &file.bytes) {
            Ok(component) => parts.push(Part::new(component.file, component.bytes, component.ty)),
            Err(Diagnostics(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(parts) } else { Err(Diagnostics(problems)) }
}

/// Plans, emits, validates and writes the component that a graph describes. A text that goes with it is written only
/// if the component is.
///
/// # Errors
/// Those of `compose::plan` and `Io::write_checked`.
pub fn write(
    types: &Types,
    mut graph: Graph<'_>,
    out: &OutArgs,
    with: Option<(&Path, &str)>,
    io: &mut Io,
) -> diag::Result<Exit> {
    graph.customs.push(("producers".to_owned(), producers().emit().into()));
    let plan = compose::plan(types, &graph)?;
    let bytes = component::emit_pieces(&plan, EmitOptions::default());
    let mut note = None;
    let check = || {
        note = check(&graph, &bytes)?;
        Ok(())
    };
    let exit = match with {
        None => io.write_checked(&out.out, &bytes, check)?,
        Some(text) => io.write_checked_with(&out.out, &bytes, text, check)?,
    };
    io.report_all(note);
    Ok(exit)
}

/// Refuses an output that is not valid, with each part that is to blame. An output that only has more parts than
/// today's validators go through is judged part by part, with a warning.
fn check(graph: &Graph<'_>, bytes: &Pieces<'_>) -> diag::Result<Option<Diagnostic>> {
    let is_too_large = wasm::has_too_many_parts(bytes);
    let whole = if is_too_large { None } else { wasm::validate_pieces(bytes).err() };
    if whole.is_none() && !is_too_large {
        return Ok(None);
    }
    let damaged =
        graph.parts().filter_map(|(_, part)| Some(wasm::invalid(&part.file, &wasm::validate(part.bytes).err()?)));
    let damaged: Vec<Diagnostic> = damaged.collect();
    if !damaged.is_empty() {
        return Err(Diagnostics(damaged));
    }
    if let Some(error) = whole {
        return Err(wasm::invalid("the result", &error).into());
    }
    let headline = "the result has more than 1000 components and modules";
    let warning = diag::warning("component/too-large", headline)
        .label(Place::file("the result"), "not validated as a whole, each of its parts was")
        .help("make several compositions of it: new validators and engines refuse more than 1000");
    Ok(Some(warning))
}

/// What made the component, as it says itself.
fn producers() -> Producers {
    let mut producers = Producers::default();
    producers.add("processed-by", "withe", env!("CARGO_PKG_VERSION"));
    producers
}
