//! `withe fetch`: the packages that the project needs come into `deps/`.

use crate::cli::FetchArgs;
use crate::commands::deps;
use crate::{Exit, Io};

pub fn fetch(args: &FetchArgs, io: &mut Io) -> diag::Result<Exit> {
    let manifest = deps::manifest(args.project.manifest.as_deref(), io)?;
    let mut options = deps::options(&args.project, io);
    options.locked = args.locked;
    deps::fetch(&manifest, &options, io)
}
