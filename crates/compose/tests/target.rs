//! A result that should fit a world: whose resource an export has is told with its way.

use component::EmitOptions;
use indexmap::IndexMap;
use types::subtype::{Options, component_mismatches};
use types::{ComponentType, ExternName, Item, Types};
use withe_compose::{NodeId, Part, Source, Wanted, Wiring, plan, whose};

const OWNER: &str = r#"(component
  (type $r (resource (rep i32)))
  (component $types
    (import "r" (type $r (sub resource)))
    (export "r" (type $r)))
  (instance $types (instantiate $types (with "r" (type $r))))
  (export "a:b/types" (instance $types)))"#;

/// Imports the types and exports an interface that uses them: a part, and the world that the result should fit.
const SHELF: &str = r#"(component
  (import "a:b/types" (instance $types (export "r" (type (sub resource)))))
  (alias export $types "r" (type $r))
  (component $shelf
    (import "r" (type $r (sub resource)))
    (export "r" (type $r)))
  (instance $shelf (instantiate $shelf (with "r" (type $r))))
  (export "a:b/shelf" (instance $shelf)))"#;

fn name(text: &str) -> ExternName {
    ExternName::parse(text).expect("a name")
}

/// What is told of the shelf, filled or not, against its own world.
fn misfits(is_filled: bool) -> Vec<(String, String)> {
    let files = [OWNER, SHELF].map(|text| wat::parse_str(text).expect("it is valid"));
    let types = &mut Types::new();
    let mut read = |file: &str, bytes| component::read(types, file, bytes).expect("it is valid").ty;
    let (owner, shelf) = (read("owner.wasm", &files[0]), read("shelf.wasm", &files[1]));
    let world = read("world.wasm", &files[1]);
    let mut wiring = Wiring::new();
    let owner = wiring.instance(Wanted::new(Part::new("owner.wasm", &files[0], owner), IndexMap::new()));
    let types_of_owner = (name("a:b/types"), Source::export(owner, name("a:b/types")).into());
    let args = if is_filled { IndexMap::from([types_of_owner]) } else { IndexMap::new() };
    let shelf = wiring.instance(Wanted::new(Part::new("shelf.wasm", &files[1], shelf), args));
    wiring.export(name("a:b/shelf"), Source::export(shelf, name("a:b/shelf")));
    let graph = wiring.build(types).expect("it fits").graph;
    component::emit(&plan(types, &graph).expect("it can be written"), EmitOptions::default());
    let items = |nodes: &IndexMap<ExternName, NodeId>| -> IndexMap<ExternName, Item> {
        nodes.iter().map(|(name, node)| (name.clone(), graph.node(*node).item.clone())).collect()
    };
    let found = ComponentType { imports: items(graph.imports()), exports: items(graph.exports()) };
    let mismatches = component_mismatches(types, &found, &world, Options { tracks: true });
    let told = mismatches.iter().map(|mismatch| whose(types, &graph, mismatch).expect("a resource of the graph"));
    told.map(|whose| (whose.text, whose.help)).collect()
}

#[test]
fn the_owner_of_an_exported_resource_is_told() {
    assert_eq!(misfits(false), vec![]);
    let text = "this `r` begins here, is given to `shelf.wasm` as `a:b/types`, which exports it as `a:b/shelf`";
    let help = "leave `a:b/types` of `shelf.wasm` open, or give it what the world imports";
    assert_eq!(misfits(true), vec![(text.to_owned(), help.to_owned())]);
}
