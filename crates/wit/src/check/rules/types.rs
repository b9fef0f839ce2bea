//! Types as they are written.
//!
//! In: a type. Out: empty tuples, keys that no map has, lengths that no list has.
//! Holds: what a name means is asked only of the block it stands in.

use super::locals::Locals;
use super::{Report, names};
use crate::syntax::ast::{Primitive, Type, TypeKind, VersionText};

pub(super) fn check(report: &mut Report<'_>, ty: &Type, locals: &Locals<'_>) {
    match &ty.kind {
        TypeKind::Primitive(_) | TypeKind::Error => {}
        TypeKind::Named(name) | TypeKind::Own(name) | TypeKind::Borrow(name) => names::check(report, name),
        TypeKind::List(item) | TypeKind::Option(item) => check(report, item, locals),
        TypeKind::FixedList(item, length) => {
            list_length(report, length);
            check(report, item, locals);
        }
        TypeKind::Map(key, value) => {
            map_key(report, key, locals);
            check(report, key, locals);
            check(report, value, locals);
        }
        TypeKind::Tuple(parts) => {
            if parts.is_empty() {
                empty_tuple(report, ty);
            }
            parts.iter().for_each(|part| check(report, part, locals));
        }
        TypeKind::Result { ok, err } => {
            [ok, err].into_iter().flatten().for_each(|part| check(report, part, locals));
        }
        TypeKind::Future(item) | TypeKind::Stream(item) => {
            item.iter().for_each(|part| check(report, part, locals));
        }
    }
}

fn empty_tuple(report: &mut Report<'_>, ty: &Type) {
    if report.is_torn(&ty.span) {
        return;
    }
    let found = diag::error("wit/empty-type", "a tuple has no parts");
    report.add(found.label(report.place(&ty.span), "has no parts").help("write a type between `<` and `>`"));
}

fn list_length(report: &mut Report<'_>, length: &VersionText) {
    // What is no number is a syntax error.
    if !length.text.bytes().all(|byte| byte.is_ascii_digit()) || length.text.parse::<u32>().is_ok() {
        return;
    }
    let found = diag::error("wit/list-length", format!("no list is as long as {}", length.text));
    report.add(found.label(report.place(&length.span), "more than 4294967295").help("write a smaller length"));
}

/// Maps have keys of primitive types, written as such: not even another name for one will do.
fn map_key(report: &mut Report<'_>, key: &Type, locals: &Locals<'_>) {
    let why = match &key.kind {
        TypeKind::Primitive(Primitive::F32 | Primitive::F64 | Primitive::ErrorContext) => "cannot be compared",
        TypeKind::Primitive(_) | TypeKind::Error => return,
        TypeKind::Named(name) if !locals.is_declared(&name.text) => return,
        TypeKind::Named(_) => match locals.behind(key).map(|ty| &ty.kind) {
            Some(TypeKind::Primitive(_)) => "another name for a type, where the type itself must stand",
            _ => "not a primitive type",
        },
        _ => "not a primitive type",
    };
    if report.is_torn(&key.span) {
        return;
    }
    let behind = locals.behind(key).filter(|ty| matches!(ty.kind, TypeKind::Primitive(_)));
    let help = match behind {
        Some(primitive) if is_key(primitive) => format!("write `{}`", report.text(&primitive.span)),
        _ => "take an integer, a `bool`, a `char` or a `string` as the key".to_owned(),
    };
    let found = diag::error("wit/map-key", format!("`{}` cannot be a map's key", report.text(&key.span)));
    report.add(found.label(report.place(&key.span), why).help(help));
}

fn is_key(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::Primitive(primitive) => {
            !matches!(primitive, Primitive::F32 | Primitive::F64 | Primitive::ErrorContext)
        }
        _ => false,
    }
}

/// Every `borrow<..>` written in a type.
pub(super) fn borrows<'a>(ty: &'a Type, out: &mut Vec<(&'a Type, &'a str)>) {
    match &ty.kind {
        TypeKind::Borrow(name) => out.push((ty, &name.text)),
        TypeKind::Primitive(_) | TypeKind::Named(_) | TypeKind::Own(_) | TypeKind::Error => {}
        TypeKind::List(item) | TypeKind::Option(item) | TypeKind::FixedList(item, _) => borrows(item, out),
        TypeKind::Map(key, value) => {
            borrows(key, out);
            borrows(value, out);
        }
        TypeKind::Tuple(parts) => parts.iter().for_each(|part| borrows(part, out)),
        TypeKind::Result { ok, err } => [ok, err].into_iter().flatten().for_each(|part| borrows(part, out)),
        TypeKind::Future(item) | TypeKind::Stream(item) => item.iter().for_each(|part| borrows(part, out)),
    }
}
