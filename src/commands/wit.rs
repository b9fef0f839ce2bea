//! `withe wit`: WIT shown or converted.

use diag::Place;
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
        WitForm::Wasm => return Err(no_wasm(args).into()),
    };
    io.done_with((tree, package));
    io.write_text(&args.out.out, &text)
}

fn no_wasm(args: &WitArgs) -> diag::Diagnostic {
    let name = args.path.display().to_string();
    diag::error("unsupported/wit-as-wasm", "WIT is not yet written as a wasm package")
        .label(Place::file(&name), "would become a package in wasm")
        .help("write it as text, with `--as wit`")
}
