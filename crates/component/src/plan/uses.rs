//! What a step defines, and what it refers to.
//!
//! Holds: what an instance or component type mentions inside counts as mentioned by the step that defines the type.

use super::{Body, Builtin, CanonOptions, ItemType, Nameable, Plan, ROOT, ScopeId, Step, TypeExpr, TypeRef, ValRef};

/// Is told each handle that a step refers to; some more than once, and those of inner scopes too.
pub type Tell<'t> = &'t mut dyn FnMut(Nameable);

/// The handle that a step makes.
pub fn defined(step: &Step<'_>) -> Nameable {
    match step {
        Step::CoreModule { id, .. } => (*id).into(),
        Step::CoreInstantiate { id, .. } | Step::CoreBag { id, .. } => (*id).into(),
        Step::CoreAlias { item, .. } => (*item).into(),
        Step::CoreType { id, .. } => (*id).into(),
        Step::Component { id, .. } => (*id).into(),
        Step::Instantiate { id, .. } | Step::Bag { id, .. } => (*id).into(),
        Step::Define { id, .. } | Step::OuterType { id, .. } | Step::Resource { id, .. } => (*id).into(),
        Step::Lift { id, .. } => (*id).into(),
        Step::Lower { id, .. } | Step::Builtin { id, .. } => (*id).into(),
        Step::Alias { item, .. }
        | Step::Import { item, .. }
        | Step::Export { item, .. }
        | Step::DeclaredExport { item, .. } => (*item).into(),
    }
}

/// What a step refers to. A nested component has handles of its own, except for what it takes from outside.
pub fn used(plan: &Plan<'_>, step: &Step<'_>, tell: Tell<'_>) {
    match step {
        Step::CoreModule { .. }
        | Step::CoreType { .. }
        | Step::Component { body: Body::Bytes(_), .. }
        | Step::OuterType { .. } => {}
        Step::Component { body: Body::Plan(inner), .. } => {
            for step in inner.steps(ROOT) {
                if let Step::OuterType { of, .. } = step {
                    tell((*of).into());
                }
            }
        }
        Step::CoreInstantiate { module, args, .. } => {
            tell((*module).into());
            args.iter().for_each(|(_, instance)| tell((*instance).into()));
        }
        Step::CoreBag { exports, .. } => exports.iter().for_each(|(_, item)| tell((*item).into())),
        Step::CoreAlias { instance, .. } => tell((*instance).into()),
        Step::Instantiate { component, args, .. } => {
            tell((*component).into());
            args.iter().for_each(|(_, item)| tell((*item).into()));
        }
        Step::Bag { exports, .. } => exports.iter().for_each(|(_, item)| tell((*item).into())),
        Step::Alias { instance, .. } => tell((*instance).into()),
        Step::Define { expr, .. } => in_type(plan, expr, tell),
        Step::Resource { dtor, .. } => dtor.iter().for_each(|dtor| tell((*dtor).into())),
        Step::Lift { core_func, ty, options, .. } => {
            tell((*core_func).into());
            tell((*ty).into());
            in_options(options, tell);
        }
        Step::Lower { func, options, .. } => {
            tell((*func).into());
            in_options(options, tell);
        }
        Step::Builtin { builtin, .. } => in_builtin(builtin, tell),
        Step::Import { ty, .. } | Step::DeclaredExport { ty, .. } => in_item_type(*ty, tell),
        Step::Export { of, ascribed, .. } => {
            tell((*of).into());
            ascribed.iter().for_each(|ty| in_item_type(*ty, tell));
        }
    }
}

fn in_type(plan: &Plan<'_>, expr: &TypeExpr, tell: Tell<'_>) {
    match expr {
        TypeExpr::Primitive(_) | TypeExpr::Flags(_) | TypeExpr::Enum(_) => {}
        TypeExpr::Record(fields) => fields.iter().for_each(|(_, ty)| in_value(*ty, tell)),
        TypeExpr::Variant(cases) => cases.iter().filter_map(|(_, ty)| *ty).for_each(|ty| in_value(ty, tell)),
        TypeExpr::List(ty) | TypeExpr::FixedList(ty, _) | TypeExpr::Option(ty) => in_value(*ty, tell),
        TypeExpr::Map(key, value) => [*key, *value].into_iter().for_each(|ty| in_value(ty, tell)),
        TypeExpr::Tuple(parts) => parts.iter().for_each(|ty| in_value(*ty, tell)),
        TypeExpr::Result { ok, err } => ok.iter().chain(err).for_each(|ty| in_value(*ty, tell)),
        TypeExpr::Stream(payload) | TypeExpr::Future(payload) => payload.iter().for_each(|ty| in_value(*ty, tell)),
        TypeExpr::Own(resource) | TypeExpr::Borrow(resource) => tell((*resource).into()),
        TypeExpr::Func { params, result, .. } => {
            params.iter().map(|(_, ty)| ty).chain(result).for_each(|ty| in_value(*ty, tell));
        }
        TypeExpr::Instance(scope) | TypeExpr::Component(scope) => in_scope(plan, *scope, tell),
    }
}

fn in_scope(plan: &Plan<'_>, scope: ScopeId, tell: Tell<'_>) {
    debug_assert!(scope != ROOT, "the root is no type");
    plan.steps(scope).iter().for_each(|step| used(plan, step, tell));
}

fn in_value(ty: ValRef, tell: Tell<'_>) {
    match ty {
        ValRef::Primitive(_) => {}
        ValRef::Type(ty) => tell(ty.into()),
    }
}

fn in_item_type(ty: ItemType, tell: Tell<'_>) {
    let of: TypeRef = match ty {
        ItemType::SubResource => return,
        ItemType::CoreModule(ty) => return tell(ty.into()),
        ItemType::Func(ty) | ItemType::TypeEq(ty) | ItemType::Instance(ty) | ItemType::Component(ty) => ty,
    };
    tell(of.into());
}

fn in_options(options: &CanonOptions, tell: Tell<'_>) {
    let CanonOptions { memory, realloc, string_encoding: _, async_: _, post_return, callback } = options;
    memory.iter().for_each(|memory| tell((*memory).into()));
    [realloc, post_return, callback].into_iter().flatten().for_each(|func| tell((*func).into()));
}

fn in_builtin(builtin: &Builtin, tell: Tell<'_>) {
    match builtin {
        Builtin::ResourceNew(ty) | Builtin::ResourceDrop(ty) | Builtin::ResourceRep(ty) => tell((*ty).into()),
        Builtin::TaskReturn { result, options } => {
            result.iter().for_each(|ty| in_value(*ty, tell));
            in_options(options, tell);
        }
        Builtin::Transfer { ty, options, .. } => {
            tell((*ty).into());
            in_options(options, tell);
        }
        Builtin::WaitableSetWait(memory) | Builtin::WaitableSetPoll(memory) => tell((*memory).into()),
        Builtin::ErrorContextNew(options) | Builtin::ErrorContextDebugMessage(options) => in_options(options, tell),
        Builtin::ThreadNewIndirect { ty, table } => {
            tell((*ty).into());
            tell((*table).into());
        }
        Builtin::SubtaskCancel { .. } | Builtin::ContextGet { .. } | Builtin::ContextSet { .. } | Builtin::Plain(_) => {
        }
    }
}
