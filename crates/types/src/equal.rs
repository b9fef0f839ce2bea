//! Structural equality of value types and functions; resources are compared through bindings.
//!
//! In: two types of one arena and the bindings. Out: a verdict.
//! Holds: aliases are seen through; names of fields, cases, labels and parameters count, declarations never do;
//! shared parts are compared once, so a type whose parts are shared many times costs no more than its definitions.
//!
//! Specification: Component Model explainer, "Type Checking".

use std::collections::{HashMap, HashSet};

use crate::{
    Case, ComponentType, Field, FuncId, FuncType, InstanceId, Kind, LabelDecl, ResourceId, TypeId, Types, ValType,
    subtype,
};

/// Types nested deeper than this are never equal, unless they are one definition. Doors refuse them at 100.
pub const MAX_DEPTH: usize = 500;

/// Which resource stands for which: what an import's resources are bound to once its argument is known.
#[derive(Clone, Debug, Default)]
pub struct Bindings {
    map: HashMap<ResourceId, ResourceId>,
    /// Resources that stand for themselves: nothing may bind them.
    rigid: HashSet<ResourceId>,
}

impl Bindings {
    pub fn new() -> Self {
        Self::default()
    }

    /// What `id` stands for in the end; itself if it is not bound.
    pub fn resolve(&self, id: ResourceId) -> ResourceId {
        let mut id = id;
        while let Some(&next) = self.map.get(&id) {
            id = next;
        }
        id
    }

    /// From now on `from` stands for what `to` stands for. Only the first binding of a resource counts.
    pub fn bind(&mut self, from: ResourceId, to: ResourceId) {
        let to = self.resolve(to);
        if self.resolve(from) != to && !self.map.contains_key(&from) {
            self.map.insert(from, to);
        }
    }

    /// From now on `id` cannot be bound: it is a given thing, not a place to fill.
    pub fn fix(&mut self, id: ResourceId) {
        self.rigid.insert(id);
    }

    /// Whether `id` may still be bound.
    pub fn is_open(&self, id: ResourceId) -> bool {
        !self.map.contains_key(&id) && !self.rigid.contains(&id)
    }

    pub fn same(&self, a: ResourceId, b: ResourceId) -> bool {
        self.resolve(a) == self.resolve(b)
    }
}

/// A comparison with its memory. Pairs found equal stay so: bindings are only ever added.
#[derive(Clone, Debug, Default)]
pub struct Equality {
    equal: HashSet<(TypeId, TypeId)>,
}

impl Equality {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn val_types(&mut self, types: &Types, bindings: &Bindings, a: ValType, b: ValType) -> bool {
        Comparison { types, bindings, equal: &mut self.equal, depth: 0 }.ty(a, b)
    }

    pub fn funcs(&mut self, types: &Types, bindings: &Bindings, a: &FuncType, b: &FuncType) -> bool {
        let mut comparison = Comparison { types, bindings, equal: &mut self.equal, depth: 0 };
        a.async_ == b.async_
            && a.params.len() == b.params.len()
            && a.params.iter().zip(&b.params).all(|(a, b)| a.name == b.name && comparison.ty(a.ty, b.ty))
            && comparison.optional(a.result, b.result)
    }
}

/// Whether two value types are the same, resources by identity.
pub fn val_types(types: &Types, a: ValType, b: ValType) -> bool {
    Equality::new().val_types(types, &Bindings::new(), a, b)
}

/// Whether two function types are the same, resources by identity.
pub fn funcs(types: &Types, a: FuncId, b: FuncId) -> bool {
    a == b || Equality::new().funcs(types, &Bindings::new(), types.func(a), types.func(b))
}

/// Whether two instance types are the same up to the identities of the resources that they define.
pub fn instances(types: &Types, a: InstanceId, b: InstanceId) -> bool {
    let fits = |a, b| subtype::instance_mismatches(types, a, b, subtype::Options::default()).is_empty();
    a == b || fits(a, b) && fits(b, a)
}

/// Whether two component types are the same up to the identities of their resources.
pub fn components(types: &Types, a: &ComponentType, b: &ComponentType) -> bool {
    let fits = |a, b| subtype::component_mismatches(types, a, b, subtype::Options::default()).is_empty();
    fits(a, b) && fits(b, a)
}

struct Comparison<'a> {
    types: &'a Types,
    bindings: &'a Bindings,
    equal: &'a mut HashSet<(TypeId, TypeId)>,
    depth: usize,
}

impl Comparison<'_> {
    fn ty(&mut self, a: ValType, b: ValType) -> bool {
        let (a, b) = (self.types.unaliased(a), self.types.unaliased(b));
        let (ValType::Def(a_id), ValType::Def(b_id)) = (a, b) else { return a == b };
        if a_id == b_id || self.equal.contains(&(a_id, b_id)) {
            return true;
        }
        if self.depth == MAX_DEPTH {
            return false;
        }
        self.depth += 1;
        let equal = self.kinds(self.types.kind(a), self.types.kind(b));
        self.depth -= 1;
        if equal {
            self.equal.insert((a_id, b_id));
        }
        equal
    }

    fn optional(&mut self, a: Option<ValType>, b: Option<ValType>) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.ty(a, b),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    fn kinds(&mut self, a: Kind<'_>, b: Kind<'_>) -> bool {
        match a {
            Kind::Record(a) => matches!(b, Kind::Record(b) if self.fields(a, b)),
            Kind::Variant(a) => matches!(b, Kind::Variant(b) if self.cases(a, b)),
            Kind::List(a) => matches!(b, Kind::List(b) if self.ty(a, b)),
            Kind::FixedList(a, a_len) => matches!(b, Kind::FixedList(b, b_len) if a_len == b_len && self.ty(a, b)),
            Kind::Map(a_key, a) => matches!(b, Kind::Map(b_key, b) if self.ty(a_key, b_key) && self.ty(a, b)),
            Kind::Tuple(a) => matches!(b, Kind::Tuple(b) if self.tuples(a, b)),
            Kind::Flags(a) => matches!(b, Kind::Flags(b) if same_labels(a, b)),
            Kind::Enum(a) => matches!(b, Kind::Enum(b) if same_labels(a, b)),
            Kind::Option(a) => matches!(b, Kind::Option(b) if self.ty(a, b)),
            Kind::Result { ok: a_ok, err: a_err } => {
                matches!(b, Kind::Result { ok, err } if self.optional(a_ok, ok) && self.optional(a_err, err))
            }
            Kind::Own(a) => matches!(b, Kind::Own(b) if self.bindings.same(a, b)),
            Kind::Borrow(a) => matches!(b, Kind::Borrow(b) if self.bindings.same(a, b)),
            Kind::Stream(a) => matches!(b, Kind::Stream(b) if self.optional(a, b)),
            Kind::Future(a) => matches!(b, Kind::Future(b) if self.optional(a, b)),
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
            | Kind::ErrorContext => std::mem::discriminant(&a) == std::mem::discriminant(&b),
        }
    }

    fn fields(&mut self, a: &[Field], b: &[Field]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && self.ty(a.ty, b.ty))
    }

    fn cases(&mut self, a: &[Case], b: &[Case]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.name == b.name && self.optional(a.ty, b.ty))
    }

    fn tuples(&mut self, a: &[ValType], b: &[ValType]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.ty(*a, *b))
    }
}

fn same_labels(a: &[LabelDecl], b: &[LabelDecl]) -> bool {
    a.iter().map(|label| &label.name).eq(b.iter().map(|label| &label.name))
}
