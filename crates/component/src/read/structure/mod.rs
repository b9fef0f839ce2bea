//! Structure: the bytes of a component become the plan that makes those bytes.
//!
//! In: the bytes of a valid component. Out: `Plan`, nested components left as borrowed bytes.
//! Holds: steps come in the order of the definitions; `alias outer` of a type is no step, since a plan names
//! types of enclosing scopes directly. `None` for what a plan cannot say yet: values, `start`,
//! items of enclosing components, and built-ins that `Builtin` lacks. Debug names of the root scope are kept.
//!
//! Specification: Component Model, "Binary".

pub(crate) mod canon;
mod core;
mod names;
mod types;

use wasmparser::{
    ComponentAlias, ComponentExport, ComponentExternName, ComponentExternalKind, ComponentImport, ComponentInstance,
    ComponentOuterAliasKind, Parser, Payload,
};

use crate::plan::{
    Body, ComponentRef, CoreFuncId, CoreGlobalId, CoreInstanceId, CoreMemoryId, CoreModuleId, CoreTableId, CoreTagId,
    CoreTypeId, FuncRef, InstanceRef, ItemRef, ItemType, Name, Plan, ROOT, ScopeId, Sort, Step, TypeRef,
};

/// The plan of a component.
pub fn structure(bytes: &[u8]) -> Option<Plan<'_>> {
    let (plan, spaces) = (Plan::new(), vec![Space::new(ROOT)]);
    let mut reader = Structure { plan, spaces, core: Core::default(), names: Vec::new() };
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.ok()?;
        match &payload {
            Payload::End(_) if depth > 0 => depth -= 1,
            Payload::ModuleSection { unchecked_range, .. } | Payload::ComponentSection { unchecked_range, .. } => {
                if depth == 0 {
                    let range =
                        usize::try_from(unchecked_range.start).ok()?..usize::try_from(unchecked_range.end).ok()?;
                    reader.embedded(bytes.get(range)?, matches!(payload, Payload::ModuleSection { .. }));
                }
                depth += 1;
            }
            _ if depth == 0 => reader.section(payload)?,
            _ => {}
        }
    }
    for names in std::mem::take(&mut reader.names) {
        reader.debug_names(names);
    }
    Some(reader.plan)
}

struct Structure<'a> {
    plan: Plan<'a>,
    /// The index spaces of the scope at hand, those of the scopes around it before.
    spaces: Vec<Space>,
    core: Core,
    /// The sections of debug names: they may stand before what they name.
    names: Vec<&'a [u8]>,
}

/// Index spaces that every scope has.
struct Space {
    scope: ScopeId,
    types: Vec<TypeRef>,
    core_types: Vec<CoreTypeId>,
    core_modules: Vec<CoreModuleId>,
    funcs: Vec<FuncRef>,
    instances: Vec<InstanceRef>,
    components: Vec<ComponentRef>,
}

/// Index spaces that only the component itself has.
#[derive(Default)]
struct Core {
    funcs: Vec<CoreFuncId>,
    tables: Vec<CoreTableId>,
    memories: Vec<CoreMemoryId>,
    globals: Vec<CoreGlobalId>,
    tags: Vec<CoreTagId>,
    instances: Vec<CoreInstanceId>,
}

impl Space {
    fn new(scope: ScopeId) -> Self {
        Self {
            scope,
            types: Vec::new(),
            core_types: Vec::new(),
            core_modules: Vec::new(),
            funcs: Vec::new(),
            instances: Vec::new(),
            components: Vec::new(),
        }
    }

    fn add(&mut self, item: ItemRef) {
        match item {
            ItemRef::CoreModule(id) => self.core_modules.push(id),
            ItemRef::Func(id) => self.funcs.push(id),
            ItemRef::Type(id) => self.types.push(id),
            ItemRef::Instance(id) => self.instances.push(id),
            ItemRef::Component(id) => self.components.push(id),
        }
    }

    fn item(&self, kind: ComponentExternalKind, index: u32) -> Option<ItemRef> {
        let index = index as usize;
        Some(match kind {
            ComponentExternalKind::Module => (*self.core_modules.get(index)?).into(),
            ComponentExternalKind::Func => (*self.funcs.get(index)?).into(),
            ComponentExternalKind::Type => (*self.types.get(index)?).into(),
            ComponentExternalKind::Instance => (*self.instances.get(index)?).into(),
            ComponentExternalKind::Component => (*self.components.get(index)?).into(),
            ComponentExternalKind::Value => return None,
        })
    }
}

impl<'a> Structure<'a> {
    fn here(&mut self) -> &mut Space {
        self.spaces.last_mut().expect("the root's index spaces stay")
    }

    fn scope(&self) -> ScopeId {
        self.spaces.last().expect("the root's index spaces stay").scope
    }

    /// Makes a new item of the scope at hand.
    fn new_item(&mut self, sort: Sort) -> ItemRef {
        let item = self.plan.new_item(self.scope(), sort);
        self.here().add(item);
        item
    }

    fn push(&mut self, step: Step<'a>) {
        self.plan.push(self.scope(), step);
    }

