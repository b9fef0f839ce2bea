//! Canonical definitions for core imports: when each can be made, and with which options.
//!
//! Holds: which options a definition needs is `Needs`, from `abi`; here they only get their handles.

use abi::builtin::Encoding;
use abi::{Needs, Transfer};
use component::StringEncoding;
use component::plan::{
    Builtin, CanonOptions, CoreFuncId, CoreSort, CoreTableId, CoreTypeExpr, FuncRef, PlainBuiltin, ROOT, TypeExpr,
    TypeRef,
};
use types::transfer::Carrier;
use types::{Owner, ResourceId};
use wasm::{CoreType, Signature};

use super::Build;
use crate::canon::{Canon, ExportedFunc, ImportedFunc, TransferOf, core_type};
use crate::fixup::Hooked;
use crate::input::{Linked, Part};
use crate::names::{ResourceOp, special};
use crate::shim::Slot;

/// When a definition is made: that decides what is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before the part that imports it is instantiated.
    Import,
    /// After every part, before the fixup.
    Fixup,
    /// After the fixup.
    Export,
}

impl Build<'_, '_> {
    /// Whether a definition needs something of the main module, for that module itself.
    pub(super) fn is_late(&self, part: Part, canon: &Canon) -> bool {
        let memory_is_late = self.slots.memory.is_none();
        let late =
            *canon == Canon::Builtin(abi::Builtin::ThreadNewIndirect) || canon.needs(self.abi).memory && memory_is_late;
        part == Part::Main && late
    }

    /// The allocator that a definition can only call through a slot.
    pub(super) fn realloc_by_slot(&self, part: Part, canon: &Canon) -> Option<Linked> {
        if !canon.needs(self.abi).realloc {
            return None;
        }
        let realloc = self.realloc_for(part, canon)?;
        let stage = if self.is_late(part, canon) { Stage::Fixup } else { Stage::Import };
        self.goes_by_slot(part, &realloc, stage).then_some(realloc)
    }

    /// A hooked allocator is wrapped by the fixup, so before that it is only there as a slot.
    fn goes_by_slot(&self, part: Part, realloc: &Linked, stage: Stage) -> bool {
        match stage {
            Stage::Import => self.hook.is_some() || realloc.part >= part,
            Stage::Fixup => self.hook.is_some(),
            Stage::Export => false,
        }
    }

    fn realloc_for(&self, part: Part, canon: &Canon) -> Option<Linked> {
        let specials = &self.bound(part).exports.specials;
        let realloc = if canon.is_for_exports() { &specials.export_realloc } else { &specials.import_realloc };
        realloc.clone()
    }

    /// The core function that a definition makes.
    pub(super) fn define(&mut self, part: Part, canon: &Canon, stage: Stage) -> diag::Result<CoreFuncId> {
        for resource in canon.exported_resources(self.types) {
            self.define_if_own(resource);
        }
        match canon {
            Canon::Lower { func, async_ } => {
                let options = CanonOptions { async_: *async_, ..self.options_of(part, canon, stage) };
                Ok(self.lower(func, options))
            }
            Canon::DropImported { resource, .. } => {
                let resource = self.declared.resource(&mut self.plan, ROOT, *resource)?;
                Ok(self.plan.resource_drop(resource))
            }
            Canon::Own { op, resource } => {
                let resource = self.own_resource(*resource);
                Ok(match op {
                    ResourceOp::New => self.plan.resource_new(resource),
                    ResourceOp::Rep => self.plan.resource_rep(resource),
                    ResourceOp::Drop => self.plan.resource_drop(resource),
                })
            }
            Canon::TaskReturn(func) => self.task_return(part, canon, func, stage),
            Canon::Transfer { transfer, of } => self.transfer(part, canon, transfer, of, stage),
            Canon::Builtin(builtin) => Ok(self.builtin(part, canon, *builtin, stage)),
        }
    }

