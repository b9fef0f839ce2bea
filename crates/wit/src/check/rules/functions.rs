//! Functions by themselves.
//!
//! In: a function and what it belongs to. Out: parameters of the same name, and what constructors and accessors
//! may not have.
//! Holds: of a result that is only named, what the block says of that name counts.

use super::locals::Locals;
use super::{Report, members, names, types};
use crate::syntax::ast::{FuncKind, FuncType, Name, Span, Type, TypeKind};

/// A function as all rules look at it.
pub(super) struct Func<'a> {
    pub name: &'a Name,
    pub kind: FuncKind,
    pub func: &'a FuncType,
    /// All of it.
    pub span: &'a Span,
}

/// What a function belongs to.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// An interface or a world.
    Block,
    Resource(&'a Name),
}

/// What an accessor is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accessor {
    Getter,
    Setter,
}

fn accessor(kind: FuncKind) -> Option<Accessor> {
    match kind {
        FuncKind::Plain | FuncKind::Static | FuncKind::Constructor => None,
        FuncKind::Getter | FuncKind::StaticGetter => Some(Accessor::Getter),
        FuncKind::Setter | FuncKind::StaticSetter => Some(Accessor::Setter),
    }
}

fn is_static(kind: FuncKind) -> bool {
    match kind {
        FuncKind::Static | FuncKind::StaticGetter | FuncKind::StaticSetter => true,
        FuncKind::Plain | FuncKind::Constructor | FuncKind::Getter | FuncKind::Setter => false,
    }
}

pub(super) fn check(report: &mut Report<'_>, func: &Func<'_>, owner: Owner<'_>, locals: &Locals<'_>) {
    let is_constructor = func.kind == FuncKind::Constructor;
    if !is_constructor {
        names::check(report, func.name);
    }
    if let Owner::Block = owner {
        outside(report, func);
    }
    if let Owner::Resource(_) = owner
        && !is_static(func.kind)
        && !is_constructor
    {
        self_params(report, func);
    }
    members::unique(report, "parameter", func.func.params.iter().map(|param| &param.name));
    for ty in func.func.params.iter().map(|param| &param.ty).chain(&func.func.result) {
        types::check(report, ty, locals);
    }
    match accessor(func.kind) {
        Some(Accessor::Getter) => getter(report, func),
        Some(Accessor::Setter) => setter(report, func, locals),
        None => {}
    }
    if let (true, Owner::Resource(resource)) = (is_constructor, owner) {
        constructor(report, func, resource, locals);
    }
}

/// Static functions and constructors of no resource.
fn outside(report: &mut Report<'_>, func: &Func<'_>) {
    if report.is_torn(func.span) {
        return;
    }
    let (headline, help) = match func.kind {
        FuncKind::Constructor => ("a constructor stands outside a resource".to_owned(), "move it into its resource"),
        kind if is_static(kind) => {
            let text = &func.name.text;
            (format!("static function `{text}` stands outside a resource"), "leave out `static`")
        }
        _ => return,
    };
    let found = diag::error("wit/outside-resource", headline);
    report.add(found.label(report.place(&func.name.span), "belongs to no resource").help(help));
}

/// Methods have a parameter `self` already.
fn self_params(report: &mut Report<'_>, func: &Func<'_>) {
    for param in &func.func.params {
        if names::folded(&param.name.text) == "self" {
            let headline = format!("method `{}` has a parameter `self` already", func.name.text);
            let found = diag::error("wit/duplicate", headline);
            let found = found.label(report.place(&param.name.span), "declared again");
            report.add(found.help("leave it out: every method is given its resource"));
        }
    }
}

fn getter(report: &mut Report<'_>, func: &Func<'_>) {
    let name = &func.name.text;
    not_async(report, func, "wit/accessor", "a getter");
    if let Some(param) = func.func.params.first() {
        let found = diag::error("wit/accessor", format!("getter `{name}` takes a parameter"));
        report.add(found.label(report.place(&param.span), "a getter takes nothing").help("leave it out"));
    }
    if func.func.result.is_none() && !report.is_torn(func.span) {
        let found = diag::error("wit/accessor", format!("getter `{name}` returns nothing"));
        let end = func.func.span.end;
        let found = found.label(report.place(&(func.name.span.start..end)), "a getter returns a value");
        report.add(found.help("write `->` and a type after `()`"));
    }
}

