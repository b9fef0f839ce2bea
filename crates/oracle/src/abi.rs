//! The Canonical ABI of a world, as this project and as `wit-parser` state it.
//!
//! In: one world in both forms. Out: how many facts agree, or the first that does not.
//! Holds: compared are size, alignment and offsets of every named type for both sizes of a memory; the core signature
//! of every function in all five forms, and how it passes parameters and results; `task.return`; the order of streams
//! and futures; the core names of functions, resources, streams and futures in both schemes.

use ::abi::names::{self, CoreName, For, ResourceOp, Scheme};
use ::abi::{Abi, Carrier, CoreSignature, CoreType, Mode, Params, PtrSize, Results, Side, Transfer, TransferOp};
use testing::Trouble;
use types::{ExternName, FuncId, InstanceId, Item, ItemKind, Kind, Types, ValType, World};
use wit_parser::abi::{AbiVariant, WasmSignature, WasmType};
use wit_parser::{
    Function, FutureIntrinsic, LiftLowerAbi, ManglingAndAbi, Resolve, ResourceIntrinsic, SizeAlign, StreamIntrinsic,
    Type, TypeDefKind, TypeId, WasmExport, WasmExportKind, WasmImport, WorldId, WorldItem, WorldKey,
};

const FORMS: [(Side, Mode, AbiVariant); 5] = [
    (Side::Lower, Mode::Sync, AbiVariant::GuestImport),
    (Side::Lower, Mode::Async, AbiVariant::GuestImportAsync),
    (Side::Lift, Mode::Sync, AbiVariant::GuestExport),
    (Side::Lift, Mode::Async, AbiVariant::GuestExportAsync),
    (Side::Lift, Mode::AsyncStackful, AbiVariant::GuestExportAsyncStackful),
];

const TRANSFERS: [TransferOp; 8] = [
    TransferOp::New,
    TransferOp::Read,
    TransferOp::Write,
    TransferOp::CancelRead,
    TransferOp::CancelWrite,
    TransferOp::DropReadable,
    TransferOp::DropWritable,
    TransferOp::Forward,
];

/// Compares all that both sides state of one world; answers how many facts that were.
///
/// # Errors
///
/// The first fact that differs.
pub fn compare(resolve: &Resolve, world: WorldId, types: &Types, ours: &World) -> Result<usize, Trouble> {
    let mut sizes = SizeAlign::default();
    sizes.fill(resolve).map_err(|error| Trouble::NotRun(format!("no sizes: {error}")))?;
    let [narrow, wide] = [PtrSize::P32, PtrSize::P64].map(|ptr| Abi::new(types, ptr));
    let mut compare = Compare { resolve, sizes, types, narrow, wide, facts: 0 };
    let theirs = &resolve.worlds[world];
    let sides = [
        (For::Imported, &theirs.imports, &ours.component.imports),
        (For::Exported, &theirs.exports, &ours.component.exports),
    ];
    for (side, theirs, ours) in sides {
        for (key, item) in theirs {
            let name = resolve.name_world_key(key);
            let found = ExternName::parse(&name).and_then(|name| ours.get_key_value(&name));
            let (name, ours) = found.ok_or_else(|| format!("`{name}` is missing"))?;
            compare.world_item(side, key, name, item, ours)?;
        }
    }
    Ok(compare.facts)
}

struct Compare<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
    types: &'a Types,
    narrow: Abi<'a>,
    wide: Abi<'a>,
    facts: usize,
}

/// Where a function or resource stands.
#[derive(Clone, Copy)]
struct Scope<'a> {
    side: For,
    key: Option<&'a WorldKey>,
    name: Option<&'a ExternName>,
}

