//! Canonical definitions.

use wasmparser::{CanonicalFunction, CanonicalOption};

use super::Structure;
use crate::plan::{Builtin, CanonOptions, CoreSort, Sort, Step, StringEncoding, TypeRef};

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
            CanonicalFunction::ResourceNew { resource } => self.builtin(resource, Builtin::ResourceNew),
            CanonicalFunction::ResourceDrop { resource } => self.builtin(resource, Builtin::ResourceDrop),
            CanonicalFunction::ResourceRep { resource } => self.builtin(resource, Builtin::ResourceRep),
            _ => None,
        }
    }

    fn builtin(&mut self, resource: u32, builtin: fn(TypeRef) -> Builtin) -> Option<()> {
        let builtin = builtin(self.type_at(resource)?);
        let id = self.new_core_func();
        self.push(Step::Builtin { id, builtin });
        Some(())
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
