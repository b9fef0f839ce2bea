//! Types that must be of a kind: resources in handles, no borrows in results.
//!
//! In: the index. Out: a diagnostic at each type that is of another kind.
//! Holds: `use` and `type a = b` are followed; what leads nowhere is told elsewhere, and nothing is said here.

use std::collections::HashMap;

use diag::{Place, error};
use wit_parser::{Handle, Resolve, Type as Known, TypeDefKind, TypeId};

use super::Checker;
use super::index::{Entry, Index, ScopeId};
use super::lookup::Named;
use super::walk::{Func, Role, for_each_name, functions, inner, parts_of, types_of};
use crate::syntax::ast::{Name, Type, TypeDecl, TypeDeclKind, TypeKind};

/// A type after all its other names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'t> {
    Resource,
    /// Anything else that is declared in a text.
    Other(ScopeId, &'t TypeDecl),
    Known(TypeId),
    Unknown,
}

/// What was found out about declared types.
#[derive(Debug, Default)]
pub(super) struct Facts<'t> {
    targets: HashMap<(ScopeId, &'t str), Target<'t>>,
    borrows: HashMap<(ScopeId, &'t str), Option<Place>>,
}

/// Deeper nesting of names is not followed; wit-parser's limit for one type is lower.
const MOST_DEEP: usize = 200;

impl<'t> Facts<'t> {
    /// What a name stands for in the end.
    pub(super) fn target(
        &mut self,
        index: &Index<'t>,
        resolve: &Resolve,
        mut scope: ScopeId,
        mut name: &'t str,
    ) -> Target<'t> {
        let mut passed = Vec::new();
        let target = loop {
            if let Some(known) = self.targets.get(&(scope, name)) {
                break *known;
            }
            // A circle comes back here and ends.
            self.targets.insert((scope, name), Target::Unknown);
            passed.push((scope, name));
            let Named::Type(entry) = index.type_named(index.scope(scope), name) else { break Target::Unknown };
            match entry {
                Entry::Known(id) => break known_target(resolve, id),
                Entry::Used(use_, renamed) => match index.used_from(scope, use_, &renamed.name) {
                    Some((from, _)) => (scope, name) = (from, renamed.name.text.as_str()),
                    None => break Target::Unknown,
                },
                Entry::Declared(ty) => match &ty.kind {
                    TypeDeclKind::Resource(_) => break Target::Resource,
                    TypeDeclKind::Alias(Type { kind: TypeKind::Named(next), .. }) => name = next.text.as_str(),
                    TypeDeclKind::Alias(Type { kind: TypeKind::Error, .. }) => break Target::Unknown,
                    TypeDeclKind::Alias(_)
                    | TypeDeclKind::Record(_)
                    | TypeDeclKind::Flags(_)
                    | TypeDeclKind::Variant(_)
                    | TypeDeclKind::Enum(_) => break Target::Other(scope, ty),
                },
            }
        };
        for key in passed {
            self.targets.insert(key, target);
        }
        target
    }

    /// Where a type holds a borrow: the part of it as it is written, and the borrow itself.
    fn borrow_in(
        &mut self,
        ctx: &Context<'_, 't>,
        scope: ScopeId,
        ty: &'t Type,
        depth: usize,
    ) -> Option<(Place, Place)> {
        let here = || ctx.index.place(ctx.index.scope(scope).site, &ty.span);
        match &ty.kind {
            TypeKind::Borrow(_) => Some((here(), here())),
            TypeKind::Named(name) => Some((here(), self.borrow_of(ctx, scope, &name.text, depth)?)),
            _ => inner(ty).into_iter().find_map(|part| self.borrow_in(ctx, scope, part, depth)),
        }
    }

    /// The borrow that a named type holds.
    fn borrow_of(&mut self, ctx: &Context<'_, 't>, scope: ScopeId, name: &'t str, depth: usize) -> Option<Place> {
        if depth > MOST_DEEP {
            return None;
        }
        let target = self.target(ctx.index, ctx.resolve, scope, name);
        let (scope, ty) = match target {
            Target::Other(scope, ty) => (scope, ty),
            Target::Known(id) => return known_borrow(ctx.resolve, id, 0).then(|| Place::file("a wasm file")),
            Target::Resource | Target::Unknown => return None,
        };
        let key = (scope, ty.name.text.as_str());
        if let Some(known) = self.borrows.get(&key) {
            return known.clone();
        }
        self.borrows.insert(key, None);
        let found = parts_of(ty).into_iter().find_map(|part| self.borrow_in(ctx, scope, part, depth + 1));
        let place = found.map(|(_, borrow)| borrow);
        self.borrows.insert(key, place.clone());
        place
    }
}

