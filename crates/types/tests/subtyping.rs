//! Tables of verdicts and mismatches: what fits what, and what is said when it does not.
#![allow(clippy::wildcard_enum_match_arm, reason = "tests name the kinds that they built")]

use withe_types as types;

mod support;

use support::{component, item, val_type};
use types::equal::{self, Bindings};
use types::subtype::{Options, component_mismatches};
use types::{ItemKind, Mismatch, Types, mismatches};

/// `path: expected .., found ..`, one for each mismatch.
fn told(found: &[Mismatch]) -> Vec<String> {
    found.iter().map(|mismatch| format!("{}: {}", mismatch.path, mismatch.text())).collect()
}

fn items(sub: &str, sup: &str) -> Vec<String> {
    let types = &mut Types::new();
    let (sub, sup) = (item(types, sub), item(types, sup));
    told(&mismatches(types, &sub, &sup, &mut Bindings::new(), Options::default()))
}

fn components(sub: &str, sup: &str) -> Vec<String> {
    let types = &mut Types::new();
    let (sub, sup) = (component(types, sub), component(types, sup));
    told(&component_mismatches(types, &sub, &sup, Options { tracks: true }))
}

#[test]
fn value_types_are_equal_or_not() {
    let table = [
        ("u32", "u32", true),
        ("u32", "s32", false),
        ("record { a: u32 }", "record { a: u32 }", true),
        ("record { a: u32 }", "record { b: u32 }", false),
        ("record { a: u32 }", "record { a: u32, b: u32 }", false),
        ("record { a: u8, b: u32 }", "record { b: u32, a: u8 }", false),
        ("variant { a, b(u8) }", "variant { a, b(u8) }", true),
        ("variant { a, b(u8) }", "variant { a, b }", false),
        ("enum { a, b }", "enum { b, a }", false),
        ("enum { a, b }", "flags { a, b }", false),
        ("list<u8>", "list<u8>", true),
        ("list<u8>", "option<u8>", false),
        ("tuple<u8, string>", "tuple<u8, string>", true),
        ("tuple<u8>", "tuple<u8, u8>", false),
        ("result", "result", true),
        ("result<u8>", "result<_, u8>", false),
        ("map<u8, string>", "map<u8, string>", true),
        ("stream<u8>", "future<u8>", false),
        ("stream", "stream", true),
        ("stream", "stream<u8>", false),
    ];
    for (a, b, expected) in table {
        let types = &mut Types::new();
        let (a_ty, b_ty) = (val_type(types, a), val_type(types, b));
        assert_eq!(equal::val_types(types, a_ty, b_ty), expected, "{a} and {b}");
        assert_eq!(equal::val_types(types, b_ty, a_ty), expected, "{b} and {a}");
    }
}

#[test]
fn instances_may_offer_more() {
    assert_eq!(items("x { f: func(); g: func(); }", "x { f: func(); }"), [""; 0]);
    assert_eq!(items("x { f: func(); }", "x { f: func(); h: func(); }"), ["h: expected `func()`, found nothing"]);
}

#[test]
fn all_differences_of_an_interface_are_told_with_their_paths() {
    let sub = "x { type p = record { a: u32, c: string }; f: func(p: p) -> u8; g: func(a: u8, b: u8); }";
    let sup = "x { type p = record { a: u64, b: u8, c: string }; f: async func(p: p) -> u16; g: func(a: u8); }";
    assert_eq!(
        items(sub, sup),
        [
            "f: expected `async func`, found `func`",
            "f / p / a: expected `u64`, found `u32`",
            "f / p / b: expected `b: u8`, found nothing",
            "f / result: expected `u16`, found `u8`",
            "g / b: expected nothing, found `b: u8`",
        ]
    );
}

#[test]
fn one_cause_is_told_once_with_all_paths_to_it() {
    let types = &mut Types::new();
    let sub = item(types, "x { type p = record { a: u32 }; f: func(p: p); g: func(q: list<p>) -> p; }");
    let sup = item(types, "x { type p = record { a: u64 }; f: func(p: p); g: func(q: list<p>) -> p; }");
    let found = mismatches(types, &sub, &sup, &mut Bindings::new(), Options::default());
    assert_eq!(told(&found), ["f / p / a: expected `u64`, found `u32`"]);
    let also: Vec<String> = found[0].also.iter().map(ToString::to_string).collect();
    assert_eq!(also, ["g / q / element", "g / result", "p"]);
}

#[test]
fn parameter_names_count() {
    assert_eq!(items("f: func(a: u8);", "f: func(b: u8);"), ["b: expected `b: u8`, found `a: u8`"]);
}

#[test]
fn kinds_differ() {
    assert_eq!(items("x { r: func(); }", "x { resource r; }"), ["r: expected `resource`, found `func()`"]);
    assert_eq!(items("x { f: func(); }", "f: func();"), [": expected `func()`, found `interface`"]);
}

#[test]
fn order_of_names_is_the_whole_difference_or_none() {
    assert_eq!(
        items("type e = enum { b, a };", "type e = enum { a, b };"),
        [": expected `labels in the order a, b`, found `labels in the order b, a`"]
    );
}

