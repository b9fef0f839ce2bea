//! Canonical definitions: functions made of core functions, and core functions that the host makes.
//!
//! Specification: Component Model explainer, "Canonical Definitions".

use ::types::transfer::{Carrier, TransferOp};
use ::types::{TypeKind, ValType};
use wasmparser::{CanonicalFunction, CanonicalOption};

use super::eval::{Eval, Result, Stop, at};
use super::part::Scope;
use super::value::{Behind, Core, Func, OptionsKey, Ty, Value};
use super::{Canon, CanonId, CanonKind, CoreDef, Lift, LiftId, Options, OptionsId, PartId};
use crate::plan::StringEncoding;
use crate::read::canon::{Ends, plain, transfer};

impl<'a> Eval<'a, '_> {
    pub(super) fn canon(&mut self, scope: &mut Scope<'a>, canon: CanonicalFunction) -> Result<()> {
        self.count(1, 0)?;
        if let CanonicalFunction::Lift { core_func_index, type_index, options } = canon {
            return self.lift(scope, core_func_index, type_index, &options);
        }
        let kind = self.canon_kind(scope, canon)?;
        let id = CanonId(self.out.canons.len());
        self.out.canons.push(Canon { part: scope.part, kind });
        scope.core_funcs.push(Core::Canon(id));
        Ok(())
    }

    fn lift(&mut self, scope: &Scope<'a>, core_func: u32, ty: u32, options: &[CanonicalOption]) -> Result<()> {
        let core = self.core_def(&scope.core_funcs, core_func)?;
        let ty = self.func_at(scope.env, ty)?;
        let options = self.options(scope, options)?;
        self.use_func(ty)?;
        let id = LiftId(self.out.lifts.len());
        self.out.lifts.push(Lift { core, ty, options });
        self.add(scope.env, Value::Func(Func { from: Behind::Lift(id), ty }));
        Ok(())
    }

    fn canon_kind(&mut self, scope: &Scope<'a>, canon: CanonicalFunction) -> Result<CanonKind> {
        use CanonicalFunction as F;
        if let Some(builtin) = plain(&canon) {
            return Ok(CanonKind::Plain { builtin, cancellable: false });
        }
        if let Some((carrier, op, ty, ends)) = transfer(&canon) {
            return self.transfer(scope, carrier, op, ty, ends);
        }
        Ok(match canon {
            F::Lower { func_index, options } => {
                let func = at(&self.envs.get(scope.env).funcs, func_index)?;
                let options = self.options(scope, &options)?;
                let callee = self.callee(func.from)?;
                self.use_func(func.ty)?;
                CanonKind::Lower { callee, ty: func.ty, options }
            }
            F::ResourceNew { resource } => CanonKind::ResourceNew(self.resource(scope, resource)?),
            F::ResourceDrop { resource } => CanonKind::ResourceDrop(self.resource(scope, resource)?),
            F::ResourceRep { resource } => CanonKind::ResourceRep(self.resource(scope, resource)?),
            F::TaskReturn { result, options } => {
                let result = self.optional(scope.env, result)?;
                self.use_optional(result)?;
                CanonKind::TaskReturn { result, options: self.options(scope, &options)? }
            }
            F::WaitableSetWait { memory } => {
                CanonKind::WaitableSetWait { memory: self.core_def(&scope.memories, memory)?, cancellable: false }
            }
            F::WaitableSetPoll { memory } => {
                CanonKind::WaitableSetPoll { memory: self.core_def(&scope.memories, memory)?, cancellable: false }
            }
            F::SubtaskCancel { async_ } => CanonKind::SubtaskCancel { async_ },
            F::ErrorContextNew { options } => CanonKind::ErrorContextNew(self.options(scope, &options)?),
            F::ErrorContextDebugMessage { options } => {
                CanonKind::ErrorContextDebugMessage(self.options(scope, &options)?)
            }
            F::ContextGet { ty, slot } => CanonKind::ContextGet { ty: ty.into(), slot },
            F::ContextSet { ty, slot } => CanonKind::ContextSet { ty: ty.into(), slot },
            F::ThreadNewIndirect { table_index, .. } => {
                CanonKind::ThreadNewIndirect { table: self.core_def(&scope.tables, table_index)? }
            }
            other => return Err(self.unsupported_canon(scope.part, &other)),
        })
    }

    fn transfer(
        &mut self,
        scope: &Scope<'a>,
        carrier: Carrier,
        op: TransferOp,
        ty: u32,
        ends: Ends<'_>,
    ) -> Result<CanonKind> {
        let options = match ends {
            Ends::Options(options) => self.options(scope, options)?,
            Ends::Async(true) => self.options(scope, &[CanonicalOption::Async])?,
            Ends::Async(false) => self.options(scope, &[])?,
        };
        let Ty::Val(ValType::Def(id)) = at(&self.envs.get(scope.env).types, ty)? else { return Err(Stop::Broken) };
        let ValType::Def(id) = self.types.unaliased(ValType::Def(id)) else { return Err(Stop::Broken) };
        let (TypeKind::Stream(payload) | TypeKind::Future(payload)) = self.types.def(id).kind else {
            return Err(Stop::Broken);
        };
        self.use_optional(payload)?;
        Ok(CanonKind::Transfer { carrier, op, payload, options })
    }

    fn resource(&mut self, scope: &Scope<'a>, index: u32) -> Result<::types::ResourceId> {
        let id = self.resource_at(scope.env, index)?;
        self.use_resource(id)?;
        Ok(id)
    }

    fn core_def(&mut self, space: &[Core<'a>], index: u32) -> Result<CoreDef> {
        let core = at(space, index)?;
        self.count(0, core.text())?;
        Ok(core.def())
    }

    fn options(&mut self, scope: &Scope<'a>, options: &[CanonicalOption]) -> Result<OptionsId> {
        let mut key = OptionsKey { part: scope.part.0, ..OptionsKey::default() };
        let func = |index: u32| at(&scope.core_funcs, index).map(Some);
        for option in options {
            match *option {
                CanonicalOption::UTF8 => key.encoding = StringEncoding::Utf8,
                CanonicalOption::UTF16 => key.encoding = StringEncoding::Utf16,
                CanonicalOption::CompactUTF16 => key.encoding = StringEncoding::CompactUtf16,
                CanonicalOption::Memory(index) => key.memory = Some(at(&scope.memories, index)?),
                CanonicalOption::Realloc(index) => key.realloc = func(index)?,
                CanonicalOption::PostReturn(index) => key.post_return = func(index)?,
                CanonicalOption::Callback(index) => key.callback = func(index)?,
                CanonicalOption::Async => key.async_ = true,
                CanonicalOption::CoreType(_) | CanonicalOption::Gc => return Err(self.unsupported_gc(scope.part)),
            }
        }
        if let Some(&known) = self.options.get(&key) {
            return Ok(known);
        }
        let id = OptionsId(self.out.options.len());
        let made = self.new_options(key)?;
        self.out.options.push(made);
        self.options.insert(key, id);
        Ok(id)
    }

    fn new_options(&mut self, key: OptionsKey<'a>) -> Result<Options> {
        let defs = [key.memory, key.realloc, key.callback, key.post_return];
        self.count(defs.len(), defs.iter().flatten().map(|core| core.text()).sum())?;
        let [memory, realloc, callback, post_return] = defs.map(|core| core.map(Core::def));
        Ok(Options {
            part: PartId(key.part),
            memory,
            memory64: key.memory.map_or(Ok(false), |memory| self.is_memory64(memory))?,
            realloc,
            encoding: key.encoding,
            async_: key.async_,
            callback,
            post_return,
        })
    }
}
