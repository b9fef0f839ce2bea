//! Canonical definitions: lift, lower, built-ins.
//!
//! Specification: Component Model, "Binary", `canon`.

use wasm_encoder::CanonicalOption;

use super::Emitter;
use crate::plan::{Builtin, CanonOptions, CoreFuncId, FuncRef, ROOT, StringEncoding, TypeRef};

impl Emitter<'_, '_> {
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
        let canons = self.sections.canons();
        match builtin {
            Builtin::ResourceNew(resource) => canons.resource_new(ty(resource)),
            Builtin::ResourceDrop(resource) => canons.resource_drop(ty(resource)),
            Builtin::ResourceRep(resource) => canons.resource_rep(ty(resource)),
        };
        self.index.core_item(id.into());
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