    fn options_of(&mut self, part: Part, canon: &Canon, stage: Stage) -> CanonOptions {
        let realloc = self.realloc_for(part, canon);
        let encoding = canon.encoding(self.input.guest(part));
        self.options(canon.needs(self.abi), encoding, (part, realloc.as_ref()), stage)
    }

    /// The options that are needed. `encoding` is how strings are passed, if any are.
    pub(super) fn options(
        &mut self,
        needs: Needs,
        encoding: Option<StringEncoding>,
        (part, realloc): (Part, Option<&Linked>),
        stage: Stage,
    ) -> CanonOptions {
        let memory = if needs.memory { self.memory() } else { None };
        let realloc = realloc.filter(|_| needs.realloc).map(|realloc| self.realloc(part, realloc, stage));
        let string_encoding = encoding.filter(|_| needs.strings);
        CanonOptions { memory, realloc, string_encoding, ..CanonOptions::default() }
    }

    fn realloc(&mut self, part: Part, realloc: &Linked, stage: Stage) -> CoreFuncId {
        if stage == Stage::Export {
            return self.called_by_host(realloc.part, &realloc.export, Hooked::Realloc);
        }
        if self.goes_by_slot(part, realloc, stage) {
            let slot = Slot::Realloc(realloc.clone());
            let name = self.slots.export_name(&slot).expect("`choose_slots` saw the same definitions");
            return self.plan.core_alias_func(self.shim(), &name);
        }
        self.linked_func(realloc)
    }

    fn lower(&mut self, func: &ImportedFunc, options: CanonOptions) -> CoreFuncId {
        let key = (func.clone(), options);
        if let Some(id) = self.lowered.get(&key) {
            return *id;
        }
        let of: FuncRef = self.imported_func(func);
        let id = self.plan.lower(of, key.1.clone());
        self.lowered.insert(key, id);
        id
    }

    pub(super) fn define_if_own(&mut self, resource: ResourceId) {
        let own = match self.types.resource(resource).owner {
            Owner::Instance(id) => self.own.contains(&id),
            Owner::World | Owner::Nothing => self.input.defines(self.types, resource),
        };
        if own {
            self.own_resource(resource);
        }
    }

    fn task_return(
        &mut self,
        part: Part,
        canon: &Canon,
        func: &ExportedFunc,
        stage: Stage,
    ) -> diag::Result<CoreFuncId> {
        let options = self.options_of(part, canon, stage);
        let result = match self.types.func(func.ty).result {
            Some(ty) => Some(self.declared.val_type(&mut self.plan, ROOT, ty)?),
            None => None,
        };
        Ok(self.plan.builtin(Builtin::TaskReturn { result, options }))
    }

    fn transfer(
        &mut self,
        part: Part,
        canon: &Canon,
        transfer: &Transfer,
        of: &TransferOf,
        stage: Stage,
    ) -> diag::Result<CoreFuncId> {
        let Transfer { carrier, op, async_, payload: _ } = *transfer;
        let options = CanonOptions { async_, ..self.options_of(part, canon, stage) };
        let ty: TypeRef = match (of, carrier) {
            (TransferOf::Type { ty, .. }, Carrier::Stream | Carrier::Future) => {
                self.declared.type_ref(&mut self.plan, ROOT, self.types.unaliased(*ty))?
            }
            (TransferOf::Unit, Carrier::Stream) => self.plan.define(ROOT, TypeExpr::Stream(None)),
            (TransferOf::Unit, Carrier::Future) => self.plan.define(ROOT, TypeExpr::Future(None)),
        };
        Ok(self.plan.builtin(Builtin::Transfer { carrier, op, ty, options }))
    }

