//! Canonical definitions.

use ::types::transfer::{Carrier, TransferOp};
use wasmparser::{CanonicalFunction, CanonicalOption};

use super::Structure;
use crate::plan::{Builtin, CanonOptions, CoreMemoryId, CoreSort, PlainBuiltin, Sort, Step, StringEncoding};

impl Structure<'_> {
    pub(super) fn canon(&mut self, canon: CanonicalFunction) -> Option<()> {
        match canon {
            CanonicalFunction::Lift { core_func_index, type_index, options } => {
                let core_func = *self.core.funcs.get(core_func_index as usize)?;
                let ty = self.type_at(type_index)?;
                let options = self.options(&options)?;
                let id = self.new_item(Sort::Func).expect_func();
                self.push(Step::Lift { id, core_func, ty, options });
                Some(())
            }
            CanonicalFunction::Lower { func_index, options } => {
                let func = *self.here().funcs.get(func_index as usize)?;
                let options = self.options(&options)?;
                let id = self.new_core_func();
                self.push(Step::Lower { id, func, options });
                Some(())
            }
            other => {
                let builtin = self.builtin(other)?;
                let id = self.new_core_func();
                self.push(Step::Builtin { id, builtin });
                Some(())
            }
        }
    }

    fn builtin(&mut self, canon: CanonicalFunction) -> Option<Builtin> {
        use CanonicalFunction as F;
        if let Some(plain) = plain(&canon) {
            return Some(Builtin::Plain(plain));
        }
        if let Some((carrier, op, ty, options)) = transfer(&canon) {
            let options = match options {
                Ends::Options(options) => self.options(options)?,
                Ends::Async(async_) => CanonOptions { async_, ..CanonOptions::default() },
            };
            return Some(Builtin::Transfer { carrier, op, ty: self.type_at(ty)?, options });
        }
        Some(match canon {
            F::ResourceNew { resource } => Builtin::ResourceNew(self.type_at(resource)?),
            F::ResourceDrop { resource } => Builtin::ResourceDrop(self.type_at(resource)?),
            F::ResourceRep { resource } => Builtin::ResourceRep(self.type_at(resource)?),
            F::TaskReturn { result, options } => {
                let result = match result {
                    Some(ty) => Some(self.val(ty)?),
                    None => None,
                };
                Builtin::TaskReturn { result, options: self.options(&options)? }
            }
            F::WaitableSetWait { memory: index } => Builtin::WaitableSetWait(self.memory(index)?),
            F::WaitableSetPoll { memory: index } => Builtin::WaitableSetPoll(self.memory(index)?),
            F::SubtaskCancel { async_ } => Builtin::SubtaskCancel { async_ },
            F::ErrorContextNew { options } => Builtin::ErrorContextNew(self.options(&options)?),
            F::ErrorContextDebugMessage { options } => Builtin::ErrorContextDebugMessage(self.options(&options)?),
            F::ContextGet { ty, slot } => Builtin::ContextGet { ty: ty.into(), slot },
            F::ContextSet { ty, slot } => Builtin::ContextSet { ty: ty.into(), slot },
            F::ThreadNewIndirect { func_ty_index, table_index } => Builtin::ThreadNewIndirect {
                ty: *self.here().core_types.get(func_ty_index as usize)?,
                table: *self.core.tables.get(table_index as usize)?,
            },
            _ => return None,
        })
    }

    fn memory(&self, index: u32) -> Option<CoreMemoryId> {
        self.core.memories.get(index as usize).copied()
    }

    fn new_core_func(&mut self) -> crate::plan::CoreFuncId {
        let id = self.plan.new_core_item(CoreSort::Func).expect_func();
        self.core.funcs.push(id);
        id
    }

    fn options(&self, options: &[CanonicalOption]) -> Option<CanonOptions> {
        let func = |index: u32| self.core.funcs.get(index as usize).copied();
        let mut out = CanonOptions::default();
        for option in options {
            match *option {
                CanonicalOption::UTF8 => out.string_encoding = Some(StringEncoding::Utf8),
                CanonicalOption::UTF16 => out.string_encoding = Some(StringEncoding::Utf16),
                CanonicalOption::CompactUTF16 => out.string_encoding = Some(StringEncoding::CompactUtf16),
                CanonicalOption::Memory(index) => out.memory = Some(*self.core.memories.get(index as usize)?),
                CanonicalOption::Realloc(index) => out.realloc = Some(func(index)?),
                CanonicalOption::PostReturn(index) => out.post_return = Some(func(index)?),
                CanonicalOption::Async => out.async_ = true,
                CanonicalOption::Callback(index) => out.callback = Some(func(index)?),
                CanonicalOption::CoreType(_) | CanonicalOption::Gc => return None,
            }
        }
        Some(out)
    }
}

