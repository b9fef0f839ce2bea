//! What the encoder is given.

use std::collections::HashMap;

use abi::names::For;
use component::{Metadata, StringEncoding};
use types::{ExternName, Item, ItemKind, Owner, ResourceId, Types, World};
use wasm::{CoreModule, Producers, Signature};

use crate::encodings::Encodings;

/// A core module with what its metadata sections say.
#[derive(Clone, Debug)]
pub struct Guest<'a> {
    pub module: CoreModule<'a>,
    /// One entry for each section; or the world that the user named, as if it had been embedded.
    pub metadata: Vec<Metadata>,
    /// The tools that the metadata names.
    pub producers: Producers,
    pub(crate) encodings: Encodings,
}

/// A module that stands between the main module and the world: the main module imports it by name.
#[derive(Clone, Debug)]
pub struct Adapter<'a> {
    /// The module name under which the main module imports it.
    pub name: String,
    pub guest: Guest<'a>,
}

/// A shared library, linked with others over one memory and one table.
///
/// Its imports are bound by the linker, as far as another part provides them; the others are bound to the world.
#[derive(Clone, Debug)]
pub struct Library<'a> {
    pub name: String,
    pub guest: Guest<'a>,
    /// By module and field: the export of another part that the import gets.
    pub linked: HashMap<(String, String), Linked>,
}

/// An export of a part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Linked {
    pub part: Part,
    pub export: String,
}

/// What a linker leaves to do once every part is instantiated, in this order, before anything is called.
#[derive(Clone, Debug, Default)]
pub struct Startup {
    pub fills: Vec<Fill>,
    pub sets: Vec<GlobalSet>,
    /// Functions without parameters and results that only change data, called before any task begins.
    pub relocations: Vec<Linked>,
    /// Functions without parameters and results.
    pub calls: Vec<Linked>,
}

/// Functions that are put into a table.
#[derive(Clone, Debug)]
pub struct Fill {
    pub table: Linked,
    /// The first slot.
    pub offset: u32,
    pub funcs: Vec<(Linked, Signature)>,
}

/// A mutable global of type `i32` that is set to the sum of a constant and another part's globals of type `i32`.
#[derive(Clone, Debug)]
pub struct GlobalSet {
    pub global: Linked,
    pub constant: i32,
    pub plus: Vec<Linked>,
}

/// Everything that `plan` reads.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    pub main: Guest<'a>,
    pub adapters: Vec<Adapter<'a>>,
    /// In the order in which they are instantiated: after the main module, before the adapters.
    pub libraries: Vec<Library<'a>>,
    pub startup: Startup,
    /// What the component shall import and export: the union of all metadata.
    pub world: World,
    pub options: Options,
}

/// How to encode. The default is what `withe wrap` does without flags.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only names of the standard scheme (`cm32p2`) are understood.
    pub reject_legacy_names: bool,
    /// Adapters get their memory by growing it, even if the main module has an allocator.
    pub realloc_via_memory_grow: bool,
    /// Component-level import names to change, old and new.
    pub import_names: Vec<(String, String)>,
    /// No names for debugging, neither of the component nor of the modules made here.
    pub no_names: bool,
    /// No module keeps custom sections, nor has the component names or producers.
    pub strip: bool,
    /// A preview1 adapter was forbidden; only changes what is said about missing imports.
    pub no_adapt: bool,
    /// Imports of one semver track stay apart.
    pub no_merge: bool,
    /// Shims are calls of function references in globals, not of slots in a table.
    pub return_call_ref: bool,
    /// Interfaces are named by their semver track, with the rest of the version as an attribute.
    pub canonical_names: bool,
}

/// Which core module something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Main,
    /// A position in `Input::libraries`.
    Library(usize),
    /// A position in `Input::adapters`.
    Adapter(usize),
}

impl<'a> Input<'a> {
    pub fn guest(&self, part: Part) -> &Guest<'a> {
        match part {
            Part::Main => &self.main,
            Part::Library(index) => &self.libraries[index].guest,
            Part::Adapter(index) => &self.adapters[index].guest,
        }
    }

    /// All parts, in the order in which they are instantiated, the main module first.
    pub fn parts(&self) -> impl Iterator<Item = Part> + use<> {
        let libraries = (0..self.libraries.len()).map(Part::Library);
        std::iter::once(Part::Main).chain(libraries).chain((0..self.adapters.len()).map(Part::Adapter))
    }

    /// Whether the component defines a resource and exports it by itself, in no interface.
    ///
    /// No WIT says so; worlds that are read from binaries do.
    pub fn defines(&self, types: &Types, resource: ResourceId) -> bool {
        let component = &self.world.component;
        let is_it = |item: &Item| item.kind == ItemKind::Resource(resource);
        types.resource(resource).owner == Owner::World
            && component.exports.values().any(|item| is_it(item) && item.decl.alias_of.is_none())
            && !component.imports.values().any(is_it)
    }
}

impl Guest<'_> {
    /// Whether this guest's own metadata says that it provides the export.
    pub fn declares_export(&self, name: &ExternName) -> bool {
        self.metadata.iter().any(|metadata| metadata.world.component.exports.contains_key(name))
    }

    /// The encoding of strings in a function that this guest imports or exports.
    pub fn encoding(&self, side: For, scope: Option<&ExternName>, func: &ExternName) -> StringEncoding {
        self.encodings.get(side, scope, func)
    }

    /// One more world, as if it stood in a section of the module.
    pub fn add(&mut self, types: &Types, metadata: Metadata) {
        // What is added here is made for it, so it contradicts nothing; if it did, the first one would count.
        let place = self.module.place();
        let _ = self.encodings.add(types, &metadata.world, metadata.encoding, &place);
        self.metadata.push(metadata);
    }
}
