//! Instantiation: what happens when a component is instantiated, as one flat list of steps.
//!
//! In: the bytes of a valid component. Out: `Instantiation`, for hosts that make it happen with an engine for core wasm.
//! Holds: nested components are inlined, once for each of their instances, so that only core modules are left to
//! instantiate; every definition that a step names was made by an earlier one; every type is concrete: a resource is one
//! `ResourceId` however many components hand it on, and each instance of a component that defines one has its own;
//! each lift and lower carries the type of its function; time and memory are bounded.
//!
//! Specification: Component Model explainer, "Instance Definitions", "Canonical Definitions".

mod ascribe;
mod canon;
mod core;
mod define;
mod dump;
mod eval;
mod part;
mod unsupported;
mod uses;
mod value;

use types::transfer::{Carrier, TransferOp};
use types::{ExternName, FuncId, ResourceId, Types, ValType};

use crate::plan::{PlainBuiltin, StringEncoding};
use wasm::CoreType;

/// An instance of a component: which of `Instantiation::parts`. Handles, locks and flags are kept for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(pub usize);

/// Which of `Instantiation::modules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub usize);

/// Which of `Instantiation::instances`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(pub usize);

/// Which of `Instantiation::lifts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LiftId(pub usize);

/// Which of `Instantiation::canons`: a core function that the host makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CanonId(pub usize);

/// Which of `Instantiation::options`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OptionsId(pub usize);

/// Which of `Instantiation::imports`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub usize);

/// Follows what instantiating a component does. Its types are added to `types`.
///
/// The bytes must be those of a valid component (`read::read`); others end in some diagnostic.
///
/// # Errors
/// `unsupported/..` for what no host here makes happen: values and start functions of components, instances of
/// components that are imported, memory under garbage collection, shared memory, more instances than are followed.
pub fn instantiation<'a>(types: &mut Types, file: &str, bytes: &'a [u8]) -> diag::Result<Instantiation<'a>> {
    eval::Eval::new(types, file).run(bytes)
}

/// A component that is instantiated.
#[derive(Clone, Debug, Default)]
pub struct Instantiation<'a> {
    /// The debug name that the component gives itself.
    pub name: Option<String>,
    /// The component itself first; each part after the one that it is inside of.
    pub parts: Vec<Part>,
    /// Embedded core modules that are instantiated or exported, each once, in order of first use.
    pub modules: Vec<Module<'a>>,
    /// What the host gives: leaves, instances taken apart; only what something uses, in order of first use. Types are
    /// no leaves.
    pub imports: Vec<Import>,
    /// All items of the component's imports, used or not, as they are declared; each after the instance that it is in.
    pub offers: Vec<Offer>,
    pub resources: Vec<Resource>,
    pub options: Vec<Options>,
    pub lifts: Vec<Lift>,
    pub canons: Vec<Canon>,
    pub instances: Vec<CoreInstance>,
    /// What is made, in order.
    pub steps: Vec<Step>,
    pub exports: Vec<(ExternName, Export)>,
}

/// One instance of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part that makes this instance; none for the root.
    pub parent: Option<PartId>,
    /// A debug name, if there is one.
    pub name: Option<String>,
}

/// A core module that is embedded.
#[derive(Clone, Debug)]
pub struct Module<'a> {
    pub bytes: &'a [u8],
    /// A debug name, if there is one.
    pub name: Option<String>,
}

/// What the host gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The import of the component, and behind it the names inside of instances.
    pub path: Vec<ExternName>,
    pub kind: ImportKind,
}

/// An item that the host gives, whether anything uses it or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which of `Instantiation::offers` it is in; none for an import of the component.
    pub around: Option<usize>,
    pub name: ExternName,
    pub sort: OfferSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferSort {
    Func,
    Instance,
    /// One that is the host's own, not another name for one.
    Resource,
    CoreModule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    Func(FuncId),
    /// A `WebAssembly.Module`, say.
    CoreModule,
    /// A resource of the host. It is in the list if anything uses the resource.
    Resource(ResourceId),
}

/// A resource that something uses, by whom it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub id: ResourceId,
    /// The name under which it is imported, or first exported from the component; none if it is used inside only.
    pub name: Option<String>,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Host(ImportId),
    /// The part that defines it, and its destructor, which may be made after the resource is.
    Part {
        part: PartId,
        dtor: Option<CoreDef>,
    },
}

/// Canonical options of a lift, a lower or a built-in. Equal ones of one part are one entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// Whose handles are meant.
    pub part: PartId,
    pub memory: Option<CoreDef>,
    /// Whether addresses have 64 bits.
    pub memory64: bool,
    pub realloc: Option<CoreDef>,
    pub encoding: StringEncoding,
    pub async_: bool,
    pub callback: Option<CoreDef>,
    pub post_return: Option<CoreDef>,
}

/// A core function as a function of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    pub core: CoreDef,
    pub ty: FuncId,
    pub options: OptionsId,
}

/// A function of a component, by who is behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    Host(ImportId),
    Lift(LiftId),
}

/// A core function that the host makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canon {
    /// The part whose definition it is.
    pub part: PartId,
    pub kind: CanonKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CanonKind {
    /// `ty` is the type that the caller knows: that of the callee with other names for its types, and the same
    /// resources.
    Lower {
        callee: Callee,
        ty: FuncId,
        options: OptionsId,
    },
    ResourceNew(ResourceId),
    ResourceDrop(ResourceId),
    ResourceRep(ResourceId),
    TaskReturn {
        result: Option<ValType>,
        options: OptionsId,
    },
    /// `payload` is that of the stream or future.
    Transfer {
        carrier: Carrier,
        op: TransferOp,
        payload: Option<ValType>,
        options: OptionsId,
    },
    WaitableSetWait {
        memory: CoreDef,
        cancellable: bool,
    },
    WaitableSetPoll {
        memory: CoreDef,
        cancellable: bool,
    },
    SubtaskCancel {
        async_: bool,
    },
    ErrorContextNew(OptionsId),
    ErrorContextDebugMessage(OptionsId),
    ContextGet {
        ty: CoreType,
        slot: u32,
    },
    ContextSet {
        ty: CoreType,
        slot: u32,
    },
    /// Starts a thread at a function of a table.
    ThreadNewIndirect {
        table: CoreDef,
    },
    /// `cancellable` counts for those that suspend or yield.
    Plain {
        builtin: PlainBuiltin,
        cancellable: bool,
    },
}

/// An instance of a core module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreInstance {
    pub part: PartId,
    pub module: ModuleSource,
    /// One entry for each import of the module, in its order: module, field, and what it is given.
    pub args: Vec<CoreArg>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreArg {
    pub module: String,
    pub field: String,
    pub def: CoreDef,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleSource {
    Embedded(ModuleId),
    Imported(ImportId),
}

/// A core function, memory, table, global or tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CoreDef {
    Export { instance: InstanceId, name: String },
    Canon(CanonId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Instance(InstanceId),
    /// Behind here on a resource of a part can be made; its destructor is known.
    Resource(ResourceId),
    /// All that the part defines is done: its lifts may be called.
    Ready(PartId),
}

/// What the component exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// `ty` is the type that is exported.
    Func {
        callee: Callee,
        ty: FuncId,
    },
    Instance {
        items: Vec<(ExternName, Export)>,
    },
    Type(ValType),
    Resource(ResourceId),
    CoreModule(ModuleSource),
    /// Nobody can instantiate it from outside.
    Component,
    /// A type of functions, instances or components.
    OtherType,
}
