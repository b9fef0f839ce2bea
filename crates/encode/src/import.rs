//! Each core import of a module, bound to what it stands for.
//!
//! In: a module's imports and the world. Out: one `Binding` for each import, or all that is wrong with them.
//! Holds: the core type of every bound import has been compared with the type that the world gives it.

use abi::{Abi, Mode, Side};
use diag::{Diagnostic, Place};
use indexmap::IndexMap;
use types::{ExternName, FuncId, InstanceId, InterfaceName, Item, ItemKind, ResourceId, Types, World};
use wasm::{CoreModule, CoreType, Extern, Signature};

use crate::errors;
use crate::input::{Input, Part};
use crate::names::{self, Asked, MAIN_MODULE, ResourceOp, Scope};

/// What a core import is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A function that the component imports.
    Func(ImportedFunc),
    /// Drops a handle of a resource that the component imports.
    DropImported { scope: Option<ExternName>, resource: ResourceId },
    /// A built-in function of a resource that the component defines.
    Exported { op: ResourceOp, resource: ResourceId },
    /// The memory of the main module; of the main module itself, one made for it.
    Memory,
    /// A function of an adapter.
    Adapter { adapter: usize, export: String },
    /// An export of the main module, wanted by an adapter.
    Main { export: String },
}

/// A function that the component imports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ImportedFunc {
    /// The interface, as the world names it; none for a function of the world itself.
    pub scope: Option<ExternName>,
    pub name: ExternName,
    pub ty: FuncId,
}

impl ImportedFunc {
    /// The function's item in the world.
    pub fn item<'w>(&self, types: &'w Types, world: &'w World) -> Option<&'w Item> {
        let imports = &world.component.imports;
        match &self.scope {
            None => imports.get(&self.name),
            Some(scope) => types.instance(imports.get(scope)?.kind.instance()?).exports.get(&self.name),
        }
    }
}

/// Binds all imports of one module.
pub fn bind(abi: &Abi<'_>, input: &Input<'_>, part: Part, module: &CoreModule<'_>) -> diag::Result<Vec<Binding>> {
    let binder = Binder { abi, types: abi.types(), input, part, module };
    let mut bindings = Vec::new();
    let mut wrong = Vec::new();
    for import in &module.imports {
        match binder.binding(import) {
            Ok(binding) => bindings.push(binding),
            Err(diagnostic) => wrong.push(diagnostic),
        }
    }
    if wrong.is_empty() { Ok(bindings) } else { Err(diag::Diagnostics(wrong)) }
}

struct Binder<'c, 'a> {
    abi: &'c Abi<'c>,
    types: &'c Types,
    input: &'c Input<'a>,
    part: Part,
    module: &'c CoreModule<'a>,
}

/// The items of an imported or exported scope.
#[derive(Clone, Copy)]
enum Found<'w> {
    World,
    Instance(&'w ExternName, InstanceId),
}

