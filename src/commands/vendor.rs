//! `withe vendor`: from now on `deps/` is where packages are from; with `--undo`, where the manifest says.

use crate::cli::VendorArgs;
use crate::commands::deps;
use crate::{Exit, Io};

pub fn vendor(args: &VendorArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.project.manifest.as_deref(), io)?;
    let mut options = deps::options(&args.project, io);
    options.vendor = Some(!args.undo);
    deps::fetch(&manifest, &options, io)
}
