//! The names that `let` binds.
//!
//! In: names with the type of what they stand for. Out: their values, while they have one.
//! Holds: an owned handle that was passed on is gone: its name stays known, so that its use can be explained.

use std::ops::Range;

use wasmtime::component::types::Type;
use wasmtime::component::{ResourceType, Val};

/// The names in scope.
#[derive(Default)]
pub(crate) struct Scope(Vec<Binding>);

/// One name.
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) ty: Bound,
    /// What it stands for, once the expression that binds it has run.
    pub(crate) value: Option<Val>,
    /// Where the handle was passed on: the expression's number, from 0, and the place in it.
    pub(crate) consumed: Option<(usize, Range<usize>)>,
}

/// What kind of value a name stands for.
#[derive(Clone)]
pub(crate) enum Bound {
    /// An owned handle.
    Handle(ResourceType),
    /// Any other value, which may be used again and again.
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

impl Scope {
    /// Binds a name; an earlier binding of the same name is hidden.
    pub(crate) fn bind(&mut self, name: &str, ty: Bound, value: Option<Val>) {
        self.0.push(Binding { name: name.to_owned(), ty, value, consumed: None });
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

    /// The handles that were never passed on, latest first.
    pub(crate) fn owned_handles(self) -> Vec<Val> {
        let live = self.0.into_iter().rev().filter(|binding| binding.consumed.is_none());
        live.filter(|binding| matches!(binding.ty, Bound::Handle(_))).filter_map(|binding| binding.value).collect()
    }
}