impl Compare<'_> {
    fn equal<T: PartialEq + std::fmt::Debug>(
        &mut self,
        what: impl FnOnce() -> String,
        ours: T,
        theirs: T,
    ) -> Result<(), Trouble> {
        self.facts += 1;
        if ours == theirs {
            return Ok(());
        }
        Err(Trouble::Failed(format!("{}: here {ours:?}, there {theirs:?}", what())))
    }

    fn world_item(
        &mut self,
        side: For,
        key: &WorldKey,
        name: &ExternName,
        theirs: &WorldItem,
        ours: &Item,
    ) -> Result<(), Trouble> {
        let root = Scope { side, key: None, name: None };
        match (theirs, ours.kind) {
            (WorldItem::Interface { id, .. }, ItemKind::Instance(instance)) => {
                self.interface(Scope { side, key: Some(key), name: Some(name) }, *id, instance)
            }
            (WorldItem::Function(function), ItemKind::Func(id)) => self.func(root, function, id),
            (WorldItem::Type { id, .. }, _) => self.named_type(root, *id, ours),
            (_, _) => Err(Trouble::Failed(format!("`{name}` is of another kind"))),
        }
    }

    fn interface(&mut self, scope: Scope<'_>, id: wit_parser::InterfaceId, ours: InstanceId) -> Result<(), Trouble> {
        let (theirs, ours) = (&self.resolve.interfaces[id], &self.types.instance(ours).exports);
        let missing = |name: &str| Trouble::Failed(format!("`{name}` is missing"));
        for (name, id) in &theirs.types {
            let item = ours.get(&ExternName::label(name.as_str())).ok_or_else(|| missing(name))?;
            self.named_type(scope, *id, item)?;
        }
        for (name, function) in &theirs.functions {
            let item = ExternName::parse(name).and_then(|name| ours.get(&name)).ok_or_else(|| missing(name))?;
            let ItemKind::Func(func) = item.kind else { return Err(missing(name)) };
            self.func(scope, function, func)?;
        }
        Ok(())
    }

    fn named_type(&mut self, scope: Scope<'_>, id: TypeId, ours: &Item) -> Result<(), Trouble> {
        match (&self.resolve.types[id].kind, ours.kind) {
            (TypeDefKind::Resource, ItemKind::Resource(_)) => self.resource(scope, id),
            (_, ItemKind::Resource(_)) => Ok(()),
            (_, ItemKind::Type(ty)) => {
                self.layout(ty, &Type::Id(id))?;
                self.parts(ty, id)
            }
            (_, _) => Err(Trouble::Failed(format!("{:?} is no type", self.resolve.types[id].name))),
        }
    }

    fn layout(&mut self, ours: ValType, theirs: &Type) -> Result<(), Trouble> {
        let what = || format!("layout of {:?}", theirs);
        let (size, align) = (self.sizes.size(theirs), self.sizes.align(theirs));
        let [narrow, wide] =
            [&self.narrow, &self.wide].map(|abi| abi.layout(ours)).map(|layout| (layout.size, layout.align));
        self.equal(what, narrow, (size.size_wasm32() as u64, align.align_wasm32() as u64))?;
        self.equal(what, wide, (size.size_wasm64() as u64, align.align_wasm64() as u64))
    }

    /// Offsets of fields, and of the payload of a variant.
    fn parts(&mut self, ours: ValType, id: TypeId) -> Result<(), Trouble> {
        let what = || format!("offsets in {id:?}");
        match (&self.resolve.types[id].kind, self.types.kind(ours)) {
            (TypeDefKind::Record(record), Kind::Record(fields)) => {
                let theirs = self.sizes.field_offsets(record.fields.iter().map(|field| &field.ty));
                let theirs: Vec<_> = theirs
                    .iter()
                    .map(|(offset, _)| (offset.size_wasm32() as u64, offset.size_wasm64() as u64))
                    .collect();
                let ours = [&self.narrow, &self.wide].map(|abi| abi.field_offsets(fields.iter().map(|field| field.ty)));
                let ours: Vec<_> = std::iter::zip(&ours[0], &ours[1]).map(|(narrow, wide)| (*narrow, *wide)).collect();
                self.equal(what, ours, theirs)
            }
            (TypeDefKind::Variant(variant), Kind::Variant(cases)) => {
                let theirs =
                    self.sizes.payload_offset(variant.tag(), variant.cases.iter().map(|case| case.ty.as_ref()));
                let ours = [&self.narrow, &self.wide]
                    .map(|abi| abi.variant_layout(cases.iter().map(|case| case.ty)).payload_offset);
                self.equal(what, ours, [theirs.size_wasm32() as u64, theirs.size_wasm64() as u64])
            }
            (_, _) => Ok(()),
        }
    }

    fn resource(&mut self, scope: Scope<'_>, id: TypeId) -> Result<(), Trouble> {
        let name = self.resolve.types[id].name.clone().unwrap_or_default();
        // The world itself exports no resource.
        if scope.side == For::Exported && scope.key.is_none() {
            return Ok(());
        }
        let ops = match scope.side {
            For::Imported => &[ResourceOp::Drop][..],
            For::Exported => &[ResourceOp::Drop, ResourceOp::New, ResourceOp::Rep],
        };
        for (scheme, mangling) in schemes() {
            for op in ops {
                let import = WasmImport::ResourceIntrinsic {
                    interface: scope.key,
                    resource: id,
                    intrinsic: resource_intrinsic(scope.side, *op),
                };
                let theirs = self.resolve.wasm_import_name(mangling, import);
                let ours = names::resource(scheme, scope.side, scope.name, *op, &name);
                self.equal(|| format!("{op:?} of {name}"), pair(ours), theirs)?;
            }
            if let (For::Exported, Some(interface), Some(ours)) = (scope.side, scope.key, scope.name) {
                let theirs = WasmExport::ResourceDtor { interface, resource: id };
                let theirs = self.resolve.wasm_export_name(mangling, theirs);
                self.equal(|| format!("destructor of {name}"), names::destructor(scheme, Some(ours), &name), theirs)?;
            }
        }
        Ok(())
    }

    fn func(&mut self, scope: Scope<'_>, function: &Function, ours: FuncId) -> Result<(), Trouble> {
        let func = self.types.func(ours);
        for (param, ours) in function.params.iter().zip(&func.params) {
            self.layout(ours.ty, &param.ty)?;
        }
        for (side, mode, variant) in FORMS {
            self.call(function, ours, side, mode, variant)?;
        }
        let (_, _, theirs) = function.task_return_import(self.resolve, None, wit_parser::Mangling::Legacy);
        for ptr in [PtrSize::P32, PtrSize::P64] {
            let task_return = self.abi(ptr).task_return(func.result);
            self.equal(|| format!("task.return of {}", function.name), task_return, signature(&theirs, ptr))?;
        }
        self.func_names(scope, function)?;
        self.streams_and_futures(scope, function, ours)
    }

    fn abi(&self, ptr: PtrSize) -> &Abi<'_> {
        match ptr {
            PtrSize::P32 => &self.narrow,
            PtrSize::P64 => &self.wide,
        }
    }

    fn call(
        &mut self,
        function: &Function,
        ours: FuncId,
        side: Side,
        mode: Mode,
        variant: AbiVariant,
    ) -> Result<(), Trouble> {
        let theirs = self.resolve.wasm_signature(variant, function);
        let func = self.types.func(ours);
        let what = || format!("{} as {variant:?}", function.name);
        for ptr in [PtrSize::P32, PtrSize::P64] {
            let call = self.abi(ptr).call(func, side, mode);
            let mut expected = signature(&theirs, ptr);
            // The other side passes a representation in a pointer's place; the specification says `i32` for it.
            if rep_as_pointer(function, side) && !theirs.indirect_params {
                expected.params[0] = CoreType::I32;
            }
            self.equal(what, &call.signature, &expected)?;
            self.equal(what, matches!(call.params, Params::Spilled(_)), theirs.indirect_params)?;
            self.equal(what, matches!(call.results, Results::Spilled(_)), theirs.retptr)?;
        }
        Ok(())
    }

    fn func_names(&mut self, scope: Scope<'_>, function: &Function) -> Result<(), Trouble> {
        let name = ExternName::parse(&function.name).ok_or_else(|| format!("`{}` is no name", function.name))?;
        let what = || format!("core name of {}", function.name);
        for (scheme, mangling) in schemes() {
            match scope.side {
                For::Imported => {
                    let import = WasmImport::Func { interface: scope.key, func: function };
                    let theirs = self.resolve.wasm_import_name(mangling, import);
                    self.equal(what, pair(names::import_func(scheme, scope.name, &name)), theirs)?;
                }
                For::Exported => {
                    let ours = names::export_func(scheme, scope.name, &name);
                    let post = names::post_return(scheme, &ours);
                    let both = [(WasmExportKind::Normal, ours), (WasmExportKind::PostReturn, post)];
                    for (kind, ours) in both {
                        let export = WasmExport::Func { interface: scope.key, func: function, kind };
                        self.equal(what, ours, self.resolve.wasm_export_name(mangling, export))?;
                    }
                }
            }
        }
        self.async_names(scope, function, &name)
    }

    fn async_names(&mut self, scope: Scope<'_>, function: &Function, name: &ExternName) -> Result<(), Trouble> {
        let what = || format!("asynchronous core name of {}", function.name);
        let [callback, stackful] =
            [LiftLowerAbi::AsyncCallback, LiftLowerAbi::AsyncStackful].map(ManglingAndAbi::Legacy);
        if scope.side == For::Imported {
            let import = WasmImport::Func { interface: scope.key, func: function };
            let theirs = self.resolve.wasm_import_name(callback, import);
            return self.equal(what, pair(names::import_func_async(scope.name, name)), theirs);
        }
        let export = |kind| WasmExport::Func { interface: scope.key, func: function, kind };
        let ours = names::export_func_as(Mode::Async, scope.name, name);
        let theirs = self.resolve.wasm_export_name(callback, export(WasmExportKind::Callback));
        self.equal(what, names::callback(&ours), theirs)?;
        self.equal(what, ours, self.resolve.wasm_export_name(callback, export(WasmExportKind::Normal)))?;
        let ours = names::export_func_as(Mode::AsyncStackful, scope.name, name);
        self.equal(what, ours, self.resolve.wasm_export_name(stackful, export(WasmExportKind::Normal)))?;
        let (module, field, _) = function.task_return_import(self.resolve, scope.key, wit_parser::Mangling::Legacy);
        self.equal(what, pair(names::task_return(scope.name, name)), (module, field))
    }

    fn streams_and_futures(&mut self, scope: Scope<'_>, function: &Function, ours: FuncId) -> Result<(), Trouble> {
        let theirs = function.find_futures_and_streams(self.resolve);
        let ours = ::abi::futures_and_streams(self.types, self.types.func(ours));
        self.equal(|| format!("streams and futures of {}", function.name), ours.len(), theirs.len())?;
        for (index, (ours, theirs)) in ours.into_iter().zip(&theirs).enumerate() {
            let (carrier, payload, their_payload) = match (self.types.kind(ours), &self.resolve.types[*theirs].kind) {
                (Kind::Stream(ours), TypeDefKind::Stream(theirs)) => (Carrier::Stream, ours, theirs),
                (Kind::Future(ours), TypeDefKind::Future(theirs)) => (Carrier::Future, ours, theirs),
                (ours, theirs) => return Err(Trouble::Failed(format!("{ours:?} is not {theirs:?}"))),
            };
            if let (Some(ours), Some(theirs)) = (payload, their_payload) {
                self.layout(ours, theirs)?;
            }
            self.equal(|| "a payload".to_owned(), payload.is_some(), their_payload.is_some())?;
            self.transfers(scope, function, carrier, payload, *theirs, index)?;
        }
        Ok(())
    }

    fn transfers(
        &mut self,
        scope: Scope<'_>,
        function: &Function,
        carrier: Carrier,
        payload: Option<ValType>,
        theirs: TypeId,
        index: usize,
    ) -> Result<(), Trouble> {
        let name = ExternName::parse(&function.name).ok_or("no name")?;
        // The other side's names go by type, so a type that is there twice has its first number.
        let all = function.find_futures_and_streams(self.resolve);
        let index = all.iter().position(|other| *other == theirs).unwrap_or(index);
        let (interface, func, exported) = (scope.key, function, scope.side == For::Exported);
        for op in TRANSFERS {
            for async_ in [false, op.may_wait()] {
                for unit in [false, true] {
                    let ty = (!unit).then_some(theirs);
                    let import = match carrier {
                        Carrier::Stream => {
                            let intrinsic = stream_intrinsic(op);
                            WasmImport::StreamIntrinsic { interface, func, ty, intrinsic, exported, async_ }
                        }
                        Carrier::Future => {
                            let intrinsic = future_intrinsic(op);
                            WasmImport::FutureIntrinsic { interface, func, ty, intrinsic, exported, async_ }
                        }
                    };
                    let theirs = self.resolve.wasm_import_name(ManglingAndAbi::Legacy(LiftLowerAbi::Sync), import);
                    let transfer = Transfer { carrier, op, payload, async_ };
                    let ours = transfer.core_name(scope.side, scope.name, &name, (!unit).then_some(index));
                    self.equal(|| format!("{op:?} of {name}"), pair(ours), theirs)?;
                }
            }
        }
        Ok(())
    }
}

