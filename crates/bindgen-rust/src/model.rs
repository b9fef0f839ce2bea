//! The world as Rust: every name final, every choice made.
//!
//! In: `Bindings` and options. Out: `Model`, which `print` lays out without deciding anything.
//! Holds: names from WIT never meet generated ones: no WIT name starts with `_`, so private items do, and
//! generated locals are declared after the parameters they share a scope with.

mod async_calls;
mod calls;
mod definitions;
mod docs;
mod errors;
mod facts;
mod forms;
mod helper_names;
mod helpers;
pub mod ident;
mod lints;
mod markdown;
mod merge;
mod names;
mod ownership;
mod payloads;
mod rust_type;
mod uses;

use abi::CoreType;
use bindgen::{Bindings, FuncKind, Interface, NamedTypeKind, Role, Scope, core_name};
use types::{ExternName, Kind, ResourceId};

pub use async_calls::{AsyncImport, TaskResult, TaskReturn};
pub use calls::{Arg, Args, ExportBody, ImportBody, Kept, ResultUse, SyncImport, Wrap, core_type};
pub use definitions::{Definition, Member, Shape};
pub use docs::Docs;
pub use errors::Told;
pub use forms::Forms;
pub use helpers::{Body, CaseUse, Helper, Op, PartUse, Passing};
pub use lints::Lints;
pub use names::{Names, ResourceNames};
pub use payloads::{Asynchrony, FUTURES, Moves, Payload, PayloadCodec, Payloads, RUNTIME, STREAMS};
pub use uses::{Element, Use};

use crate::Options;
use crate::options::check::{Chain, Chosen};
use calls::Calls;
use definitions::Define;

/// A whole file.
#[derive(Debug)]
pub struct Model {
    /// Its name, without `.rs`.
    pub file: String,
    /// `example:todo/todo-app@0.1.0`.
    pub world: String,
    pub docs: Docs,
    /// Items that come from elsewhere: their path, and the private name that the root gives them.
    pub uses: Vec<(String, String)>,
    /// The module whose macro `bitflags!` makes flags.
    pub bitflags: Option<String>,
    /// Modules and items of the world itself.
    pub root: Module,
    pub helpers: Vec<Helper>,
    /// Tasks, streams and futures.
    pub asynchrony: Asynchrony,
    /// `None` if the world exports nothing.
    pub export_macro: Option<ExportMacro>,
    /// Eight-byte words of the memory in which exports return; 0 if none does.
    pub return_words: u64,
    /// The types of results that stay until their post-return.
    pub kept: Vec<String>,
    pub realloc: bool,
    /// Exports run static constructors first.
    pub run_ctors: bool,
    /// Every module keeps the metadata section alive.
    pub keep_section: bool,
    pub section: String,
    pub metadata: Vec<u8>,
    /// The module that has the runtime, if it is not in the file.
    pub runtime_path: Option<String>,
}

impl Model {
    /// Whether WIT deprecates something in the file.
    pub fn deprecates(&self) -> bool {
        self.root.deprecates()
    }

    /// Whether there is a module of helpers.
    pub fn has_helpers(&self) -> bool {
        !self.helpers.is_empty() || self.return_words > 0 || !self.kept.is_empty()
    }
}

/// A module, in the order of its text: items, then inner modules.
#[derive(Debug, Default)]
pub struct Module {
    pub name: String,
    pub docs: Docs,
    /// How the module reaches the root: `super::super::`, empty at the root.
    pub to_root: String,
    /// Its path from the root: `ns::pkg::iface::`.
    pub path: String,
    pub definitions: Vec<Definition>,
    pub imports: Option<Imports>,
    pub resources: Vec<ImportedResource>,
    pub exports: Option<Exports>,
    pub modules: Vec<Module>,
    /// Names of private functions, for what the module imports and what it exports.
    pub private: Scope,
}

