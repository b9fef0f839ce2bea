//! One set of imports (and exports) that serves several components: the union of their worlds.
//!
//! In: items of several sources, one source after the other. Out: items under one name each, with types and resources
//! of their own, and for each source the slot that each of its items became.
//! Holds: interfaces of one semver track become one, under the highest version, if what both have is equal
//! (in an exact union only items of one name do);
//! a type or resource that two sources share is one in the union; sources are never changed.
//!
//! ```wit
//! import wasi:io/poll@0.2.0;   // of one source
//! import wasi:io/poll@0.2.3;   // of another: the union imports this one only
//! ```

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::equal::Bindings;
use crate::mismatch::{Mismatch, Path, Step};
use crate::substitute::{Substitution, Unnamed, clone_instance_fresh_with};
use crate::subtype::{Options, common_mismatches, find_item};
use crate::uses::uses;
use crate::{
    ComponentType, Decl, ExternName, InstanceId, Item, ItemKind, Owner, PackageName, Resource, ResourceId, TypeId,
    Types, ValType, World,
};

type Items = IndexMap<ExternName, Item>;

/// The union so far.
#[derive(Clone, Debug, Default)]
pub struct Union {
    imports: Items,
    exports: Items,
    /// Whether versions of one track stay apart from the outset.
    exact: bool,
    /// Pairs of one track that stay two imports, since their types differ: wanted name, kept name, why.
    apart: Vec<Apart>,
}

/// Two versions of one interface that could not become one.
#[derive(Clone, Debug, PartialEq)]
pub struct Apart {
    pub name: ExternName,
    pub other: ExternName,
    pub why: Vec<Mismatch>,
}

/// Where the items of one source are in the union, by their positions in the source.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    pub imports: Vec<usize>,
    pub exports: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Import,
    Export,
}

/// One source on its way into the union: what its types and resources become there.
struct Source {
    substitution: Substitution,
    /// The union's resources, bound to those of this source that they stand for.
    bindings: Bindings,
}

impl Union {
    pub fn new() -> Self {
        Self::default()
    }

    /// A union in which an interface joins only those of its own version. `merge` may join the others afterwards.
    pub fn exact() -> Self {
        Self { exact: true, ..Self::default() }
    }

    pub fn imports(&self) -> &Items {
        &self.imports
    }

    pub fn exports(&self) -> &Items {
        &self.exports
    }

    pub fn apart(&self) -> &[Apart] {
        &self.apart
    }

    /// The name and item of an import's slot.
    pub fn import(&self, slot: usize) -> (&ExternName, &Item) {
        self.imports.get_index(slot).expect("slots are positions in the union, from which nothing is removed")
    }

    /// Adds imports of a source; says in which slot each of them is.
    ///
    /// Types that they mention must be among them, or come with a `Union` that cannot say their names.
    /// # Errors
    /// All ways in which items of one name differ; the union is then only good for looking at.
    pub fn add_imports(
        &mut self,
        types: &mut Types,
        imports: &Items,
    ) -> Result<IndexMap<ExternName, usize>, Vec<Mismatch>> {
        let mut source = Source::new();
        let mut slots = IndexMap::new();
        let mut mismatches = Vec::new();
        for (name, item) in imports {
            match self.add(types, &mut source, Side::Import, name, item) {
                Ok(slot) => {
                    slots.insert(name.clone(), slot);
                }
                Err(found) => mismatches.extend(found),
            }
        }
        if mismatches.is_empty() { Ok(slots) } else { Err(mismatches) }
    }

    /// Adds a whole component type.
    ///
    /// # Errors
    /// All ways in which items of one name differ.
    pub fn add_component(&mut self, types: &mut Types, component: &ComponentType) -> Result<Slots, Vec<Mismatch>> {
        let mut source = Source::new();
        let mut slots = Slots::default();
        let mut mismatches = Vec::new();
        let sides = [(Side::Import, &component.imports), (Side::Export, &component.exports)];
        for (side, items) in sides {
            for (name, item) in items {
                match (self.add(types, &mut source, side, name, item), side) {
                    (Ok(slot), Side::Import) => slots.imports.push(slot),
                    (Ok(slot), Side::Export) => slots.exports.push(slot),
                    (Err(found), _) => mismatches.extend(found),
                }
            }
        }
        if mismatches.is_empty() { Ok(slots) } else { Err(mismatches) }
    }

    /// The slots of the imports, each after those whose types it uses; else in the order in which they came.
    pub fn import_order(&self, types: &Types) -> Vec<usize> {
        order(types, &self.imports)
    }

    pub fn into_component(self, types: &Types) -> ComponentType {
        ComponentType { imports: sorted(types, &self.imports), exports: sorted(types, &self.exports) }
    }

    fn side(&mut self, side: Side) -> &mut Items {
        match side {
            Side::Import => &mut self.imports,
            Side::Export => &mut self.exports,
        }
    }

