//! The files for who instantiates a component.
//!
//! In: the model, and who makes the instance. Out: `name.d.ts` and `interfaces/*.d.ts`.
//! Holds: keys of imports and exports are those at run time; a promise stands exactly where one is returned.

use std::collections::HashSet;

use bindgen::{Files, Role, Scope};
use indexmap::IndexMap;
use printer::{Doc, block, doc, lines};
use types::ExternName;

use super::class::{Class, Form, method_key};
use super::docs::Docs;
use super::interface::{self, exported, named};
use super::model::{Entry, EntryKind, Model, ModuleId, ROOT, Side};
use super::value::{Values, Way};
use super::{file, func};
use crate::{Instantiate, Options, names};

/// The namespaces of packages whose keys may be written in two ways independent of each other. More would make a type
/// with too many cases: the rest go together.
const MOST_GROUPS: usize = 4;

pub fn files(model: &Model<'_>, options: &Options) -> Files {
    let mut files = Files::new();
    let about = if model.world.package.to_string() == "root:component" {
        format!("The component `{}`.", model.name)
    } else {
        format!("The world `{}`, for hosts.", model.modules[ROOT].id)
    };
    files.insert(format!("{}.d.ts", model.name), file(&about, root(model, options.instantiate)));
    for (id, module) in model.modules.iter().enumerate().skip(1) {
        let about = match module.role {
            Role::Import => format!("{}, which the component imports.", module.id),
            Role::Export => format!("{}, which the component exports.", module.id),
        };
        let docs = Docs::of(module.decl).of_package().doc();
        let body = std::iter::once(docs).chain(interface::declarations(model, id));
        files.insert(format!("interfaces/{}.d.ts", module.file), file(&about, body));
    }
    files
}

fn root(model: &Model<'_>, mode: Instantiate) -> Vec<Doc> {
    let mut scope = model.modules[ROOT].scope.clone();
    let mut out = vec![Docs::of(&model.world.decl).of_package().doc(), namespaces(model, mode, &mut scope)];
    let here = || model.modules[ROOT].entries.iter();
    out.extend(here().filter(|entry| entry.role == Role::Import).flat_map(|entry| imported(model, entry, &mut scope)));
    let exports = here().filter(|entry| entry.role == Role::Export);
    match mode {
        Instantiate::Esm => out.extend(exports.flat_map(|entry| esm_export(model, entry, &mut scope))),
        Instantiate::Async | Instantiate::Sync => {
            out.extend(exports.flat_map(|entry| declared_type(model, entry, &mut scope)));
        }
    }
    out.extend(component_error(model, &mut scope));
    let imports = imports(model, mode, &mut scope);
    out.push(imports.doc);
    match mode {
        Instantiate::Esm => {}
        Instantiate::Async | Instantiate::Sync => out.extend(instantiate(model, mode, imports.name, &mut scope)),
    }
    if out.iter().skip(1).all(Doc::is_nothing) {
        out.push(Doc::from("export {};"));
    }
    out
}

/// The types of all interfaces, each under a name with all of its parts.
fn namespaces(model: &Model<'_>, mode: Instantiate, scope: &mut Scope) -> Doc {
    let shown = model.modules.iter().enumerate().skip(1).filter(|(_, module)| match mode {
        // What is exported is there as a value.
        Instantiate::Esm => module.role == Role::Import,
        Instantiate::Async | Instantiate::Sync => true,
    });
    lines(shown.map(|(id, module)| {
        let words = module.file.split(['.', '@']).next().unwrap_or_default();
        let name = scope.declare(names::class(words));
        doc!["export type * as ", name, " from ", model.specifier(ROOT, id), ";"]
    }))
}

