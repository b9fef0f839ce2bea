//! A component as WIT: its bytes are its only source.
//!
//! In: the bytes of a component. Out: its world, read into any arena, and a world of the same name to select by.
//! Holds: the bytes were read without an error when they were loaded, so every later reading succeeds.

use std::panic::catch_unwind;

use types::{Types, World};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Docs, PackageName, Resolve, Span, Stability, WorldId};

use diag::Diagnostic;

use crate::print;

/// A component that the user named.
#[derive(Clone, Debug)]
pub(crate) struct ComponentWorld {
    file: String,
    bytes: Vec<u8>,
    /// What was read when it was loaded.
    read: (Types, World),
}

impl ComponentWorld {
    /// Reads a component once; also returns what WIT cannot say of it.
    ///
    /// # Errors
    ///
    /// `component/..`: it is not valid, or has what is not supported.
    pub(crate) fn read(file: &str, bytes: &[u8]) -> diag::Result<(Self, Option<Diagnostic>)> {
        let mut types = Types::new();
        let read = component::read(&mut types, file, bytes)?;
        let world = read.world();
        let note = print::not_in_wit(&types, &world, &read.other_types);
        Ok((Self { file: file.to_owned(), bytes: bytes.to_vec(), read: (types, world) }, note))
    }

    /// The world, in an arena of its own.
    pub(crate) fn own_world(&self) -> (&Types, &World) {
        (&self.read.0, &self.read.1)
    }

    /// The world in another arena.
    pub(crate) fn world(&self, types: &mut Types) -> World {
        component::read_world(types, &self.file, &self.bytes).expect("the same bytes were read when they were loaded")
    }

    /// The component as wit-parser decodes it; `None` if it does not, as it is with some valid components.
    pub(crate) fn resolve(&self) -> Option<Resolve> {
        // A panic of the decoder is one more way to refuse.
        match catch_unwind(|| decode(&self.bytes)).ok()? {
            Ok(DecodedWasm::Component(resolve, _) | DecodedWasm::WitPackage(resolve, _)) => Some(resolve),
            Err(_) => None,
        }
    }
}

/// Adds the package and the world that a component is selected by: `root:component/root`.
pub(crate) fn add_name(resolve: &mut Resolve) -> WorldId {
    let name = PackageName { namespace: "root".to_owned(), name: "component".to_owned(), version: None };
    let package = resolve.packages.alloc(wit_parser::Package {
        name: name.clone(),
        docs: Docs::default(),
        interfaces: wit_parser::IndexMap::default(),
        worlds: wit_parser::IndexMap::default(),
    });
    let world = resolve.worlds.alloc(wit_parser::World {
        name: "root".to_owned(),
        imports: wit_parser::IndexMap::default(),
        exports: wit_parser::IndexMap::default(),
        package: Some(package),
        docs: Docs::default(),
        stability: Stability::default(),
        includes: Vec::new(),
        span: Span::default(),
    });
    resolve.packages[package].worlds.insert("root".to_owned(), world);
    resolve.package_names.insert(name, package);
    world
}
