//! Laws on random types: subtyping is reflexive and transitive, equality is subtyping both ways, a copy is equal.

use withe_types as types;

use types::equal::{self, Bindings};
use types::subtype::{Options, component_mismatches};
use types::{
    Case, ComponentType, Decl, ExternName, Field, FuncType, InstanceType, Item, ItemKind, LabelDecl, Owner, Param,
    Resource, ResourceId, TypeDef, TypeKind, Types, ValType, mismatches,
};

/// A small generator of numbers, so that a seed names a case (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a small bound")
    }

    fn name(&mut self) -> String {
        ["a", "b", "c"][self.below(3)].to_owned()
    }
}

fn val_type(types: &mut Types, random: &mut Random, resources: &[ResourceId], depth: usize) -> ValType {
    if depth == 0 {
        return [ValType::U8, ValType::String][random.below(2)];
    }
    let part = |types: &mut Types, random: &mut Random| val_type(types, random, resources, depth - 1);
    let kind = match random.below(10) {
        0 => return ValType::U8,
        1 => TypeKind::List(part(types, random)),
        2 => TypeKind::Option(part(types, random)),
        3 => TypeKind::Tuple((0..=random.below(2)).map(|_| part(types, random)).collect()),
        4 => TypeKind::Record(
            (0..=random.below(2))
                .map(|n| Field { name: format!("f{n}"), ty: part(types, random), decl: Decl::default() })
                .collect(),
        ),
        5 => TypeKind::Variant(vec![Case {
            name: random.name(),
            ty: (random.below(2) == 0).then(|| part(types, random)),
            decl: Decl::default(),
        }]),
        6 => TypeKind::Enum(vec![LabelDecl { name: random.name(), decl: Decl::default() }]),
        7 => TypeKind::Result { ok: Some(part(types, random)), err: None },
        8 if !resources.is_empty() => TypeKind::Own(resources[random.below(resources.len())]),
        _ => TypeKind::Alias(part(types, random)),
    };
    ValType::Def(types.add_type(TypeDef { name: None, owner: Owner::Nothing, kind, decl: Decl::default() }))
}

fn func(types: &mut Types, random: &mut Random, resources: &[ResourceId]) -> ItemKind {
    let depth = random.below(4);
    let ty = val_type(types, random, resources, depth);
    let params = (0..random.below(2)).map(|_| Param { name: random.name(), ty, place: None }).collect();
    let result = (random.below(2) == 0).then_some(ty);
    ItemKind::Func(types.add_func(FuncType { async_: false, params, result }))
}

/// An interface with a few functions under few names, so that two of them are often related.
fn interface(types: &mut Types, random: &mut Random) -> Item {
    let instance = types.add_instance(InstanceType::default());
    let mut resources = Vec::new();
    for name in ["r", "s"] {
        if random.below(2) == 0 {
            let owner = Owner::Instance(instance);
            let id = types.add_resource(Resource { name: name.to_owned(), owner, decl: Decl::default() });
            resources.push(id);
            export(types, instance, name, ItemKind::Resource(id));
        }
    }
    for name in ["f", "g"] {
        if random.below(3) > 0 {
            let kind = func(types, random, &resources);
            export(types, instance, name, kind);
        }
    }
    Item { kind: ItemKind::Instance(instance), decl: Decl::default() }
}

fn export(types: &mut Types, instance: types::InstanceId, name: &str, kind: ItemKind) {
    types.instance_mut(instance).exports.insert(ExternName::label(name), Item { kind, decl: Decl::default() });
}

fn component(types: &mut Types, random: &mut Random) -> ComponentType {
    let mut component = ComponentType::default();
    for name in ["x", "y"] {
        for side in [&mut component.imports, &mut component.exports] {
            if random.below(2) == 0 {
                side.insert(ExternName::label(name), interface(types, random));
            }
        }
    }
    component
}

fn fits(types: &Types, sub: &Item, sup: &Item) -> bool {
    mismatches(types, sub, sup, &mut Bindings::new(), Options::default()).is_empty()
}

#[test]
fn subtyping_of_interfaces_is_an_order() {
    let mut related = 0;
    for seed in 0..1200 {
        let (types, random) = (&mut Types::new(), &mut Random::new(seed));
        let items: Vec<Item> = (0..4).map(|_| interface(types, random)).collect();
        for a in &items {
            assert!(fits(types, a, a), "reflexive, seed {seed}");
            for b in &items {
                for c in &items {
                    if fits(types, a, b) && fits(types, b, c) {
                        related += usize::from(!std::ptr::eq(a, b) && !std::ptr::eq(b, c));
                        assert!(fits(types, a, c), "transitive, seed {seed}");
                    }
                }
            }
        }
    }
    assert!(related > 100, "triples of different interfaces must be among the related ones: {related}");
}

#[test]
fn subtyping_of_components_is_an_order() {
    for seed in 0..400 {
        let (types, random) = (&mut Types::new(), &mut Random::new(seed));
        let all: Vec<ComponentType> = (0..4).map(|_| component(types, random)).collect();
        let fits = |a, b| component_mismatches(types, a, b, Options::default()).is_empty();
        for a in &all {
            assert!(fits(a, a), "reflexive, seed {seed}");
            for b in &all {
                assert_eq!(fits(a, b) && fits(b, a), equal::components(types, a, b), "equality, seed {seed}");
                for c in &all {
                    assert!(!(fits(a, b) && fits(b, c)) || fits(a, c), "transitive, seed {seed}");
                }
            }
        }
    }
}

#[test]
fn equality_of_value_types_is_the_absence_of_mismatches() {
    for seed in 0..2000 {
        let (types, random) = (&mut Types::new(), &mut Random::new(seed));
        let resource = Resource { name: "r".to_owned(), owner: Owner::World, decl: Decl::default() };
        let resources = [types.add_resource(resource)];
        let [a, b] = [0; 2].map(|_| val_type(types, random, &resources, 3));
        let as_item = |ty| Item { kind: ItemKind::Type(ty), decl: Decl::default() };
        assert_eq!(equal::val_types(types, a, b), fits(types, &as_item(a), &as_item(b)), "seed {seed}");
        assert_eq!(equal::val_types(types, a, b), equal::val_types(types, b, a), "symmetric, seed {seed}");
        assert!(equal::val_types(types, a, a), "reflexive, seed {seed}");
    }
}

#[test]
fn a_fresh_copy_is_equal() {
    for seed in 0..400 {
        let (types, random) = (&mut Types::new(), &mut Random::new(seed));
        let ItemKind::Instance(id) = interface(types, random).kind else { panic!("an interface") };
        let copy = types::substitute::clone_instance_fresh(types, id);
        assert!(equal::instances(types, id, copy), "seed {seed}");
        let dump = |id| types::dump::items(types, &types.instance(id).exports);
        assert_eq!(dump(id), dump(copy), "seed {seed}");
    }
}
