//! Order by dependency: an interface comes after those whose types it uses.

use std::collections::HashSet;

use indexmap::IndexMap;
use types::{ExternName, InstanceId, Item, ItemKind, Owner, TypeId, TypeKind, Types, ValType};

use crate::live::parts;

/// The items with every instance after those of the same map that it uses; otherwise in their order.
pub fn by_dependency(types: &Types, items: IndexMap<ExternName, Item>) -> IndexMap<ExternName, Item> {
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    for index in 0..items.len() {
        visit(types, &items, index, &mut seen, &mut order);
    }
    let mut slots: Vec<Option<(ExternName, Item)>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| slots[index].take()).collect()
}

fn visit(
    types: &Types,
    items: &IndexMap<ExternName, Item>,
    index: usize,
    seen: &mut HashSet<usize>,
    order: &mut Vec<usize>,
) {
    if !seen.insert(index) {
        return;
    }
    let (_, item) = items.get_index(index).expect("an index of this map");
    let used = used_instances(types, item);
    for (other, (_, candidate)) in items.iter().enumerate() {
        if matches!(candidate.kind, ItemKind::Instance(id) if used.contains(&id)) {
            visit(types, items, other, seen, order);
        }
    }
    order.push(index);
}

/// The instances whose types or resources an item mentions, itself perhaps among them.
fn used_instances(types: &Types, item: &Item) -> HashSet<InstanceId> {
    let mut uses = Uses { types, seen: HashSet::new(), found: HashSet::new() };
    uses.item(item);
    uses.found
}

struct Uses<'t> {
    types: &'t Types,
    seen: HashSet<TypeId>,
    found: HashSet<InstanceId>,
}

impl Uses<'_> {
    fn item(&mut self, item: &Item) {
        let types = self.types;
        match item.kind {
            ItemKind::Func(id) => {
                let func = types.func(id);
                func.params.iter().map(|param| param.ty).chain(func.result).for_each(|ty| self.ty(ty));
            }
            ItemKind::Type(ty) => self.ty(ty),
            ItemKind::Resource(id) => self.owner(types.resource(id).owner),
            ItemKind::Instance(id) => types.instance(id).exports.values().for_each(|item| self.item(item)),
            ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }

    fn ty(&mut self, ty: ValType) {
        let ValType::Def(id) = ty else { return };
        if !self.seen.insert(id) {
            return;
        }
        let types = self.types;
        let def = types.def(id);
        self.owner(def.owner);
        if let TypeKind::Own(resource) | TypeKind::Borrow(resource) = def.kind {
            self.owner(types.resource(resource).owner);
        }
        parts(&def.kind).into_iter().for_each(|part| self.ty(part));
    }

    fn owner(&mut self, owner: Owner) {
        if let Owner::Instance(id) = owner {
            self.found.insert(id);
        }
    }
}
