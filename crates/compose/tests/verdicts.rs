//! Subtyping here against the validator's, on random interfaces: what one says of an instance given for an import,
//! the other says too.

use component::plan::{Declared, Plan, ROOT};
use component::{EmitOptions, emit};
use types::equal::Bindings;
use types::subtype::Options;
use types::{
    Decl, ExternName, Field, FuncType, InstanceId, InstanceType, Item, ItemKind, LabelDecl, Owner, Param, Resource,
    ResourceId, TypeDef, TypeKind, Types, ValType, mismatches,
};

/// A small generator of numbers, so that a seed names a case (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below a small bound")
    }
}

/// An interface in the making, and what its functions may use so far.
struct Interface<'t> {
    types: &'t mut Types,
    id: InstanceId,
    resources: Vec<ResourceId>,
    named: Vec<ValType>,
}

impl Interface<'_> {
    fn export(&mut self, name: &str, kind: ItemKind) {
        let item = Item { kind, decl: Decl::default() };
        self.types.instance_mut(self.id).exports.insert(ExternName::label(name), item);
    }

    fn def(&mut self, name: Option<&str>, kind: TypeKind) -> ValType {
        let owner = if name.is_some() { Owner::Instance(self.id) } else { Owner::Nothing };
        let def = TypeDef { name: name.map(str::to_owned), owner, kind, decl: Decl::default() };
        ValType::Def(self.types.add_type(def))
    }

    fn ty(&mut self, random: &mut Random, depth: usize) -> ValType {
        if depth == 0 {
            return [ValType::U8, ValType::String][random.below(2)];
        }
        let kind = match random.below(8) {
            0 => TypeKind::List(self.ty(random, depth - 1)),
            1 => TypeKind::Option(self.ty(random, depth - 1)),
            2 => TypeKind::Tuple((0..=random.below(2)).map(|_| self.ty(random, depth - 1)).collect()),
            3 => TypeKind::Result { ok: Some(self.ty(random, depth - 1)), err: None },
            4 | 5 if !self.resources.is_empty() => TypeKind::Own(self.resources[random.below(self.resources.len())]),
            6 if !self.named.is_empty() => return self.named[random.below(self.named.len())],
            _ => return ValType::U8,
        };
        self.def(None, kind)
    }

    fn resource(&mut self, random: &mut Random, name: &str) {
        let first = self.resources.first().copied().filter(|_| random.below(3) == 0);
        let id = first.unwrap_or_else(|| {
            let owner = Owner::Instance(self.id);
            self.types.add_resource(Resource { name: name.to_owned(), owner, decl: Decl::default() })
        });
        self.resources.push(id);
        self.export(name, ItemKind::Resource(id));
    }

    fn named(&mut self, random: &mut Random, name: &str) {
        let label = ["x", "y"][random.below(2)].to_owned();
        let kind = match random.below(3) {
            0 => TypeKind::Record(vec![Field { name: label, ty: self.ty(random, 1), decl: Decl::default() }]),
            1 => TypeKind::Enum(vec![LabelDecl { name: label, decl: Decl::default() }]),
            _ => TypeKind::Alias(self.ty(random, 1)),
        };
        let ty = self.def(Some(name), kind);
        self.named.push(ty);
        self.export(name, ItemKind::Type(ty));
    }

    fn func(&mut self, random: &mut Random, name: &str) {
        let depth = random.below(3);
        let ty = self.ty(random, depth);
        let name_of_param = ["a", "b"][random.below(8) / 7].to_owned();
        let params = vec![Param { name: name_of_param, ty, place: None }; random.below(2)];
        let result = (random.below(2) == 0).then_some(ty);
        let func = self.types.add_func(FuncType { async_: false, params, result });
        self.export(name, ItemKind::Func(func));
    }
}

fn interface(types: &mut Types, random: &mut Random) -> Item {
    let id = types.add_instance(InstanceType::default());
    let mut made = Interface { types, id, resources: Vec::new(), named: Vec::new() };
    for name in ["r", "s"] {
        if random.below(2) == 0 {
            made.resource(random, name);
        }
    }
    for name in ["p", "q"] {
        if random.below(3) == 0 {
            made.named(random, name);
        }
    }
    for name in ["f", "g"] {
        if random.below(3) > 0 {
            made.func(random, name);
        }
    }
    Item { kind: ItemKind::Instance(id), decl: Decl::default() }
}

/// A component that imports an instance of type `offered` and gives it to one that imports `wanted`.
fn given(types: &Types, offered: &Item, wanted: &Item) -> Vec<u8> {
    let name = ExternName::label("x");
    let import = |item: &Item| {
        let mut plan = Plan::new();
        let made = Declared::new(types).import(&mut plan, ROOT, &name, item, &|_, _| true);
        (plan, made.expect("the interface names what it uses"))
    };
    let (inner, _) = import(wanted);
    let (mut outer, instance) = import(offered);
    let component = outer.nested(inner);
    outer.instantiate(component, vec![("x".to_owned(), instance)]);
    emit(&outer, EmitOptions::default())
}

fn validate(bytes: &[u8]) -> Result<(), String> {
    let mut validator = wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all());
    validator.validate_all(bytes).map(|_| ()).map_err(|error| error.to_string())
}

#[test]
fn subtyping_is_the_validators() {
    let (mut fit, mut unfit) = (0, 0);
    for seed in 1..8000_u64 {
        let types = &mut Types::new();
        let random = &mut Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let [offered, wanted] = [(); 2].map(|()| interface(types, random));
        let found = mismatches(types, &offered, &wanted, &mut Bindings::new(), Options::default());
        // If each is given to itself, nothing but the pair can be wrong with the two.
        for item in [&offered, &wanted] {
            validate(&given(types, item, item)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
        let verdict = validate(&given(types, &offered, &wanted));
        match (&verdict, found.is_empty()) {
            (Ok(_), true) => fit += 1,
            (Err(_), false) => unfit += 1,
            (Ok(_), false) => panic!("seed {seed}: the validator accepts, here {found:#?}"),
            (Err(error), true) => panic!("seed {seed}: the validator says {error}"),
        }
    }
    assert!(fit > 200 && unfit > 200, "both verdicts must be common: {fit} and {unfit}");
}