impl Module {
    fn deprecates(&self) -> bool {
        let definitions = self.definitions.iter().any(Definition::deprecates);
        let free = self.imports.iter().flat_map(|imports| &imports.funcs);
        let funcs = free.chain(self.resources.iter().flat_map(|resource| &resource.funcs));
        let resources = self.resources.iter().map(|resource| &resource.docs);
        let exported = self.exports.iter().flat_map(|exports| &exports.resources).map(|resource| &resource.docs);
        let mut docs = funcs.map(|func| &func.signature.docs).chain(resources).chain(exported);
        definitions
            || self.docs.deprecated.is_some()
            || docs.any(|docs| docs.deprecated.is_some())
            || self.modules.iter().any(Self::deprecates)
    }
}

/// Functions that the guest calls.
#[derive(Debug)]
pub struct Imports {
    /// Groups of core imports, by the module that they name.
    pub core: Vec<CoreImports>,
    pub funcs: Vec<ImportFunc>,
}

/// Core imports from one module.
#[derive(Debug)]
pub struct CoreImports {
    pub module: String,
    pub funcs: Vec<CoreImport>,
}

#[derive(Debug)]
pub struct CoreImport {
    /// The name in Rust.
    pub ident: String,
    /// The name in the core module.
    pub name: String,
    pub params: Vec<CoreType>,
    pub result: Option<CoreType>,
}

#[derive(Debug)]
pub struct ImportedResource {
    pub names: ResourceNames,
    pub docs: Docs,
    pub drop: String,
    pub funcs: Vec<ImportFunc>,
}

/// A Rust signature.
#[derive(Debug)]
pub struct Signature {
    pub docs: Docs,
    pub name: String,
    /// It is an `async fn`.
    pub asynchronous: bool,
    /// It takes `&self`.
    pub receiver: bool,
    pub params: Vec<(String, String)>,
    pub result: Option<String>,
    /// The result mentions `Self` by value.
    pub sized: bool,
    /// It returns what it was called on.
    pub chain: Option<Chain>,
    pub lints: Lints,
}

#[derive(Debug)]
pub struct ImportFunc {
    pub signature: Signature,
    pub core: String,
    pub body: ImportBody,
}

/// What the guest implements of one interface.
#[derive(Debug)]
pub struct Exports {
    /// The trait `Guest`.
    pub guest: Trait,
    pub resources: Vec<ExportedResource>,
    pub core: Vec<CoreImports>,
    pub funcs: Vec<ExportFunc>,
}

#[derive(Debug)]
pub struct Trait {
    pub docs: Docs,
    pub name: String,
    /// Associated types: name and bound.
    pub types: Vec<(String, String)>,
    pub funcs: Vec<Signature>,
    /// The functions again, as a file around the bindings writes them.
    pub outside: Vec<Signature>,
}

#[derive(Debug)]
pub struct ExportedResource {
    pub names: ResourceNames,
    pub docs: Docs,
    pub new: String,
    pub rep: String,
    pub drop: String,
    /// The trait that the guest implements for it.
    pub guest: Trait,
    /// The Rust function behind the destructor.
    pub destructor: String,
}

#[derive(Debug)]
pub struct ExportFunc {
    /// The Rust function behind the core export.
    pub ident: String,
    /// The Rust function behind the post-return, if there is memory to free.
    pub post_return: Option<String>,
    pub body: ExportBody,
    pub params: Vec<CoreType>,
    pub result: Option<CoreType>,
    pub lints: Lints,
}

/// The macro `export!`.
#[derive(Debug)]
pub struct ExportMacro {
    pub ident: String,
    /// The name that users write.
    pub name: String,
    /// The module that it refers to when its caller names none.
    pub module: String,
    pub shims: Vec<Shim>,
    /// Other crates can use it.
    pub public: bool,
    /// The world in binary form, if the macro tells it.
    pub metadata: Vec<u8>,
    pub section: String,
}

/// A core export.
#[derive(Debug)]
pub struct Shim {
    pub ident: String,
    pub core_name: String,
    /// The Rust function that it calls, from the root.
    pub target: String,
    /// It is generic over the type that implements the exports.
    pub generic: bool,
    pub params: Vec<CoreType>,
    pub result: Option<CoreType>,
    pub lints: Lints,
}

/// The function that runs tasks on, at the root.
pub const CALLBACK: &str = "_callback";

