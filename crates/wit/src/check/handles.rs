//! Types that must be of a kind: handles, results, map keys, what constructors and setters return.
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
use crate::syntax::ast::{FuncKind, Name, Primitive, Type, TypeDecl, TypeDeclKind, TypeKind};

/// A type after all its other names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target<'t> {
    Resource(ScopeId, &'t TypeDecl),
    /// Anything else that is declared in a text.
    Other(ScopeId, &'t TypeDecl),
    KnownResource,
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
                    TypeDeclKind::Resource(_) => break Target::Resource(scope, ty),
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
            Target::Resource(..) | Target::KnownResource | Target::Unknown => return None,
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
            TypeDefKind::Resource => return Target::KnownResource,
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
                self.keys_in(scope, ty);
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
                Target::Resource(..) | Target::KnownResource | Target::Unknown => continue,
            };
            let one = error("wit/not-a-resource", format!("type `{}` used in a handle must be a resource", name.text))
                .label(self.here(scope, name), "not a resource");
            let one = match place {
                Some(place) => one.label(place, "declared here"),
                None => one,
            };
            self.found.push(one.help("name a resource, or leave out `own` or `borrow`"));
        }
    }

    pub(super) fn target(&mut self, scope: ScopeId, name: &'t Name) -> Target<'t> {
        self.facts.target(&self.index, self.resolve, scope, &name.text)
    }

    fn here(&self, scope: ScopeId, name: &Name) -> Place {
        self.index.place(self.index.scope(scope).site, &name.span)
    }

    /// Keys of maps that are written as a name: wit-parser wants the primitive itself.
    fn keys_in(&mut self, scope: ScopeId, ty: &'t Type) {
        if let TypeKind::Map(key, _) = &ty.kind
            && let TypeKind::Named(name) = &key.kind
        {
            self.named_key(scope, name);
        }
        for part in inner(ty) {
            self.keys_in(scope, part);
        }
    }

    fn named_key(&mut self, scope: ScopeId, name: &'t Name) {
        let target = self.target(scope, name);
        let (place, help) = match target {
            Target::Unknown => return,
            Target::Other(from, ty) => {
                let place = self.index.place(self.index.scope(from).site, &ty.name.span);
                let help = match &ty.kind {
                    TypeDeclKind::Alias(Type { kind: TypeKind::Primitive(primitive), .. }) => key_name(*primitive),
                    _ => None,
                };
                (Some(place), help)
            }
            Target::Resource(from, ty) => (Some(self.index.place(self.index.scope(from).site, &ty.name.span)), None),
            Target::KnownResource | Target::Known(_) => (None, None),
        };
        let one = error("wit/map-key", format!("type `{}` cannot be the key of a map", name.text))
            .label(self.here(scope, name), "a name, where a primitive type is expected");
        let one = match place {
            Some(place) => one.label(place, "declared here"),
            None => one,
        };
        self.found.push(match help {
            Some(primitive) => one.help(format!("write `{primitive}`")),
            None => one.help("take an integer, a `bool`, a `char` or a `string` as the key"),
        });
    }

    fn result_of(&mut self, scope: ScopeId, func: &Func<'t>) {
        let Some(result) = &func.func.result else { return };
        let ctx = Context { index: &self.index, resolve: self.resolve };
        if let Some((part, borrow)) = self.facts.borrow_in(&ctx, scope, result, 0) {
            let name = &func.name.text;
            let mut one = error("wit/returned-borrow", format!("function `{name}` returns a borrow"))
                .label(part.clone(), "a borrow cannot be returned");
            if borrow != part {
                one = one.label(borrow, "the borrow");
            }
            self.found.push(one.help("return the resource itself"));
        }
        match func.kind {
            FuncKind::Constructor => self.constructor_result(scope, func, result),
            FuncKind::Setter | FuncKind::StaticSetter => self.setter_result(scope, result),
            FuncKind::Plain | FuncKind::Static | FuncKind::Getter | FuncKind::StaticGetter => {}
        }
    }

    /// A constructor returns its resource, or a `result` with it.
    fn constructor_result(&mut self, scope: ScopeId, func: &Func<'t>, result: &'t Type) {
        let Some(resource) = func.resource else { return };
        let own = resource.name.text.as_str();
        let site = self.index.scope(scope).site;
        let Some((ok, aliased)) = self.result_type(scope, result) else {
            if self.is_told_elsewhere(scope, result) {
                return;
            }
            let one =
                error("wit/constructor", format!("a constructor of `{own}` returns `{own}` or a `result` with it"))
                    .label(self.index.place(site, &result.span), "cannot be what a constructor returns");
            let one = one.label(self.here(scope, &resource.name), "the resource");
            self.found.push(one.help(format!("leave the result out, or write `result<{own}>`")));
            return;
        };
        let is_own = |ok: &Type| match &ok.kind {
            TypeKind::Named(name) | TypeKind::Own(name) => name.text == own,
            TypeKind::Error => true,
            _ => false,
        };
        if ok.is_some_and(|ok| is_own(ok) || self.is_told_elsewhere(scope, ok)) {
            return;
        }
        let at = ok.filter(|_| !aliased).unwrap_or(result);
        let one = error("wit/constructor", format!("the `ok` type of a constructor's result must be `{own}`"))
            .label(self.index.place(site, &at.span), "not the resource")
            .label(self.here(scope, &resource.name), "the resource");
        self.found.push(one.help(format!("name `{own}` as the `ok` type")));
    }

    /// A setter returns nothing, or a `result` without an `ok` type.
    fn setter_result(&mut self, scope: ScopeId, result: &'t Type) {
        if matches!(self.result_type(scope, result), Some((None, _))) || self.is_told_elsewhere(scope, result) {
            return;
        }
        let place = self.index.place(self.index.scope(scope).site, &result.span);
        let one = error("wit/accessor", "a setter returns nothing, or a `result` without an `ok` type")
            .label(place, "cannot be what a setter returns");
        self.found.push(one.help("leave the result out, or write `result<_, ..>`"));
    }

    /// The `ok` type of what is a `result`, itself or as the declaration of this scope that it names.
    fn result_type(&self, scope: ScopeId, ty: &'t Type) -> Option<(Option<&'t Type>, bool)> {
        match &ty.kind {
            TypeKind::Result { ok, .. } => Some((ok.as_deref(), false)),
            TypeKind::Named(name) => match self.index.type_named(self.index.scope(scope), &name.text) {
                Named::Type(Entry::Declared(TypeDecl {
                    kind: TypeDeclKind::Alias(Type { kind: TypeKind::Result { ok, .. }, .. }),
                    ..
                })) => Some((ok.as_deref(), true)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a type could not be read, or its name leads nowhere.
    fn is_told_elsewhere(&mut self, scope: ScopeId, ty: &'t Type) -> bool {
        match &ty.kind {
            TypeKind::Error => true,
            TypeKind::Named(name) | TypeKind::Own(name) => matches!(self.target(scope, name), Target::Unknown),
            _ => false,
        }
    }
}

/// What a primitive is written as, if it can be a key.
fn key_name(primitive: Primitive) -> Option<&'static str> {
    Some(match primitive {
        Primitive::Bool => "bool",
        Primitive::U8 => "u8",
        Primitive::U16 => "u16",
        Primitive::U32 => "u32",
        Primitive::U64 => "u64",
        Primitive::S8 => "s8",
        Primitive::S16 => "s16",
        Primitive::S32 => "s32",
        Primitive::S64 => "s64",
        Primitive::Char => "char",
        Primitive::String => "string",
        Primitive::F32 | Primitive::F64 | Primitive::ErrorContext => return None,
    })
}