impl<'c> Binder<'c, '_> {
    fn binding(&self, import: &wasm::Import<'_>) -> Result<Binding, Diagnostic> {
        if let Some(binding) = self.other_module(import)? {
            return Ok(binding);
        }
        let field = original_field(&import.field);
        let legacy = !self.input.options.reject_legacy_names;
        let asked = names::asked(import.module, field, legacy).ok_or_else(|| self.unknown_module(import))?;
        match asked {
            Asked::Memory if import.ty.as_memory().is_some() => Ok(Binding::Memory),
            Asked::Memory => Err(errors::import_type(self.place(import), import, "(memory 0)", None)),
            Asked::Func { scope, func } => self.func(import, scope, func),
            Asked::DropImported { scope, resource } => self.drop_imported(import, scope, resource),
            Asked::Exported { scope, op, resource } => self.exported(import, scope, op, resource),
            Asked::Async { what } => Err(errors::unsupported_async(self.place(import), what)),
            Asked::Thread { what } => Err(errors::unsupported_threads(self.place(import), what)),
        }
    }

    /// Imports that an adapter, or the main module for its adapter, provides.
    fn other_module(&self, import: &wasm::Import<'_>) -> Result<Option<Binding>, Diagnostic> {
        let field = original_field(&import.field);
        if matches!(self.part, Part::Adapter(_)) && import.module == MAIN_MODULE {
            return self.main_export(import, field).map(Some);
        }
        let same = |(index, adapter): (usize, &crate::Adapter<'_>)| {
            (adapter.name == import.module && self.part != Part::Adapter(index)).then_some(index)
        };
        let Some(index) = self.input.adapters.iter().enumerate().find_map(same) else { return Ok(None) };
        let adapter = &self.input.adapters[index];
        let Some(export) = adapter.guest.module.exports.get(field) else {
            return Err(errors::not_in_adapter(self.place(import), import, adapter));
        };
        if matches!(export.ty, Extern::Func(_)) && export.ty == import.ty {
            return Ok(Some(Binding::Adapter { adapter: index, export: field.to_owned() }));
        }
        let there = adapter.guest.module.place_of_export(field);
        Err(errors::import_type(
            self.place(import),
            import,
            &export.ty.to_string(),
            Some((there, "exported here".to_owned())),
        ))
    }

    fn main_export(&self, import: &wasm::Import<'_>, field: &str) -> Result<Binding, Diagnostic> {
        let main = &self.input.main.module;
        let Some(export) = main.exports.get(field) else {
            return Err(errors::not_in_main(self.place(import), import, main));
        };
        let fits = match (&export.ty, &import.ty) {
            (Extern::Func(has), Extern::Func(wants)) => has == wants,
            (has, wants) => has.kind() == wants.kind(),
        };
        if fits {
            return Ok(Binding::Main { export: field.to_owned() });
        }
        let there = main.place_of_export(field);
        Err(errors::import_type(
            self.place(import),
            import,
            &export.ty.to_string(),
            Some((there, "exported here".to_owned())),
        ))
    }

    fn func(&self, import: &wasm::Import<'_>, scope: Scope<'_>, func: &str) -> Result<Binding, Diagnostic> {
        let found = self.imported_scope(import, scope)?;
        let name = ExternName::parse(func);
        let Some((name, ty, item)) = name.and_then(|name| self.func_item(found, name)) else {
            return Err(self.unknown_field(import, found));
        };
        let call = self.abi.call(self.types.func(ty), Side::Lower, Mode::Sync);
        let wanted = core_signature(&call.signature);
        if import.ty != Extern::Func(wanted.clone()) {
            let declared = errors::declared(self.types, self.module, &name, item, ty);
            return Err(errors::import_type(self.place(import), import, &wanted.to_string(), Some(declared)));
        }
        Ok(Binding::Func(ImportedFunc { scope: found.scope_name(), name, ty }))
    }

    fn func_item(&self, found: Found<'_>, name: ExternName) -> Option<(ExternName, FuncId, &'c Item)> {
        let item = self.items(found).get(&name)?;
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

    /// The scope that an import's module name means: exactly, else on the same semver track.
    fn imported_scope(&self, import: &wasm::Import<'_>, scope: Scope<'_>) -> Result<Found<'c>, Diagnostic> {
        find_scope(&self.input.world.component.imports, scope).ok_or_else(|| self.unknown_module(import))
    }

    fn exported_scope(&self, scope: Scope<'_>) -> Option<Found<'c>> {
        match find_scope(&self.input.world.component.exports, scope)? {
            Found::World => None,
            found @ Found::Instance(..) => Some(found),
        }
    }

    fn resource(&self, found: Found<'_>, name: &str) -> Option<ResourceId> {
        self.items(found).get(&ExternName::label(name))?.kind.resource()
    }

    fn unknown_module(&self, import: &wasm::Import<'_>) -> Diagnostic {
        match import.module.strip_prefix(names::EXPORT_PREFIX) {
            Some(scope) => errors::not_exported(self.place(import), import, scope, &self.input.world),
            None => errors::unknown_module(self.place(import), import, self.input),
        }
    }

    fn unknown_field(&self, import: &wasm::Import<'_>, found: Found<'_>) -> Diagnostic {
        let scope = found.scope_name();
        errors::unknown_field(self.place(import), import, scope.as_ref(), self.items(found), &self.input.world)
    }

    fn drop_imported(&self, import: &wasm::Import<'_>, scope: Scope<'_>, name: &str) -> Result<Binding, Diagnostic> {
        let found = self.imported_scope(import, scope)?;
        let resource = self.resource(found, name).ok_or_else(|| self.unknown_field(import, found))?;
        self.check(import, &Signature::new([CoreType::I32], []))?;
        Ok(Binding::DropImported { scope: found.scope_name(), resource })
    }

    fn exported(
        &self,
        import: &wasm::Import<'_>,
        scope: Scope<'_>,
        op: ResourceOp,
        name: &str,
    ) -> Result<Binding, Diagnostic> {
        let not_exported = || match scope {
            Scope::Canonical(name) => errors::not_exported(self.place(import), import, name, &self.input.world),
            Scope::Root | Scope::Named(_) => self.unknown_module(import),
        };
        let found = self.exported_scope(scope).ok_or_else(not_exported)?;
        let resource = self.resource(found, name).ok_or_else(|| self.unknown_field(import, found))?;
        let results: &[CoreType] = match op {
            ResourceOp::New | ResourceOp::Rep => &[CoreType::I32],
            ResourceOp::Drop => &[],
        };
        self.check(import, &Signature::new([CoreType::I32], results))?;
        Ok(Binding::Exported { op, resource })
    }

    fn check(&self, import: &wasm::Import<'_>, wanted: &Signature) -> Result<(), Diagnostic> {
        if import.ty == Extern::Func(wanted.clone()) {
            return Ok(());
        }
        Err(errors::import_type(self.place(import), import, &wanted.to_string(), None))
    }

    fn place(&self, import: &wasm::Import<'_>) -> Place {
        self.module.place_of_import(import.module, &import.field)
    }
}

