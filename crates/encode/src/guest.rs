//! Core modules as guests: with the worlds that their metadata sections carry.

use component::{Metadata, StringEncoding, metadata};
use diag::{Diagnostic, Diagnostics};
use types::{Types, World};
use wasm::{CoreModule, Producers};

use crate::input::{Adapter, Guest, Input, Options, Startup};
use crate::union::union_worlds;

impl<'a> Guest<'a> {
    /// Decodes a module's metadata; a module may have none.
    ///
    /// # Errors
    ///
    /// Each section that cannot be read.
    pub fn of(types: &mut Types, module: CoreModule<'a>) -> diag::Result<Self> {
        let mut sections = Vec::new();
        let mut wrong = Vec::new();
        let mut producers = Producers::default();
        for section in module.metadata_sections() {
            match metadata::decode(types, &module.file, section.data) {
                Ok(metadata) => {
                    producers.merge(&metadata.producers);
                    sections.push(metadata);
                }
                Err(Diagnostics(diagnostics)) => wrong.extend(diagnostics),
            }
        }
        if wrong.is_empty() { Ok(Self { module, metadata: sections, producers }) } else { Err(Diagnostics(wrong)) }
    }

    /// The guest as if this world had been embedded, and nothing else.
    pub fn with_world(module: CoreModule<'a>, world: World, encoding: StringEncoding) -> Self {
        let metadata = Metadata { world, encoding, producers: Producers::default() };
        Self { module, metadata: vec![metadata], producers: Producers::default() }
    }
}

/// Puts the parts together: the target world is the union of what they were built for.
///
/// # Errors
///
/// `encode/no-world` if no part has a world; conflicts between worlds.
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
    if worlds.is_empty() {
        return Err(no_world(&main.module).into());
    }
    let world = union_worlds(types, &worlds)?;
    Ok(Input { main, adapters, libraries: Vec::new(), startup: Startup::default(), world, options })
}

fn no_world(module: &CoreModule<'_>) -> Diagnostic {
    diag::error("encode/no-world", format!("`{}` does not say which world it was built for", module.file))
        .label(module.place(), "no `component-type` section")
        .help(format!("name the world: `withe wrap --wit WIT {}`", module.file))
}
