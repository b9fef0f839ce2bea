//! What the result exports can be named by those who see it: exports come in an order in which each name is there
//! before it is used, or are refused.

use component::EmitOptions;
use diag::Place;
use indexmap::IndexMap;
use types::{Decl, ExternName, FuncType, Item, ItemKind, Types};
use withe_compose::{Part, Source, Wanted, WantedId, Wiring, plan};

/// Exports two interfaces, of which the second uses the enum of the first.
const STORE: &str = r#"(component
  (component $kinds
    (type $kind' (enum "new" "used"))
    (export "kind" (type $kind')))
  (instance $kinds (instantiate $kinds))
  (export $kinds' "t:p/kinds" (instance $kinds))
  (alias export $kinds' "kind" (type $kind))
  (component $items
    (type $kind' (enum "new" "used"))
    (import "kind" (type $kind (eq $kind')))
    (type $item (record (field "kind" $kind)))
    (export "item" (type $item)))
  (instance $items (instantiate $items (with "kind" (type $kind))))
  (export "t:p/items" (instance $items)))"#;

/// The names of the result that exports these of the component; or the codes of the refusal with their help.
fn exporting(names: &[&str]) -> Result<Vec<String>, Vec<String>> {
    let bytes = wat::parse_str(STORE).expect("it is valid");
    let types = &mut Types::new();
    let read = component::read(types, "store.wasm", &bytes).expect("it is valid");
    let mut wiring = Wiring::new();
    let store = wiring.instance(Wanted::new(Part::new("store.wasm", &bytes, read.ty), IndexMap::new()));
    for name in names {
        let name = ExternName::parse(name).expect("a name");
        wiring.export(name.clone(), Source::export(store, name));
    }
    let wired = wiring.build(types).map_err(|refused| {
        refused
            .0
            .iter()
            .map(|one| format!("{}: {}", one.code, one.help.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    })?;
    let plan = plan(types, &wired.graph).expect("all is named");
    let made = component::emit(&plan, EmitOptions::default());
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&made).expect("it is valid");
    let result = component::read(types, "result.wasm", &made).expect("it is valid");
    Ok(result.ty.exports.keys().map(ToString::to_string).collect())
}

#[test]
fn exports_come_behind_those_that_name_their_types() {
    let in_order = vec!["t:p/kinds".to_owned(), "t:p/items".to_owned()];
    assert_eq!(exporting(&["t:p/kinds", "t:p/items"]), Ok(in_order.clone()));
    assert_eq!(exporting(&["t:p/items", "t:p/kinds"]), Ok(in_order));
}

#[test]
fn an_export_whose_type_nothing_names_is_refused() {
    let help = "compose/hidden-type: export `t:p/kinds` of `store.wasm` too".to_owned();
    assert_eq!(exporting(&["t:p/items"]), Err(vec![help]));
}

/// Exports an interface with a record that has a handle inside.
const OWNER: &str = r#"(component
  (type $r' (resource (rep i32)))
  (component $i
    (import "r" (type $r' (sub resource)))
    (type $kind' (enum "new" "used"))
    (export $kind "kind" (type $kind'))
    (export $r "r" (type $r'))
    (type $pair (record (field "kind" $kind) (field "r" (own $r))))
    (export "pair" (type $pair)))
  (instance $i (instantiate $i (with "r" (type $r'))))
  (export "t:p/things" (instance $i)))"#;

/// Exports an interface that uses the record.
const USER: &str = r#"(component
  (import "t:p/things" (instance $i
    (type $kind' (enum "new" "used"))
    (export "kind" (type $kind (eq $kind')))
    (export "r" (type $r (sub resource)))
    (type $pair (record (field "kind" $kind) (field "r" (own $r))))
    (export "pair" (type (eq $pair)))))
  (alias export $i "kind" (type $kind))
  (alias export $i "r" (type $r))
  (alias export $i "pair" (type $pair))
  (component $user
    (type $kind' (enum "new" "used"))
    (import "kind" (type $kind (eq $kind')))
    (import "r" (type $r (sub resource)))
    (type $pair' (record (field "kind" $kind) (field "r" (own $r))))
    (import "pair" (type $pair (eq $pair')))
    (export "it" (type $pair)))
  (instance $user (instantiate $user (with "kind" (type $kind)) (with "r" (type $r)) (with "pair" (type $pair))))
  (export "t:p/uses" (instance $user)))"#;

fn name(text: &str) -> ExternName {
    ExternName::parse(text).expect("a name")
}

fn add<'a>(types: &mut Types, wiring: &mut Wiring<'a>, bytes: &'a [u8], args: &[(&str, WantedId, &str)]) -> WantedId {
    let read = component::read(types, "a.wasm", bytes).expect("it is valid");
    let args = args.iter().map(|(to, of, export)| (name(to), Source::export(*of, name(export)).into())).collect();
    wiring.instance(Wanted::new(Part::new("a.wasm", bytes, read.ty), args))
}

/// The codes of a refusal; nothing if what is made is valid.
fn made(types: &mut Types, wiring: Wiring<'_>) -> Vec<String> {
    match wiring.build(types) {
        Ok(wired) => {
            let plan = plan(types, &wired.graph).expect("all is named");
            let made = component::emit(&plan, EmitOptions::default());
            let all = wasmparser::WasmFeatures::all();
            wasmparser::Validator::new_with_features(all).validate_all(&made).expect("it is valid");
            Vec::new()
        }
        Err(refused) => refused.0.iter().map(|one| one.code.to_string()).collect(),
    }
}

/// The result imports `things` for another instance: its record has another resource's handle, so it is no name for
/// the record of the owner.
#[test]
fn an_import_does_not_name_what_has_handles_of_another() {
    let [owner, user] = [OWNER, USER].map(|text| wat::parse_str(text).expect("it is valid"));
    let wired = |with_owner: bool| {
        let types = &mut Types::new();
        let mut wiring = Wiring::new();
        let things = add(types, &mut wiring, &owner, &[]);
        add(types, &mut wiring, &user, &[]);
        let used = add(types, &mut wiring, &user, &[("t:p/things", things, "t:p/things")]);
        wiring.export(name("t:p/uses"), Source::export(used, name("t:p/uses")));
        if with_owner {
            wiring.export(name("t:p/things"), Source::export(things, name("t:p/things")));
        }
        made(types, wiring)
    };
    assert_eq!(wired(false), ["compose/hidden-type"]);
    assert!(wired(true).is_empty());
}

/// Passes an enum on under another name.
const KIT: &str = r#"(component
  (import "t:p/a" (instance $a (type $e (enum "x" "y")) (export "e" (type (eq $e)))))
  (alias export $a "e" (type $e))
  (component $b
    (type $e' (enum "x" "y"))
    (import "e" (type $e (eq $e')))
    (export "u" (type $e)))
  (instance $b (instantiate $b (with "e" (type $e))))
  (export "t:p/b" (instance $b)))"#;

/// A function of the world whose result is that enum.
const GETTER: &str = r#"(component
  (import "t:p/b" (instance $b (type $e (enum "x" "y")) (export "u" (type (eq $e)))))
  (alias export $b "u" (type $u))
  (import "w" (type $w (eq $u)))
  (core module $m (func (export "f") (result i32) (i32.const 0)))
  (core instance $i (instantiate $m))
  (func $get (result $w) (canon lift (core func $i "f")))
  (export "get" (func $get) (func (result $w))))"#;

#[test]
fn a_whole_instance_is_exported_in_the_names_of_the_result() {
    let [kit, getter] = [KIT, GETTER].map(|text| wat::parse_str(text).expect("it is valid"));
    let types = &mut Types::new();
    let mut wiring = Wiring::new();
    let kit = add(types, &mut wiring, &kit, &[]);
    let getter = add(types, &mut wiring, &getter, &[("t:p/b", kit, "t:p/b")]);
    wiring.export(name("whole"), Source::Instance(getter));
    assert!(made(types, wiring).is_empty());
}

#[test]
fn names_that_are_refused_have_a_place() {
    let bytes = wat::parse_str(GETTER).expect("it is valid");
    let types = &mut Types::new();
    let mut wiring = Wiring::new();
    let getter = add(types, &mut wiring, &bytes, &[]);
    for _ in 0..2 {
        wiring.export(name("get"), Source::export(getter, name("get")));
    }
    let refused = wiring.build(types).expect_err("one name, twice").0;
    assert_eq!(refused[0].code.0, "compose/duplicate-export");
    assert!(matches!(&refused[0].labels[0].place, Place::Binary { path, .. } if path == "export `get`"));

    let func = types.add_func(FuncType { async_: false, params: Vec::new(), result: None });
    let item = Item { kind: ItemKind::Func(func), decl: Decl::default() };
    let refused = Wiring::new().import(name("[static]r.f"), item).expect_err("there is no `r`").0;
    assert_eq!(refused[0].code.0, "compose/import-name");
    assert!(matches!(&refused[0].labels[0].place, Place::Binary { path, .. } if path == "import `[static]r.f`"));
}
