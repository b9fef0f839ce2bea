//! `withe print`: wasm to its text format.

use diag::Place;

use crate::cli::PrintArgs;
use crate::{Exit, Io};

pub fn print(args: &PrintArgs, io: &mut Io) -> diag::Result<Exit> {
    let wasm = io.read_wasm(&args.input)?;
    let mut config = wasmprinter::Config::new();
    config.print_skeleton(args.skeleton).print_offsets(args.print_offsets).fold_instructions(args.fold_instructions);
    let mut text = String::new();
    config.print(&wasm.bytes, &mut wasmprinter::PrintFmtWrite(&mut text)).map_err(|error| {
        diag::error("wasm/invalid", format!("`{}` is not valid WebAssembly", wasm.name))
            .label(Place::file(&wasm.name), format!("{error:#}"))
            .help("build it again: the file is damaged, cut off, or made by a faulty tool")
    })?;
    let exit = io.write_text(&args.out.out, &text)?;
    io.warn_of_wasm(args.out.out.as_deref(), "write it to a file that is called `.wat`");
    Ok(exit)
}
