//! Each core import of a module, bound to what it stands for.
//!
//! In: a module's imports and the world. Out: one `Binding` for each import, or all that is wrong with them.
//! Holds: the core type of every bound import has been compared with the type that the world gives it.

use abi::names::For;
use abi::{Abi, Builtin, Carrier, Transfer, futures_and_streams};
use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, FuncId, Item, ItemKind, Kind, ResourceId, Types, ValType};
use wasm::{CoreModule, CoreType, Extern, Signature};

use crate::canon::{Canon, ExportedFunc, ImportedFunc, TransferOf, core_type};
use crate::errors;
use crate::input::{Input, Linked, Part};
use crate::names::{self, Asked, Ends, MAIN_MODULE, ResourceOp, Scope, Variable};
use crate::scopes::{Found, Scopes};

/// What a core import is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "most imports are of the large variant")]
pub enum Binding {
    /// A canonical definition.
    Canon(Canon),
    /// The memory of the main module; of the main module itself, one made for it.
    Memory,
    /// An export of another part.
    Linked(Linked),
    /// The address of the thread's own data: read, or set. Where it is kept is decided once for all parts.
    TlsBase { set: bool, ty: CoreType },
}

impl Binding {
    /// How wide a variable of the thread is, if the import reads or sets one.
    pub fn width_of_variable(&self) -> Option<CoreType> {
        match self {
            Self::TlsBase { ty, .. } => Some(*ty),
            Self::Canon(Canon::Builtin(Builtin::ContextGet { ty, .. } | Builtin::ContextSet { ty, .. })) => {
                Some(core_type(*ty))
            }
            Self::Canon(_) | Self::Memory | Self::Linked(_) => None,
        }
    }
}

/// Binds all imports of one module.
pub fn bind(abi: &Abi<'_>, input: &Input<'_>, part: Part, module: &CoreModule<'_>) -> diag::Result<Vec<Binding>> {
    let metadata = &input.guest(part).metadata;
    let imports = Scopes::new(&input.world.component.imports, metadata);
    let exports = Scopes::new(&input.world.component.exports, metadata);
    let binder = Binder { abi, types: abi.types(), input, part, module, imports, exports };
    let mut bindings = Vec::new();
    let mut wrong = Vec::new();
    let mut strangers = Vec::new();
    let mut unknown_fields = UnknownFields::default();
    for (at, import) in module.imports.iter().enumerate() {
        match binder.binding(import) {
            Ok(binding) => bindings.push(binding),
            Err(Refusal::Told(diagnostic)) => wrong.push(*diagnostic),
            Err(Refusal::Stranger) => strangers.push(at),
            Err(Refusal::UnknownField(side, found)) => {
                wrong.extend(unknown_fields.told(&binder, import, side, found));
            }
        }
    }
    wrong.extend(unknown_fields.more(&binder));
    if !strangers.is_empty() {
        wrong.extend(errors::strangers(input, module, &strangers));
    }
    if wrong.is_empty() { Ok(bindings) } else { Err(diag::Diagnostics(wrong)) }
}

/// Imports of one scope that are told one by one, each with near misses.
const MOST_TOLD: usize = 8;

/// Why an import is not bound.
enum Refusal<'w> {
    Told(Box<Diagnostic>),
    /// Its module name is nothing of the world.
    Stranger,
    /// Its scope has no such item.
    UnknownField(For, Found<'w>),
}

impl From<Diagnostic> for Refusal<'_> {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Told(Box::new(diagnostic))
    }
}

/// How many unknown items of each scope there are.
#[derive(Default)]
struct UnknownFields<'w> {
    scopes: IndexMap<(For, Option<ExternName>), UnknownOf<'w>>,
}

/// The unknown items of one scope.
struct UnknownOf<'w> {
    count: usize,
    found: Found<'w>,
    /// The first import that was not told.
    first: Option<Place>,
}

impl<'w> UnknownFields<'w> {
    fn told(
        &mut self,
        binder: &Binder<'w, '_>,
        import: &wasm::Import<'_>,
        side: For,
        found: Found<'w>,
    ) -> Option<Diagnostic> {
        let new = UnknownOf { count: 0, found, first: None };
        let scope = self.scopes.entry((side, found.scope_name())).or_insert(new);
        scope.count += 1;
        if scope.count <= MOST_TOLD {
            return Some(errors::unknown_field(binder.place(import), import, &binder.scope_items(side, found)));
        }
        if scope.first.is_none() {
            scope.first = Some(binder.place(import));
        }
        None
    }

