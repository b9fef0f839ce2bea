//! Core modules as guests: with the worlds that their metadata sections carry.

use std::collections::{HashMap, HashSet};

use component::metadata::{self, Section};
use component::{Metadata, StringEncoding};
use diag::Diagnostics;
use types::{Types, World};
use wasm::{CoreModule, Pieces, Producers, Rewrite};

use crate::encodings::Encodings;
use crate::errors;
use crate::input::{Adapter, Guest, Input, Options, Startup};
use crate::merge::{canonical_names, merge_imports};
use crate::rename;
use crate::union::union_worlds;

impl<'a> Guest<'a> {
    /// Decodes a module's metadata; a module may have none.
    ///
    /// # Errors
    ///
    /// Each section that cannot be read; sections that contradict each other in how strings are encoded.
    pub fn of(types: &mut Types, module: CoreModule<'a>) -> diag::Result<Self> {
        let mut guest =
            Self { module, metadata: Vec::new(), producers: Producers::default(), encodings: Encodings::default() };
        let mut wrong = Vec::new();
        for section in &sections(&guest.module) {
            match metadata::decode_section(types, section) {
                Ok(metadata) => {
                    let said = guest.encodings.add(types, &metadata.world, metadata.encoding, &section.place());
                    wrong.extend(said);
                    guest.producers.merge(&metadata.producers);
                    guest.metadata.push(metadata);
                }
                Err(Diagnostics(diagnostics)) => wrong.extend(diagnostics),
            }
        }
        if wrong.is_empty() { Ok(guest) } else { Err(Diagnostics(wrong)) }
    }

    /// The guest as if this world had been embedded, and nothing else.
    pub fn with_world(types: &Types, module: CoreModule<'a>, world: World, encoding: StringEncoding) -> Self {
        let producers = Producers::default();
        let mut guest =
            Self { module, metadata: Vec::new(), producers: producers.clone(), encodings: Encodings::default() };
        guest.add(types, Metadata { world, encoding, producers });
        guest
    }
}

/// Compares the world that a guest was given with those that its module carries: the given one counts, and may say
/// more or less, but what both say must be the same, since the module's code was made for it.
///
/// # Errors
///
/// `encode/metadata-conflict`, for each item that is declared differently.
pub fn check_given_world(types: &mut Types, guest: &Guest<'_>) -> diag::Result<()> {
    // What cannot be read is not wanted either.
    let Ok(carried) = Guest::of(types, guest.module.clone()) else { return Ok(()) };
    if carried.metadata.is_empty() || guest.metadata.is_empty() {
        return Ok(());
    }
    let file = &guest.module.file;
    let worlds = guest.metadata.iter().chain(&carried.metadata).map(|metadata| metadata.world.clone());
    let worlds: Vec<(String, World)> = worlds.map(|world| (file.clone(), world)).collect();
    let help = "build the module again with bindings from this WIT, or leave the WIT out";
    let told = |Diagnostics(all)| Diagnostics(all.into_iter().map(|one: diag::Diagnostic| one.help(help)).collect());
    union_worlds(types, &worlds).map(|_| ()).map_err(told)
}

/// The metadata sections of a module. Those of one name are told apart by their number.
fn sections<'m>(module: &'m CoreModule<'_>) -> Vec<Section<'m>> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for custom in module.metadata_sections() {
        *counts.entry(custom.name).or_insert(0) += 1;
    }
    let several = module.metadata_sections().count() > 1;
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let with_number = |custom: &wasm::Custom<'m>| {
        let number = seen.entry(custom.name).or_insert(0);
        *number += 1;
        let label = match counts[custom.name] {
            1 => format!("custom section `{}`", custom.name),
            count => format!("custom section `{}`, {number} of {count}", custom.name),
        };
        Section { file: &module.file, label, several, data: custom.data }
    };
    module.metadata_sections().map(with_number).collect()
}

/// Puts the parts together: the target world is the union of what they were built for.
///
/// # Errors
///
/// `encode/no-world` if no part has a world; conflicts between worlds, and between versions of an interface.
pub fn assemble<'a>(
    types: &mut Types,
    main: Guest<'a>,
    adapters: Vec<Adapter<'a>>,
    options: Options,
) -> diag::Result<Input<'a>> {
    let guests = std::iter::once(&main).chain(adapters.iter().map(|adapter| &adapter.guest));
    let worlds: Vec<(String, World)> = guests
        .flat_map(|guest| guest.metadata.iter().map(|metadata| (guest.module.file.clone(), metadata.world.clone())))
        .collect();
    if lacks_world(&main, &adapters) {
        return Err(errors::no_world(&main.module).into());
    }
    let world = target_world(types, &worlds, &options)?;
    Ok(Input { main, adapters, libraries: Vec::new(), startup: Startup::default(), world, options })
}

/// What a component made of these parts imports and exports: the union of their worlds, with one import for each
/// interface and semver track, named as the options say.
///
/// # Errors
///
/// `encode/metadata-conflict` and `encode/version-conflict`, for each item that differs;
/// `encode/canonical-names` and `encode/import-name` if names cannot be what the options ask for.
pub fn target_world(types: &mut Types, worlds: &[(String, World)], options: &Options) -> diag::Result<World> {
    let union = union_worlds(types, worlds)?;
    let mut world = if options.no_merge { union } else { merge_imports(types, &union)? };
    canonical_names(types, &mut world, options)?;
    rename::check(types, &world, options)?;
    Ok(world)
}

/// The module with one more world embedded.
///
/// # Errors
///
/// The world contradicts one that the module carries already; those of `metadata::encode`.
pub fn embed<'a>(
    types: &mut Types,
    module: &CoreModule<'a>,
    world: World,
    encoding: StringEncoding,
) -> diag::Result<Pieces<'a>> {
    let name = metadata::section_name(&world, encoding);
    let section = metadata::encode(types, &world, encoding)?;
    let mut guest = Guest::of(types, module.clone())?;
    let place = world.decl.place.clone().unwrap_or_else(|| guest.module.place());
    let wrong = guest.encodings.add(types, &world, encoding, &place);
    if !wrong.is_empty() {
        return Err(Diagnostics(wrong));
    }
    let file = guest.module.file.clone();
    let carried = guest.metadata.iter().map(|metadata| (file.clone(), metadata.world.clone()));
    let worlds: Vec<(String, World)> = carried.chain([(file.clone(), world)]).collect();
    union_worlds(types, &worlds)?;
    Ok(Rewrite::default().add_custom(name, section).pieces(module))
}

/// Whether the main module's world is missing: it has none, and the adapters' are not all that it is made for.
fn lacks_world(main: &Guest<'_>, adapters: &[Adapter<'_>]) -> bool {
    if !main.metadata.is_empty() {
        return false;
    }
    let metadata = adapters.iter().flat_map(|adapter| &adapter.guest.metadata);
    let exports = metadata.flat_map(|metadata| metadata.world.component.exports.keys());
    let known: HashSet<String> = exports.map(ToString::to_string).collect();
    let adapted = |import: &wasm::Import<'_>| adapters.iter().any(|adapter| adapter.name == import.module);
    let of_adapters = main.module.imports.iter().any(adapted) || !known.is_empty();
    !of_adapters || errors::implements_more(&main.module, &known)
}
