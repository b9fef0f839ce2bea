//! The linker: shared libraries over one memory and one table become the input of the encoder.
//!
//! In: libraries as `dylink.0` describes them, each with its own metadata. Out: a main module made here, which has the
//! memory, the table and all addresses; the libraries in the order of instantiation, each import bound to the part that
//! provides it; what is left to do at the start.
//! Holds: every library is read once; every address is known here, so that nothing is computed at the start but what a
//! library exports as something else than a constant; libraries that nothing reaches are left out whole.
//!
//! ```text
//! Shared ─► library::read ─► symbols::resolve ─► order ─► layout ─► main_module ─► Linkage ─► Input
//! ```
//!
//! Specification: WebAssembly tool conventions, "Dynamic Linking"; Component Model, "Shared-Everything Dynamic Linking".

mod dlopen;
mod errors;
mod layout;
mod library;
mod main_module;
mod order;
mod symbols;
mod tls;

use std::collections::HashMap;

use diag::Diagnostics;
use types::{ComponentType, Decl, PackageName, Types, World};

use self::library::Read;
use crate::guest::target_world;
use crate::input::{Adapter, Guest, Input, Library, Linked, Options, Startup};

/// The text of a library that has `dlopen`, `dlsym`, `dlclose` and `dlerror`.
pub const LIBDL: &str = include_str!("libdl.wat");
/// The name under which other libraries know it.
pub const LIBDL_NAME: &str = "libdl.so";
/// In bytes: what the linker of LLVM takes.
pub const DEFAULT_STACK_SIZE: u32 = 1 << 20;

/// A library that is to be linked. Earlier ones have priority where several define a symbol.
#[derive(Clone, Debug)]
pub struct Shared<'a> {
    /// As other libraries need it.
    pub name: String,
    pub guest: Guest<'a>,
    /// Whether `dlopen` finds it, and `dlsym` what it exports.
    pub dl_openable: bool,
}

/// How to link.
#[derive(Clone, Debug)]
pub struct LinkOptions {
    /// In bytes.
    pub stack_size: u32,
    /// Functions that no library defines trap when they are called.
    pub stub_missing_functions: bool,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { stack_size: DEFAULT_STACK_SIZE, stub_missing_functions: false }
    }
}

/// Everything that the linker decides.
#[derive(Clone, Debug)]
pub struct Linkage {
    /// The module that stands before all libraries.
    pub main: Vec<u8>,
    /// The libraries that are needed, by their positions in the input, in the order of instantiation.
    pub order: Vec<usize>,
    /// For each of them: by module and field, the export that the import gets.
    pub linked: Vec<HashMap<(String, String), Linked>>,
    pub startup: Startup,
}

/// Validators allow 1000 modules and components inside a component: the main module, shim, fixup, adapters, and one for
/// each exported interface are among them.
const MOST_LIBRARIES: usize = 980;

/// The name by which diagnostics call the main module.
const MAIN_FILE: &str = "<linked main module>";

/// Decides how libraries become one program.
///
/// # Errors
///
/// Codes of the area `link`, all that are found at once.
pub fn link(libraries: &[Shared<'_>], options: &LinkOptions) -> diag::Result<Linkage> {
    let Read { libraries, mut wrong, is_complete } = library::read_all(libraries);
    let resolved = match symbols::resolve(&libraries, options.stub_missing_functions, is_complete) {
        Ok(resolved) if wrong.is_empty() => resolved,
        Ok(_) => return Err(Diagnostics(wrong)),
        Err(Diagnostics(more)) => {
            wrong.extend(more);
            return Err(Diagnostics(wrong));
        }
    };
    let order = order::order(&libraries, &resolved)?;
    if order.len() > MOST_LIBRARIES {
        return Err(errors::too_many(order.len(), MOST_LIBRARIES).into());
    }
    let layout = layout::layout(&libraries, &order, options.stack_size)?;
    main_module::make(&libraries, &resolved, &order, layout)
}

impl Linkage {
    /// The libraries that are needed, and the adapters, as the encoder takes them.
    ///
    /// # Errors
    ///
    /// `link/no-world` if no part has a world; conflicts between worlds.
    pub fn input<'a>(
        &'a self,
        types: &mut Types,
        libraries: &[Shared<'a>],
        adapters: Vec<Adapter<'a>>,
        options: Options,
    ) -> diag::Result<Input<'a>> {
        let guests = libraries.iter().map(|library| &library.guest);
        let mut guests = guests.chain(adapters.iter().map(|adapter| &adapter.guest));
        if !libraries.is_empty() && guests.all(|guest| guest.metadata.is_empty()) {
            return Err(errors::no_world(libraries).into());
        }
        let main = Guest::of(types, wasm::read_module(MAIN_FILE, &self.main)?)?;
        let linked = self.order.iter().zip(&self.linked).map(|(index, linked)| {
            let Shared { name, guest, .. } = libraries[*index].clone();
            Library { name, guest, linked: linked.clone() }
        });
        let linked: Vec<Library<'a>> = linked.collect();
        let world = world(types, &linked, &adapters, &options)?;
        Ok(Input { main, adapters, libraries: linked, startup: self.startup.clone(), world, options })
    }
}

/// What all parts were built for; without any, the empty world.
fn world(
    types: &mut Types,
    libraries: &[Library<'_>],
    adapters: &[Adapter<'_>],
    options: &Options,
) -> diag::Result<World> {
    let guests = libraries.iter().map(|library| &library.guest).chain(adapters.iter().map(|adapter| &adapter.guest));
    let worlds: Vec<(String, World)> = guests
        .flat_map(|guest| guest.metadata.iter().map(|metadata| (guest.module.file.clone(), metadata.world.clone())))
        .collect();
    if !worlds.is_empty() {
        return target_world(types, &worlds, options);
    }
    Ok(World {
        package: PackageName { namespace: "root".to_owned(), name: "component".to_owned(), version: None },
        name: "root".to_owned(),
        component: ComponentType::default(),
        decl: Decl::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_has_room_for_so_many_libraries() {
        let empty = b"\0asm\x01\0\0\0";
        let library = |index: usize| {
            let module = wasm::read_module("lib.wasm", empty).unwrap();
            let guest = Guest::of(&mut Types::new(), module).unwrap();
            Shared { name: index.to_string(), guest, dl_openable: true }
        };
        let libraries: Vec<Shared<'_>> = (0..=MOST_LIBRARIES).map(library).collect();
        assert!(link(&libraries[1..], &LinkOptions::default()).is_ok());
        let Diagnostics(wrong) = link(&libraries, &LinkOptions::default()).unwrap_err();
        assert_eq!(wrong[0].code.0, "link/no-room");
    }
}
