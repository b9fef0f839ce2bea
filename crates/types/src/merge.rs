//! Imports of one semver track become one: the highest version serves the users of the lower ones.
//!
//! In: a component type that may import several versions of an interface. Out: the same with the highest version of
//! each track, whose types and resources are used wherever those of a lower version were; or all that stands against it.
//! Holds: the higher version has all that the lower has, with equal types; resources are compared by identity;
//! labelled imports stay, whatever they implement; exports stay, and use the types of the higher version.
//!
//! ```wit
//! import wasi:io/poll@0.2.0;      // goes
//! import wasi:io/poll@0.2.3;
//! import own: wasi:io/poll@0.2.0; // stays
//! ```

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::equal::Bindings;
use crate::substitute::{Substitution, Unnamed, clone_instance_fresh_with, owned_resources, resources_of};
use crate::subtype::{Options, mismatches};
use crate::union::{in_order, needs};
use crate::version::Track;
use crate::{ComponentType, ExternName, InstanceId, InterfaceName, Item, ItemKind, Mismatch, Owner, Types, ValType};

type Items = IndexMap<ExternName, Item>;

/// Two versions of an interface that cannot become one.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub lower: InterfaceName,
    pub higher: InterfaceName,
    pub why: Why,
}

/// Why two versions cannot become one.
#[derive(Clone, Debug)]
pub enum Why {
    /// What the lower has (expected), and the higher has otherwise or not at all (found).
    Differs(Vec<Mismatch>),
    /// The higher uses an interface that uses the lower.
    Circle,
}

/// An import that another one stands for, by their positions among the imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    lower: usize,
    higher: usize,
}

/// The component type with one import for each interface and semver track.
///
/// # Errors
/// Each pair of versions that cannot become one.
pub fn merge_versions(types: &mut Types, component: &ComponentType) -> Result<ComponentType, Vec<Conflict>> {
    let imports = &component.imports;
    let pairs = pairs(imports);
    if pairs.is_empty() {
        return Ok(component.clone());
    }
    let differing = differing(types, imports, &pairs);
    if !differing.is_empty() {
        return Err(differing);
    }
    let order = order(types, imports, &pairs)?;
    let mut lower: HashMap<usize, Vec<usize>> = HashMap::new();
    for pair in &pairs {
        lower.entry(pair.higher).or_default().push(pair.lower);
    }
    let mut merge = Merge { substitution: Substitution::new(Unnamed::Keep) };
    let mut merged = ComponentType::default();
    for slot in order {
        let (name, item) = imports.get_index(slot).expect("slots are positions among the imports");
        let copy = merge.copy(types, item);
        for lower in lower.get(&slot).into_iter().flatten() {
            merge.stand_for(types, &imports[*lower], &copy);
        }
        merged.imports.insert(name.clone(), copy);
    }
    for (name, item) in &component.exports {
        let copy = merge.copy(types, item);
        merged.exports.insert(name.clone(), copy);
    }
    Ok(merged)
}

/// The lower versions, in the order of the imports, each with the highest of its track.
fn pairs(imports: &Items) -> Vec<Pair> {
    let mut highest: HashMap<(&str, &str, &str, Track), usize> = HashMap::new();
    let versioned = || {
        imports.iter().enumerate().filter_map(|(slot, (name, item))| match (name, item.kind) {
            (ExternName::Interface(name), ItemKind::Instance(_)) => {
                let version = name.package.version.as_ref()?;
                let package = &name.package;
                let key = (
                    package.namespace.as_str(),
                    package.name.as_str(),
                    name.interface.as_str(),
                    Track::of(Some(version)),
                );
                Some((slot, version, key))
            }
            (_, _) => None,
        })
    };
    let mut versions = HashMap::new();
    for (slot, version, key) in versioned() {
        versions.insert(slot, version);
        let best = highest.entry(key).or_insert(slot);
        if versions[best] < version {
            *best = slot;
        }
    }
    let to_highest = |(slot, _, key)| Pair { lower: slot, higher: highest[&key] };
    versioned().map(to_highest).filter(|pair| pair.lower != pair.higher).collect()
}

/// The pairs of which the higher does not have all that the lower has.
fn differing(types: &Types, imports: &Items, pairs: &[Pair]) -> Vec<Conflict> {
    let mut bindings = bindings(types, imports, pairs);
    let mut found = Vec::new();
    for pair in pairs {
        let why = mismatches(types, &imports[pair.higher], &imports[pair.lower], &mut bindings, Options::default());
        if !why.is_empty() {
            found.extend(conflict(imports, *pair, Why::Differs(why)));
        }
    }
    found
}

