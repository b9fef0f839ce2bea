//! Emit: a plan becomes bytes.
//!
//! In: `Plan`. Out: the component's bytes.
//! Holds: index spaces are counted here and nowhere else; adjacent definitions of one kind share a section;
//! a type of an enclosing scope is reached through an `alias outer` that is written on its first use;
//! same plan, same bytes.
//!
//! Specification: Component Model, "Binary".

mod canon;
mod check;
mod core;
mod index;
mod names;
mod sections;
mod types;

use wasm::Pieces;
use wasm_encoder::{Alias, ComponentExportKind, ComponentExternName, ComponentOuterAliasKind, ComponentSectionId};

use crate::plan::{Body, ItemRef, Name, Plan, ROOT, Step};
use index::Index;
use sections::Sections;

/// What to write beside the definitions.
#[derive(Clone, Copy, Debug)]
pub struct EmitOptions {
    /// The `component-name` section with the plan's debug names.
    pub names: bool,
}

impl Default for EmitOptions {
    fn default() -> Self {
        Self { names: true }
    }
}

/// The bytes of the component.
pub fn emit(plan: &Plan<'_>, options: EmitOptions) -> Vec<u8> {
    emit_pieces(plan, options).into_contiguous().into_owned()
}

/// The bytes of the component; those of embedded modules and components stay where they are.
pub fn emit_pieces<'p>(plan: &'p Plan<'_>, options: EmitOptions) -> Pieces<'p> {
    emit_inside(&[], plan, options)
}

/// As `emit_pieces`; `outer` has the indices of the types of the plan around.
fn emit_inside<'p>(outer: &[u32], plan: &'p Plan<'_>, options: EmitOptions) -> Pieces<'p> {
    let mut emitter = Emitter { plan, options, outer, sections: Sections::new(), index: Index::new(plan) };
    for step in plan.steps(ROOT) {
        emitter.step(step);
    }
    let bytes = emitter.finish();
    if cfg!(debug_assertions) {
        check::check(plan, &bytes.borrowed().into_contiguous());
    }
    bytes
}

struct Emitter<'p, 'a, 'o> {
    plan: &'p Plan<'a>,
    options: EmitOptions,
    outer: &'o [u32],
    sections: Sections<'p>,
    index: Index,
}

