//! `withe parse`: the text format to wasm. What is wasm already is copied.

use crate::cli::ParseArgs;
use crate::{Exit, Io};

pub fn parse(args: &ParseArgs, io: &mut Io) -> diag::Result<Exit> {
    let wasm = io.read_wasm(&args.input)?;
    io.write_output(&args.out.out, &wasm.bytes)
}
