//! What an index of a component stands for, when the component is instantiated.
//!
//! Holds: everything is a handle into the tables of `Eval`, so values are small and refer backwards only, and nothing
//! is freed deeply, however deep the bytes nest it.

use std::collections::HashMap;
use std::rc::Rc;

use ::types::{FuncId, ResourceId, ValType};
use indexmap::IndexMap;
use wasmparser::{ComponentExternName, ComponentTypeDeclaration, InstanceTypeDeclaration};

use super::{CanonId, CoreDef, InstanceId, LiftId, OfferSort};
use crate::plan::StringEncoding;

::types::ids! {
    /// The index spaces of a component's instance, or of the inside of a type.
    EnvId
    /// An item that the host gives: an import of the root, or inside of one.
    HostId
    /// An instance, at component level.
    ValueId
    /// A component that is defined somewhere.
    DefId
    /// An instance type or a component type that was not made concrete yet.
    ShapeId
    /// A core module that the host gives.
    HostModuleId
}

/// Anything that a component imports, exports or passes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Func(Func),
    Instance(ValueId),
    /// None for one of the host.
    Component(Option<DefId>),
    Module(Module<'a>),
    Type(Ty),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Func {
    pub(super) from: Behind,
    /// As whoever holds the value knows it.
    pub(super) ty: FuncId,
}

/// Who is behind a function. The host's become imports when something uses them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Behind {
    Host(HostId),
    Lift(LiftId),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Ty {
    Val(ValType),
    Resource(ResourceId),
    Func(FuncId),
    Instance(ShapeId),
    Component(ShapeId),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Module<'a> {
    Embedded { bytes: &'a [u8], name: Option<&'a str> },
    Host(HostModuleId),
}

/// An item that the host gives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host<'a> {
    /// The instance that it is in.
    pub(super) around: Option<HostId>,
    pub(super) name: ComponentExternName<'a>,
    pub(super) sort: OfferSort,
    /// Of a function, as it was imported.
    pub(super) ty: Option<FuncId>,
}

/// Items under their names, in order; the name for look-ups is without its version's suffix.
pub(super) type Items<'a> = IndexMap<&'a str, (ComponentExternName<'a>, Value<'a>)>;

/// A component that is defined somewhere, with what its aliases of outer items see.
#[derive(Clone, Copy, Debug)]
pub(super) struct Def<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) name: Option<&'a str>,
    pub(super) around: Option<EnvId>,
    /// The component type under which it was passed on: its instances have the exports of that one.
    pub(super) seen_as: Option<ShapeId>,
}

/// An instance type or a component type as it is written, with what its aliases of outer items see.
#[derive(Clone, Debug)]
pub(super) struct Shape<'a> {
    pub(super) decls: Decls<'a>,
    pub(super) around: EnvId,
}

#[derive(Clone, Debug)]
pub(super) enum Decls<'a> {
    Instance(Rc<[InstanceTypeDeclaration<'a>]>),
    Component(Rc<[ComponentTypeDeclaration<'a>]>),
}

/// The index spaces that aliases of outer items can see, and instances and functions beside them.
#[derive(Debug, Default)]
pub(super) struct Env<'a> {
    pub(super) around: Option<EnvId>,
    pub(super) types: Vec<Ty>,
    pub(super) core_types: Vec<CoreTy<'a>>,
    pub(super) modules: Vec<Module<'a>>,
    pub(super) components: Vec<Option<DefId>>,
    pub(super) instances: Vec<ValueId>,
    pub(super) funcs: Vec<Func>,
}

/// A core type. Only those of modules are kept.
#[derive(Clone, Debug)]
pub(super) enum CoreTy<'a> {
    Module(Rc<ModuleTy<'a>>),
    Other,
}

/// What is known of a core module from its outline, or from its type.
#[derive(Debug, Default)]
pub(super) struct ModuleTy<'a> {
    /// Module and field.
    pub(super) imports: Vec<(&'a str, &'a str)>,
    /// Exported memories, and whether their addresses have 64 bits.
    pub(super) memories: HashMap<&'a str, bool>,
}

/// A core module that the host gives.
#[derive(Clone, Debug)]
pub(super) struct HostModule<'a> {
    pub(super) host: HostId,
    pub(super) ty: Rc<ModuleTy<'a>>,
}

/// A core function, memory, table, global or tag: `CoreDef` without text of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Core<'a> {
    Export(InstanceId, &'a str),
    Canon(CanonId),
}

/// Canonical options as they are looked up: `Options` without text of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct OptionsKey<'a> {
    pub(super) part: usize,
    pub(super) memory: Option<Core<'a>>,
    pub(super) realloc: Option<Core<'a>>,
    pub(super) callback: Option<Core<'a>>,
    pub(super) post_return: Option<Core<'a>>,
    pub(super) encoding: StringEncoding,
    pub(super) async_: bool,
}

/// A core instance.
#[derive(Clone, Debug)]
pub(super) enum CoreValue<'a> {
    OfModule(InstanceId),
    Bag(Rc<HashMap<&'a str, Core<'a>>>),
}

impl Core<'_> {
    pub(super) fn def(self) -> CoreDef {
        match self {
            Self::Export(instance, name) => CoreDef::Export { instance, name: name.to_owned() },
            Self::Canon(canon) => CoreDef::Canon(canon),
        }
    }

    /// Bytes of text that `def` copies.
    pub(super) fn text(self) -> usize {
        match self {
            Self::Export(_, name) => name.len(),
            Self::Canon(_) => 0,
        }
    }
}
