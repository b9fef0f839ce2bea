//! `withe embed`: a world's metadata, put into a core module.

use component::StringEncoding;
use types::Types;

use super::wrap::rewrite_go;
use crate::cli::{EmbedArgs, Encoding};
use crate::{Exit, Io};

pub fn embed(args: &EmbedArgs, io: &mut Io) -> diag::Result<Exit> {
    let core = io.read_wasm(&args.core)?;
    let module = wasm::read_module(&core.name, &core.bytes)?;
    let rewritten = rewrite_go(&module, true)?;
    let module = rewritten.as_deref().map_or(Ok(module), |bytes| wasm::read_module(&core.name, bytes))?;
    let tree = io.source_tree(&args.wit)?;
    io.check_keeps_sources(args.out.out.as_deref(), &tree)?;
    let package = io.load_wit(&args.wit, &tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let mut types = Types::new();
    let world = package.world(&mut types, args.world.world.as_deref())?;

    let embedded = encode::embed(&mut types, &module, world, string_encoding(args.encoding))?;
    io.write_output(&args.out.out, embedded)
}

/// The encoding as the encoder takes it.
pub fn string_encoding(encoding: Encoding) -> StringEncoding {
    match encoding {
        Encoding::Utf8 => StringEncoding::Utf8,
        Encoding::Utf16 => StringEncoding::Utf16,
        Encoding::CompactUtf16 => StringEncoding::CompactUtf16,
    }
}
