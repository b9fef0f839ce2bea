//! What the result exports can be named by those who see it: exports come in an order in which each name is there
//! before it is used, or are refused.

use component::EmitOptions;
use indexmap::IndexMap;
use types::{ExternName, Types};
use withe_compose::{Part, Source, Wanted, Wiring, plan};

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