    fn builtin(&mut self, part: Part, canon: &Canon, builtin: abi::Builtin, stage: Stage) -> CoreFuncId {
        let options = self.options_of(part, canon, stage);
        let with_encoding = |encoding| CanonOptions { string_encoding: Some(string_encoding(encoding)), ..options };
        let memory = options.memory;
        let planned = match builtin {
            abi::Builtin::WaitableSetWait => Builtin::WaitableSetWait(memory.expect(CHECKED)),
            abi::Builtin::WaitableSetPoll => Builtin::WaitableSetPoll(memory.expect(CHECKED)),
            abi::Builtin::ErrorContextNew(encoding) => Builtin::ErrorContextNew(with_encoding(encoding)),
            abi::Builtin::ErrorContextDebugMessage(encoding) => {
                Builtin::ErrorContextDebugMessage(with_encoding(encoding))
            }
            abi::Builtin::SubtaskCancel { async_ } => Builtin::SubtaskCancel { async_ },
            abi::Builtin::ContextGet { ty, slot } => Builtin::ContextGet { ty: core_type(ty), slot },
            abi::Builtin::ContextSet { ty, slot } => Builtin::ContextSet { ty: core_type(ty), slot },
            abi::Builtin::ThreadNewIndirect => self.new_thread(),
            abi::Builtin::TaskCancel => Builtin::Plain(PlainBuiltin::TaskCancel),
            abi::Builtin::BackpressureInc => Builtin::Plain(PlainBuiltin::BackpressureInc),
            abi::Builtin::BackpressureDec => Builtin::Plain(PlainBuiltin::BackpressureDec),
            abi::Builtin::WaitableSetNew => Builtin::Plain(PlainBuiltin::WaitableSetNew),
            abi::Builtin::WaitableSetDrop => Builtin::Plain(PlainBuiltin::WaitableSetDrop),
            abi::Builtin::WaitableJoin => Builtin::Plain(PlainBuiltin::WaitableJoin),
            abi::Builtin::SubtaskDrop => Builtin::Plain(PlainBuiltin::SubtaskDrop),
            abi::Builtin::ErrorContextDrop => Builtin::Plain(PlainBuiltin::ErrorContextDrop),
            abi::Builtin::ThreadIndex => Builtin::Plain(PlainBuiltin::ThreadIndex),
            abi::Builtin::ThreadResumeLater => Builtin::Plain(PlainBuiltin::ThreadResumeLater),
            abi::Builtin::ThreadSuspend => Builtin::Plain(PlainBuiltin::ThreadSuspend),
            abi::Builtin::ThreadYield => Builtin::Plain(PlainBuiltin::ThreadYield),
            abi::Builtin::ThreadSuspendThenResume => Builtin::Plain(PlainBuiltin::ThreadSuspendThenResume),
            abi::Builtin::ThreadYieldThenResume => Builtin::Plain(PlainBuiltin::ThreadYieldThenResume),
            abi::Builtin::ThreadSuspendThenPromote => Builtin::Plain(PlainBuiltin::ThreadSuspendThenPromote),
            abi::Builtin::ThreadYieldThenPromote => Builtin::Plain(PlainBuiltin::ThreadYieldThenPromote),
        };
        self.plan.builtin(planned)
    }

    /// A thread begins at a function of one `i32` in the main module's table.
    fn new_thread(&mut self) -> Builtin {
        let start = Signature::new([CoreType::I32], []);
        let ty = self.plan.core_type(CoreTypeExpr::Func(start));
        let table = self.plan.core_alias(self.instances[&Part::Main], CoreSort::Table, special::FUNCTION_TABLE);
        let table: CoreTableId = table.expect_table();
        Builtin::ThreadNewIndirect { ty, table }
    }

    /// The thread's own slot for the address of its data.
    pub(super) fn tls_slot(&mut self, set: bool, ty: CoreType) -> CoreFuncId {
        let slot = 1;
        self.plan.builtin(if set { Builtin::ContextSet { ty, slot } } else { Builtin::ContextGet { ty, slot } })
    }
}

const CHECKED: &str = "`parts` refuses modules without the memory that they need";

fn string_encoding(encoding: Encoding) -> StringEncoding {
    match encoding {
        Encoding::Utf8 => StringEncoding::Utf8,
        Encoding::Utf16 => StringEncoding::Utf16,
        Encoding::Latin1Utf16 => StringEncoding::CompactUtf16,
    }
}
