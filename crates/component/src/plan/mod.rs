//! Plan: what a component will contain, decided before any byte is written.
//!
//! In: calls that each push one step and return the handle of what the step defines.
//! Out: `Plan`, for `emit` or as a nested component of another plan.
//! Holds: typed handles only, no index numbers; steps refer to earlier handles, so a plan is acyclic;
//! embedded modules and components are borrowed bytes, never copied before `emit`;
//! the same alias, type definition or built-in asked for twice in one scope is one step.
//!
//! A scope is the component itself (`ROOT`) or the inside of an instance or component type.
//! A type may name types of enclosing scopes: `emit` writes the `alias outer` for it.
//!
//! Specification: Component Model explainer, "Component Definitions".

pub mod expr;
pub mod ids;
pub mod step;

mod declare;
mod dump;
mod order;
mod uses;

use std::borrow::Cow;
use std::collections::HashMap;

pub use declare::{Declared, item_name};
pub use expr::{
    Builtin, CanonOptions, CoreTypeExpr, ItemType, Name, PlainBuiltin, Primitive, StringEncoding, TypeExpr, ValRef,
};
pub use ids::{
    ComponentRef, CoreFuncId, CoreGlobalId, CoreInstanceId, CoreItem, CoreMemoryId, CoreModuleId, CoreSort,
    CoreTableId, CoreTagId, CoreTypeId, FuncRef, InstanceRef, ItemRef, Nameable, ScopeId, Sort, TypeRef,
};
pub use step::{Body, Step};
use wasm::Pieces;

/// The scope of the component itself.
pub const ROOT: ScopeId = ScopeId(0);

/// What a component will contain.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    scopes: Vec<Scope<'a>>,
    counts: Counts,
    /// The scope that defines each type.
    type_scopes: Vec<ScopeId>,
    instance_scopes: Vec<ScopeId>,
    cache: Cache,
    /// Debug names, written when `emit` is asked for them.
    debug_names: Vec<(Nameable, String)>,
    name: Option<String>,
    /// Custom sections, written after everything else.
    customs: Vec<(String, Cow<'a, [u8]>)>,
}

#[derive(Clone, Debug)]
struct Scope<'a> {
    parent: Option<ScopeId>,
    kind: ScopeKind,
    steps: Vec<Step<'a>>,
}

/// What a scope is the inside of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Component,
    InstanceType,
    ComponentType,
}

#[derive(Clone, Debug, Default)]
struct Counts {
    core_modules: u32,
    core_instances: u32,
    core_funcs: u32,
    core_tables: u32,
    core_memories: u32,
    core_globals: u32,
    core_tags: u32,
    core_types: u32,
    components: u32,
    funcs: u32,
}

/// How many handles of each sort that type scopes can define.
pub(crate) struct Sizes {
    pub(crate) scopes: usize,
    pub(crate) types: usize,
    pub(crate) instances: usize,
    pub(crate) funcs: usize,
    pub(crate) components: usize,
    pub(crate) core_modules: usize,
}

/// Look-ups only; never iterated.
#[derive(Clone, Debug, Default)]
struct Cache {
    types: HashMap<(ScopeId, TypeExpr), TypeRef>,
    aliases: HashMap<(InstanceRef, Sort, String), ItemRef>,
    core_aliases: HashMap<(CoreInstanceId, CoreSort, String), CoreItem>,
    builtins: HashMap<Builtin, CoreFuncId>,
    core_types: HashMap<CoreTypeExpr, CoreTypeId>,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self::new()
    }
}

/// Two plans are equal when they define the same things in the same order.
impl PartialEq for Plan<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.dump() == other.dump()
    }
}

fn next(count: &mut u32) -> u32 {
    let id = *count;
    *count += 1;
    id
}

impl<'a> Plan<'a> {
    pub fn new() -> Self {
        Self {
            scopes: vec![Scope { parent: None, kind: ScopeKind::Component, steps: Vec::new() }],
            counts: Counts::default(),
            type_scopes: Vec::new(),
            instance_scopes: Vec::new(),
            cache: Cache::default(),
            debug_names: Vec::new(),
            name: None,
            customs: Vec::new(),
        }
    }

