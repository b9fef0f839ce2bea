//! `withe compose FILE.wac`: a script says what is wired.
//!
//! In: a script; where its packages are. Out: one component.
//! Holds: every package that the script names is looked for and read before anything is told, so that all that is
//! wrong with them and with the script is told at once.

mod find;
mod load;

use std::path::Path;

use diag::{Diagnostic, Diagnostics, Severity};
use types::Types;

use crate::cli::ComposeArgs;
use crate::commands::parts;
use crate::io::Input;
use crate::{Exit, Io};

pub fn compose(args: &ComposeArgs, script: Input, io: &mut Io) -> diag::Result<Exit> {
    let name = script.name.clone();
    let source = wac::source(&name, script.bytes)?;
    let wac::Parsed { source, mut script, problems } = wac::parse(source);
    let is_wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    if problems.iter().any(is_wrong) {
        return Err(Diagnostics(problems));
    }
    io.report_all(problems);
    let hidden = script
        .hide_unstable(|feature| args.features.all_features || args.features.features.iter().any(|on| on == feature));
    let places = find::Places::of(args, &name)?;
    let named = script.packages();
    io.report_all(places.unused(named.iter().map(|named| &named.package)));
    let files = load::read_all(&places, &named, io);
    let inputs = std::iter::once(Path::new(&name)).chain(files.iter().filter_map(load::File::path));
    io.check_keeps(args.out.out.as_deref(), inputs)?;
    let mut types = Types::new();
    let packages = load::packages(&mut types, &files, &args.features.load_options(), io);
    let resolved = wac::resolve_showing(&mut types, &source, &script, packages, &hidden)?;
    let wired = resolved.build(&mut types)?;
    io.report_all(wired.notes);

    // From here on no type is added and nothing is looked up by name.
    parts::write(&types, wired.graph, &args.out, None, io)
}