impl Found<'_> {
    fn scope_name(self) -> Option<ExternName> {
        match self {
            Self::World => None,
            Self::Instance(name, _) => Some(name.clone()),
        }
    }
}

fn find_scope<'w>(items: &'w IndexMap<ExternName, Item>, scope: Scope<'_>) -> Option<Found<'w>> {
    let instance = |(name, item): (&'w ExternName, &Item)| Some(Found::Instance(name, item.kind.instance()?));
    match scope {
        Scope::Root => Some(Found::World),
        Scope::Canonical(text) => items.iter().filter(|(name, _)| names::canonical(name) == text).find_map(instance),
        Scope::Named(text) => {
            if let Some(found) = items.iter().filter(|(name, _)| name.to_string() == text).find_map(instance) {
                return Some(found);
            }
            let wanted = InterfaceName::parse(text)?;
            let fits = |name: &ExternName| matches!(name, ExternName::Interface(has) if has.same_track(&wanted));
            items.iter().filter(|(name, _)| fits(name)).find_map(instance)
        }
    }
}

/// The field without the mark that makes a second import of it unique.
fn original_field(field: &str) -> &str {
    field.split_once(" [v").map_or(field, |(original, _)| original)
}

/// A signature of the Canonical ABI as a core module has it.
pub fn core_signature(signature: &abi::CoreSignature) -> Signature {
    let list = |types: &[abi::CoreType]| types.iter().map(|ty| core_type(*ty)).collect::<Vec<_>>();
    Signature { params: list(&signature.params), results: list(&signature.results) }
}

fn core_type(ty: abi::CoreType) -> CoreType {
    match ty {
        abi::CoreType::I32 => CoreType::I32,
        abi::CoreType::I64 => CoreType::I64,
        abi::CoreType::F32 => CoreType::F32,
        abi::CoreType::F64 => CoreType::F64,
    }
}
