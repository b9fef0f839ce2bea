//! Which types get a form that borrows what it holds (`--ownership`).
//!
//! In: a world and the option. Out: a `Form` for each type that has one that borrows.
//! Holds: what owns handles is passed by value, and so owns all that it holds; fixed-length lists own their elements;
//! wherever a type stands owned, the types of its parts have an owned form.

use std::collections::{HashMap, HashSet};

use bindgen::{Bindings, Interface, NamedTypeKind, Role};
use types::{TypeId, TypeKind, Types, ValType};

use crate::Ownership;

/// The forms of a named type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It owns what it holds.
    Owned,
    /// It borrows what it holds: `Foo<'a>`.
    Borrowed,
    /// `FooResult` owns, `FooParam<'a>` borrows.
    Both,
}

#[derive(Clone, Copy, Default)]
struct Usage {
    owned: bool,
    borrowed: bool,
}

struct Plan<'t, S, F> {
    types: &'t Types,
    /// The type that stands for all that are equal to it.
    same: S,
    is_foreign: F,
    usage: HashMap<TypeId, Usage>,
    can_borrow: HashMap<TypeId, bool>,
    owns_handles: HashMap<TypeId, bool>,
    forms: HashMap<TypeId, Form>,
}

/// The types that do not only have an owned form.
pub fn forms(
    bindings: &Bindings<'_>,
    ownership: Ownership,
    same: impl Fn(TypeId) -> TypeId,
    is_foreign: impl Fn(TypeId) -> bool,
) -> HashMap<TypeId, Form> {
    let mut plan = Plan {
        types: bindings.types,
        same,
        is_foreign,
        usage: HashMap::new(),
        can_borrow: HashMap::new(),
        owns_handles: HashMap::new(),
        forms: HashMap::new(),
    };
    let both = || bindings.imports.iter().chain(&bindings.exports);
    match ownership {
        Ownership::Owning => return plan.forms,
        Ownership::Borrowing | Ownership::BorrowingDuplicate => both().for_each(|interface| plan.use_all(interface)),
    }
    let named: Vec<TypeId> = both().flat_map(|interface| &interface.types).filter_map(|ty| named(ty.kind)).collect();
    for id in &named {
        plan.use_owned(*id);
    }
    for id in &named {
        plan.decide(*id, ownership);
    }
    for id in &named {
        plan.decide_unused(*id);
    }
    plan.forms
}

fn named(kind: NamedTypeKind) -> Option<TypeId> {
    match kind {
        NamedTypeKind::Defined(id) | NamedTypeKind::Alias { id: Some(id), .. } => Some(id),
        NamedTypeKind::Alias { id: None, .. } | NamedTypeKind::Resource(_) | NamedTypeKind::ResourceAlias(_) => None,
    }
}

