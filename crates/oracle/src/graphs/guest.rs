//! Random components: a world over a universe's interfaces, and a core module that does nothing, wrapped.
//!
//! In: random numbers and a universe. Out: components with the WIT that they were made from.
//! Holds: the core module is the other tool's, so that every import is used and every export is there.

use std::fmt::Write as _;

use testing::seeds::Random;
use wit_component::StringEncoding;
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

use super::universe::{Scope, Universe};
use crate::components::{Given, ours};

/// A component, as a file would hold it.
#[derive(Clone, Debug)]
pub struct Guest {
    pub file: String,
    pub wit: String,
    pub bytes: Vec<u8>,
}

/// How often a world is tried: some are no valid WIT, since a name comes twice.
const ATTEMPTS: usize = 8;

/// A component of a random world; none if no attempt gives a valid one.
///
/// # Errors
///
/// What our own encoder refuses or makes invalid.
pub fn guest(random: &mut Random, universe: &Universe, number: usize) -> Result<Option<Guest>, String> {
    let mut universe = universe.clone();
    if random.below(6) == 0 {
        universe.harm(random);
    }
    let parsed = (0..ATTEMPTS).find_map(|_| {
        let wit = format!("package root:main;\n{}{}", universe.text(), world(random, &universe));
        let mut resolve = Resolve::default();
        let main = resolve.push_str("main.wit", &wit).ok()?;
        let world = resolve.packages[main].worlds.values().copied().next()?;
        Some((resolve, world, wit))
    });
    let Some((resolve, world, wit)) = parsed else { return Ok(None) };
    let file = format!("c{number}.wasm");
    Ok(Some(Guest { file, bytes: wrapped(&resolve, world).map_err(|why| format!("{why}\n{wit}"))?, wit }))
}

/// A component of one of the worlds of a package that the other makers' generator made.
///
/// # Errors
///
/// As [`guest`].
pub fn of_world(resolve: &Resolve, world: WorldId, number: usize) -> Result<Guest, String> {
    let wit = format!("world `{}`", resolve.worlds[world].name);
    Ok(Guest { file: format!("c{number}.wasm"), bytes: wrapped(resolve, world)?, wit })
}

fn wrapped(resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, String> {
    // Other ABIs need built-ins that the embedded version of the validator does not know yet.
    let mut module = wit_component::dummy_module(resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    wit_component::embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false)
        .map_err(|why| format!("no metadata: {why:#}"))?;
    ours(&Given { module, ..Given::default() })
}

fn world(random: &mut Random, universe: &Universe) -> String {
    let mut text = String::from("world w {\n");
    let refs = universe.refs();
    let mut scope = Scope::default();
    for at in 0..random.below(4) {
        let path = universe.path(*random.pick(&refs));
        let label = if random.below(8) == 0 { format!("l{at}: ") } else { String::new() };
        let _ = writeln!(text, "  import {label}{path};");
    }
    for at in 0..random.below(6).saturating_sub(3) {
        let of = *random.pick(&refs);
        let types = universe.types(of);
        if let Some((name, is_resource)) = types.get(random.below(types.len().max(1))) {
            let other = format!("w{at}-{name}");
            let _ = writeln!(text, "  use {}.{{{name} as {other}}};", universe.path(of));
            scope.add(&other, *is_resource);
        }
    }
    for at in 0..random.below(6).saturating_sub(3) {
        let _ = writeln!(text, "  {}", scope.named(random, &format!("x{at}")).text);
    }
    for at in 0..random.below(4).saturating_sub(1) {
        let verb = *random.pick(&["import", "export"]);
        let name = format!("{}{at}", &verb[..2]);
        let _ = writeln!(text, "  {verb} {}", scope.func(random, &name, Scope::borrow_or_type));
    }
    if random.below(5) == 0 {
        inline(random, universe, &mut text);
    }
    for at in 0..1 + random.below(4) {
        let path = universe.path(*random.pick(&refs));
        let label = if random.below(8) == 0 { format!("l{at}: ") } else { String::new() };
        let _ = writeln!(text, "  export {label}{path};");
    }
    text.push_str("}\n");
    text
}

/// An interface without a package.
fn inline(random: &mut Random, universe: &Universe, text: &mut String) {
    let mut scope = Scope::default();
    let verb = *random.pick(&["import", "export"]);
    let _ = writeln!(text, "  {verb} inline: interface {{");
    let of = *random.pick(&universe.refs());
    let types = universe.types(of);
    if let Some((name, is_resource)) = types.get(random.below(types.len().max(1))) {
        let _ = writeln!(text, "    use {}.{{{name} as used}};", universe.path(of));
        scope.add("used", *is_resource);
    }
    let named = scope.named(random, "here").text;
    let _ = writeln!(text, "    {named}\n    {}\n  }}", scope.func(random, "inline-f", Scope::borrow_or_type));
}