/// What the resources of the lower versions become. All of them are known before anything is compared, since the higher
/// version may use a version in between, which is imported later. All other resources stand for themselves.
fn bindings(types: &Types, imports: &Items, pairs: &[Pair]) -> Bindings {
    let mut bindings = Bindings::new();
    let mut lower = HashSet::new();
    for pair in pairs {
        let (Some(from), Some(to)) = (instance(imports, pair.lower), instance(imports, pair.higher)) else { continue };
        lower.insert(Owner::Instance(from));
        let offered = &types.instance(to).exports;
        for (name, item) in &types.instance(from).exports {
            if let (ItemKind::Resource(id), Some(ItemKind::Resource(to))) =
                (item.kind, offered.get(name).map(|item| item.kind))
                && types.resource(id).owner == Owner::Instance(from)
            {
                bindings.bind(id, to);
            }
        }
    }
    for resource in resources_of(types, imports) {
        if !lower.contains(&types.resource(resource).owner) {
            bindings.fix(resource);
        }
    }
    bindings
}

fn instance(imports: &Items, slot: usize) -> Option<InstanceId> {
    imports[slot].kind.instance()
}

fn conflict(imports: &Items, pair: Pair, why: Why) -> Option<Conflict> {
    let name = |slot| match imports.get_index(slot) {
        Some((ExternName::Interface(name), _)) => Some(name.clone()),
        Some((_, _)) | None => None,
    };
    Some(Conflict { lower: name(pair.lower)?, higher: name(pair.higher)?, why })
}

/// The slots of the imports that stay, each behind those that it uses.
fn order(types: &Types, imports: &Items, pairs: &[Pair]) -> Result<Vec<usize>, Vec<Conflict>> {
    let homes: HashMap<usize, usize> = pairs.iter().map(|pair| (pair.lower, pair.higher)).collect();
    let home = |slot: usize| homes.get(&slot).copied().unwrap_or(slot);
    let needs = needs(types, imports, &home);
    let order = in_order(&needs, (0..imports.len()).filter(|slot| home(*slot) == *slot));
    let mut position = vec![0; imports.len()];
    for (at, slot) in order.iter().enumerate() {
        position[*slot] = at;
    }
    let early = |slot: &usize| needs[*slot].iter().any(|need| position[*need] > position[*slot]);
    if !order.iter().any(early) {
        return Ok(order);
    }
    // A circle leads through an interface that stands for others: without them there is none.
    let circle = |pair: &&Pair| needs[pair.higher].iter().any(|need| *need != pair.higher);
    Err(pairs.iter().filter(circle).filter_map(|pair| conflict(imports, *pair, Why::Circle)).collect())
}

/// What each type and resource of the old component type has become.
struct Merge {
    substitution: Substitution,
}

impl Merge {
    fn copy(&mut self, types: &mut Types, item: &Item) -> Item {
        match item.kind {
            ItemKind::Instance(id) => {
                let copy = clone_instance_fresh_with(types, id, &mut self.substitution);
                Item { kind: ItemKind::Instance(copy), decl: self.substitution.decl(&item.decl) }
            }
            ItemKind::Func(_)
            | ItemKind::Type(_)
            | ItemKind::Resource(_)
            | ItemKind::Component(_)
            | ItemKind::CoreModule(_) => self.substitution.item(types, item),
        }
    }

    /// From now on what `lower` owns is what `higher` has under the same name.
    fn stand_for(&mut self, types: &Types, lower: &Item, higher: &Item) {
        let (ItemKind::Instance(lower), ItemKind::Instance(higher)) = (lower.kind, higher.kind) else { return };
        self.substitution.set_instance(lower, higher);
        let owned = owned_resources(types, lower);
        let offered = &types.instance(higher).exports;
        for (name, item) in &types.instance(lower).exports {
            match (item.kind, offered.get(name).map(|item| item.kind)) {
                (ItemKind::Type(ValType::Def(id)), Some(ItemKind::Type(to))) => self.substitution.set_type(id, to),
                (ItemKind::Resource(id), Some(ItemKind::Resource(to))) if owned.contains(&id) => {
                    self.substitution.set_resource(id, to);
                }
                // Nothing refers to other items by id.
                (_, _) => {}
            }
        }
    }
}