    /// The steps of a scope, in order.
    pub fn steps(&self, scope: ScopeId) -> &[Step<'a>] {
        &self.scopes[scope.slot()].steps
    }

    pub fn scope_kind(&self, scope: ScopeId) -> ScopeKind {
        self.scopes[scope.slot()].kind
    }

    pub fn scope_parent(&self, scope: ScopeId) -> Option<ScopeId> {
        self.scopes[scope.slot()].parent
    }

    /// The scope whose step defines the type.
    pub fn scope_of(&self, ty: TypeRef) -> ScopeId {
        self.type_scopes[ty.slot()]
    }

    /// All scopes; a scope's parent comes before it.
    pub fn scopes(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..u32::try_from(self.scopes.len()).expect("scopes are counted in `u32`")).map(ScopeId)
    }

    pub(crate) fn type_scopes(&self) -> &[ScopeId] {
        &self.type_scopes
    }

    pub(crate) fn sizes(&self) -> Sizes {
        Sizes {
            scopes: self.scopes.len(),
            types: self.type_scopes.len(),
            instances: self.instance_scopes.len(),
            funcs: self.counts.funcs as usize,
            components: self.counts.components as usize,
            core_modules: self.counts.core_modules as usize,
        }
    }

    /// The scope that an instance stands in.
    pub fn scope_of_instance(&self, instance: InstanceRef) -> ScopeId {
        self.instance_scopes[instance.slot()]
    }

    pub fn debug_names(&self) -> &[(Nameable, String)] {
        &self.debug_names
    }

    pub fn customs(&self) -> &[(String, Cow<'a, [u8]>)] {
        &self.customs
    }

    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The debug name of the component itself.
    pub fn set_name(&mut self, name: impl Into<String>) {
        self.name = Some(name.into());
    }

    pub fn debug_name(&mut self, item: impl Into<Nameable>, name: impl Into<String>) {
        self.debug_names.push((item.into(), name.into()));
    }

    /// Adds a custom section at the end of the component.
    pub fn custom(&mut self, name: impl Into<String>, data: impl Into<Cow<'a, [u8]>>) {
        self.customs.push((name.into(), data.into()));
    }

    pub(crate) fn push(&mut self, scope: ScopeId, step: Step<'a>) {
        self.scopes[scope.slot()].steps.push(step);
    }

    fn new_type(&mut self, scope: ScopeId) -> TypeRef {
        let id = u32::try_from(self.type_scopes.len()).expect("a plan has fewer types than its input has bytes");
        self.type_scopes.push(scope);
        TypeRef(id)
    }

    pub(crate) fn new_instance(&mut self, scope: ScopeId) -> InstanceRef {
        let id =
            u32::try_from(self.instance_scopes.len()).expect("a plan has fewer instances than its input has bytes");
        self.instance_scopes.push(scope);
        InstanceRef(id)
    }

    pub(crate) fn new_item(&mut self, scope: ScopeId, sort: Sort) -> ItemRef {
        match sort {
            Sort::CoreModule => CoreModuleId(next(&mut self.counts.core_modules)).into(),
            Sort::Func => FuncRef(next(&mut self.counts.funcs)).into(),
            Sort::Type => self.new_type(scope).into(),
            Sort::Instance => self.new_instance(scope).into(),
            Sort::Component => ComponentRef(next(&mut self.counts.components)).into(),
        }
    }

    pub(crate) fn new_core_instance(&mut self) -> CoreInstanceId {
        CoreInstanceId(next(&mut self.counts.core_instances))
    }

    pub(crate) fn new_core_type(&mut self) -> CoreTypeId {
        CoreTypeId(next(&mut self.counts.core_types))
    }

    pub(crate) fn new_core_item(&mut self, sort: CoreSort) -> CoreItem {
        match sort {
            CoreSort::Func => CoreFuncId(next(&mut self.counts.core_funcs)).into(),
            CoreSort::Table => CoreTableId(next(&mut self.counts.core_tables)).into(),
            CoreSort::Memory => CoreMemoryId(next(&mut self.counts.core_memories)).into(),
            CoreSort::Global => CoreGlobalId(next(&mut self.counts.core_globals)).into(),
            CoreSort::Tag => CoreTagId(next(&mut self.counts.core_tags)).into(),
        }
    }
}