/// Decides everything.
pub fn model(bindings: &Bindings<'_>, options: &Options, chosen: &Chosen) -> Model {
    let forms = Forms::new(bindings, options, chosen);
    let names = Names::new(bindings, &forms);
    let look = facts::Look::new(bindings.types, &forms);
    let abi = abi::Abi::wasm32(bindings.types);
    let mut calls = Calls::new(bindings, &names, &look, &abi, chosen);
    let define = Define { bindings, names: &names, look: &look, options, chosen };
    let mut root = Module::default();
    let mut shims = Vec::new();
    let generated = |interface: &&Interface<'_>| forms.module(interface).is_none();
    for interface in bindings.imports.iter().chain(&bindings.exports).filter(generated) {
        let id = names.module_of(interface);
        let module = open(&mut root, &names.module(id).path);
        if module.definitions.is_empty() && interface.instance.is_some() {
            module.docs = docs::interface(interface);
        }
        module.definitions.extend(define.all(interface, id));
        match interface.role {
            Role::Import => add_imports(module, &mut calls, interface, &forms),
            Role::Export => add_exports(module, &mut shims, &mut calls, interface),
        }
    }
    set_paths(&mut root, "", 0);
    let asynchrony = payloads::asynchrony(bindings, &mut calls);
    let reads_memory = calls.reads_memory || asynchrony.error_contexts;
    let world = bindings.world;
    let no_exports = bindings.exports.is_empty();
    let funcs = || bindings.imports.iter().chain(&bindings.exports).flat_map(|interface| &interface.funcs);
    Model {
        file: ident::module(&world.name),
        world: world_id(bindings),
        docs: Docs::new(world.decl.docs.as_deref()),
        uses: forms.uses.clone(),
        bitflags: options.bitflags_path.clone(),
        root,
        return_words: calls.return_words,
        kept: calls.kept,
        helpers: calls.helpers.finish(),
        asynchrony,
        export_macro: (!no_exports).then(|| export_macro(bindings, shims, options)),
        run_ctors: !options.no_run_ctors,
        keep_section: !options.no_link_helpers && !bindings.metadata.is_empty(),
        realloc: !options.no_realloc && (reads_memory || funcs().any(|func| func.call.realloc)),
        section: format!("component-type:withe:{}:encoded world{}", world_id(bindings), options.section_suffix),
        metadata: own_metadata(bindings, options).clone(),
        runtime_path: options.runtime_path.clone(),
    }
}

fn export_macro(bindings: &Bindings<'_>, mut shims: Vec<Shim>, options: &Options) -> ExportMacro {
    for shim in &mut shims {
        shim.core_name.insert_str(0, &options.export_prefix);
    }
    ExportMacro {
        ident: format!("__export_{}_impl", bindgen::case::snake(&bindings.world.name)),
        name: options.export_macro.clone().unwrap_or_else(|| "export".to_owned()),
        module: options.bindings_module.clone().unwrap_or_else(|| "self".to_owned()),
        shims,
        public: options.pub_export_macro,
        metadata: if options.pub_export_macro { bindings.metadata.clone() } else { Vec::new() },
        section: format!("component-type:withe:{}:imports and exports{}", world_id(bindings), options.section_suffix),
    }
}

/// What the file itself says of the world: with a public macro, not yet what is exported.
fn own_metadata<'b>(bindings: &'b Bindings<'_>, options: &Options) -> &'b Vec<u8> {
    match &bindings.import_metadata {
        Some(metadata) if options.pub_export_macro => metadata,
        Some(_) | None => &bindings.metadata,
    }
}

fn world_id(bindings: &Bindings<'_>) -> String {
    let package = &bindings.world.package;
    let version = package.version.as_ref().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}:{}/{}{version}", package.namespace, package.name, bindings.world.name)
}

/// The module under a path, made where it is missing.
fn open<'m>(root: &'m mut Module, path: &[String]) -> &'m mut Module {
    let mut module = root;
    for name in path {
        let index = module.modules.iter().position(|inner| inner.name == *name);
        let index = index.unwrap_or_else(|| {
            module.modules.push(Module { name: name.clone(), ..Module::default() });
            module.modules.len() - 1
        });
        module = &mut module.modules[index];
    }
    module
}

fn set_paths(module: &mut Module, path: &str, depth: usize) {
    module.to_root = "super::".repeat(depth);
    module.path = path.to_owned();
    for inner in &mut module.modules {
        set_paths(inner, &format!("{path}{}::", inner.name), depth + 1);
    }
}