    fn more(self, binder: &Binder<'w, '_>) -> Vec<Diagnostic> {
        let more = self.scopes.into_iter().filter_map(|((side, _), UnknownOf { count, found, first })| {
            Some(errors::more_unknown_fields(first?, &binder.scope_items(side, found), count - MOST_TOLD))
        });
        more.collect()
    }
}

struct Binder<'c, 'a> {
    abi: &'c Abi<'c>,
    types: &'c Types,
    input: &'c Input<'a>,
    part: Part,
    module: &'c CoreModule<'a>,
    imports: Scopes<'c>,
    exports: Scopes<'c>,
}

impl<'c> Binder<'c, '_> {
    fn binding(&self, import: &wasm::Import<'_>) -> Result<Binding, Refusal<'c>> {
        if import.exact && import.ty.as_func().is_some() {
            return Err(errors::exact_type(self.place(import), import).into());
        }
        if let Some(binding) = self.other_module(import)? {
            return Ok(binding);
        }
        let field = original_field(&import.field);
        let legacy = !self.input.options.reject_legacy_names;
        let asked = names::asked(import.module, field, legacy).ok_or(Refusal::Stranger)?;
        match asked {
            Asked::Memory if import.ty.as_memory().is_some() => self.memory(import),
            Asked::Memory => {
                Err(errors::import_type(self.place(import), import, "(memory 0)", None, None, None).into())
            }
            Asked::Func { scope, func, async_ } => self.func(import, scope, func, async_),
            Asked::DropImported { scope, resource } => self.drop_imported(import, scope, resource),
            Asked::Exported { scope, op, resource } => self.exported(import, scope, op, resource),
            Asked::TaskReturn { scope, func } => self.task_return(import, scope, func),
            Asked::Transfer { side, scope, ends } => self.transfer(import, side, scope, &ends),
            Asked::Builtin(builtin) => self.canon(import, Canon::Builtin(builtin), None),
            Asked::Variable { variable, set } => self.variable(import, variable, set),
            Asked::Wide => Err(errors::wide_builtin(self.place(import), import).into()),
        }
    }

    /// Imports that an adapter, or the main module for its adapter, provides.
    fn other_module(&self, import: &wasm::Import<'_>) -> Result<Option<Binding>, Refusal<'c>> {
        let field = original_field(&import.field);
        if let Part::Library(index) = self.part {
            let key = (import.module.to_owned(), field.to_owned());
            if let Some(linked) = self.input.libraries[index].linked.get(&key) {
                return Ok(Some(Binding::Linked(linked.clone())));
            }
        }
        if matches!(self.part, Part::Adapter(_)) && import.module == MAIN_MODULE {
            return self.main_export(import, field).map(Some);
        }
        let same = |(index, adapter): (usize, &crate::Adapter<'_>)| {
            (adapter.name == import.module && self.part != Part::Adapter(index)).then_some(index)
        };
        let Some(index) = self.input.adapters.iter().enumerate().find_map(same) else { return Ok(None) };
        let adapter = &self.input.adapters[index];
        let Some(export) = adapter.guest.module.exports.get(field) else {
            return Err(errors::not_in_adapter(self.place(import), import, adapter).into());
        };
        if matches!(export.ty, Extern::Func(_)) && export.ty == import.ty {
            return Ok(Some(Binding::Linked(Linked { part: Part::Adapter(index), export: field.to_owned() })));
        }
        let there = adapter.guest.module.place_of_export(field);
        Err(errors::import_type(
            self.place(import),
            import,
            &export.ty.to_string(),
            None,
            Some((there, "exported here".to_owned())),
            None,
        )
        .into())
    }

    /// An export of the main module, or of the first library that has it.
    fn main_export(&self, import: &wasm::Import<'_>, field: &str) -> Result<Binding, Refusal<'c>> {
        let parts = self.input.parts().filter(|part| !matches!(part, Part::Adapter(_)));
        let exports = parts.filter_map(|part| {
            let module = &self.input.guest(part).module;
            Some((part, module, module.exports.get(field)?))
        });
        let Some((part, module, export)) = exports.into_iter().next() else {
            return Err(errors::not_in_main(self.place(import), import, &self.input.main.module).into());
        };
        let fits = match (&export.ty, &import.ty) {
            (Extern::Func(has), Extern::Func(wants)) => has == wants,
            (has, wants) => has.kind() == wants.kind(),
        };
        if fits {
            return Ok(Binding::Linked(Linked { part, export: field.to_owned() }));
        }
        let there = module.place_of_export(field);
        Err(errors::import_type(
            self.place(import),
            import,
            &export.ty.to_string(),
            None,
            Some((there, "exported here".to_owned())),
            None,
        )
        .into())
    }

    /// A canonical definition whose core type is compared with the import's.
    fn canon(
        &self,
        import: &wasm::Import<'_>,
        canon: Canon,
        declared: Option<errors::Declared>,
    ) -> Result<Binding, Refusal<'c>> {
        let wanted = canon.signature(self.abi);
        if import.ty == Extern::Func(wanted.clone()) {
            return Ok(Binding::Canon(canon));
        }
        let why = errors::why_import(self.abi, &canon, &import.ty);
        Err(errors::import_type(self.place(import), import, &wanted.to_string(), canon.scope(), declared, why).into())
    }

    fn func(
        &self,
        import: &wasm::Import<'_>,
        scope: Scope<'_>,
        func: &str,
        async_: bool,
    ) -> Result<Binding, Refusal<'c>> {
        let found = self.imported_scope(scope)?;
        let name = ExternName::parse(func);
        let Some((name, ty, item)) = name.and_then(|name| self.func_item(found, name)) else {
            return Err(Refusal::UnknownField(For::Imported, found));
        };
        let declared = errors::declared(self.types, self.module, &name, item, ty);
        if async_ && !self.types.func(ty).async_ {
            return Err(errors::not_async(self.place(import), func, declared).into());
        }
        let func = ImportedFunc { scope: found.scope_name(), name, ty };
        self.canon(import, Canon::Lower { func, async_ }, Some(declared))
    }

    fn task_return(&self, import: &wasm::Import<'_>, scope: Scope<'_>, func: &str) -> Result<Binding, Refusal<'c>> {
        let found = self.exports_of(scope)?;
        let name = ExternName::parse(func);
        let Some((name, ty, item)) = name.and_then(|name| self.func_item_of(self.exported_items(found), name)) else {
            return Err(Refusal::UnknownField(For::Exported, found));
        };
        let declared = errors::declared(self.types, self.module, &name, item, ty);
        let func = ExportedFunc { scope: found.scope_name(), name, ty };
        self.canon(import, Canon::TaskReturn(func), Some(declared))
    }

    fn transfer(
        &self,
        import: &wasm::Import<'_>,
        side: For,
        scope: Scope<'_>,
        ends: &Ends<'_>,
    ) -> Result<Binding, Refusal<'c>> {
        let found = match side {
            For::Imported => self.imported_scope(scope)?,
            For::Exported => self.exports_of(scope)?,
        };
        let transfer = |payload| Transfer { carrier: ends.carrier, op: ends.op, payload, async_: ends.async_ };
        let Some(index) = ends.index else {
            let canon = Canon::Transfer { transfer: transfer(None), of: TransferOf::Unit };
            return self.canon(import, canon, None);
        };
        let items = match side {
            For::Imported => self.items(found),
            For::Exported => self.exported_items(found),
        };
        let name = ExternName::parse(ends.func);
        let Some((name, func, item)) = name.and_then(|name| self.func_item_of(items, name)) else {
            return Err(Refusal::UnknownField(side, found));
        };
        let declared = errors::declared(self.types, self.module, &name, item, func);
        let all = futures_and_streams(self.types, self.types.func(func));
        let ty = all.get(index as usize).copied().and_then(|ty| Some((ty, self.payload(ends.carrier, ty)?)));
        let Some((ty, payload)) = ty else {
            return Err(errors::no_such_end(self.place(import), import, ends, &all, self.types, declared).into());
        };
        let scope = found.scope_name();
        let strings = self.input.guest(self.part).encoding(side, scope.as_ref(), &name);
        let key = scope.clone().unwrap_or(name);
        let of = TransferOf::Type { side, key, scope, ty, strings };
        let canon = Canon::Transfer { transfer: transfer(payload), of };
        self.canon(import, canon, Some(declared))
    }

    /// The payload of a stream or future type; none if the type is not of that kind.
    fn payload(&self, carrier: Carrier, ty: ValType) -> Option<Option<ValType>> {
        match (carrier, self.types.kind(ty)) {
            (Carrier::Stream, Kind::Stream(payload)) | (Carrier::Future, Kind::Future(payload)) => Some(payload),
            _ => None,
        }
    }

    /// The one memory: a module that imports it twice must mean the same.
    fn memory(&self, import: &wasm::Import<'_>) -> Result<Binding, Refusal<'c>> {
        let first = self.module.imports.iter().find(|first| first.ty.as_memory().is_some());
        match first.filter(|first| first.ty != import.ty) {
            Some(first) => {
                let wanted = format!("{}, as the memory is imported before", first.ty);
                Err(errors::import_type(self.place(import), import, &wanted, None, None, None).into())
            }
            None => Ok(Binding::Memory),
        }
    }

    fn variable(&self, import: &wasm::Import<'_>, variable: Variable, set: bool) -> Result<Binding, Refusal<'c>> {
        let wide = Signature {
            params: vec![CoreType::I64; usize::from(set)],
            results: vec![CoreType::I64; usize::from(!set)],
        };
        let ty = if import.ty == Extern::Func(wide) { abi::CoreType::I64 } else { abi::CoreType::I32 };
        let slot = match variable {
            Variable::StackPointer => 0,
            Variable::TlsBase => 1,
        };
        let builtin = if set { Builtin::ContextSet { ty, slot } } else { Builtin::ContextGet { ty, slot } };
        let bound = self.canon(import, Canon::Builtin(builtin), None)?;
        Ok(match variable {
            Variable::StackPointer => bound,
            Variable::TlsBase => Binding::TlsBase { set, ty: core_type(ty) },
        })
    }

    fn func_item(&self, found: Found<'_>, name: ExternName) -> Option<(ExternName, FuncId, &'c Item)> {
        self.func_item_of(self.items(found), name)
    }

    fn func_item_of(
        &self,
        items: &'c IndexMap<ExternName, Item>,
        name: ExternName,
    ) -> Option<(ExternName, FuncId, &'c Item)> {
        let item = items.get(&name)?;
        match item.kind {
            ItemKind::Func(id) => Some((name, id, item)),
            ItemKind::Instance(_)
            | ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => None,
        }
    }

    fn items(&self, found: Found<'_>) -> &'c IndexMap<ExternName, Item> {
        match found {
            Found::World => &self.input.world.component.imports,
            Found::Instance(_, id) => &self.types.instance(id).exports,
        }
    }

    fn exported_items(&self, found: Found<'_>) -> &'c IndexMap<ExternName, Item> {
        match found {
            Found::World => &self.input.world.component.exports,
            Found::Instance(_, id) => &self.types.instance(id).exports,
        }
    }

    /// The exported scope that an import is for.
    fn exports_of(&self, scope: Scope<'_>) -> Result<Found<'c>, Refusal<'c>> {
        self.exports.find(scope).ok_or(Refusal::Stranger)
    }

    /// The imported scope that an import's module name means.
    fn imported_scope(&self, scope: Scope<'_>) -> Result<Found<'c>, Refusal<'c>> {
        self.imports.find(scope).ok_or(Refusal::Stranger)
    }

    /// A resource that the component exports: of the world itself only one that it defines.
    fn exported_resource(&self, found: Found<'_>, name: &str) -> Option<ResourceId> {
        let resource = self.exported_items(found).get(&ExternName::label(name))?.kind.resource()?;
        let of_an_interface = matches!(found, Found::Instance(..));
        (of_an_interface || self.input.defines(self.types, resource)).then_some(resource)
    }

    fn drop_imported(&self, import: &wasm::Import<'_>, scope: Scope<'_>, name: &str) -> Result<Binding, Refusal<'c>> {
        let found = self.imported_scope(scope)?;
        let resource = self.items(found).get(&ExternName::label(name)).and_then(|item| item.kind.resource());
        if let (Found::World, None, Some(resource)) = (found, resource, self.exported_resource(found, name)) {
            return self.canon(import, Canon::Own { op: ResourceOp::Drop, resource }, None);
        }
        let resource = resource.ok_or(Refusal::UnknownField(For::Imported, found))?;
        self.canon(import, Canon::DropImported { scope: found.scope_name(), resource }, None)
    }

    fn exported(
        &self,
        import: &wasm::Import<'_>,
        scope: Scope<'_>,
        op: ResourceOp,
        name: &str,
    ) -> Result<Binding, Refusal<'c>> {
        let found = self.exports_of(scope)?;
        let resource = self.exported_resource(found, name).ok_or(Refusal::UnknownField(For::Exported, found))?;
        self.canon(import, Canon::Own { op, resource }, None)
    }

    fn scope_items<'f>(&'f self, side: For, found: Found<'f>) -> errors::ScopeItems<'f> {
        let items = match side {
            For::Imported => self.items(found),
            For::Exported => self.exported_items(found),
        };
        let name = match found {
            Found::World => None,
            Found::Instance(name, _) => Some(name),
        };
        errors::ScopeItems { name, side, items, world: &self.input.world }
    }

    fn place(&self, import: &wasm::Import<'_>) -> Place {
        self.module.place_of_import(import.module, &import.field)
    }
}

/// The field without the mark that makes a second import of it unique.
fn original_field(field: &str) -> &str {
    field.split_once(" [v").map_or(field, |(original, _)| original)
}
