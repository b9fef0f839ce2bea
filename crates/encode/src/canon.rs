//! Canonical definitions that core modules import: what each one is, and which options it must name.
//!
//! In: a `Canon`. Out: `Needs`, the core signature, the types and resources that it mentions.
//! Holds: two definitions that differ in anything that engines see are two values, so they never share a shim.
//!
//! Specification: Component Model explainer, "Canonical Definitions".

use std::collections::HashSet;

use abi::names::For;
use abi::{Abi, Builtin, Call, Mode, Needs, Side, Transfer};
use component::StringEncoding;
use types::{ExternName, FuncId, Item, ResourceId, TypeKind, Types, ValType, World};
use wasm::{CoreType, Signature};

use crate::input::Guest;
use crate::live::parts;
use crate::names::ResourceOp;

/// A canonical definition that makes a core function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Canon {
    /// A function that the component imports.
    Lower {
        func: ImportedFunc,
        async_: bool,
    },
    /// Drops a handle of a resource that the component imports.
    DropImported {
        scope: Option<ExternName>,
        resource: ResourceId,
    },
    /// A built-in function of a resource that the component defines.
    Own {
        op: ResourceOp,
        resource: ResourceId,
    },
    /// Ends the task of an exported function.
    TaskReturn(ExportedFunc),
    /// Something done with the ends of a stream or future.
    Transfer {
        transfer: Transfer,
        of: TransferOf,
    },
    Builtin(Builtin),
}

/// A function that the component imports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImportedFunc {
    /// The interface, as the world names it; none for a function of the world itself.
    pub scope: Option<ExternName>,
    pub name: ExternName,
    pub ty: FuncId,
}

/// A function that the component exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExportedFunc {
    pub scope: Option<ExternName>,
    pub name: ExternName,
    pub ty: FuncId,
}

/// The stream or future type, and where the world mentions it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::large_enum_variant, reason = "a module has few of them")]
pub enum TransferOf {
    /// Without payload: the type is no function's.
    Unit,
    /// `key` is the import or export of the world that the function belongs to; `strings` how it encodes strings.
    Type { side: For, key: ExternName, scope: Option<ExternName>, ty: ValType, strings: StringEncoding },
}

impl ImportedFunc {
    /// The function's item in the world.
    pub fn item<'w>(&self, types: &'w Types, world: &'w World) -> Option<&'w Item> {
        let imports = &world.component.imports;
        match &self.scope {
            None => imports.get(&self.name),
            Some(scope) => types.instance(imports.get(scope)?.kind.instance()?).exports.get(&self.name),
        }
    }
}

impl Canon {
    /// The options that the definition must name: the only place that decides it for core imports.
    pub fn needs(&self, abi: &Abi<'_>) -> Needs {
        match self {
            Self::Lower { func, async_ } => lowered(abi, func.ty, *async_).needs(),
            Self::DropImported { .. } | Self::Own { .. } => Needs::default(),
            Self::TaskReturn(func) => abi.call(abi.types().func(func.ty), Side::Lift, Mode::Async).task_return_needs(),
            Self::Transfer { transfer, .. } => abi.transfer_needs(transfer),
            Self::Builtin(builtin) => builtin.needs(),
        }
    }

    /// The core type that it has.
    pub fn signature(&self, abi: &Abi<'_>) -> Signature {
        match self {
            Self::Lower { func, async_ } => core_signature(&lowered(abi, func.ty, *async_).signature),
            Self::DropImported { .. } => Signature::new([CoreType::I32], []),
            Self::Own { op, .. } => match op {
                ResourceOp::New | ResourceOp::Rep => Signature::new([CoreType::I32], [CoreType::I32]),
                ResourceOp::Drop => Signature::new([CoreType::I32], []),
            },
            Self::TaskReturn(func) => core_signature(&abi.task_return(abi.types().func(func.ty).result)),
            Self::Transfer { transfer, .. } => core_signature(&abi.transfer(transfer)),
            Self::Builtin(builtin) => core_signature(&abi.builtin(*builtin)),
        }
    }