/// The type of what the world imports itself.
fn imported(model: &Model<'_>, entry: &Entry<'_>, scope: &mut Scope) -> Vec<Doc> {
    let values = Values { model, here: ROOT };
    match &entry.kind {
        EntryKind::Class { funcs, .. } => {
            let class = Class { values, party: model.party(entry.role), entry, members: funcs };
            vec![class.about().above(doc!["export ", class.instance()])]
        }
        EntryKind::Type { .. } | EntryKind::ResourceAlias(_) => named(model, ROOT, entry, scope),
        EntryKind::Func { .. } | EntryKind::Variable { .. } | EntryKind::Namespace(_) | EntryKind::Interface { .. } => {
            Vec::new()
        }
    }
}

fn esm_export(model: &Model<'_>, entry: &Entry<'_>, scope: &mut Scope) -> Vec<Doc> {
    let values = Values { model, here: ROOT };
    let party = model.party(entry.role);
    match &entry.kind {
        EntryKind::Func { name, ty } => {
            let docs = func::docs(values, party, name, ty, entry.decl);
            let signature = func::signature(values, party, name, ty).doc();
            exported(model, entry, &docs, doc!["function ", &entry.local, signature, ";"])
        }
        EntryKind::Variable { ty, writable, name, func } => {
            let docs = func::docs(values, party, name, func, entry.decl);
            let word = if *writable { "let " } else { "const " };
            exported(model, entry, &docs, doc![word, &entry.local, ": ", values.value(*ty, Way::Both), ";"])
        }
        EntryKind::Type { .. } | EntryKind::Class { .. } | EntryKind::ResourceAlias(_) => {
            named(model, ROOT, entry, scope)
        }
        EntryKind::Interface { module, keys, .. } => {
            let from = model.specifier(ROOT, *module);
            let each = keys.iter().map(|key| doc!["export * as ", names::key(key), " from ", &from, ";"]);
            vec![lines(each)]
        }
        EntryKind::Namespace(_) => Vec::new(),
    }
}

/// A type, and a class as a type: its values are made by `instantiate`.
fn declared_type(model: &Model<'_>, entry: &Entry<'_>, scope: &mut Scope) -> Vec<Doc> {
    let values = Values { model, here: ROOT };
    match &entry.kind {
        EntryKind::Class { funcs, .. } => {
            let class = Class { values, party: model.party(entry.role), entry, members: funcs };
            match class.form() {
                Form::Pair => vec![class.about().above(doc!["export ", class.instance()])],
                Form::Class => vec![
                    class.about().above(doc!["declare ", class.class()]),
                    doc!["export type { ", &entry.local, " };"],
                ],
            }
        }
        EntryKind::Type { .. } | EntryKind::ResourceAlias(_) => named(model, ROOT, entry, scope),
        EntryKind::Func { .. } | EntryKind::Variable { .. } | EntryKind::Namespace(_) | EntryKind::Interface { .. } => {
            Vec::new()
        }
    }
}

/// What error results are thrown as, if some export has one.
fn component_error(model: &Model<'_>, scope: &mut Scope) -> Option<Doc> {
    let fails = model.modules.iter().enumerate().any(|(here, module)| {
        let values = Values { model, here };
        module.entries.iter().filter(|entry| entry.role == Role::Export).any(|entry| match &entry.kind {
            EntryKind::Func { ty, .. } | EntryKind::Variable { func: ty, .. } => func::may_fail(values, ty),
            EntryKind::Class { funcs, .. } => funcs.iter().any(|member| func::may_fail(values, member.ty)),
            EntryKind::Type { .. }
            | EntryKind::ResourceAlias(_)
            | EntryKind::Namespace(_)
            | EntryKind::Interface { .. } => false,
        })
    });
    fails.then(|| {
        let name = scope.declare("ComponentError");
        let error = Values { model, here: ROOT }.global("Error");
        let body = block(Doc::from("readonly payload: E;"));
        Docs::text("What an export throws whose result is an error.").above(doc![
            "export interface ",
            name,
            "<E> extends ",
            error,
            " ",
            body
        ])
    })
}

/// `ImportObject`, if anything is imported.
struct Imports {
    name: Option<String>,
    doc: Doc,
}

