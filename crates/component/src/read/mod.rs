//! Read: the bytes of a component become its type, in `types`, and its parts.
//!
//! In: untrusted bytes. Out: `Component`, or diagnostics that say what is broken.
//! Holds: everything but the bodies of core functions is validated; any valid component is read;
//! a resource is one `ResourceId` however many names it has;
//! memory grows with the input and with nothing that the input only claims.
//!
//! Specification: Component Model, "Binary".

mod about;
mod anatomy;
mod collect;
mod composition;
pub(crate) mod contents;
pub(crate) mod shallow;
mod structure;
mod types;
pub mod verdict;
pub mod wiring;

use ::types::{ComponentType, Decl, PackageName, Types, World};
use diag::{Diagnostics, Place};
use wasm::{Custom, Producers};

pub(crate) use self::structure::canon;
pub(crate) use self::types::{TypeReader, primitive_type, text_of};
pub use about::{About, about};
pub use anatomy::anatomy;
pub use composition::{Composition, TypeExport, read_composition};
pub use contents::{Contents, Embedded, contents};
pub use structure::structure;
pub use wasm::{Region, RegionKind};
pub use wiring::{Callee, PartId, Wiring, wiring};

pub(crate) use collect::{Collected, collect};

/// What a binary holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryKind {
    CoreModule,
    Component,
    /// A component whose only exports are component types: WIT as a binary.
    WitPackage,
}

/// A component that has been read.
#[derive(Clone, Debug)]
pub struct Component<'a> {
    /// The file as the user knows it.
    pub file: String,
    pub bytes: &'a [u8],
    pub ty: ComponentType,
    pub customs: Vec<Custom<'a>>,
    pub producers: Producers,
    /// Imports and exports of types that say nothing about values: function, instance and component types.
    pub other_types: Vec<String>,
}

/// What the bytes hold. `None` if they are no WebAssembly binary.
///
/// Only the outline is read, so a damaged binary may still be named here.
pub fn kind_of(bytes: &[u8]) -> Option<BinaryKind> {
    match wasm::binary_kind(bytes) {
        wasm::BinaryKind::Module => Some(BinaryKind::CoreModule),
        wasm::BinaryKind::Component if collect::is_wit_package(bytes) => Some(BinaryKind::WitPackage),
        wasm::BinaryKind::Component => Some(BinaryKind::Component),
        wasm::BinaryKind::Other => None,
    }
}

/// Reads a component.
pub fn read<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> diag::Result<Component<'a>> {
    check_kind(file, bytes)?;
    let collected = collect(bytes).map_err(|error| invalid(file, &error))?;
    let mut reader = TypeReader::new(types, file, collected.types.as_ref());
    let ty = reader.root(&collected)?;
    let other_types = reader.other_types;
    Ok(Component::new(file, bytes, ty, collected.customs, other_types))
}

/// Reads the world of a component: package `root:component`, world `root`.
pub fn read_world(types: &mut Types, file: &str, bytes: &[u8]) -> diag::Result<World> {
    Ok(read(types, file, bytes)?.world())
}

impl<'a> Component<'a> {
    fn new(file: &str, bytes: &'a [u8], ty: ComponentType, customs: Vec<Custom<'a>>, other_types: Vec<String>) -> Self {
        let producers = customs.iter().find(|custom| custom.name == "producers");
        let producers = producers.map(|custom| Producers::parse(custom.data)).unwrap_or_default();
        Self { file: file.to_owned(), bytes, ty, customs, producers, other_types }
    }
}

impl Component<'_> {
    /// The component's type as a world: package `root:component`, world `root`.
    pub fn world(&self) -> World {
        World {
            package: PackageName { namespace: "root".to_owned(), name: "component".to_owned(), version: None },
            name: "root".to_owned(),
            component: self.ty.clone(),
            decl: Decl { place: Some(Place::file(&self.file)), ..Decl::default() },
        }
    }

    /// The component as text, for tests: its type, the types left out of it, custom sections by name and size.
    pub fn dump(&self, types: &Types) -> String {
        let mut out = ::types::dump::component(types, &self.ty);
        for other in &self.other_types {
            out.push_str(&format!("other type: {other}\n"));
        }
        for custom in &self.customs {
            out.push_str(&format!("custom {:?}: {} bytes\n", custom.name, custom.data.len()));
        }
        out
    }

    /// The contents of the first custom section of that name.
    pub fn custom(&self, name: &str) -> Option<&[u8]> {
        self.customs.iter().find(|custom| custom.name == name).map(|custom| custom.data)
    }
}

fn check_kind(file: &str, bytes: &[u8]) -> diag::Result<()> {
    match wasm::binary_kind(bytes) {
        wasm::BinaryKind::Component => Ok(()),
        wasm::BinaryKind::Module => {
            Err(diag::error("component/not-a-component", format!("`{file}` is a core module, not a component"))
                .label(Place::file(file), "a component is wanted here")
                .help(format!("make a component of it: withe wrap {file} -o component.wasm"))
                .into())
        }
        wasm::BinaryKind::Other => {
            Err(diag::error("component/not-a-component", format!("`{file}` is no WebAssembly binary"))
                .label(Place::file(file), "it does not begin with `\\0asm` and a version")
                .help("pass a component, as `.wasm` or as `.wat` text")
                .into())
        }
    }
}

/// The diagnostic for what wasmparser refuses.
pub(crate) fn invalid(file: &str, error: &wasmparser::Error) -> Diagnostics {
    diag::error("component/invalid", format!("`{file}` is not a valid component"))
        .label(Place::binary(file, format!("byte {:#x}", error.offset())), error.message())
        .help("build it again: the file is damaged, cut off, or made by a faulty tool")
        .into()
}