/// Where names are looked up.
struct Context<'c, 't> {
    index: &'c Index<'t>,
    resolve: &'c Resolve,
}

fn known_target<'t>(resolve: &Resolve, mut id: TypeId) -> Target<'t> {
    loop {
        match &resolve.types[id].kind {
            TypeDefKind::Resource => return Target::Resource,
            TypeDefKind::Type(Known::Id(next)) => id = *next,
            _ => return Target::Known(id),
        }
    }
}

fn known_borrow(resolve: &Resolve, id: TypeId, depth: usize) -> bool {
    if depth > MOST_DEEP {
        return false;
    }
    let holds = |ty: &Known| matches!(ty, Known::Id(id) if known_borrow(resolve, *id, depth + 1));
    match &resolve.types[id].kind {
        TypeDefKind::Handle(Handle::Borrow(_)) => true,
        TypeDefKind::Record(record) => record.fields.iter().any(|field| holds(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().any(holds),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty.as_ref()).any(holds),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).any(holds),
        TypeDefKind::Map(key, value) => holds(key) || holds(value),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty)
        | TypeDefKind::Future(Some(ty))
        | TypeDefKind::Stream(Some(ty)) => holds(ty),
        _ => false,
    }
}

impl<'t> Checker<'t> {
    pub(super) fn kinds(&mut self) {
        let scopes: Vec<ScopeId> = self.index.own_scopes().collect();
        for scope in scopes {
            let here = self.index.scope(scope);
            let functions = functions(here);
            let types: Vec<&'t Type> =
                here.declared().into_iter().flat_map(parts_of).chain(functions.iter().flat_map(types_of)).collect();
            for ty in types {
                self.handles_in(scope, ty);
            }
            for func in &functions {
                self.result_of(scope, func);
            }
        }
    }

    /// `own` and `borrow` of what is no resource.
    fn handles_in(&mut self, scope: ScopeId, ty: &'t Type) {
        let mut handles = Vec::new();
        for_each_name(ty, &mut |name, role| {
            if role == Role::Handle {
                handles.push(name);
            }
        });
        for name in handles {
            let place = match self.target(scope, name) {
                Target::Other(from, ty) => Some(self.index.place(self.index.scope(from).site, &ty.name.span)),
                Target::Known(_) => None,
                Target::Resource | Target::Unknown => continue,
            };
            let one = error("wit/not-a-resource", format!("type `{}` used in a handle must be a resource", name.text))
                .label(self.here(scope, name), "not a resource");
            let one = match place {
                Some(place) => one.label(place, "declared here"),
                None => one,
            };
            self.found.push(one.help(format!("name a resource, or write `{}` alone", name.text)));
        }
    }

    pub(super) fn target(&mut self, scope: ScopeId, name: &'t Name) -> Target<'t> {
        self.facts.target(&self.index, self.resolve, scope, &name.text)
    }

    fn here(&self, scope: ScopeId, name: &Name) -> Place {
        self.index.place(self.index.scope(scope).site, &name.span)
    }

    fn result_of(&mut self, scope: ScopeId, func: &Func<'t>) {
        let Some(result) = &func.func.result else { return };
        let ctx = Context { index: &self.index, resolve: self.resolve };
        // A borrow that is written in the result itself is told by the rules of one file.
        let Some((part, borrow)) = self.facts.borrow_in(&ctx, scope, result, 0).filter(|(part, borrow)| part != borrow)
        else {
            return;
        };
        let one = error("wit/returned-borrow", format!("function `{}` returns a borrow", func.name.text))
            .label(part, "holds a borrow, which cannot be returned")
            .label(borrow, "the borrow");
        self.found.push(one.help("return the resource itself"));
    }
}