/// Core modules and their instances.
impl<'a> Plan<'a> {
    pub fn core_module(&mut self, bytes: impl Into<Pieces<'a>>) -> CoreModuleId {
        let id = CoreModuleId(next(&mut self.counts.core_modules));
        self.push(ROOT, Step::CoreModule { id, bytes: bytes.into() });
        id
    }

    /// Instantiates a core module; each import module name is given an instance.
    pub fn core_instantiate(&mut self, module: CoreModuleId, args: Vec<(String, CoreInstanceId)>) -> CoreInstanceId {
        let id = self.new_core_instance();
        self.push(ROOT, Step::CoreInstantiate { id, module, args });
        id
    }

    /// A core instance made of items at hand.
    pub fn core_bag(&mut self, exports: Vec<(String, CoreItem)>) -> CoreInstanceId {
        let id = self.new_core_instance();
        self.push(ROOT, Step::CoreBag { id, exports });
        id
    }

    pub fn core_alias(&mut self, instance: CoreInstanceId, sort: CoreSort, name: &str) -> CoreItem {
        let key = (instance, sort, name.to_owned());
        if let Some(&item) = self.cache.core_aliases.get(&key) {
            return item;
        }
        let item = self.new_core_item(sort);
        self.push(ROOT, Step::CoreAlias { item, instance, name: name.to_owned() });
        self.cache.core_aliases.insert(key, item);
        item
    }

    pub fn core_alias_func(&mut self, instance: CoreInstanceId, name: &str) -> CoreFuncId {
        self.core_alias(instance, CoreSort::Func, name).expect_func()
    }

    pub fn core_alias_memory(&mut self, instance: CoreInstanceId, name: &str) -> CoreMemoryId {
        match self.core_alias(instance, CoreSort::Memory, name) {
            CoreItem::Memory(id) => id,
            CoreItem::Table(_) | CoreItem::Func(_) | CoreItem::Global(_) | CoreItem::Tag(_) => {
                unreachable!("an alias has the sort that was asked for")
            }
        }
    }

    pub fn core_alias_table(&mut self, instance: CoreInstanceId, name: &str) -> CoreTableId {
        match self.core_alias(instance, CoreSort::Table, name) {
            CoreItem::Table(id) => id,
            CoreItem::Memory(_) | CoreItem::Func(_) | CoreItem::Global(_) | CoreItem::Tag(_) => {
                unreachable!("an alias has the sort that was asked for")
            }
        }
    }

    /// A core type, of a module that is imported or of a function.
    pub fn core_type(&mut self, expr: CoreTypeExpr) -> CoreTypeId {
        if let Some(&id) = self.cache.core_types.get(&expr) {
            return id;
        }
        let id = self.new_core_type();
        self.push(ROOT, Step::CoreType { id, expr: expr.clone() });
        self.cache.core_types.insert(expr, id);
        id
    }
}