fn declared_resources<'b>(interface: &'b Interface<'_>) -> impl Iterator<Item = (ResourceId, &'b types::Decl)> {
    interface.types.iter().filter_map(|ty| match ty.kind {
        NamedTypeKind::Resource(id) => Some((id, ty.decl)),
        NamedTypeKind::Defined(_) | NamedTypeKind::Alias { .. } | NamedTypeKind::ResourceAlias(_) => None,
    })
}

fn add_imports(module: &mut Module, calls: &mut Calls<'_, '_>, interface: &Interface<'_>, forms: &Forms) {
    let mut core = CoreImports { module: core_name::import_module(interface.key), funcs: Vec::new() };
    let mut free = Vec::new();
    let mut resources: Vec<(ResourceId, ImportedResource)> = Vec::new();
    let mut scope = std::mem::take(&mut module.private);
    scope.reserve(CALLBACK);
    for (id, decl) in declared_resources(interface).filter(|(id, _)| !forms.is_foreign_resource(*id)) {
        let names = calls.names.resource(id).clone();
        let resource = calls.bindings.types.resource(id);
        let drop = scope.declare(format!("_drop_{}", bindgen::case::snake(&resource.name)));
        core.funcs.push(core_import(&drop, core_name::resource_drop(&resource.name), vec![CoreType::I32], None));
        let docs = docs::declared(decl, &format!("resource {}", resource.name));
        resources.push((id, ImportedResource { names, docs, drop, funcs: Vec::new() }));
    }
    for func in &interface.funcs {
        if func.kind.resource().is_some_and(|id| forms.is_foreign_resource(id)) {
            // Its methods come with it.
            continue;
        }
        let ident = scope.declare(format!("_{}", ident::core(func.name)));
        let signature = &func.call.signature;
        core.funcs.push(core_import(
            &ident,
            func.core_name.clone(),
            signature.params.clone(),
            signature.results.first().copied(),
        ));
        let import = calls.import(interface, func, ident);
        match func.kind.resource().and_then(|id| resources.iter_mut().find(|(resource, _)| *resource == id)) {
            Some((_, resource)) => resource.funcs.push(import),
            None => free.push(import),
        }
    }
    module.private = scope;
    module.resources.extend(resources.into_iter().map(|(_, resource)| resource));
    if !core.funcs.is_empty() {
        module.imports = Some(Imports { core: vec![core], funcs: free });
    }
}

fn core_import(ident: &str, name: String, params: Vec<CoreType>, result: Option<CoreType>) -> CoreImport {
    CoreImport { ident: ident.to_owned(), name, params, result }
}

fn add_exports(module: &mut Module, shims: &mut Vec<Shim>, calls: &mut Calls<'_, '_>, interface: &Interface<'_>) {
    if interface.instance.is_none() && interface.funcs.is_empty() {
        return;
    }
    let path: String = calls
        .names
        .module(calls.names.module_of(interface))
        .path
        .iter()
        .fold(String::new(), |path, name| path + name + "::");
    let mut guest = Trait {
        docs: Docs::of_generated("What the guest implements of this interface."),
        name: "Guest".to_owned(),
        types: Vec::new(),
        funcs: Vec::new(),
        outside: Vec::new(),
    };
    let mut core = CoreImports { module: core_name::resource_module(Role::Export, interface.key), funcs: Vec::new() };
    let mut resources: Vec<(ResourceId, ExportedResource)> = Vec::new();
    let mut scope = std::mem::take(&mut module.private);
    scope.reserve(CALLBACK);
    for (id, decl) in declared_resources(interface) {
        let resource = exported_resource(calls, &mut scope, &mut core, id, decl);
        guest.types.push((resource.names.own.clone(), resource.names.guest.clone()));
        shims.push(Shim {
            ident: format!("_{}", shims.len()),
            core_name: core_name::destructor(interface.key, &calls.bindings.types.resource(id).name),
            target: format!("{path}{}", resource.destructor),
            generic: true,
            params: vec![CoreType::I32],
            result: None,
            lints: lints::core_func(1),
        });
        resources.push((id, resource));
    }
    let mut funcs = Vec::new();
    for func in &interface.funcs {
        let name = ident::core(func.name);
        let idents = calls::ExportIdents {
            func: scope.declare(format!("_export_{name}")),
            post_return: scope.declare(format!("_post_return_{name}")),
        };
        let signature = calls.trait_signature(interface, func);
        let task_return = func.is_async().then(|| scope.declare(format!("_task_return_{name}")));
        core.funcs.extend(task_return.as_ref().map(|ident| calls.task_return_import(func, ident)));
        let export = calls.export(interface, func, idents, task_return, &signature);
        shims.extend(shims_of(&export, &func.core_name, &path, shims.len()));
        funcs.push(export);
        let resource = func.kind.resource().and_then(|id| resources.iter_mut().find(|(resource, _)| *resource == id));
        let found = resource.map_or(&mut guest, |(_, resource)| &mut resource.guest);
        found.outside.push(calls.outside_signature(&ident::module(&calls.bindings.world.name), interface, func));
        found.funcs.push(signature);
    }
    let resources: Vec<_> = resources.into_iter().map(|(_, resource)| resource).collect();
    let core = if core.funcs.is_empty() { Vec::new() } else { vec![core] };
    module.private = scope;
    module.exports = Some(Exports { guest, resources, core, funcs });
}

