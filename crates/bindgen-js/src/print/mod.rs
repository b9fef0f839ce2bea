//! The text of a module, laid out from its model.
//!
//! In: a `Model`. Out: JavaScript.
//! Holds: nothing is decided here; two spaces, single quotes, semicolons.

mod code;

use bindgen::HEADER;
use printer::{Doc, Indent, Style, blocks, doc, lines, render, text};

use crate::model::{Model, Shell};
use crate::names;

/// The module.
pub fn module(model: &Model) -> String {
    let head = Doc::from(format!("{HEADER}\n// {}", model.title));
    let imports = lines(model.imports.iter().map(|import| {
        let names = import
            .names
            .iter()
            .map(|(name, local)| if name == local { Doc::from(local) } else { doc![names::key(name), " as ", local] });
        doc!["import ", code::braces(names), " from ", names::literal(&import.from), ";"]
    }));
    let helpers = model.helpers.iter().map(|helper| text(helper.clone()));
    let state = code::groups(&model.state);
    let steps = code::groups(&model.steps);
    let body = [state, steps, code::groups(&model.exported)].into_iter().flatten();
    let rest: Vec<Doc> = match &model.shell {
        Shell::Esm { exports } => body.chain(Some(export_clause(exports))).collect(),
        Shell::Function { head, preamble, result } => {
            let preamble = lines(preamble.iter().map(code::stmt));
            let result = doc!["return ", code::object(result), ";"];
            let all = blocks(std::iter::once(preamble).chain(body).chain([result]));
            vec![doc![head, " ", printer::block(all)]]
        }
    };
    let all = [head, imports].into_iter().chain(helpers).chain(rest);
    render(&blocks(all), &Style { indent: Indent::Spaces(2), width: 120 })
}

fn export_clause(exports: &[(String, String)]) -> Doc {
    if exports.is_empty() {
        return printer::nothing();
    }
    let names = exports
        .iter()
        .map(|(local, name)| if local == name { Doc::from(local) } else { doc![local, " as ", names::key(name)] });
    doc!["export ", code::braces(names), ";"]
}
