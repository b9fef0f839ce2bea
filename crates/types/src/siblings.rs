//! Exported interfaces use the types of exported siblings.
//!
//! In: the type of a world as metadata says it. Out: the same, with the exports of WIT's meaning.
//! Holds: an exported interface that mentions a type of another interface means the exported one, if that is exported,
//! else the imported one. Some encoders write the imported one although both are there.
//!
//! Specification: "WIT", "Worlds".

use std::collections::HashSet;

use crate::substitute::{Substitution, Unnamed, clone_instance_fresh_with};
use crate::uses::uses;
use crate::{ComponentType, InstanceId, Item, ItemKind, Owner, ResourceId, TypeId, Types, ValType};

/// Makes every exported interface use its exported siblings.
pub fn use_exported_siblings(types: &mut Types, component: &mut ComponentType) {
    let mut siblings =
        Siblings { substitution: Substitution::new(Unnamed::Keep), defs: HashSet::new(), resources: HashSet::new() };
    for (name, item) in &mut component.exports {
        let ItemKind::Instance(id) = item.kind else { continue };
        let mut export = id;
        if siblings.mentioned_by(types, item) {
            export = clone_instance_fresh_with(types, id, &mut siblings.substitution);
            item.kind = ItemKind::Instance(export);
        }
        if let Some(Item { kind: ItemKind::Instance(import), .. }) = component.imports.get(name) {
            siblings.add(types, *import, export);
        }
    }
}

/// Types of imported interfaces, and those of the exported ones that stand for them.
struct Siblings {
    substitution: Substitution,
    defs: HashSet<TypeId>,
    resources: HashSet<ResourceId>,
}

impl Siblings {
    fn mentioned_by(&self, types: &Types, item: &Item) -> bool {
        let mentioned = uses(types, [item]);
        mentioned.resources.iter().any(|id| self.resources.contains(id))
            || mentioned.defs.iter().any(|id| self.defs.contains(id))
    }

    fn add(&mut self, types: &Types, import: InstanceId, export: InstanceId) {
        self.substitution.set_instance(import, export);
        let exports = &types.instance(export).exports;
        for (name, from) in &types.instance(import).exports {
            let Some(to) = exports.get(name) else { continue };
            match (from.kind, to.kind) {
                (ItemKind::Type(ValType::Def(from)), ItemKind::Type(to)) => {
                    self.substitution.set_type(from, to);
                    self.defs.insert(from);
                }
                (ItemKind::Resource(from), ItemKind::Resource(to))
                    if types.resource(from).owner == Owner::Instance(import) =>
                {
                    self.substitution.set_resource(from, to);
                    self.resources.insert(from);
                }
                (_, _) => {}
            }
        }
    }
}
