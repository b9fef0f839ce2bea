//! `withe strip`: drops custom sections, in nested modules and components too.
//!
//! Holds: without `--all`, what a later step needs stays: the metadata of a world, under both of its names
//! (`component-type` and `component-type:...`), what a library says to the linker, documentation and gates of a package.

use crate::cli::StripArgs;
use crate::{Exit, Io};

/// What steps read besides the metadata of a world.
const NEEDED: [&str; 3] = ["dylink.0", "package-docs", "wit-component-encoding"];

/// Whether a later step reads the section.
pub fn is_needed(name: &str) -> bool {
    wasm::is_metadata(name) || NEEDED.contains(&name)
}

pub fn strip(args: &StripArgs, io: &mut Io) -> diag::Result<Exit> {
    let wasm = io.read_wasm(&args.input)?;
    let keep = |name: &str| {
        if args.delete.is_empty() {
            !args.all && is_needed(name)
        } else {
            !args.delete.iter().any(|dropped| dropped == name)
        }
    };
    let stripped = match wasm::binary_kind(&wasm.bytes) {
        wasm::BinaryKind::Module => wasm::strip(&wasm::read_module(&wasm.name, &wasm.bytes)?, keep),
        wasm::BinaryKind::Component | wasm::BinaryKind::Other => {
            wasm::strip_component(&wasm.bytes, &keep).map_err(|error| wasm::invalid(&wasm.name, &error))?
        }
    };
    io.write_output(&args.out.out, &stripped)
}