#[test]
fn abstract_resources_are_bound_by_name_and_then_compared_by_identity() {
    let two = "x { resource r; resource s; f: func(r: borrow<r>, s: borrow<s>); }";
    assert_eq!(items(two, two), [""; 0]);
    let crossed = "x { resource r; resource s; f: func(r: borrow<s>, s: borrow<r>); }";
    assert_eq!(
        items(crossed, two),
        ["f / r: expected `resource r`, found `resource s`", "f / s: expected `resource s`, found `resource r`"]
    );
}

#[test]
fn two_asked_for_resources_may_be_one() {
    let types = &mut Types::new();
    let one = component(types, "import a:b/t { resource r; } import a:b/u { use a:b/t.r; f: func(r: r); }");
    let two = component(types, "import a:b/t { resource r; } import a:b/u { resource r; f: func(r: r); }");
    let bindings = &mut Bindings::new();
    for name in one.imports.keys() {
        let found = mismatches(types, &one.imports[name], &two.imports[name], bindings, Options::default());
        assert_eq!(told(&found), [""; 0]);
    }
    // The other way round, one abstract resource would have to be two.
    let bindings = &mut Bindings::new();
    let found: Vec<String> = one
        .imports
        .keys()
        .flat_map(|name| told(&mismatches(types, &two.imports[name], &one.imports[name], bindings, Options::default())))
        .collect();
    assert_eq!(found, ["r: expected `resource r of a:b/t`, found `resource r of a:b/u`"]);
}

#[test]
fn components_import_less_and_export_more() {
    let world = "import a:b/log@1.0.0 { log: func(s: string); trace: func(); } export run: func();";
    assert_eq!(components(world, world), [""; 0]);
    assert_eq!(components("export run: func(); export more: func();", world), [""; 0]);
    assert_eq!(components("import a:b/log@1.0.0 { log: func(s: string); } export run: func();", world), [""; 0]);
    assert_eq!(components("import a:b/log@1.4.0 { log: func(s: string); } export run: func();", world), [""; 0]);
    assert_eq!(
        components("import a:b/log@1.0.0 { log: func(s: u8); flush: func(); }", world),
        [
            "import a:b/log@1.0.0 / log / s: expected `string`, found `u8`",
            "import a:b/log@1.0.0 / flush: expected nothing, found `func()`",
            "export run: expected `func()`, found nothing",
        ]
    );
    assert_eq!(
        components("import a:b/log@2.0.0 { log: func(s: string); } export run: func();", world),
        ["import a:b/log@2.0.0: expected nothing, found `interface`"]
    );
}

#[test]
fn a_world_asks_for_its_own_imported_resource() {
    let world = "import a:b/t { resource r; } export a:b/api { use a:b/t.r; f: func(r: r); }";
    assert_eq!(components(world, world), [""; 0]);
    let own = "export a:b/api { resource r; f: func(r: r); }";
    assert_eq!(
        components(own, world),
        ["export a:b/api / r: expected `resource r of a:b/t`, found `resource r of a:b/api`",]
    );
}

#[test]
fn missing_names_come_with_near_misses() {
    let types = &mut Types::new();
    let sub = item(types, "x { greet-all: func(); type t = record { first-name: string }; }");
    let sup = item(types, "x { greetall: func(); type t = record { firstname: string }; }");
    let found = mismatches(types, &sub, &sup, &mut Bindings::new(), Options::default());
    assert_eq!(found[0].near, ["greet-all"]);
    assert_eq!(found[1].near, ["first-name"]);
}

#[test]
fn shared_parts_cost_nothing_and_depth_is_bounded() {
    let types = &mut Types::new();
    let mut towers = Vec::new();
    for leaf in ["u8", "u8", "u16"] {
        let mut ty = val_type(types, leaf);
        for _ in 0..90 {
            ty = pair(types, ty);
        }
        towers.push(ty);
    }
    assert!(equal::val_types(types, towers[0], towers[1]));
    assert!(!equal::val_types(types, towers[0], towers[2]));
    let as_item = |ty| types::Item { kind: ItemKind::Type(ty), decl: types::Decl::default() };
    let found = mismatches(types, &as_item(towers[0]), &as_item(towers[2]), &mut Bindings::new(), Options::default());
    // The smallest pair is told once for each of its two parts, not for each of the 2^90 paths to it.
    assert_eq!(found.len(), 2, "{:?}", told(&found));
    assert!(found[0].text() == "expected `u16`, found `u8`");
    assert!(types::wit_text(types, towers[0]).len() < 1000);

    let mut deep = [val_type(types, "u8"), val_type(types, "u8")];
    for _ in 0..100_000 {
        deep = deep.map(|ty| pair(types, ty));
    }
    assert!(!equal::val_types(types, deep[0], deep[1]), "beyond the bound, only a definition equals itself");
    assert!(equal::val_types(types, deep[0], deep[0]));
    let found = mismatches(types, &as_item(deep[0]), &as_item(deep[1]), &mut Bindings::new(), Options::default());
    assert_eq!(found.len(), 1);
}

fn pair(types: &mut Types, ty: types::ValType) -> types::ValType {
    let kind = types::TypeKind::Tuple(vec![ty, ty]);
    let def = types::TypeDef { name: None, owner: types::Owner::Nothing, kind, decl: types::Decl::default() };
    types::ValType::Def(types.add_type(def))
}