impl<'p> Emitter<'p, '_, '_> {
    /// One definition. Its handle gets an index as soon as it is written.
    fn step(&mut self, step: &'p Step<'_>) {
        match step {
            Step::CoreModule { id, bytes } => self.core_module(*id, bytes),
            Step::CoreInstantiate { id, module, args } => self.core_instantiate(*id, *module, args),
            Step::CoreBag { id, exports } => self.core_bag(*id, exports),
            Step::CoreAlias { item, instance, name } => self.core_alias(*item, *instance, name),
            Step::CoreType { id, expr } => self.core_type(*id, expr),
            Step::Component { id, body } => {
                self.component(body);
                self.index.item(ROOT, (*id).into());
            }
            Step::Instantiate { id, component, args } => {
                let args: Vec<_> =
                    args.iter().map(|(name, item)| (name, kind(*item), self.index.of_item(*item))).collect();
                self.sections.instances().instantiate(self.index.components[component.slot()], args);
                self.index.item(ROOT, (*id).into());
            }
            Step::Bag { id, exports } => {
                let exports: Vec<_> = exports
                    .iter()
                    .map(|(name, item)| (extern_name(name), kind(*item), self.index.of_item(*item)))
                    .collect();
                self.sections.instances().export_items(exports);
                self.index.item(ROOT, (*id).into());
            }
            Step::Alias { item, instance, name } => {
                let instance = self.index.instances[instance.slot()];
                self.sections.aliases().alias(Alias::InstanceExport { instance, kind: kind(*item), name });
                self.index.item(ROOT, *item);
            }
            Step::Define { id, expr } => {
                let nested = types::nested(self.plan, &mut self.index, expr);
                types::encode(&self.index, ROOT, expr, nested, self.sections.types().ty());
                self.index.item(ROOT, (*id).into());
            }
            Step::OuterType { id, of } => {
                let index = self.outer[of.slot()];
                let alias = Alias::Outer { kind: ComponentOuterAliasKind::Type, count: 1, index };
                self.sections.aliases().alias(alias);
                self.index.item(ROOT, (*id).into());
            }
            Step::Resource { id, dtor } => {
                let dtor = dtor.map(|dtor| self.index.core_funcs[dtor.slot()]);
                self.sections.types().resource(wasm_encoder::ValType::I32, dtor);
                self.index.item(ROOT, (*id).into());
            }
            Step::Lift { id, core_func, ty, options } => self.lift(*id, *core_func, *ty, options),
            Step::Lower { id, func, options } => self.lower(*id, *func, options),
            Step::Builtin { id, builtin } => self.builtin(*id, builtin),
            Step::Import { item, name, ty } => {
                let ty = types::type_ref(&self.index, ROOT, *ty);
                self.sections.imports().import(extern_name(name), ty);
                self.index.item(ROOT, *item);
            }
            Step::Export { item, name, of, ascribed } => {
                let ascribed = ascribed.map(|ty| types::type_ref(&self.index, ROOT, ty));
                let index = self.index.of_item(*of);
                self.sections.exports().export(extern_name(name), kind(*of), index, ascribed);
                self.index.item(ROOT, *item);
            }
            Step::DeclaredExport { .. } => unreachable!("only instance and component types declare exports"),
        }
    }

    fn component(&mut self, body: &'p Body<'_>) {
        let bytes = match body {
            Body::Bytes(bytes) => bytes.borrowed(),
            Body::Plan(plan) => emit_inside(&self.index.types, plan, self.options),
        };
        self.sections.embed(ComponentSectionId::Component, bytes);
    }

    fn finish(mut self) -> Pieces<'p> {
        if self.options.names
            && let Some(names) = names::section(self.plan, &self.index)
        {
            self.sections.write(&names);
        }
        for (name, data) in self.plan.customs() {
            self.sections
                .write(&wasm_encoder::CustomSection { name: name.as_str().into(), data: data.as_ref().into() });
        }
        self.sections.finish()
    }
}

fn kind(item: ItemRef) -> ComponentExportKind {
    match item {
        ItemRef::CoreModule(_) => ComponentExportKind::Module,
        ItemRef::Func(_) => ComponentExportKind::Func,
        ItemRef::Type(_) => ComponentExportKind::Type,
        ItemRef::Instance(_) => ComponentExportKind::Instance,
        ItemRef::Component(_) => ComponentExportKind::Component,
    }
}

fn extern_name(name: &Name) -> ComponentExternName<'_> {
    ComponentExternName {
        name: name.text.as_str().into(),
        implements: name.implements.as_deref().map(Into::into),
        version_suffix: name.version_suffix.as_deref().map(Into::into),
        external_id: name.external_id.as_deref().map(Into::into),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_modules_stay_where_they_are() {
        let mut module = b"\0asm\x01\0\0\0\0\x83\xa7\x04\x02ab".to_vec();
        module.resize(module.len() + 70_528, 7);
        let mut inner = Plan::new();
        inner.core_module(module.as_slice());
        let mut plan = Plan::new();
        plan.core_module(module.as_slice());
        plan.nested(inner);
        let pieces = emit_pieces(&plan, EmitOptions::default());
        let borrowed = pieces.iter().filter(|piece| piece.as_ptr() == module.as_ptr()).count();
        assert_eq!(borrowed, 2);
        assert!(wasm::validate_pieces(&pieces).is_ok());
        assert_eq!(pieces.into_contiguous(), emit(&plan, EmitOptions::default()));
    }
}