/// Canonical definitions.
impl Plan<'_> {
    /// A component function made of a core one. `ty` is a function type of the root scope.
    pub fn lift(&mut self, core_func: CoreFuncId, ty: TypeRef, options: CanonOptions) -> FuncRef {
        let id = FuncRef(next(&mut self.counts.funcs));
        self.push(ROOT, Step::Lift { id, core_func, ty, options });
        id
    }

    /// A core function made of a component one.
    pub fn lower(&mut self, func: FuncRef, options: CanonOptions) -> CoreFuncId {
        let id = CoreFuncId(next(&mut self.counts.core_funcs));
        self.push(ROOT, Step::Lower { id, func, options });
        id
    }

    /// A resource type of this component, represented by an `i32`.
    pub fn resource(&mut self, dtor: Option<CoreFuncId>) -> TypeRef {
        let id = self.new_type(ROOT);
        self.push(ROOT, Step::Resource { id, dtor });
        id
    }

    pub fn builtin(&mut self, builtin: Builtin) -> CoreFuncId {
        if let Some(&id) = self.cache.builtins.get(&builtin) {
            return id;
        }
        let id = CoreFuncId(next(&mut self.counts.core_funcs));
        self.push(ROOT, Step::Builtin { id, builtin: builtin.clone() });
        self.cache.builtins.insert(builtin, id);
        id
    }

    pub fn resource_new(&mut self, resource: TypeRef) -> CoreFuncId {
        self.builtin(Builtin::ResourceNew(resource))
    }

    pub fn resource_drop(&mut self, resource: TypeRef) -> CoreFuncId {
        self.builtin(Builtin::ResourceDrop(resource))
    }

    pub fn resource_rep(&mut self, resource: TypeRef) -> CoreFuncId {
        self.builtin(Builtin::ResourceRep(resource))
    }
}

/// Components, instances, imports, exports.
impl<'a> Plan<'a> {
    /// Embeds a component's bytes.
    pub fn component(&mut self, bytes: impl Into<Pieces<'a>>) -> ComponentRef {
        self.embed(Body::Bytes(bytes.into()))
    }

    /// Embeds a component that is itself a plan. Its handles are its own.
    pub fn nested(&mut self, plan: Plan<'a>) -> ComponentRef {
        self.embed(Body::Plan(Box::new(plan)))
    }

    fn embed(&mut self, body: Body<'a>) -> ComponentRef {
        let id = ComponentRef(next(&mut self.counts.components));
        self.push(ROOT, Step::Component { id, body });
        id
    }

    pub fn instantiate(&mut self, component: ComponentRef, args: Vec<(String, ItemRef)>) -> InstanceRef {
        let id = self.new_instance(ROOT);
        self.push(ROOT, Step::Instantiate { id, component, args });
        id
    }

    /// An instance made of items at hand.
    pub fn bag(&mut self, exports: Vec<(Name, ItemRef)>) -> InstanceRef {
        let id = self.new_instance(ROOT);
        self.push(ROOT, Step::Bag { id, exports });
        id
    }

    /// An export of an instance, in the instance's own scope.
    pub fn alias(&mut self, instance: InstanceRef, sort: Sort, name: &str) -> ItemRef {
        let key = (instance, sort, name.to_owned());
        if let Some(&item) = self.cache.aliases.get(&key) {
            return item;
        }
        let scope = self.instance_scopes[instance.slot()];
        let item = self.new_item(scope, sort);
        self.push(scope, Step::Alias { item, instance, name: name.to_owned() });
        self.cache.aliases.insert(key, item);
        item
    }

    pub fn alias_func(&mut self, instance: InstanceRef, name: &str) -> FuncRef {
        self.alias(instance, Sort::Func, name).expect_func()
    }

    pub fn alias_type(&mut self, instance: InstanceRef, name: &str) -> TypeRef {
        self.alias(instance, Sort::Type, name).expect_type()
    }

    pub fn alias_instance(&mut self, instance: InstanceRef, name: &str) -> InstanceRef {
        self.alias(instance, Sort::Instance, name).expect_instance()
    }

    /// An import of the component (`ROOT`) or of a component type that is being declared.
    pub fn import(&mut self, scope: ScopeId, name: impl Into<Name>, ty: ItemType) -> ItemRef {
        debug_assert!(self.scope_kind(scope) != ScopeKind::InstanceType, "instance types have no imports");
        let item = self.new_item(scope, ty.sort());
        self.push(scope, Step::Import { item, name: name.into(), ty });
        item
    }

    pub fn import_func(&mut self, name: impl Into<Name>, ty: TypeRef) -> FuncRef {
        self.import(ROOT, name, ItemType::Func(ty)).expect_func()
    }

    pub fn import_instance(&mut self, name: impl Into<Name>, ty: TypeRef) -> InstanceRef {
        self.import(ROOT, name, ItemType::Instance(ty)).expect_instance()
    }

