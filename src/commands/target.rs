//! A world that a component must fit, for `--target`.
//!
//! In: what names the world. Out: the world.

use diag::{Diagnostic, Diagnostics};
use types::{Types, World};

use crate::Io;
use crate::cli::FeatureArgs;

/// The world that `WIT[#WORLD]` names.
pub fn read(target: &str, features: &FeatureArgs, types: &mut Types, io: &mut Io) -> diag::Result<World> {
    let (path, world) = match target.split_once('#') {
        Some((path, world)) => (path, Some(world)),
        None => (target, None),
    };
    let package = wit::load(&io.source_tree(path.as_ref())?, &features.load_options())?;
    io.report_all(package.notes().iter().cloned());
    package.world(types, world).map_err(|found| with_target_flags(found, &package, path, world))
}

/// Where a world could not be chosen, the help says how to choose one here.
fn with_target_flags(found: Diagnostics, package: &wit::Package, path: &str, asked: Option<&str>) -> Diagnostics {
    let worlds = package.worlds();
    let flag = |world: &str| format!("`--target {path}#{world}`");
    let near = diag::near_misses(asked.unwrap_or(""), worlds.iter().map(String::as_str)).first().copied();
    let help = match near {
        Some(near) => format!("did you mean {}?", flag(near)),
        None => format!("choose one: {}", worlds.iter().map(|world| flag(world)).collect::<Vec<_>>().join(", ")),
    };
    let is_choice = |one: &Diagnostic| matches!(one.code.0, "wit/unknown-world" | "wit/world-ambiguous");
    let said = |one: Diagnostic| if is_choice(&one) && !worlds.is_empty() { one.help(help.clone()) } else { one };
    Diagnostics(found.0.into_iter().map(said).collect())
}
