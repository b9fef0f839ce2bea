//! Definitions of value types.
//!
//! In: a named type. Out: an interface or a type, with an interface for each case of a variant.

use bindgen::Scope;
use printer::{Doc, block, doc, lines};
use types::{Case, Field, Kind, LabelDecl, TypeKind, ValType};

use super::docs::Docs;
use super::model::Entry;
use super::value::{Values, flag};
use crate::names;

/// The declarations of a type. `scope` gives names to cases.
pub fn definition(values: Values<'_, '_>, entry: &Entry<'_>, ty: ValType, scope: &mut Scope) -> Vec<Doc> {
    let docs = Docs::of(entry.decl);
    let name = &entry.local;
    let alias = || vec![docs.above(doc!["export type ", name, " = ", values.target(ty), ";"])];
    if matches!(ty, ValType::Def(id) if matches!(values.types().def(id).kind, TypeKind::Alias(_))) {
        return alias();
    }
    match values.types().kind(ty) {
        Kind::Record(fields) => vec![docs.above(interface(name, record(values, fields)))],
        Kind::Flags(labels) => vec![docs.above(interface(name, flags(labels)))],
        Kind::Variant(cases) => variant(values, name, &docs, cases, scope),
        Kind::Enum(labels) => {
            let parts = labels.iter().map(|label| (Docs::of(&label.decl).doc(), names::literal(&label.name)));
            vec![docs.above(union(name, parts.collect()))]
        }
        Kind::Bool
        | Kind::U8
        | Kind::S8
        | Kind::U16
        | Kind::S16
        | Kind::U32
        | Kind::S32
        | Kind::U64
        | Kind::S64
        | Kind::F32
        | Kind::F64
        | Kind::Char
        | Kind::String
        | Kind::ErrorContext
        | Kind::List(_)
        | Kind::FixedList(..)
        | Kind::Map(..)
        | Kind::Tuple(_)
        | Kind::Option(_)
        | Kind::Result { .. }
        | Kind::Own(_)
        | Kind::Borrow(_)
        | Kind::Stream(_)
        | Kind::Future(_) => alias(),
    }
}

fn interface(name: &str, body: Vec<Doc>) -> Doc {
    doc!["export interface ", name.to_owned(), " ", block(lines(body))]
}

fn record(values: Values<'_, '_>, fields: &[Field]) -> Vec<Doc> {
    let idents = names::members(fields.iter().map(|field| field.name.as_str()));
    let fields = fields.iter().zip(idents);
    fields.map(|(field, ident)| Docs::of(&field.decl).above(doc![values.field(&ident, field.ty), ";"])).collect()
}

fn flags(labels: &[LabelDecl]) -> Vec<Doc> {
    let idents = names::members(labels.iter().map(|label| label.name.as_str()));
    labels.iter().zip(idents).map(|(label, ident)| Docs::of(&label.decl).above(doc![flag(&ident), ";"])).collect()
}

fn variant(values: Values<'_, '_>, name: &str, docs: &Docs, cases: &[Case], scope: &mut Scope) -> Vec<Doc> {
    let idents: Vec<String> =
        cases.iter().map(|case| scope.declare(format!("{name}{}", names::class(&case.name)))).collect();
    let parts = idents.iter().map(|ident| (printer::nothing(), ident.clone())).collect();
    let mut out = vec![docs.above(union(name, parts))];
    out.extend(cases.iter().zip(&idents).map(|(case, ident)| {
        let tag = doc!["tag: ", names::literal(&case.name), ";"];
        let val = case.ty.map(|ty| doc!["val: ", values.value(ty, super::value::Way::Both), ";"]);
        Docs::of(&case.decl).above(interface(ident, std::iter::once(tag).chain(val).collect()))
    }));
    out
}

/// `export type E = 'a' | 'b';`, with a part to a line where there are comments or much text.
fn union(name: &str, parts: Vec<(Doc, String)>) -> Doc {
    let width: usize = parts.iter().map(|(_, part)| part.chars().count() + 3).sum();
    let head = format!("export type {name} =");
    if parts.iter().all(|(docs, _)| docs.is_nothing()) && head.chars().count() + width < 118 {
        let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
        return doc![head, " ", parts.join(" | "), ";"];
    }
    let last = parts.len().saturating_sub(1);
    let parts = parts.into_iter().enumerate();
    let parts = parts.map(|(at, (docs, part))| lines([docs, doc!["| ", part, if at == last { ";" } else { "" }]]));
    doc![head, printer::nest(doc![printer::line(), lines(parts)])]
}
