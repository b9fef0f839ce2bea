//! `withe wit`: WIT shown or converted.

use wit::Package;
use wit::print::Docs;

use crate::cli::WitArgs;
use crate::cli::text::WitForm;
use crate::{Exit, Io};

pub fn wit(args: &WitArgs, io: &mut Io) -> diag::Result<Exit> {
    let tree = io.source_tree(&args.path)?;
    io.check_keeps_sources(args.out.out.as_deref(), &tree)?;
    let options = wit::LoadOptions { needed_only: needed_only(args), ..args.world.features.load_options() };
    let loaded = io.load_wit(&args.path, &tree, &options)?;
    io.report_all(loaded.notes().iter().cloned());
    let (package, world) = changed(args, loaded)?;
    let world = world.as_deref();
    let docs = if args.no_docs { Docs::LeaveOut } else { Docs::Keep };
    let text = match args.form {
        WitForm::Wit => wit::print::print(&package, world, docs)?,
        WitForm::Json => wit::print::json(&package, world, docs)?,
        WitForm::Wasm => return io.write_output(&args.out.out, &wit::wasm(&package, world, docs)?),
    };
    io.done_with((tree, package));
    let exit = io.write_text(&args.out.out, &text)?;
    io.warn_of_wasm(args.out.out.as_deref(), "add `--as wasm`");
    Ok(exit)
}

/// Whether only what is needed of WASI is read: the other forms hold all that is loaded, a change may name anything in
/// it, and a full name may say a world of any package.
fn needed_only(args: &WitArgs) -> bool {
    let full_name = args.world.world.as_ref().is_some_and(|world| world.contains(':'));
    args.form == WitForm::Wit && args.change.change().is_none() && !full_name
}

/// The package with the change that is wanted, and the world to show alone: the one that `-w` names, which a change
/// gives another name.
fn changed(args: &WitArgs, package: Package) -> diag::Result<(Package, Option<String>)> {
    let selector = args.world.world.as_deref();
    match args.change.change() {
        None => Ok((package, selector.map(str::to_owned))),
        Some((change, named)) => {
            let (package, name) = wit::transform(&package, named.or(selector), &change)?;
            Ok((package, selector.map(|_| name)))
        }
    }
}