fn shims_of(export: &ExportFunc, core_name: &str, path: &str, count: usize) -> Vec<Shim> {
    let mut shims = vec![Shim {
        ident: format!("_{count}"),
        core_name: core_name.to_owned(),
        target: format!("{path}{}", export.ident),
        generic: true,
        params: export.params.clone(),
        result: export.result,
        lints: export.lints.clone(),
    }];
    if export.body.task.is_some() {
        shims.push(Shim {
            ident: format!("_{}", count + 1),
            core_name: abi::names::callback(core_name),
            target: CALLBACK.to_owned(),
            generic: false,
            params: vec![CoreType::I32; 3],
            result: Some(CoreType::I32),
            lints: lints::core_func(3),
        });
    }
    if let Some(ident) = &export.post_return {
        shims.push(Shim {
            ident: format!("_{}", count + 1),
            core_name: core_name::post_return(core_name),
            target: format!("{path}{ident}"),
            generic: true,
            params: export.result.into_iter().collect(),
            result: None,
            lints: lints::core_func(1),
        });
    }
    shims
}

fn exported_resource(
    calls: &Calls<'_, '_>,
    scope: &mut Scope,
    core: &mut CoreImports,
    id: ResourceId,
    decl: &types::Decl,
) -> ExportedResource {
    let names = calls.names.resource(id).clone();
    let resource = calls.bindings.types.resource(id);
    let snake = bindgen::case::snake(&resource.name);
    let mut declare = |prefix: &str| scope.declare(format!("_{prefix}_{snake}"));
    let (new, rep, drop, destructor) = (declare("new"), declare("rep"), declare("drop"), declare("dtor"));
    let (handle, rep_type) = (vec![CoreType::I32], Some(CoreType::I32));
    core.funcs.push(core_import(&new, core_name::resource_new(&resource.name), handle.clone(), rep_type));
    core.funcs.push(core_import(&rep, core_name::resource_rep(&resource.name), handle.clone(), rep_type));
    core.funcs.push(core_import(&drop, core_name::resource_drop(&resource.name), handle, None));
    let guest = Trait {
        docs: Docs::of_generated(&format!("What the guest implements of the resource `{}`.", resource.name)),
        name: names.guest.clone(),
        types: Vec::new(),
        funcs: Vec::new(),
        outside: Vec::new(),
    };
    let docs = docs::declared(decl, &format!("resource {}", resource.name));
    ExportedResource { names, docs, new, rep, drop, guest, destructor }
}

/// Whether a constructor returns a result.
fn is_fallible(bindings: &Bindings<'_>, func: &bindgen::Func<'_>) -> bool {
    matches!(func.kind, FuncKind::Constructor(_))
        && matches!(func.name, ExternName::Constructor(_))
        && func.ty.result.is_some_and(|result| matches!(bindings.types.kind(result), Kind::Result { .. }))
}
