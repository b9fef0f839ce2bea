//! The declarations of one interface.
//!
//! In: a module. Out: what stands in its file, or in its `declare module`.
//! Holds: what has a reserved word as its name is declared under another one and exported under its own.

use printer::{Doc, doc};

use super::class::{Class, Form};
use super::definition::definition;
use super::docs::Docs;
use super::func;
use super::model::{Entry, EntryKind, Model, ModuleId, Side};
use super::value::{Values, Way};
use crate::names;

/// All declarations of an interface. Without any it is a module nevertheless.
pub fn declarations(model: &Model<'_>, here: ModuleId) -> Vec<Doc> {
    let module = &model.modules[here];
    let mut scope = module.scope.clone();
    let found = module.entries.iter().flat_map(|entry| declaration(model, here, entry, &mut scope));
    let found: Vec<Doc> = found.collect();
    if found.is_empty() { vec![Doc::from("export {};")] } else { found }
}

fn declaration(model: &Model<'_>, here: ModuleId, entry: &Entry<'_>, scope: &mut bindgen::Scope) -> Vec<Doc> {
    let values = Values { model, here };
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
            let ty = values.value(*ty, Way::Both);
            exported(model, entry, &docs, doc![word, &entry.local, ": ", ty, ";"])
        }
        EntryKind::Type { .. } | EntryKind::Class { .. } | EntryKind::ResourceAlias(_) => {
            named(model, here, entry, scope)
        }
        EntryKind::Namespace(inner) | EntryKind::Interface { module: inner, .. } => {
            vec![doc!["export * as ", names::key(&entry.public), " from ", model.specifier(here, *inner), ";"]]
        }
    }
}

/// A type, or a class with its type.
pub fn named(model: &Model<'_>, here: ModuleId, entry: &Entry<'_>, scope: &mut bindgen::Scope) -> Vec<Doc> {
    let values = Values { model, here };
    match &entry.kind {
        EntryKind::Type { ty, is_definition: true } => definition(values, entry, *ty, scope),
        EntryKind::Type { ty, is_definition: false } => {
            let target = values.value(*ty, Way::Both);
            vec![Docs::of(entry.decl).above(doc!["export type ", &entry.local, " = ", target, ";"])]
        }
        EntryKind::ResourceAlias(resource) => {
            let target = owner_name(model, here, *resource);
            vec![Docs::of(entry.decl).above(doc!["export type ", &entry.local, " = ", target, ";"])]
        }
        EntryKind::Class { funcs, .. } => {
            let class = Class { values, party: model.party(entry.role), entry, members: funcs };
            match class.form() {
                Form::Class => exported(model, entry, &class.about(), class.class()),
                Form::Pair => vec![
                    class.about().above(doc!["export ", class.instance()]),
                    doc!["export const ", &entry.local, ": ", class.constructor(), ";"],
                ],
            }
        }
        EntryKind::Func { .. } | EntryKind::Variable { .. } | EntryKind::Namespace(_) | EntryKind::Interface { .. } => {
            Vec::new()
        }
    }
}

/// The class that an alias stands for, by the module that declares it.
fn owner_name(model: &Model<'_>, here: ModuleId, resource: types::ResourceId) -> String {
    let owner = model.owners.get(&resource);
    let found = owner.and_then(|owner| Some((*owner, model.resources.get(&(*owner, resource))?)));
    found.map_or_else(|| "object".to_owned(), |(owner, name)| model.name_of(here, owner, name))
}

/// `export X`, or `declare X` and `export { x_ as x }`.
pub fn exported(model: &Model<'_>, entry: &Entry<'_>, docs: &Docs, declaration: Doc) -> Vec<Doc> {
    if entry.local == entry.public {
        return vec![docs.above(doc!["export ", declaration])];
    }
    let public = names::key(&entry.public);
    let declare = match model.side {
        Side::Host => "declare ",
        // Around it stands `declare module`.
        Side::Guest => "",
    };
    vec![docs.above(doc![declare, declaration]), doc!["export { ", &entry.local, " as ", public, " };"]]
}
