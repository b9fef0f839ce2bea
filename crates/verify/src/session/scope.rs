//! The names that `let` binds.
//!
//! In: names with the type of what they stand for. Out: their values, while they have one.
//! Holds: an owned handle that was passed on is gone: its name stays known, so that its use can be explained.

use std::ops::Range;
use std::sync::Arc;

use diag::Source;
use wasmtime::component::ResourceType;
use wasmtime::component::types::Type;

use crate::value::Data;

/// The names in scope.
#[derive(Default)]
pub struct Scope(Vec<Binding>);

/// One name.
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) ty: Bound,
    /// What it stands for, once the expression that binds it has run.
    pub(crate) value: Option<Data>,
    /// The session that made it: handles are good in no other.
    pub(crate) session: u64,
    /// Where the handle was passed on.
    pub(crate) consumed: Option<(Arc<Source>, Range<usize>)>,
}

/// What kind of value a name stands for.
#[derive(Clone)]
pub(crate) enum Bound {
    /// An owned handle.
    Handle(ResourceType),
    /// Any other value, which may be used again and again unless it holds handles.
    Value(Type),
}

impl Bound {
    /// What `let` binds for a call's result: the handle inside `ok(..)` or `some(..)` rather than the whole.
    pub(crate) fn of(result: &Type) -> Self {
        match result {
            Type::Own(resource) => Self::Handle(*resource),
            Type::Option(option) => match option.ty() {
                Type::Own(resource) => Self::Handle(resource),
                _ => Self::Value(result.clone()),
            },
            Type::Result(outcome) => match outcome.ok() {
                Some(Type::Own(resource)) => Self::Handle(resource),
                _ => Self::Value(result.clone()),
            },
            _ => Self::Value(result.clone()),
        }
    }
}

/// Whether values of the type may hold handles.
pub(crate) fn has_handles(ty: &Type) -> bool {
    let optional = |ty: Option<Type>| ty.is_some_and(|ty| has_handles(&ty));
    match ty {
        Type::Own(_) | Type::Borrow(_) => true,
        Type::List(list) => has_handles(&list.ty()),
        Type::FixedLengthList(list) => has_handles(&list.ty()),
        Type::Map(map) => has_handles(&map.value()),
        Type::Record(record) => record.fields().any(|field| has_handles(&field.ty)),
        Type::Tuple(tuple) => tuple.types().any(|ty| has_handles(&ty)),
        Type::Variant(variant) => variant.cases().any(|case| optional(case.ty)),
        Type::Option(option) => has_handles(&option.ty()),
        Type::Result(result) => optional(result.ok()) || optional(result.err()),
        Type::Stream(stream) => optional(stream.ty()),
        Type::Future(future) => optional(future.ty()),
        _ => false,
    }
}

impl Scope {
    /// Binds a name; an earlier binding of the same name is hidden.
    pub(crate) fn bind(&mut self, name: &str, ty: Bound, value: Option<Data>, session: u64) {
        self.0.push(Binding { name: name.to_owned(), ty, value, session, consumed: None });
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Binding> {
        self.0.iter().rev().find(|binding| binding.name == name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Binding> {
        self.0.iter_mut().rev().find(|binding| binding.name == name)
    }

    /// Visible names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|binding| binding.name.as_str())
    }

    /// The values of a session that may hold handles and were never passed on, latest first; they are taken out.
    pub(crate) fn take_owned(&mut self, session: u64) -> Vec<Data> {
        let live = self.0.iter_mut().rev().filter(|binding| binding.consumed.is_none() && binding.session == session);
        let owned = live.filter(|binding| match &binding.ty {
            Bound::Handle(_) => true,
            Bound::Value(ty) => has_handles(ty),
        });
        owned.filter_map(|binding| binding.value.take()).collect()
    }
}
