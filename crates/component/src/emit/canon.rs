//! Canonical definitions: lift, lower, built-ins.
//!
//! Specification: Component Model, "Binary", `canon`.

use ::types::transfer::{Carrier, TransferOp};
use wasm_encoder::{CanonicalFunctionSection, CanonicalOption};

use super::Emitter;
use super::types::val_type;
use crate::plan::{
    Builtin, CanonOptions, CoreFuncId, CoreMemoryId, FuncRef, PlainBuiltin, ROOT, StringEncoding, TypeRef,
};

impl Emitter<'_, '_, '_> {
    pub(super) fn lift(&mut self, id: FuncRef, core_func: CoreFuncId, ty: TypeRef, options: &CanonOptions) {
        let options = self.options(options);
        let core_func = self.index.core_funcs[core_func.slot()];
        self.sections.canons().lift(core_func, self.index.ty(ROOT, ty), options);
        self.index.item(ROOT, id.into());
    }

    pub(super) fn lower(&mut self, id: CoreFuncId, func: FuncRef, options: &CanonOptions) {
        let options = self.options(options);
        self.sections.canons().lower(self.index.funcs[func.slot()], options);
        self.index.core_item(id.into());
    }

    pub(super) fn builtin(&mut self, id: CoreFuncId, builtin: &Builtin) {
        let ty = |ty: &TypeRef| self.index.ty(ROOT, *ty);
        let memory = |id: &CoreMemoryId| self.index.core_memories[id.slot()];
        match builtin {
            Builtin::ResourceNew(resource) => self.sections.canons().resource_new(ty(resource)),
            Builtin::ResourceDrop(resource) => self.sections.canons().resource_drop(ty(resource)),
            Builtin::ResourceRep(resource) => self.sections.canons().resource_rep(ty(resource)),
            Builtin::TaskReturn { result, options } => {
                let result = result.map(|result| val_type(&self.index, ROOT, result));
                let options = self.options(options);
                self.sections.canons().task_return(result, options)
            }
            Builtin::Transfer { carrier, op, ty, options } => return self.transfer(id, *carrier, *op, *ty, options),
            Builtin::WaitableSetWait(id) => self.sections.canons().waitable_set_wait(memory(id)),
            Builtin::WaitableSetPoll(id) => self.sections.canons().waitable_set_poll(memory(id)),
            Builtin::SubtaskCancel { async_ } => self.sections.canons().subtask_cancel(*async_),
            Builtin::ErrorContextNew(options) => {
                let options = self.options(options);
                self.sections.canons().error_context_new(options)
            }
            Builtin::ErrorContextDebugMessage(options) => {
                let options = self.options(options);
                self.sections.canons().error_context_debug_message(options)
            }
            Builtin::ContextGet { ty, slot } => self.sections.canons().context_get((*ty).into(), *slot),
            Builtin::ContextSet { ty, slot } => self.sections.canons().context_set((*ty).into(), *slot),
            Builtin::ThreadNewIndirect { ty, table } => {
                let (ty, table) = (self.index.core_ty(ROOT, *ty), self.index.core_tables[table.slot()]);
                self.sections.canons().thread_new_indirect(ty, table)
            }
            Builtin::Plain(plain) => self.plain(*plain),
        };
        self.index.core_item(id.into());
    }

    fn transfer(&mut self, id: CoreFuncId, carrier: Carrier, op: TransferOp, ty: TypeRef, options: &CanonOptions) {
        let ty = self.index.ty(ROOT, ty);
        let async_ = options.async_;
        let options = self.options(options);
        let canons = self.sections.canons();
        match (carrier, op) {
            (Carrier::Stream, TransferOp::New) => canons.stream_new(ty),
            (Carrier::Stream, TransferOp::Read) => canons.stream_read(ty, options),
            (Carrier::Stream, TransferOp::Write) => canons.stream_write(ty, options),
            (Carrier::Stream, TransferOp::CancelRead) => canons.stream_cancel_read(ty, async_),
            (Carrier::Stream, TransferOp::CancelWrite) => canons.stream_cancel_write(ty, async_),
            (Carrier::Stream, TransferOp::DropReadable) => canons.stream_drop_readable(ty),
            (Carrier::Stream, TransferOp::DropWritable) => canons.stream_drop_writable(ty),
            (Carrier::Stream, TransferOp::Forward) => canons.stream_forward(ty),
            (Carrier::Future, TransferOp::New) => canons.future_new(ty),
            (Carrier::Future, TransferOp::Read) => canons.future_read(ty, options),
            (Carrier::Future, TransferOp::Write) => canons.future_write(ty, options),
            (Carrier::Future, TransferOp::CancelRead) => canons.future_cancel_read(ty, async_),
            (Carrier::Future, TransferOp::CancelWrite) => canons.future_cancel_write(ty, async_),
            (Carrier::Future, TransferOp::DropReadable) => canons.future_drop_readable(ty),
            (Carrier::Future, TransferOp::DropWritable) => canons.future_drop_writable(ty),
            (Carrier::Future, TransferOp::Forward) => canons.future_forward(ty),
        };
        self.index.core_item(id.into());
    }

    fn plain(&mut self, plain: PlainBuiltin) -> &mut CanonicalFunctionSection {
        let canons = self.sections.canons();
        match plain {
            PlainBuiltin::TaskCancel => canons.task_cancel(),
            PlainBuiltin::BackpressureInc => canons.backpressure_inc(),
            PlainBuiltin::BackpressureDec => canons.backpressure_dec(),
            PlainBuiltin::WaitableSetNew => canons.waitable_set_new(),
            PlainBuiltin::WaitableSetDrop => canons.waitable_set_drop(),
            PlainBuiltin::WaitableJoin => canons.waitable_join(),
            PlainBuiltin::SubtaskDrop => canons.subtask_drop(),
            PlainBuiltin::ErrorContextDrop => canons.error_context_drop(),
            PlainBuiltin::ThreadIndex => canons.thread_index(),
            PlainBuiltin::ThreadResumeLater => canons.thread_resume_later(),
            PlainBuiltin::ThreadSuspend => canons.thread_suspend(),
            PlainBuiltin::ThreadYield => canons.thread_yield(),
            PlainBuiltin::ThreadSuspendThenResume => canons.thread_suspend_then_resume(),
            PlainBuiltin::ThreadYieldThenResume => canons.thread_yield_then_resume(),
            PlainBuiltin::ThreadSuspendThenPromote => canons.thread_suspend_then_promote(),
            PlainBuiltin::ThreadYieldThenPromote => canons.thread_yield_then_promote(),
        }
    }

    /// In the order in which today's encoders write them.
    fn options(&self, options: &CanonOptions) -> Vec<CanonicalOption> {
        let core_func = |id: CoreFuncId| self.index.core_funcs[id.slot()];
        let mut out = Vec::new();
        out.extend(options.memory.map(|id| CanonicalOption::Memory(self.index.core_memories[id.slot()])));
        out.extend(options.realloc.map(|id| CanonicalOption::Realloc(core_func(id))));
        out.extend(options.string_encoding.map(|encoding| match encoding {
            StringEncoding::Utf8 => CanonicalOption::UTF8,
            StringEncoding::Utf16 => CanonicalOption::UTF16,
            StringEncoding::CompactUtf16 => CanonicalOption::CompactUTF16,
        }));
        out.extend(options.async_.then_some(CanonicalOption::Async));
        out.extend(options.post_return.map(|id| CanonicalOption::PostReturn(core_func(id))));
        out.extend(options.callback.map(|id| CanonicalOption::Callback(core_func(id))));
        out
    }
}