fn schemes() -> [(Scheme, ManglingAndAbi); 2] {
    [(Scheme::Legacy, ManglingAndAbi::Legacy(LiftLowerAbi::Sync)), (Scheme::Standard, ManglingAndAbi::Standard32)]
}

fn pair(name: CoreName) -> (String, String) {
    (name.module, name.field)
}

/// Whether the other side takes the first parameter of an exported method for a pointer.
fn rep_as_pointer(function: &Function, side: Side) -> bool {
    use wit_parser::FunctionKind as F;
    side == Side::Lift
        && match function.kind {
            F::Method(_) | F::AsyncMethod(_) | F::MethodGetter(_) | F::MethodSetter(_) => true,
            F::Freestanding
            | F::AsyncFreestanding
            | F::Static(_)
            | F::AsyncStatic(_)
            | F::Constructor(_)
            | F::Getter
            | F::Setter
            | F::StaticGetter(_)
            | F::StaticSetter(_) => false,
        }
}

fn signature(theirs: &WasmSignature, ptr: PtrSize) -> CoreSignature {
    let core = |types: &[WasmType]| types.iter().map(|ty| core_type(*ty, ptr)).collect();
    CoreSignature { params: core(&theirs.params), results: core(&theirs.results) }
}

fn core_type(ty: WasmType, ptr: PtrSize) -> CoreType {
    match ty {
        WasmType::I32 => CoreType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => CoreType::I64,
        WasmType::F32 => CoreType::F32,
        WasmType::F64 => CoreType::F64,
        WasmType::Pointer | WasmType::Length => ptr.core_type(),
    }
}

