//! `withe wit`: WIT shown or converted.

use wit::print::Docs;

use crate::cli::WitArgs;
use crate::cli::text::WitForm;
use crate::{Exit, Io};

pub fn wit(args: &WitArgs, io: &mut Io) -> diag::Result<Exit> {
    let tree = io.source_tree(&args.path)?;
    let package = wit::load(&tree, &args.world.features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    let docs = if args.no_docs { Docs::LeaveOut } else { Docs::Keep };
    let world = args.world.world.as_deref();
    let text = match args.form {
        WitForm::Wit => wit::print::print(&package, world, docs)?,
        WitForm::Json => wit::print::json(&package, docs)?,
        WitForm::Wasm => return io.write_output(&args.out.out, &wit::wasm(&package, world, docs)?),
    };
    io.done_with((tree, package));
    io.write_text(&args.out.out, &text)
}