    fn add(
        &mut self,
        types: &mut Types,
        source: &mut Source,
        side: Side,
        name: &ExternName,
        item: &Item,
    ) -> Result<usize, Vec<Mismatch>> {
        let options = Options { tracks: side == Side::Import && !self.exact };
        let Some((kept_name, kept)) = find_item(self.side(side), name, options).map(|(n, i)| (n.clone(), i.clone()))
        else {
            return Ok(self.insert(types, source, side, name, item));
        };
        // Tried on a copy: a pair that does not fit may leave nothing behind.
        let mut bindings = source.bindings.clone();
        let why = common_mismatches(types, item, &kept, &mut bindings);
        if why.is_empty() {
            source.bindings = bindings;
            source.join(types, item, &kept);
            return Ok(self.raise(types, side, &kept_name, name));
        }
        if kept_name == *name {
            return Err(why.into_iter().map(|mismatch| under(side, name, mismatch)).collect());
        }
        self.apart.push(Apart { name: name.clone(), other: kept_name, why });
        Ok(self.insert(types, source, side, name, item))
    }

    fn insert(&mut self, types: &mut Types, source: &mut Source, side: Side, name: &ExternName, item: &Item) -> usize {
        let copy = source.copy(types, item);
        self.side(side).insert_full(name.clone(), copy).0
    }

    /// The slot of `kept`, which takes the name `name` if that is the higher version.
    fn raise(&mut self, types: &mut Types, side: Side, kept: &ExternName, name: &ExternName) -> usize {
        let items = self.side(side);
        let slot = items.get_index_of(kept).expect("the name was just found");
        if let (ExternName::Interface(old), ExternName::Interface(new)) = (kept, name)
            && new.package.version > old.package.version
        {
            let kind = items[slot].kind;
            // Cannot clash: the new name was looked up before its track was.
            if items.replace_index(slot, name.clone()).is_ok()
                && let ItemKind::Instance(id) = kind
            {
                types.instance_mut(id).id = Some(new.clone());
            }
        }
        slot
    }
}

fn sorted(types: &Types, items: &Items) -> Items {
    let entries = order(types, items).into_iter().filter_map(|slot| items.get_index(slot));
    entries.map(|(name, item)| (name.clone(), item.clone())).collect()
}

/// A later source may have added a use of an interface that came later still.
fn order(types: &Types, items: &Items) -> Vec<usize> {
    let needs = needs(types, items, &|slot| slot);
    in_order(&needs, 0..needs.len())
}