fn imports(model: &Model<'_>, mode: Instantiate, scope: &mut Scope) -> Imports {
    let mut fixed: Vec<Doc> = Vec::new();
    let mut groups: IndexMap<&str, (Vec<Doc>, Vec<Doc>)> = IndexMap::new();
    let several = several_versions(model);
    for entry in model.modules[ROOT].entries.iter().filter(|entry| entry.role == Role::Import) {
        let EntryKind::Interface { module, name, .. } = &entry.kind else {
            fixed.extend(property(model, entry));
            continue;
        };
        if !has_values(model, *module) {
            continue;
        }
        let member = |key: &str| doc![names::key(key), ": ", type_of(model, *module), ";"];
        let (full, bare) = (name.to_string(), names::without_version(name));
        match name {
            ExternName::Interface(id) if full != bare && !several.contains(&bare) => {
                let namespace = id.package.namespace.as_str();
                let is_one_more = !groups.contains_key(namespace) && groups.len() >= MOST_GROUPS;
                let (versioned, plain) = groups.entry(if is_one_more { "" } else { namespace }).or_default();
                versioned.push(member(&full));
                plain.push(member(&bare));
            }
            ExternName::Interface(_)
            | ExternName::Label(_)
            | ExternName::Constructor(_)
            | ExternName::Method(..)
            | ExternName::Static(..)
            | ExternName::Accessor(_) => fixed.push(member(&full)),
        }
    }
    if fixed.is_empty() && groups.is_empty() {
        return Imports { name: None, doc: printer::nothing() };
    }
    let name = scope.declare("ImportObject");
    let fixed = (!fixed.is_empty()).then(|| block(lines(fixed)));
    let either = groups
        .into_values()
        .map(|(versioned, plain)| doc!["(", block(lines(versioned)), " | ", block(lines(plain)), ")"]);
    let parts: Vec<Doc> = fixed.into_iter().chain(either).collect();
    let text = match mode {
        Instantiate::Esm => "What the modules have that the imports are taken from.",
        Instantiate::Async | Instantiate::Sync => "What the component imports.",
    };
    let doc = Docs::text(text).above(doc!["export type ", &name, " = ", printer::join(parts, Doc::from(" & ")), ";"]);
    Imports { name: Some(name), doc }
}