    fn embedded(&mut self, bytes: &'a [u8], module: bool) {
        if module {
            let id = self.new_item(Sort::CoreModule).expect_core_module();
            self.push(Step::CoreModule { id, bytes: bytes.into() });
        } else {
            let id = self.new_item(Sort::Component).expect_component();
            self.push(Step::Component { id, body: Body::Bytes(bytes.into()) });
        }
    }

    fn section(&mut self, payload: Payload<'a>) -> Option<()> {
        match payload {
            Payload::InstanceSection(section) => self.each(section, Self::core_instance),
            Payload::CoreTypeSection(section) => self.each(section, Self::core_type),
            Payload::ComponentInstanceSection(section) => self.each(section, Self::instance),
            Payload::ComponentAliasSection(section) => self.each(section, Self::alias),
            Payload::ComponentTypeSection(section) => self.each(section, Self::ty),
            Payload::ComponentCanonicalSection(section) => self.each(section, Self::canon),
            Payload::ComponentImportSection(section) => self.each(section, Self::import),
            Payload::ComponentExportSection(section) => self.each(section, Self::export),
            Payload::CustomSection(section) if section.name() == "component-name" => {
                self.names.push(section.data());
                Some(())
            }
            Payload::CustomSection(section) => {
                self.plan.custom(section.name(), section.data());
                Some(())
            }
            Payload::Version { .. } | Payload::End(_) => Some(()),
            _ => None,
        }
    }

    fn each<T: wasmparser::FromReader<'a>>(
        &mut self,
        section: wasmparser::SectionLimited<'a, T>,
        one: fn(&mut Self, T) -> Option<()>,
    ) -> Option<()> {
        section.into_iter().try_for_each(|item| one(self, item.ok()?))
    }

    fn instance(&mut self, instance: ComponentInstance<'a>) -> Option<()> {
        let id = self.plan.new_instance(ROOT);
        let space = self.here();
        let step = match instance {
            ComponentInstance::Instantiate { component_index, args } => {
                let component = *space.components.get(component_index as usize)?;
                let args = args.iter().map(|arg| Some((arg.name.to_owned(), space.item(arg.kind, arg.index)?)));
                Step::Instantiate { id, component, args: args.collect::<Option<_>>()? }
            }
            ComponentInstance::FromExports(exports) => {
                let exports =
                    exports.iter().map(|export| Some((name(export.name), space.item(export.kind, export.index)?)));
                Step::Bag { id, exports: exports.collect::<Option<_>>()? }
            }
        };
        space.instances.push(id);
        self.push(step);
        Some(())
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> Option<()> {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let instance = *self.here().instances.get(instance_index as usize)?;
                let item = self.new_item(sort(kind)?);
                self.push(Step::Alias { item, instance, name: name.to_owned() });
                Some(())
            }
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                self.core_alias(kind, instance_index, name)
            }
            ComponentAlias::Outer { kind, count, index } => self.alias_outer(kind, count, index),
        }
    }

    /// A type of an enclosing scope gets an index here, and no step.
    fn alias_outer(&mut self, kind: ComponentOuterAliasKind, count: u32, index: u32) -> Option<()> {
        let at = self.spaces.len().checked_sub(1 + count as usize)?;
        match kind {
            ComponentOuterAliasKind::Type => {
                let ty = *self.spaces[at].types.get(index as usize)?;
                self.here().types.push(ty);
            }
            ComponentOuterAliasKind::CoreType => {
                let ty = *self.spaces[at].core_types.get(index as usize)?;
                self.here().core_types.push(ty);
            }
            ComponentOuterAliasKind::CoreModule | ComponentOuterAliasKind::Component => return None,
        }
        Some(())
    }

    fn import(&mut self, import: ComponentImport<'a>) -> Option<()> {
        let ty = self.item_type(import.ty)?;
        let item = self.new_item(ty.sort());
        self.push(Step::Import { item, name: name(import.name), ty });
        Some(())
    }

    fn export(&mut self, export: ComponentExport<'a>) -> Option<()> {
        let of = self.here().item(export.kind, export.index)?;
        let ascribed = match export.ty {
            Some(ty) => Some(self.item_type(ty)?),
            None => None,
        };
        let item = self.new_item(of.sort());
        self.push(Step::Export { item, name: name(export.name), of, ascribed });
        Some(())
    }

    fn declared_export(&mut self, declared: ComponentExternName<'_>, ty: ItemType) {
        let item = self.new_item(ty.sort());
        self.push(Step::DeclaredExport { item, name: name(declared), ty });
    }
}

fn sort(kind: ComponentExternalKind) -> Option<Sort> {
    match kind {
        ComponentExternalKind::Module => Some(Sort::CoreModule),
        ComponentExternalKind::Func => Some(Sort::Func),
        ComponentExternalKind::Type => Some(Sort::Type),
        ComponentExternalKind::Instance => Some(Sort::Instance),
        ComponentExternalKind::Component => Some(Sort::Component),
        ComponentExternalKind::Value => None,
    }
}

fn name(name: ComponentExternName<'_>) -> Name {
    Name {
        text: name.name.to_owned(),
        implements: name.implements.map(str::to_owned),
        version_suffix: name.version_suffix.map(str::to_owned),
        external_id: name.external_id.map(str::to_owned),
    }
}
