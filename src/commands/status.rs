//! The exit status of preview1 programs, in full.
//!
//! In: a core module that imports `proc_exit`. Out: the module with this import sent to `withe:preview1/exit`,
//! and the world that has it.
//! Holds: only what is wrapped in memory, to be run here, is changed so: the preview1 adapter ends a program with
//! `wasi:cli/exit`, which knows success and failure alone, so the status would be 0 or 1.

use component::{Metadata, StringEncoding};
use types::{
    ComponentType, Decl, ExternName, FuncType, InstanceType, InterfaceName, Item, ItemKind, PackageName, Param, Types,
    ValType, World,
};
use wasm::{CoreModule, Producers};

const PROC_EXIT: (&str, &str) = ("wasi_snapshot_preview1", "proc_exit");
const EXIT: (&str, &str) = ("withe:preview1/exit", "exit");

/// The module's bytes with `proc_exit` sent to the interface; `None` if it does not import it.
pub fn redirect_exit(module: &CoreModule<'_>) -> Option<Vec<u8>> {
    wasm::redirect_import(module, PROC_EXIT, EXIT)
}

/// The world `import withe:preview1/exit`, with `exit: func(status: u32)`, as a module's metadata would give it.
pub fn metadata(types: &mut Types) -> Metadata {
    let status = Param { name: "status".to_owned(), ty: ValType::U32, place: None };
    let exit = types.add_func(FuncType { async_: false, params: vec![status], result: None });
    let item = |kind| Item { kind, decl: Decl::default() };
    let id = InterfaceName::parse(EXIT.0).expect("the name is well formed");
    let exports = [(ExternName::label(EXIT.1), item(ItemKind::Func(exit)))].into_iter().collect();
    let instance = types.add_instance(InstanceType { id: Some(id.clone()), exports, decl: Decl::default() });
    let imports = [(ExternName::Interface(id), item(ItemKind::Instance(instance)))].into_iter().collect();
    let package = PackageName { namespace: "withe".to_owned(), name: "preview1".to_owned(), version: None };
    let component = ComponentType { imports, ..ComponentType::default() };
    let world = World { package, name: "exits".to_owned(), component, decl: Decl::default() };
    Metadata { world, encoding: StringEncoding::Utf8, producers: Producers::default() }
}