/// The names without a version that several imports share: those need it.
fn several_versions(model: &Model<'_>) -> HashSet<String> {
    let mut seen = HashSet::new();
    let names = model.world.component.imports.keys().map(names::without_version);
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// Whether an interface has anything at run time.
fn has_values(model: &Model<'_>, module: ModuleId) -> bool {
    model.modules[module].entries.iter().any(|entry| match &entry.kind {
        EntryKind::Func { .. } | EntryKind::Variable { .. } | EntryKind::Class { .. } => true,
        EntryKind::Namespace(inner) => has_values(model, *inner),
        EntryKind::Type { .. } | EntryKind::ResourceAlias(_) | EntryKind::Interface { .. } => false,
    })
}

fn type_of(model: &Model<'_>, module: ModuleId) -> String {
    format!("typeof import({})", model.specifier(ROOT, module))
}

/// A member of the object of imports or exports that is no interface.
pub fn property(model: &Model<'_>, entry: &Entry<'_>) -> Option<Doc> {
    let values = Values { model, here: ROOT };
    let party = model.party(entry.role);
    match &entry.kind {
        EntryKind::Func { name, ty } => {
            let signature = func::signature(values, party, name, ty);
            let docs = func::docs(values, party, name, ty, entry.decl);
            Some(docs.above(doc![method_key(&entry.public), signature.doc(), ";"]))
        }
        EntryKind::Variable { ty, writable, name, func } => {
            let readonly = if *writable { "" } else { "readonly " };
            let docs = func::docs(values, party, name, func, entry.decl);
            let ty = values.value(*ty, Way::Both);
            Some(docs.above(doc![readonly, names::key(&entry.public), ": ", ty, ";"]))
        }
        EntryKind::Class { funcs, .. } => {
            let class = Class { values, party, entry, members: funcs };
            let ty = match class.form() {
                Form::Class => doc!["typeof ", &entry.local],
                Form::Pair => class.constructor(),
            };
            Some(doc![names::key(&entry.public), ": ", ty, ";"])
        }
        EntryKind::Type { .. }
        | EntryKind::ResourceAlias(_)
        | EntryKind::Namespace(_)
        | EntryKind::Interface { .. } => None,
    }
}

/// The members of the object of exports.
pub fn export_properties<'m>(model: &'m Model<'_>) -> impl Iterator<Item = Doc> + 'm {
    let exports = model.modules[ROOT].entries.iter().filter(|entry| entry.role == Role::Export);
    exports.flat_map(move |entry| match &entry.kind {
        // Nobody has to write an interface of types alone.
        EntryKind::Interface { module, .. } if model.side == Side::Guest && !has_values(model, *module) => Vec::new(),
        EntryKind::Interface { module, keys, .. } => {
            let ty = type_of(model, *module);
            // One of the names is enough for an engine.
            let most = if model.side == Side::Guest { 1 } else { keys.len() };
            let each = keys.iter().take(most).map(|key| doc![names::key(key), ": ", &ty, ";"]);
            each.collect::<Vec<Doc>>()
        }
        EntryKind::Func { .. }
        | EntryKind::Variable { .. }
        | EntryKind::Class { .. }
        | EntryKind::Type { .. }
        | EntryKind::ResourceAlias(_)
        | EntryKind::Namespace(_) => property(model, entry).into_iter().collect(),
    })
}

fn instantiate(model: &Model<'_>, mode: Instantiate, imports: Option<String>, scope: &mut Scope) -> Vec<Doc> {
    let values = Values { model, here: ROOT };
    let exports = scope.declare(names::class(&model.world.name));
    let wasm = values.global("WebAssembly");
    let (module, instance) = (format!("{wasm}.Module"), format!("{wasm}.Instance"));
    let promise = values.global("Promise");
    let or_promise = |ty: &str| match mode {
        Instantiate::Sync => ty.to_owned(),
        Instantiate::Async | Instantiate::Esm => format!("{ty} | {promise}<{ty}>"),
    };
    let about = match mode {
        Instantiate::Sync => {
            "Makes an instance. `getCoreModule` is given the names of files that stand beside this one."
        }
        Instantiate::Async | Instantiate::Esm => {
            "Makes an instance. `getCoreModule` is given the names of files that stand beside this one; without it they \
             are loaded from there."
        }
    };
    let result = match mode {
        Instantiate::Sync => exports.clone(),
        Instantiate::Async | Instantiate::Esm => format!("{promise}<{exports}>"),
    };
    let given = format!("{module} | {} | {}", values.global("ArrayBuffer"), values.global("ArrayBufferView"));
    let given = format!("(path: string) => {}", or_promise(&given));
    let params = [
        match mode {
            Instantiate::Sync => format!("getCoreModule: {given}"),
            Instantiate::Async | Instantiate::Esm => format!("getCoreModule: ({given}) | null | undefined"),
        },
        imports.map_or_else(|| "imports?: {}".to_owned(), |name| format!("imports: {name}")),
        format!("instantiateCore?: (module: {module}, imports: any) => {}", or_promise(&instance)),
    ];
    let body = block(lines(export_properties(model)));
    let known = doc![
        "namespace WebAssembly ",
        block(lines(["// Known where the standard library has it.", "interface Module {}", "interface Instance {}"]))
    ];
    vec![
        Docs::text("What the component exports.").above(doc!["export interface ", exports, " ", body]),
        Docs::text(about).above(doc!["export function instantiate", Doc::list("(", params, ")"), ": ", result, ";"]),
        doc!["declare global ", block(known)],
    ]
}