    pub fn import_type(&mut self, name: impl Into<Name>, equal_to: TypeRef) -> TypeRef {
        self.import(ROOT, name, ItemType::TypeEq(equal_to)).expect_type()
    }

    pub fn import_resource(&mut self, name: impl Into<Name>) -> TypeRef {
        self.import(ROOT, name, ItemType::SubResource).expect_type()
    }

    /// Exports an item of the component; what comes back is the exported view of it,
    /// which later exports' types must name instead of the original.
    pub fn export(&mut self, name: impl Into<Name>, of: impl Into<ItemRef>, ascribed: Option<ItemType>) -> ItemRef {
        let of = of.into();
        let item = self.new_item(ROOT, of.sort());
        self.push(ROOT, Step::Export { item, name: name.into(), of, ascribed });
        item
    }

    pub fn export_type(&mut self, name: impl Into<Name>, of: TypeRef) -> TypeRef {
        self.export(name, of, None).expect_type()
    }
}

/// Types.
impl Plan<'_> {
    /// Defines a type in a scope; an equal definition of that scope is taken again.
    pub fn define(&mut self, scope: ScopeId, expr: TypeExpr) -> TypeRef {
        let key = (scope, expr);
        if let Some(&id) = self.cache.types.get(&key) {
            return id;
        }
        let id = self.new_type(scope);
        self.push(scope, Step::Define { id, expr: key.1.clone() });
        self.cache.types.insert(key, id);
        id
    }

    /// A type of the plan that this one will be nested in. `of` is its handle there; it mentions no resource.
    pub fn outer_type(&mut self, of: TypeRef) -> TypeRef {
        let id = self.new_type(ROOT);
        self.push(ROOT, Step::OuterType { id, of });
        id
    }

    /// Defines a type that nothing else shares, for a named type: two names for one definition would read as aliases.
    pub fn define_apart(&mut self, scope: ScopeId, expr: TypeExpr) -> TypeRef {
        let id = self.new_type(scope);
        self.push(scope, Step::Define { id, expr });
        id
    }

    /// Starts an instance type; `close` makes it a type of `parent`.
    pub fn open_instance_type(&mut self, parent: ScopeId) -> ScopeId {
        self.open(parent, ScopeKind::InstanceType)
    }

    /// Starts a component type; `close` makes it a type of `parent`.
    pub fn open_component_type(&mut self, parent: ScopeId) -> ScopeId {
        self.open(parent, ScopeKind::ComponentType)
    }

    fn open(&mut self, parent: ScopeId, kind: ScopeKind) -> ScopeId {
        let id = u32::try_from(self.scopes.len()).expect("a plan has fewer scopes than its input has bytes");
        self.scopes.push(Scope { parent: Some(parent), kind, steps: Vec::new() });
        ScopeId(id)
    }

    /// Ends an instance or component type.
    pub fn close(&mut self, scope: ScopeId) -> TypeRef {
        let parent =
            self.scope_parent(scope).expect("only instance and component types are closed, and those have parents");
        let expr = match self.scope_kind(scope) {
            ScopeKind::InstanceType => TypeExpr::Instance(scope),
            ScopeKind::ComponentType => TypeExpr::Component(scope),
            ScopeKind::Component => unreachable!("the root scope has no parent"),
        };
        self.define(parent, expr)
    }

    /// An export that an instance or component type declares.
    pub fn declare_export(&mut self, scope: ScopeId, name: impl Into<Name>, ty: ItemType) -> ItemRef {
        debug_assert!(self.scope_kind(scope) != ScopeKind::Component, "a component exports items, not types of items");
        let item = self.new_item(scope, ty.sort());
        self.push(scope, Step::DeclaredExport { item, name: name.into(), ty });
        item
    }
}

impl ItemType {
    pub fn sort(self) -> Sort {
        match self {
            Self::CoreModule(_) => Sort::CoreModule,
            Self::Func(_) => Sort::Func,
            Self::TypeEq(_) | Self::SubResource => Sort::Type,
            Self::Instance(_) => Sort::Instance,
            Self::Component(_) => Sort::Component,
        }
    }
}
