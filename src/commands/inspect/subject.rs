//! What is inspected, read once.

use check::capabilities::{self, Capabilities};
use component::BinaryKind;
use component::read::{About, Component, Wiring};
use types::Types;
use wasm::{CoreModule, Extern};

use crate::io::Wasm;

/// A file, and what it holds.
pub struct Subject<'a> {
    pub file: &'a str,
    pub bytes: &'a [u8],
    pub kind: BinaryKind,
    pub about: About,
    pub inside: Inside<'a>,
}

pub enum Inside<'a> {
    Component(Box<(Types, Component<'a>)>),
    Module(Box<CoreModule<'a>>),
}

impl<'a> Subject<'a> {
    /// # Errors
    /// Those of `component::read` and `wasm::read_module`.
    pub fn read(wasm: &'a Wasm) -> diag::Result<Self> {
        let (file, bytes) = (wasm.name.as_str(), wasm.bytes.as_slice());
        let kind = component::kind_of(bytes).unwrap_or(BinaryKind::CoreModule);
        let inside = match kind {
            BinaryKind::CoreModule => Inside::Module(Box::new(wasm::read_module(file, bytes)?)),
            BinaryKind::Component | BinaryKind::WitPackage => {
                let mut types = Types::new();
                let component = component::read(&mut types, file, bytes)?;
                Inside::Component(Box::new((types, component)))
            }
        };
        Ok(Self { file, bytes, kind, about: component::read::about(bytes), inside })
    }

    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            BinaryKind::CoreModule => "core module",
            BinaryKind::Component => "component",
            BinaryKind::WitPackage => "WIT package",
        }
    }

    /// The instances inside; a module has none.
    ///
    /// # Errors
    /// `unsupported/instances`.
    pub fn wiring(&self) -> diag::Result<Wiring> {
        match &self.inside {
            Inside::Component(_) => component::read::wiring(self.file, self.bytes),
            Inside::Module(_) => Ok(Wiring::default()),
        }
    }

    pub fn capabilities(&self, wiring: &Wiring) -> Capabilities {
        match &self.inside {
            Inside::Component(inside) => capabilities::of_component(&inside.0, &inside.1.ty, wiring),
            Inside::Module(module) => {
                let funcs = module.imports.iter().filter(|import| matches!(import.ty, Extern::Func(_)));
                let imports = funcs.map(|import| (import.module, import.field.as_ref()));
                capabilities::of_module(imports, module.exports.keys().copied())
            }
        }
    }
}
