//! Instantiation, fresh views and unions, shown as dumps.

use withe_types as types;

mod support;

use std::collections::HashMap;

use support::component;
use types::siblings::use_exported_siblings;
use types::substitute::{clone_instance_fresh, instantiate, owned_resources};
use types::union::Union;
use types::{ItemKind, Owner, Types, dump, equal};

const STORE: &str = "
    import a:b/types { resource r; type p = record { x: u32, r: own<r> }; }
    export a:b/store { use a:b/types.r; use a:b/types.p; resource s; f: func(p: p, s: borrow<s>) -> r; }
";

#[test]
fn each_instance_defines_its_own_resources_and_shares_the_imported_ones() {
    let types = &mut Types::new();
    let store = component(types, STORE);
    let first = instantiate(types, &store, &HashMap::new());
    let second = instantiate(types, &store, &HashMap::new());
    let both = first.into_iter().chain(second.into_iter().map(|(_, item)| (types::ExternName::label("second"), item)));
    assert_eq!(
        dump::items(types, &both.collect()),
        "\
a:b/store: interface
  resource r#0
  type p = p of a:b/types
  resource s#1
  f: func(p: p, s: borrow<s#1>) -> r#0
second: interface a:b/store
  resource r#0
  type p = p of a:b/types
  resource s#2
  f: func(p: p, s: borrow<s#2>) -> r#0
"
    );
}

#[test]
fn arguments_take_the_place_of_imported_resources() {
    let types = &mut Types::new();
    let (store, host) = (component(types, STORE), component(types, "import a:b/host { resource r; }"));
    let [ItemKind::Instance(theirs), ItemKind::Instance(ours)] = [&store, &host].map(|c| c.imports[0].kind) else {
        panic!("both import an interface")
    };
    let (from, to) = (owned_resources(types, theirs)[0], owned_resources(types, ours)[0]);
    let exports = instantiate(types, &store, &HashMap::from([(from, to)]));
    let ItemKind::Instance(made) = exports[0].kind else { panic!("an interface") };
    let ItemKind::Resource(used) = types.instance(made).exports[0].kind else { panic!("a resource") };
    assert_eq!(used, to);
    assert_eq!(owned_resources(types, made).len(), 1, "`s` is the new instance's own");
}

#[test]
fn a_fresh_view_is_equal_and_shares_nothing_of_its_own() {
    let types = &mut Types::new();
    let store = component(types, STORE);
    let ItemKind::Instance(export) = store.exports[0].kind else { panic!("an interface") };
    let view = clone_instance_fresh(types, export);
    assert!(equal::instances(types, export, view));
    let (old, new) = (owned_resources(types, export), owned_resources(types, view));
    assert_ne!(old, new);
    assert_eq!(types.resource(new[0]).owner, Owner::Instance(view));
    for name in ["r", "p"] {
        let name = types::ExternName::label(name);
        let kinds = [export, view].map(|id| types.instance(id).exports[&name].kind);
        assert_eq!(kinds[0] == kinds[1], name.to_string() == "r", "the used resource stays, the alias is the view's");
    }
}

#[test]
fn unions_raise_versions_and_join_what_both_have() {
    let types = &mut Types::new();
    let old = "import a:b/poll@0.2.0 { resource pollable; ready: func(p: borrow<pollable>) -> bool; }
               import a:b/io@0.2.0 { use a:b/poll@0.2.0.pollable; read: func() -> pollable; }";
    let new = "import a:b/poll@0.2.3 { resource pollable; block: func(p: borrow<pollable>); }
               import a:b/io@0.2.3 { use a:b/poll@0.2.3.pollable; write: func(p: pollable); }
               import more: func();";
    let mut union = Union::new();
    for text in [old, new] {
        let part = component(types, text);
        union.add_imports(types, &part.imports).expect("the parts fit");
    }
    let joined = union.into_component(types);
    assert_eq!(
        dump::component(types, &joined),
        "\
import a:b/poll@0.2.3: interface
  resource pollable#0
  ready: func(p: borrow<pollable#0>) -> bool
  block: func(p: borrow<pollable#0>)
import a:b/io@0.2.3: interface
  resource pollable#0
  read: func() -> pollable#0
  write: func(p: pollable#0)
import more: func()
"
    );
}

#[test]
fn unions_tell_all_differences_and_keep_other_versions_apart() {
    let types = &mut Types::new();
    let mut union = Union::new();
    let first = component(types, "import a:b/x@1.0.0 { f: func(a: u8); } import g: func();");
    let second = component(types, "import a:b/x@1.2.0 { f: func(a: u16); } import h: func();");
    let third = component(types, "import a:b/x@1.0.0 { f: func(a: u16) -> u8; } import g: func() -> u8;");
    union.add_imports(types, &first.imports).expect("nothing is there yet");
    union.add_imports(types, &second.imports).expect("another version is kept apart");
    let names: Vec<String> = union.imports().keys().map(ToString::to_string).collect();
    assert_eq!(names, ["a:b/x@1.0.0", "g", "a:b/x@1.2.0", "h"]);
    assert_eq!(union.apart().len(), 1);
    let found = union.add_imports(types, &third.imports).expect_err("one name, two types");
    let told: Vec<String> = found.iter().map(|mismatch| format!("{}: {}", mismatch.path, mismatch.text())).collect();
    assert_eq!(
        told,
        [
            "import a:b/x@1.0.0 / f / a: expected `u8`, found `u16`",
            "import a:b/x@1.0.0 / f / result: expected nothing, found `u8`",
            "import g / result: expected nothing, found `u8`",
        ]
    );
}

#[test]
fn unions_put_interfaces_behind_those_they_use() {
    let types = &mut Types::new();
    let mut union = Union::new();
    let first = component(types, "import a:b/io { read: func(); }");
    let second = component(
        types,
        "import a:b/poll { resource pollable; }
         import a:b/io { use a:b/poll.pollable; subscribe: func() -> pollable; }",
    );
    for part in [first, second] {
        union.add_imports(types, &part.imports).expect("the parts fit");
    }
    assert_eq!(
        dump::component(types, &union.into_component(types)),
        "\
import a:b/poll: interface
  resource pollable#0
import a:b/io: interface
  read: func()
  resource pollable#0
  subscribe: func() -> pollable#0
"
    );
}

#[test]
fn an_exported_interface_uses_its_exported_sibling() {
    let types = &mut Types::new();
    let mut world = component(types, "import a:b/e1 { resource x; } import a:b/e2 { use a:b/e1.x; f: func(x: x); }");
    // As some encoders write it: the exported `e2` still uses the `x` of the imported `e1`.
    for (name, item) in world.imports.clone() {
        let ItemKind::Instance(id) = item.kind else { panic!("an interface") };
        let kind = ItemKind::Instance(clone_instance_fresh(types, id));
        world.exports.insert(name, types::Item { kind, ..item });
    }
    use_exported_siblings(types, &mut world);
    assert_eq!(
        dump::component(types, &world),
        "\
import a:b/e1: interface
  resource x#0
import a:b/e2: interface
  resource x#0
  f: func(x: x#0)
export a:b/e1: interface
  resource x#1
export a:b/e2: interface
  resource x#1
  f: func(x: x#1)
"
    );
}