fn stream_intrinsic(op: TransferOp) -> StreamIntrinsic {
    match op {
        TransferOp::New => StreamIntrinsic::New,
        TransferOp::Read => StreamIntrinsic::Read,
        TransferOp::Write => StreamIntrinsic::Write,
        TransferOp::CancelRead => StreamIntrinsic::CancelRead,
        TransferOp::CancelWrite => StreamIntrinsic::CancelWrite,
        TransferOp::DropReadable => StreamIntrinsic::DropReadable,
        TransferOp::DropWritable => StreamIntrinsic::DropWritable,
        TransferOp::Forward => StreamIntrinsic::Forward,
    }
}

fn future_intrinsic(op: TransferOp) -> FutureIntrinsic {
    match op {
        TransferOp::New => FutureIntrinsic::New,
        TransferOp::Read => FutureIntrinsic::Read,
        TransferOp::Write => FutureIntrinsic::Write,
        TransferOp::CancelRead => FutureIntrinsic::CancelRead,
        TransferOp::CancelWrite => FutureIntrinsic::CancelWrite,
        TransferOp::DropReadable => FutureIntrinsic::DropReadable,
        TransferOp::DropWritable => FutureIntrinsic::DropWritable,
        TransferOp::Forward => FutureIntrinsic::Forward,
    }
}

fn resource_intrinsic(side: For, op: ResourceOp) -> ResourceIntrinsic {
    match (side, op) {
        (For::Imported, _) => ResourceIntrinsic::ImportedDrop,
        (For::Exported, ResourceOp::Drop) => ResourceIntrinsic::ExportedDrop,
        (For::Exported, ResourceOp::New) => ResourceIntrinsic::ExportedNew,
        (For::Exported, ResourceOp::Rep) => ResourceIntrinsic::ExportedRep,
    }
}