    /// How the part that imports it encodes strings, if it can pass any.
    pub fn encoding(&self, guest: &Guest<'_>) -> Option<StringEncoding> {
        match self {
            Self::Lower { func, .. } => Some(guest.encoding(For::Imported, func.scope.as_ref(), &func.name)),
            Self::TaskReturn(func) => Some(guest.encoding(For::Exported, func.scope.as_ref(), &func.name)),
            Self::Transfer { of: TransferOf::Type { strings, .. }, .. } => Some(*strings),
            Self::Transfer { of: TransferOf::Unit, .. }
            | Self::DropImported { .. }
            | Self::Own { .. }
            | Self::Builtin(_) => None,
        }
    }

    /// The interface of the function that it is for.
    pub fn scope(&self) -> Option<&ExternName> {
        match self {
            Self::Lower { func, .. } => func.scope.as_ref(),
            Self::TaskReturn(func) => func.scope.as_ref(),
            Self::Transfer { of: TransferOf::Type { scope, .. }, .. } | Self::DropImported { scope, .. } => {
                scope.as_ref()
            }
            Self::Transfer { of: TransferOf::Unit, .. } | Self::Own { .. } | Self::Builtin(_) => None,
        }
    }

    /// Whether memory is asked of the allocator for exports, not of that for imports.
    pub fn is_for_exports(&self) -> bool {
        match self {
            Self::Transfer { of: TransferOf::Type { side, .. }, .. } => *side == For::Exported,
            Self::TaskReturn(_) | Self::Own { .. } => true,
            Self::Transfer { of: TransferOf::Unit, .. }
            | Self::Lower { .. }
            | Self::DropImported { .. }
            | Self::Builtin(_) => false,
        }
    }

    /// The resources that it mentions as those of exports.
    pub fn exported_resources(&self, types: &Types) -> Vec<ResourceId> {
        match self {
            Self::Own { resource, .. } => vec![*resource],
            Self::TaskReturn(func) => resources(types, types.func(func.ty).result),
            Self::Transfer { of: TransferOf::Type { side: For::Exported, ty, .. }, .. } => resources(types, [*ty]),
            Self::Transfer { of: TransferOf::Type { side: For::Imported, .. } | TransferOf::Unit, .. }
            | Self::Lower { .. }
            | Self::DropImported { .. }
            | Self::Builtin(_) => Vec::new(),
        }
    }
}

/// How an imported function is called.
pub fn lowered(abi: &Abi<'_>, ty: FuncId, async_: bool) -> Call {
    let mode = if async_ { Mode::Async } else { Mode::Sync };
    abi.call(abi.types().func(ty), Side::Lower, mode)
}

/// The resources that types mention, each once, in the order of their first mention.
fn resources(types: &Types, roots: impl IntoIterator<Item = ValType>) -> Vec<ResourceId> {
    let (mut found, mut seen) = (indexmap::IndexSet::new(), HashSet::new());
    let mut open: Vec<ValType> = roots.into_iter().collect();
    while let Some(ty) = open.pop() {
        let ValType::Def(id) = ty else { continue };
        if !seen.insert(id) {
            continue;
        }
        let kind = &types.def(id).kind;
        if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = kind {
            found.insert(*resource);
        }
        open.extend(parts(kind).into_iter().rev());
    }
    found.into_iter().collect()
}

/// A signature of the Canonical ABI as a core module has it.
pub fn core_signature(signature: &abi::CoreSignature) -> Signature {
    let list = |types: &[abi::CoreType]| types.iter().map(|ty| core_type(*ty)).collect::<Vec<_>>();
    Signature { params: list(&signature.params), results: list(&signature.results) }
}

/// A value type of the Canonical ABI as a core module has it.
pub fn core_type(ty: abi::CoreType) -> CoreType {
    match ty {
        abi::CoreType::I32 => CoreType::I32,
        abi::CoreType::I64 => CoreType::I64,
        abi::CoreType::F32 => CoreType::F32,
        abi::CoreType::F64 => CoreType::F64,
    }
}