fn setter(report: &mut Report<'_>, func: &Func<'_>, locals: &Locals<'_>) {
    let name = &func.name.text;
    not_async(report, func, "wit/accessor", "a setter");
    let params = &func.func.params;
    if let Some(second) = params.get(1) {
        let found = diag::error("wit/accessor", format!("setter `{name}` takes more than one parameter"));
        report.add(found.label(report.place(&second.span), "one too many").help("leave it out"));
    } else if params.is_empty() && !report.is_torn(func.span) {
        let found = diag::error("wit/accessor", format!("setter `{name}` takes no parameter"));
        let span = func.name.span.start..func.func.span.end;
        let found = found.label(report.place(&span), "a setter takes the new value");
        report.add(found.help("write `value:` and a type between `(` and `)`"));
    }
    let Some(result) = &func.func.result else { return };
    let Some(behind) = locals.behind(result) else { return };
    let fits = match &behind.kind {
        TypeKind::Result { ok, .. } => ok.is_none(),
        _ => false,
    };
    if !fits && !report.is_torn(&result.span) {
        let found = diag::error("wit/accessor", format!("setter `{name}` returns a value"));
        let found = found.label(report.place(&result.span), "not a `result` without an `ok` type");
        report.add(found.help(match &behind.kind {
            TypeKind::Result { err: Some(err), .. } => format!("write `result<_, {}>`", report.text(&err.span)),
            _ => "leave the result out".to_owned(),
        }));
    }
}

fn not_async(report: &mut Report<'_>, func: &Func<'_>, code: &'static str, what: &str) {
    let Some(span) = &func.func.async_ else { return };
    if report.is_torn(func.span) {
        return;
    }
    let found = diag::error(code, format!("{what} cannot be `async`"));
    report.add(found.label(report.place(span), "not allowed here").help("remove `async`"));
}

/// A constructor returns its resource, or a `result` with that as its `ok` type.
fn constructor(report: &mut Report<'_>, func: &Func<'_>, resource: &Name, locals: &Locals<'_>) {
    not_async(report, func, "wit/constructor", "a constructor");
    let Some(result) = &func.func.result else { return };
    let Some(behind) = locals.behind(result) else { return };
    if report.is_torn(&result.span) {
        return;
    }
    let name = &resource.text;
    let TypeKind::Result { ok, err } = &behind.kind else {
        let found = diag::error("wit/constructor", format!("the constructor of `{name}` returns something else"));
        let found = found.label(report.place(&result.span), "not a `result`");
        let found = found.label(report.place(&resource.span), "the resource that it constructs");
        let is_itself = matches!(&behind.kind, TypeKind::Named(own) | TypeKind::Own(own) if own.text == *name);
        report.add(found.help(if is_itself {
            "leave the result out: a constructor returns its resource".to_owned()
        } else {
            format!("leave the result out, or write `result<{name}>`")
        }));
        return;
    };
    let (fault, fits) = match ok.as_deref() {
        None => (result, false),
        Some(ok) => (ok, is_resource(ok, resource, locals)),
    };
    if fits {
        return;
    }
    // What is behind another name stands elsewhere; the place is here.
    let fault = if std::ptr::eq(behind, result) { fault } else { result };
    let help = match err {
        Some(err) => format!("write `result<{name}, {}>`", report.text(&err.span)),
        None => format!("write `result<{name}>`"),
    };
    let found = diag::error("wit/constructor", format!("the constructor of `{name}` returns something else"));
    let found = found.label(report.place(&fault.span), format!("the `ok` type is not `{name}`"));
    report.add(found.label(report.place(&resource.span), "the resource that it constructs").help(help));
}

/// Whether a type is that resource, or a name that is not known here.
fn is_resource(ty: &Type, resource: &Name, locals: &Locals<'_>) -> bool {
    match &ty.kind {
        TypeKind::Named(name) | TypeKind::Own(name) => name.text == resource.text || !locals.is_declared(&name.text),
        TypeKind::Error => true,
        _ => false,
    }
}

/// Borrows end with the call that they were given to.
pub(super) fn no_borrow_in_result(report: &mut Report<'_>, func: &Func<'_>) {
    let Some(result) = &func.func.result else { return };
    let mut borrows = Vec::new();
    types::borrows(result, &mut borrows);
    for (ty, resource) in borrows {
        let found = diag::error("wit/returned-borrow", format!("`{}` returns a borrow", func.name.text));
        let found = found.label(report.place(&ty.span), "ends with the call, so it cannot be returned");
        report.add(found.help(format!("write `{resource}`")));
    }
}
