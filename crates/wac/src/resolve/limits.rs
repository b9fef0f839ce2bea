//! How deep types may be nested.
//!
//! Holds: whoever walks a type of a script may do so recursively.

use types::{TypeDef, TypeId, TypeKind, ValType};

use super::{Resolver, report};
use crate::syntax::tree::Span;

/// As in binaries, where the validator counts the same way.
const MOST_DEEP: usize = 100;
/// Levels and the names that types have on the way.
const MOST_NAMES: usize = 500;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Depth {
    levels: usize,
    names: usize,
}

impl Resolver<'_, '_> {
    /// Adds a definition. `None` if it is nested too deeply, which is told.
    pub(super) fn define_type(&mut self, def: TypeDef, span: Span) -> Option<ValType> {
        let mut depth = Depth::default();
        for part in parts(&def.kind) {
            let of = self.depth(part);
            depth.levels = depth.levels.max(of.levels);
            depth.names = depth.names.max(of.names);
        }
        depth.levels += usize::from(!matches!(def.kind, TypeKind::Alias(_)));
        depth.names += 1;
        if depth.levels > MOST_DEEP || depth.names > MOST_NAMES {
            let text = format!(
                "{} levels and {} names deep; allowed are {MOST_DEEP} and {MOST_NAMES}",
                depth.levels, depth.names
            );
            let help = "take levels out: pass a list of the innermost values, for example";
            let problem = report::type_limit("types are nested too deeply", self.place(span), text, help);
            self.problem(problem);
            return None;
        }
        let id = self.types.add_type(def);
        self.depths.insert(id, depth);
        Some(ValType::Def(id))
    }

    /// The depth of a type. Those of packages are as deep as the reader allows at most, and are counted when needed.
    fn depth(&mut self, ty: ValType) -> Depth {
        let ValType::Def(id) = ty else { return Depth::default() };
        let mut open: Vec<(TypeId, bool)> = vec![(id, false)];
        while let Some((id, entered)) = open.pop() {
            if self.depths.contains_key(&id) {
                continue;
            }
            let kind = &self.types.def(id).kind;
            let is_alias = matches!(kind, TypeKind::Alias(_));
            let inner = parts(kind).into_iter().filter_map(|part| {
                let ValType::Def(id) = part else { return None };
                Some(id)
            });
            let inner: Vec<TypeId> = inner.collect();
            if !entered {
                open.push((id, true));
                open.extend(inner.into_iter().map(|id| (id, false)));
                continue;
            }
            let of = |id: &TypeId| self.depths.get(id).copied().unwrap_or_default();
            let levels = inner.iter().map(|id| of(id).levels).max().unwrap_or_default() + usize::from(!is_alias);
            let names = inner.iter().map(|id| of(id).names).max().unwrap_or_default() + 1;
            self.depths.insert(id, Depth { levels, names });
        }
        self.depths[&id]
    }
}

/// The types that a type is made of.
fn parts(kind: &TypeKind) -> Vec<ValType> {
    match kind {
        TypeKind::Alias(ty) | TypeKind::List(ty) | TypeKind::FixedList(ty, _) | TypeKind::Option(ty) => vec![*ty],
        TypeKind::Record(fields) => fields.iter().map(|field| field.ty).collect(),
        TypeKind::Variant(cases) => cases.iter().filter_map(|case| case.ty).collect(),
        TypeKind::Map(key, value) => vec![*key, *value],
        TypeKind::Tuple(parts) => parts.clone(),
        TypeKind::Result { ok, err } => ok.iter().chain(err).copied().collect(),
        TypeKind::Stream(payload) | TypeKind::Future(payload) => payload.iter().copied().collect(),
        TypeKind::Flags(_) | TypeKind::Enum(_) | TypeKind::Own(_) | TypeKind::Borrow(_) => Vec::new(),
    }
}
