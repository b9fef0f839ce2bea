//! `withe compose COMPONENT...`: components satisfy one another.

use std::path::Path;

use compose::solve::{Given, Origin, Placed, Reason, Wire};
use diag::{Diagnostic, Diagnostics};
use serde_json::{Value, json};
use types::Types;

use super::Named;
use crate::cli::ComposeArgs;
use crate::commands::parts;
use crate::{Exit, Io};

pub fn solve(args: &ComposeArgs, components: Vec<Named>, io: &mut Io) -> diag::Result<Exit> {
    let wires = wires(args)?;
    let files = || components.iter().map(|component| &component.wasm);
    io.check_keeps(args.out.out.as_deref(), files().map(|file| Path::new(&file.name)))?;
    let mut types = Types::new();
    let parts = parts::read(&mut types, files())?;
    let given = parts.into_iter().zip(&components).map(|(part, named)| Given { part, name: named.name.clone() });
    let solved = compose::solve(&mut types, given.collect(), &wires)?;
    io.report_all(solved.notes);
    io.set_result(json!({ "instances": instances(&solved.instances) }));

    // From here on no type is added and nothing is looked up by name.
    parts::write(&types, solved.graph, &args.out, None, io)
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
fn instances(placed: &[Placed]) -> Vec<Value> {
    let of = |Placed { name, file, imports }: &Placed| {
        let import = |(import, origin): (&types::ExternName, &Origin)| {
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
