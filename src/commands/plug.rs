//! `withe plug`: a component's imports are filled with other components' exports.

use std::path::Path;

use diag::{Diagnostic, Diagnostics};
use types::Types;

use super::parts;
use crate::cli::PlugArgs;
use crate::io::Wasm;
use crate::{Exit, Io};

pub fn plug(args: &PlugArgs, io: &mut Io) -> diag::Result<Exit> {
    if args.all_plugs().next().is_none() {
        return Err(no_plug(&args.socket).into());
    }
    let inputs = || std::iter::once(&args.socket).chain(args.all_plugs()).map(|path| &**path);
    parts::check_one_stdin(inputs())?;
    io.check_keeps(args.out.out.as_deref(), inputs())?;
    let files = read_all(inputs(), io)?;
    let mut types = Types::new();
    let mut parts = parts::read(&mut types, &files)?;
    let socket = parts.remove(0);
    let plugged = compose::plug(&mut types, socket, parts)?;

    // From here on no type is added and nothing is looked up by name.
    let exit = parts::write(&types, plugged.graph, &args.out, None, io)?;
    io.report_all(plugged.notes);
    Ok(exit)
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

fn no_plug(socket: &Path) -> Diagnostic {
    let socket = socket.display();
    diag::error("usage/command-line", format!("no component is named that fills the imports of `{socket}`"))
        .help(format!("withe plug {socket} PLUG.wasm -o OUT.wasm"))
}