impl<S: Fn(TypeId) -> TypeId, F: Fn(TypeId) -> bool> Plan<'_, S, F> {
    fn use_all(&mut self, interface: &Interface<'_>) {
        for func in &interface.funcs {
            for param in &func.ty.params {
                let is_lent = interface.role == Role::Import && !func.is_async() && !self.owns_handles(param.ty);
                self.mark(param.ty, !is_lent);
            }
            if let Some(result) = func.ty.result {
                self.mark(result, true);
            }
        }
    }

    /// Notes that a type, and all that it is made of, stands owned or borrowed somewhere.
    fn mark(&mut self, ty: ValType, owned: bool) {
        let ValType::Def(id) = ty else { return };
        let id = (self.same)(id);
        let usage = self.usage.entry(id).or_default();
        let seen = if owned { &mut usage.owned } else { &mut usage.borrowed };
        if std::mem::replace(seen, true) {
            return;
        }
        let types = self.types;
        let kind = &types.def(id).kind;
        let owned = owned || matches!(kind, TypeKind::FixedList(..) | TypeKind::Stream(_) | TypeKind::Future(_));
        for part in direct_parts(kind) {
            self.mark(part, owned);
        }
    }

    /// A type that no function uses still owns its handles, with all that stands beside them, and the elements of its
    /// fixed-length lists.
    fn use_owned(&mut self, id: TypeId) {
        let id = (self.same)(id);
        if self.usage.contains_key(&id) || (self.is_foreign)(id) {
            return;
        }
        if self.owns_handles(ValType::Def(id)) {
            self.mark(ValType::Def(id), true);
            return;
        }
        let types = self.types;
        let mut left = direct_parts(&types.def(id).kind);
        let mut seen = HashSet::new();
        while let Some(part) = left.pop() {
            let ValType::Def(part) = part else { continue };
            if !seen.insert(part) {
                continue;
            }
            let kind = &types.def(part).kind;
            if let TypeKind::FixedList(element, _) = kind {
                self.mark(*element, true);
            } else {
                left.extend(direct_parts(kind));
            }
        }
    }

    fn decide(&mut self, id: TypeId, ownership: Ownership) {
        let original = id;
        let id = (self.same)(id);
        let ty = ValType::Def(id);
        let Usage { owned, borrowed } = self.usage.get(&id).copied().unwrap_or_default();
        if !borrowed || (self.is_foreign)(id) || !self.can_borrow(ty) || self.owns_handles(ty) {
            return;
        }
        let form = match (owned, ownership) {
            (false, _) => Form::Borrowed,
            (true, Ownership::BorrowingDuplicate) => Form::Both,
            (true, Ownership::Borrowing | Ownership::Owning) => return,
        };
        self.forms.insert(id, form);
        self.forms.insert(original, form);
    }

    /// A type that no function uses owns what it holds, if that can be owned.
    fn decide_unused(&mut self, id: TypeId) {
        let same = (self.same)(id);
        if !self.usage.contains_key(&same) && !(self.is_foreign)(same) && !self.has_owned_form(ValType::Def(same)) {
            self.forms.insert(same, Form::Borrowed);
            self.forms.insert(id, Form::Borrowed);
        }
    }

    fn has_owned_form(&self, ty: ValType) -> bool {
        let ValType::Def(id) = ty else { return true };
        let id = (self.same)(id);
        match self.forms.get(&id) {
            Some(Form::Borrowed) => false,
            Some(Form::Owned | Form::Both) => true,
            None if self.usage.contains_key(&id) => true,
            None => direct_parts(&self.types.def(id).kind).into_iter().all(|part| self.has_owned_form(part)),
        }
    }

    /// Whether the form that borrows is another one than the owned form.
    fn can_borrow(&mut self, ty: ValType) -> bool {
        let ValType::Def(id) = self.types.unaliased(ty) else { return self.types.unaliased(ty) == ValType::String };
        if let Some(known) = self.can_borrow.get(&id) {
            return *known;
        }
        let kind = &self.types.def(id).kind;
        let found = matches!(kind, TypeKind::List(_) | TypeKind::Map(..))
            || !matches!(kind, TypeKind::FixedList(..))
                && direct_parts(kind).into_iter().any(|part| self.can_borrow(part));
        self.can_borrow.insert(id, found);
        found
    }

    fn owns_handles(&mut self, ty: ValType) -> bool {
        let behind = self.types.unaliased(ty);
        let ValType::Def(id) = behind else { return behind == ValType::ErrorContext };
        if let Some(known) = self.owns_handles.get(&id) {
            return *known;
        }
        let kind = &self.types.def(id).kind;
        let here = matches!(kind, TypeKind::Own(_) | TypeKind::Stream(_) | TypeKind::Future(_));
        let found = here || direct_parts(kind).into_iter().any(|part| self.owns_handles(part));
        self.owns_handles.insert(id, found);
        found
    }
}

fn direct_parts(kind: &TypeKind) -> Vec<ValType> {
    match kind {
        TypeKind::Alias(target) => vec![*target],
        TypeKind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        TypeKind::Tuple(parts) => parts.clone(),
        TypeKind::List(part) | TypeKind::FixedList(part, _) | TypeKind::Option(part) => vec![*part],
        TypeKind::Map(key, value) => vec![*key, *value],
        TypeKind::Result { ok, err } => ok.iter().chain(err).copied().collect(),
        TypeKind::Stream(payload) | TypeKind::Future(payload) => payload.iter().copied().collect(),
        TypeKind::Flags(_) | TypeKind::Enum(_) | TypeKind::Own(_) | TypeKind::Borrow(_) => Vec::new(),
    }
}
