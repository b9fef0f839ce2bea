//! Core modules, instances, aliases and types.

use wasm::{Extern, Pieces, Signature};
use wasm_encoder::{
    Alias, ComponentSectionId, EntityType, ExportKind, GlobalType, ModuleArg, ModuleType, TagKind, TagType, ValType,
};

use super::Emitter;
use crate::plan::{CoreInstanceId, CoreItem, CoreModuleId, CoreTypeExpr, CoreTypeId, ROOT};

impl<'p> Emitter<'p, '_, '_> {
    pub(super) fn core_module(&mut self, id: CoreModuleId, bytes: &'p Pieces<'_>) {
        self.sections.embed(ComponentSectionId::CoreModule, bytes.borrowed());
        self.index.item(ROOT, id.into());
    }

    pub(super) fn core_instantiate(
        &mut self,
        id: CoreInstanceId,
        module: CoreModuleId,
        args: &[(String, CoreInstanceId)],
    ) {
        let index = &self.index;
        let args: Vec<_> = args
            .iter()
            .map(|(name, instance)| (name, ModuleArg::Instance(index.core_instances[instance.slot()])))
            .collect();
        self.sections.core_instances().instantiate(index.core_modules[module.slot()], args);
        self.index.core_instance(id);
    }

    pub(super) fn core_bag(&mut self, id: CoreInstanceId, exports: &[(String, CoreItem)]) {
        let index = &self.index;
        let exports: Vec<_> =
            exports.iter().map(|(name, item)| (name, core_kind(*item), index.of_core_item(*item))).collect();
        self.sections.core_instances().export_items(exports);
        self.index.core_instance(id);
    }

    pub(super) fn core_alias(&mut self, item: CoreItem, instance: CoreInstanceId, name: &str) {
        let instance = self.index.core_instances[instance.slot()];
        self.sections.aliases().alias(Alias::CoreInstanceExport { instance, kind: core_kind(item), name });
        self.index.core_item(item);
    }

    pub(super) fn core_type(&mut self, id: CoreTypeId, expr: &CoreTypeExpr) {
        let encoder = self.sections.core_types().ty();
        match expr {
            CoreTypeExpr::Func(signature) => {
                encoder.core().function(val_types(&signature.params), val_types(&signature.results));
            }
            CoreTypeExpr::Module { imports, exports } => encoder.module(&module_type(imports, exports)),
        }
        self.index.core_type(ROOT, id);
    }
}

fn module_type(imports: &[(String, String, Extern)], exports: &[(String, Extern)]) -> ModuleType {
    let mut module = ModuleType::new();
    for (from, name, item) in imports {
        let ty = entity(&mut module, item);
        module.import(from, name, ty);
    }
    for (name, item) in exports {
        let ty = entity(&mut module, item);
        module.export(name, ty);
    }
    module
}

fn entity(module: &mut ModuleType, item: &Extern) -> EntityType {
    match item {
        Extern::Func(signature) => EntityType::Function(signature_index(module, signature)),
        Extern::Table(table) => EntityType::Table((*table).into()),
        Extern::Memory(memory) => EntityType::Memory((*memory).into()),
        Extern::Global(global) => {
            EntityType::Global(GlobalType { val_type: global.ty.into(), mutable: global.mutable, shared: false })
        }
        Extern::Tag(signature) => {
            let func_type_idx = signature_index(module, signature);
            EntityType::Tag(TagType { kind: TagKind::Exception, func_type_idx })
        }
    }
}

fn signature_index(module: &mut ModuleType, signature: &Signature) -> u32 {
    let index = module.type_count();
    module.ty().function(val_types(&signature.params), val_types(&signature.results));
    index
}

fn val_types(types: &[wasm::CoreType]) -> Vec<ValType> {
    types.iter().map(|ty| ValType::from(*ty)).collect()
}

fn core_kind(item: CoreItem) -> ExportKind {
    match item {
        CoreItem::Func(_) => ExportKind::Func,
        CoreItem::Table(_) => ExportKind::Table,
        CoreItem::Memory(_) => ExportKind::Memory,
        CoreItem::Global(_) => ExportKind::Global,
        CoreItem::Tag(_) => ExportKind::Tag,
    }
}
