//! `withe plug`: a component's imports are filled with other components' exports.

use std::path::Path;

use component::EmitOptions;
use compose::Part;
use diag::{Diagnostic, Diagnostics};
use types::Types;

use crate::cli::PlugArgs;
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn plug(args: &PlugArgs, io: &mut Io) -> diag::Result<Exit> {
    if args.all_plugs().next().is_none() {
        return Err(no_plug(&args.socket).into());
    }
    let files = read_all(std::iter::once(&args.socket).chain(args.all_plugs()).map(|path| &**path), io)?;
    let mut types = Types::new();
    let mut parts = read_parts(&mut types, &files)?;
    let socket = parts.remove(0);
    let plugged = compose::plug(&mut types, socket, parts)?;
    io.report_all(plugged.notes);

    // From here on no type is added and nothing is looked up by name.
    let plan = compose::plan(&types, &plugged.graph)?;
    let bytes = component::emit(&plan, EmitOptions::default());
    wasm::validate(&bytes).map_err(|error| wasm::invalid("the result", &error))?;
    io.write_output(&args.out.out, &bytes)
}

fn read_all<'p>(paths: impl Iterator<Item = &'p Path>, io: &mut Io) -> diag::Result<Vec<Wasm>> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        match io.read_wasm(path) {
            Ok(file) => files.push(file),
            Err(Diagnostics(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(Diagnostics(problems)) }
}

/// All files as components; what is wrong with any of them is told at once.
fn read_parts<'a>(types: &mut Types, files: &'a [Wasm]) -> diag::Result<Vec<Part<'a>>> {
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

fn no_plug(socket: &Path) -> Diagnostic {
    let socket = socket.display();
    diag::error("usage/command-line", format!("no component is named that fills the imports of `{socket}`"))
        .help(format!("withe plug {socket} PLUG.wasm -o OUT.wasm"))
}
