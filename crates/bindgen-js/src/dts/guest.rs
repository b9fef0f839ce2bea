//! The files for who writes a component in JavaScript.
//!
//! In: the model. Out: `name.d.ts` and `interfaces/*.d.ts`, which declare the modules that a guest imports.
//! Holds: a guest takes an interface from the module of its full identifier, as engines for JavaScript guests resolve
//! it.

use bindgen::{Files, Role};
use printer::{Doc, block, blocks, doc, lines};

use super::docs::Docs;
use super::file;
use super::func;
use super::host::export_properties;
use super::interface::{self, named};
use super::model::{Entry, EntryKind, Model, NOWHERE, ROOT};
use super::value::Values;
use crate::names;

pub fn files(model: &Model<'_>) -> Files {
    let mut files = Files::new();
    let about = format!("The world `{}`, for guests.", model.modules[ROOT].id);
    files.insert(format!("{}.d.ts", model.name), file(&about, root(model)));
    for (id, module) in model.modules.iter().enumerate().skip(1) {
        let about = match module.role {
            Role::Import => format!("{}, which the guest imports.", module.id),
            Role::Export => format!("{}, which the guest exports.", module.id),
        };
        let body = Docs::of(module.decl).above(declare(&module.specifier, interface::declarations(model, id)));
        files.insert(format!("interfaces/{}.d.ts", module.file), file(&about, [body]));
    }
    files
}

fn declare(specifier: &str, body: Vec<Doc>) -> Doc {
    let body = if body.is_empty() { vec![Doc::from("export {};")] } else { body };
    doc!["declare module ", names::literal(specifier), " ", block(blocks(body))]
}

fn root(model: &Model<'_>) -> Vec<Doc> {
    let mut scope = model.modules[ROOT].scope.clone();
    let files = model.modules.iter().skip(1);
    let references = files.map(|module| format!("/// <reference path=\"./interfaces/{}.d.ts\" />", module.file));
    let mut body: Vec<Doc> =
        model.modules[ROOT].entries.iter().flat_map(|entry| named(model, ROOT, entry, &mut scope)).collect();
    let exports: Vec<Doc> = export_properties(model).collect();
    if !exports.is_empty() {
        let name = scope.declare("Exports");
        body.push(Docs::text("What the component's module exports.").above(doc![
            "export interface ",
            name,
            " ",
            block(lines(exports))
        ]));
    }
    let world = Docs::of(&model.world.decl).above(declare(&model.modules[ROOT].specifier, body));
    let mut out = vec![lines(references), world];
    let imports = model.modules[ROOT].entries.iter().filter(|entry| entry.role == Role::Import);
    out.extend(imports.filter_map(|entry| import(model, entry)));
    out
}

/// A function that the world imports itself is the default of a module of its name.
fn import(model: &Model<'_>, entry: &Entry<'_>) -> Option<Doc> {
    let values = Values { model, here: NOWHERE };
    match &entry.kind {
        EntryKind::Func { name, ty } => {
            let party = model.party(entry.role);
            let docs = func::docs(values, party, name, ty, entry.decl);
            let signature = func::signature(values, party, name, ty).doc();
            Some(declare(&name.to_string(), vec![docs.above(doc!["export default function ", signature, ";"])]))
        }
        EntryKind::Class { .. } => {
            let class = doc!["export { ", &entry.local, " as default } from ", model.specifier(ROOT, ROOT), ";"];
            Some(declare(&entry.public, vec![class]))
        }
        EntryKind::Variable { .. }
        | EntryKind::Type { .. }
        | EntryKind::ResourceAlias(_)
        | EntryKind::Namespace(_)
        | EntryKind::Interface { .. } => None,
    }
}
