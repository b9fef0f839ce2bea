//! `withe compose COMPONENT...`: components satisfy one another.

use std::path::Path;

use check::conformance::Cause;
use compose::solve::{Given, Origin, Placed, Reason, Solved, Wire};
use compose::{Graph, NodeId};
use diag::{Diagnostic, Diagnostics};
use indexmap::IndexMap;
use serde_json::{Value, json};
use types::{ComponentType, ExternName, Types, World};

use super::{Named, emit};
use crate::cli::ComposeArgs;
use crate::commands::{parts, target};
use crate::{Exit, Io};

pub fn solve(args: &ComposeArgs, components: Vec<Named>, io: &mut Io) -> diag::Result<Exit> {
    let wires = wires(args)?;
    let files = || components.iter().map(|component| &component.wasm);
    check_outputs(args, files().map(|file| Path::new(&file.name)), io)?;
    let mut types = Types::new();
    let target = args.target.as_deref();
    let target = target.map(|target| target::read(target, &args.features, &mut types, io)).transpose()?;
    let parts = parts::read(&mut types, files())?;
    let given = parts.into_iter().zip(&components).map(|(part, named)| Given { part, name: named.name.clone() });
    let solved = compose::solve(&mut types, given.collect(), &wires)?;
    let Solved { graph, instances, notes } = solved;
    if let Some(target) = &target {
        check_target(&types, args, &graph, target)?;
    }
    let emitted = args.emit_wac.as_deref();
    let exports = !graph.exports().is_empty();
    let checked = target.as_ref().map(|target| target.name.as_str());
    let script = emitted.map(|path| emit::script(&instances, exports, checked, path, io)).transpose()?;
    io.set_result(json!({ "instances": reported(&instances) }));

    // From here on no type is added and nothing is looked up by name.
    let exit = parts::write(&types, graph, &args.out, emitted.zip(script.as_deref()), io)?;
    io.report_all(notes);
    Ok(exit)
}

/// Refuses outputs that would replace an input or one another. Status 2.
fn check_outputs<'p>(args: &ComposeArgs, inputs: impl Iterator<Item = &'p Path> + Clone, io: &Io) -> diag::Result<()> {
    let out = args.out.out.as_deref();
    io.check_keeps(out, inputs.clone())?;
    let Some(script) = &args.emit_wac else { return Ok(()) };
    io.check_keeps(Some(script), inputs)?;
    let is_stream = |path: Option<&Path>| path.is_none_or(|path| path == Path::new("-"));
    let same = match out {
        Some(out) if !is_stream(Some(out)) => io.resolve(out) == io.resolve(script),
        Some(_) | None => is_stream(Some(script)),
    };
    if !same {
        return Ok(());
    }
    let headline = "the component and the script would go to one place";
    Err(diag::error("usage/command-line", headline).help("name another file with `--emit-wac FILE`").into())
}

/// Compares what a graph imports and exports with the world that it must fit.
fn check_target(types: &Types, args: &ComposeArgs, graph: &Graph<'_>, target: &World) -> diag::Result<()> {
    let items = |nodes: &IndexMap<ExternName, NodeId>| {
        nodes.iter().map(|(name, node)| (name.clone(), graph.node(*node).item.clone())).collect()
    };
    let found = ComponentType { imports: items(graph.imports()), exports: items(graph.exports()) };
    let name = args.out.out.as_deref().map_or("the result".into(), Path::to_string_lossy);
    let misfits = check::conformance::misfits(types, &name, &found, target, |mismatch| cause(types, graph, mismatch));
    if misfits.is_empty() { Ok(()) } else { Err(Diagnostics(misfits)) }
}

fn wires(args: &ComposeArgs) -> diag::Result<Vec<Wire>> {
    let mut wires = Vec::new();
    let mut problems = Vec::new();
    for text in &args.wire {
        match Wire::parse(text) {
            Some(wire) => wires.push(wire),
            None => problems.push(not_a_wire(text)),
        }
    }
    if problems.is_empty() { Ok(wires) } else { Err(Diagnostics(problems)) }
}

fn not_a_wire(text: &str) -> Diagnostic {
    diag::error("usage/command-line", format!("`--wire {text}` does not say what is given to what"))
        .help("write `--wire [CONSUMER#]IMPORT=PROVIDER`, as in `--wire app#local:calc/ops=calc`")
}

/// The instances for the report, in the order of the result.
fn reported(placed: &[Placed]) -> Vec<Value> {
    let of = |Placed { name, file, imports }: &Placed| {
        let import = |(import, origin): (&ExternName, &Origin)| {
            let import = import.to_string();
            match origin {
                Origin::Instance { at, export, why } => json!({
                    "import": import, "from": placed[*at].name, "export": export.to_string(), "why": reason(why),
                }),
                Origin::With(of) => json!({ "import": import, "with": of.to_string() }),
                Origin::Open => json!({ "import": import }),
            }
        };
        let imports: Vec<Value> = imports.iter().map(import).collect();
        json!({ "name": name, "file": file, "imports": imports })
    };
    placed.iter().map(of).collect()
}

fn reason(why: &Reason) -> &'static str {
    match why {
        Reason::Name => "name",
        Reason::Version => "version",
        Reason::Chain => "chain",
        Reason::Types(_) => "types",
        Reason::Wire => "wire",
    }
}

/// Whose a resource is that does not fit.
fn cause(types: &Types, graph: &Graph, mismatch: &types::Mismatch) -> Option<Cause> {
    let compose::Whose { place, text, help } = compose::whose(types, graph, mismatch)?;
    Some(Cause { place, text, help })
}