pub(crate) fn plain(canon: &CanonicalFunction) -> Option<PlainBuiltin> {
    use CanonicalFunction as F;
    Some(match canon {
        F::TaskCancel => PlainBuiltin::TaskCancel,
        F::BackpressureInc => PlainBuiltin::BackpressureInc,
        F::BackpressureDec => PlainBuiltin::BackpressureDec,
        F::WaitableSetNew => PlainBuiltin::WaitableSetNew,
        F::WaitableSetDrop => PlainBuiltin::WaitableSetDrop,
        F::WaitableJoin => PlainBuiltin::WaitableJoin,
        F::SubtaskDrop => PlainBuiltin::SubtaskDrop,
        F::ErrorContextDrop => PlainBuiltin::ErrorContextDrop,
        F::ThreadIndex => PlainBuiltin::ThreadIndex,
        F::ThreadResumeLater => PlainBuiltin::ThreadResumeLater,
        F::ThreadSuspend => PlainBuiltin::ThreadSuspend,
        F::ThreadYield => PlainBuiltin::ThreadYield,
        F::ThreadSuspendThenResume => PlainBuiltin::ThreadSuspendThenResume,
        F::ThreadYieldThenResume => PlainBuiltin::ThreadYieldThenResume,
        F::ThreadSuspendThenPromote => PlainBuiltin::ThreadSuspendThenPromote,
        F::ThreadYieldThenPromote => PlainBuiltin::ThreadYieldThenPromote,
        _ => return None,
    })
}

/// What a built-in of a stream or future carries besides its type.
pub(crate) enum Ends<'c> {
    Options(&'c [CanonicalOption]),
    Async(bool),
}

pub(crate) fn transfer(canon: &CanonicalFunction) -> Option<(Carrier, TransferOp, u32, Ends<'_>)> {
    use CanonicalFunction as F;
    use Carrier::{Future, Stream};
    use TransferOp as Op;
    let plain = Ends::Async(false);
    Some(match canon {
        F::StreamNew { ty } => (Stream, Op::New, *ty, plain),
        F::StreamRead { ty, options } => (Stream, Op::Read, *ty, Ends::Options(options)),
        F::StreamWrite { ty, options } => (Stream, Op::Write, *ty, Ends::Options(options)),
        F::StreamCancelRead { ty, async_ } => (Stream, Op::CancelRead, *ty, Ends::Async(*async_)),
        F::StreamCancelWrite { ty, async_ } => (Stream, Op::CancelWrite, *ty, Ends::Async(*async_)),
        F::StreamDropReadable { ty } => (Stream, Op::DropReadable, *ty, plain),
        F::StreamDropWritable { ty } => (Stream, Op::DropWritable, *ty, plain),
        F::StreamForward { ty } => (Stream, Op::Forward, *ty, plain),
        F::FutureNew { ty } => (Future, Op::New, *ty, plain),
        F::FutureRead { ty, options } => (Future, Op::Read, *ty, Ends::Options(options)),
        F::FutureWrite { ty, options } => (Future, Op::Write, *ty, Ends::Options(options)),
        F::FutureCancelRead { ty, async_ } => (Future, Op::CancelRead, *ty, Ends::Async(*async_)),
        F::FutureCancelWrite { ty, async_ } => (Future, Op::CancelWrite, *ty, Ends::Async(*async_)),
        F::FutureDropReadable { ty } => (Future, Op::DropReadable, *ty, plain),
        F::FutureDropWritable { ty } => (Future, Op::DropWritable, *ty, plain),
        F::FutureForward { ty } => (Future, Op::Forward, *ty, plain),
        _ => return None,
    })
}