/// What each item needs before it: slots, itself among them. `home` says which slot stands for a slot.
pub(crate) fn needs(types: &Types, items: &Items, home: &dyn Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let mut owners: HashMap<InstanceId, usize> = HashMap::new();
    let mut named: HashMap<TypeId, usize> = HashMap::new();
    let mut resources: HashMap<ResourceId, usize> = HashMap::new();
    for (slot, item) in items.values().enumerate() {
        let slot = home(slot);
        match item.kind {
            ItemKind::Instance(id) => {
                owners.insert(id, slot);
                // One of the types alone of an interface is no owner of them.
                for export in types.instance(id).exports.values() {
                    if let ItemKind::Type(ValType::Def(id)) = export.kind {
                        named.entry(id).or_insert(slot);
                    }
                }
            }
            ItemKind::Type(ValType::Def(id)) => {
                named.insert(id, slot);
            }
            ItemKind::Resource(id) => {
                resources.entry(id).or_insert(slot);
            }
            ItemKind::Type(_) | ItemKind::Func(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {}
        }
    }
    let owner_slot = |owner: Owner| match owner {
        Owner::Instance(id) => owners.get(&id).copied(),
        Owner::World | Owner::Nothing => None,
    };
    let of_item = |item| {
        let mentioned = uses(types, [item]);
        let defs = mentioned.defs.iter().filter_map(|id| named.get(id).copied().or(owner_slot(types.def(*id).owner)));
        let of_resource = |id: &ResourceId| owner_slot(types.resource(*id).owner).or(resources.get(id).copied());
        let of_resources = mentioned.resources.iter().filter_map(of_resource);
        let taken_from = mentioned.taken_from.iter().filter_map(|id| owners.get(id).copied());
        defs.chain(of_resources).chain(taken_from).collect()
    };
    items.values().map(of_item).collect()
}

/// The slots, each behind what it needs; what needs itself in a circle is behind a part of it only.
pub(crate) fn in_order(needs: &[Vec<usize>], slots: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let mut placed = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    for slot in slots {
        place(slot, needs, &mut placed, &mut order);
    }
    order
}

/// Puts a slot behind what it needs. What is being placed already is passed over, so a circle ends.
fn place(slot: usize, needs: &[Vec<usize>], placed: &mut [bool], order: &mut Vec<usize>) {
    let mut open = vec![(slot, 0)];
    while let Some((slot, next)) = open.pop() {
        if next == 0 {
            if placed[slot] {
                continue;
            }
            placed[slot] = true;
        }
        match needs[slot].get(next) {
            Some(&need) => {
                open.push((slot, next + 1));
                open.push((need, 0));
            }
            None => order.push(slot),
        }
    }
}

impl Source {
    fn new() -> Self {
        Self { substitution: Substitution::new(Unnamed::Keep), bindings: Bindings::new() }
    }

    /// An item that the union does not have yet, as the union says it.
    fn copy(&mut self, types: &mut Types, item: &Item) -> Item {
        let kind = match item.kind {
            ItemKind::Instance(id) => ItemKind::Instance(self.copy_instance(types, id)),
            ItemKind::Resource(id) => ItemKind::Resource(self.copy_resource(types, id, Owner::World)),
            ItemKind::Func(_) | ItemKind::Type(_) | ItemKind::Component(_) | ItemKind::CoreModule(_) => {
                return self.substitution.item(types, item);
            }
        };
        Item { kind, decl: self.substitution.decl(&item.decl) }
    }

    fn copy_instance(&mut self, types: &mut Types, id: InstanceId) -> InstanceId {
        let shown = self.copy_shown(types, id);
        let copy = clone_instance_fresh_with(types, id, &mut self.substitution);
        for resource in shown {
            types.resource_mut(resource).owner = Owner::Instance(copy);
        }
        for resource in crate::substitute::owned_resources(types, id) {
            let new = self.substitution.resource(types, resource);
            self.bindings.bind(new, resource);
        }
        copy
    }

    /// Resources that an instance shows without owning them, and that the source has not brought along with their
    /// owner: the union's instance owns them. So it is with an interface's types alone.
    fn copy_shown(&mut self, types: &mut Types, id: InstanceId) -> Vec<ResourceId> {
        let exports: Vec<ItemKind> = types.instance(id).exports.values().map(|item| item.kind).collect();
        let resources = exports.into_iter().filter_map(ItemKind::resource);
        let mut shown = Vec::new();
        for resource in resources {
            if types.resource(resource).owner != Owner::Instance(id) && !self.substitution.knows_resource(resource) {
                shown.push(self.copy_resource(types, resource, Owner::World));
            }
        }
        shown
    }

    /// A resource as the union says it: a new one of `owner`, unless it is known already.
    fn copy_resource(&mut self, types: &mut Types, id: ResourceId, owner: Owner) -> ResourceId {
        if self.substitution.knows_resource(id) {
            return self.substitution.resource(types, id);
        }
        let Resource { name, decl, .. } = types.resource(id).clone();
        let copy = types.add_resource(Resource { name, owner, decl });
        self.substitution.set_resource(id, copy);
        self.bindings.bind(copy, id);
        copy
    }

    /// Makes the source's item mean the union's, which it was found to fit; adds what the union's lacks.
    fn join(&mut self, types: &mut Types, item: &Item, kept: &Item) {
        match (item.kind, kept.kind) {
            (ItemKind::Instance(id), ItemKind::Instance(kept)) => self.join_instance(types, id, kept),
            (ItemKind::Resource(id), ItemKind::Resource(kept)) => self.substitution.set_resource(id, kept),
            (ItemKind::Type(ValType::Def(id)), ItemKind::Type(kept)) => self.substitution.set_type(id, kept),
            // Equal, and nothing refers to them by id.
            (_, _) => {}
        }
    }

    fn join_instance(&mut self, types: &mut Types, id: InstanceId, kept: InstanceId) {
        self.substitution.set_instance(id, kept);
        let exports = types.instance(id).exports.clone();
        for (name, item) in &exports {
            if let Some(known) = types.instance(kept).exports.get(name).cloned() {
                self.join(types, item, &known);
                continue;
            }
            let copy = match item.kind {
                ItemKind::Resource(resource) => {
                    let kind = ItemKind::Resource(self.copy_resource(types, resource, Owner::Instance(kept)));
                    Item { kind, decl: self.substitution.decl(&item.decl) }
                }
                ItemKind::Func(_)
                | ItemKind::Type(_)
                | ItemKind::Instance(_)
                | ItemKind::Component(_)
                | ItemKind::CoreModule(_) => self.copy(types, item),
            };
            types.instance_mut(kept).exports.insert(name.clone(), copy);
        }
    }
}

fn under(side: Side, name: &ExternName, mut mismatch: Mismatch) -> Mismatch {
    let step = match side {
        Side::Import => Step::Import(name.clone()),
        Side::Export => Step::Export(name.clone()),
    };
    let Path(steps) = &mut mismatch.path;
    steps.insert(0, step);
    mismatch
}

/// One world with all that the given worlds import and export; name and declaration are the caller's.
///
/// # Errors
/// All ways in which items of one name differ. The side that came first is the expected one.
pub fn union<'w>(
    types: &mut Types,
    package: PackageName,
    name: &str,
    worlds: impl IntoIterator<Item = &'w World>,
) -> Result<World, Vec<Mismatch>> {
    let mut union = Union::new();
    let mut mismatches = Vec::new();
    for world in worlds {
        if let Err(found) = union.add_component(types, &world.component) {
            mismatches.extend(found);
        }
    }
    if !mismatches.is_empty() {
        return Err(mismatches);
    }
    Ok(World { package, name: name.to_owned(), component: union.into_component(types), decl: Decl::default() })
}
