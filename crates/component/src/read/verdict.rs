//! What `types` says of the instantiations in a binary, beside what the validator says: for tests of `types`.
//!
//! In: a binary, valid or not. Out: one `Verdict` for each component that is instantiated up to the first invalid one,
//! at any depth.
//! Holds: both sides are asked about the same component type and the same arguments.
//!
//! Specification: Component Model explainer, "Instance Definitions", "Type Checking".

use ::types::equal::Bindings;
use ::types::subtype::Options;
use ::types::{Item, Owner, Types, mismatches};
use wasmparser::component_types::{ComponentEntityType, ComponentItem};
use wasmparser::types::TypesRef;
use wasmparser::{
    ComponentExternalKind, ComponentInstance, ComponentInstantiationArg, Parser, Payload, Validator, WasmFeatures,
};

use super::TypeReader;

/// One instantiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is wrong with it as `types` sees it; `None` where it cannot tell, since something that has no type there is
    /// passed or asked for.
    pub here: Option<Vec<String>>,
    /// What the validator says is wrong, with this one or another of the same section.
    pub there: Option<String>,
}

/// The verdicts on all instantiations, as far as the binary is valid before them.
pub fn verdicts(bytes: &[u8]) -> Vec<Verdict> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(payload) = payload else { break };
        let here = match (&payload, validator.types(0)) {
            (Payload::ComponentInstanceSection(section), Some(wasm)) => section
                .clone()
                .into_iter()
                .map_while(Result::ok)
                .filter_map(|instance| judge(wasm, &instance))
                .collect(),
            _ => Vec::new(),
        };
        let there = validator.payload(&payload).err().map(|error| error.message().to_owned());
        let stop = there.is_some();
        found.extend(here.into_iter().map(|here| Verdict { here, there: there.clone() }));
        if stop {
            break;
        }
    }
    found
}

/// `None` if nothing is instantiated; `Some(None)` if `types` cannot tell.
fn judge(wasm: TypesRef<'_>, instance: &ComponentInstance<'_>) -> Option<Option<Vec<String>>> {
    let ComponentInstance::Instantiate { component_index, args } = instance else { return None };
    if *component_index >= wasm.component_count() {
        return Some(None);
    }
    let mut types = Types::new();
    let mut reader = TypeReader::new(&mut types, "component", wasm);
    let given: Option<Vec<(&str, Item)>> =
        args.iter().map(|arg| Some((arg.name, item(&mut reader, wasm, arg)?))).collect();
    let component = reader.component(wasm.component_at(*component_index)).ok();
    let complete = reader.other_types.is_empty();
    let (Some(given), Some(component), true) = (given, component, complete) else { return Some(None) };
    let mut bindings = Bindings::new();
    let mut wrong = Vec::new();
    for (name, wanted) in &component.imports {
        match given.iter().find(|(other, _)| *other == name.to_string()) {
            None => wrong.push(format!("`{name}` is not given")),
            Some((_, given)) => {
                let found = mismatches(&types, given, wanted, &mut bindings, Options::default());
                wrong.extend(found.iter().map(|mismatch| format!("`{name}`: {}", mismatch.text())));
            }
        }
    }
    Some(Some(wrong))
}

/// An argument as an item; `None` for what has no type here, or does not exist yet.
fn item(reader: &mut TypeReader<'_, '_>, wasm: TypesRef<'_>, arg: &ComponentInstantiationArg<'_>) -> Option<Item> {
    let ty = match arg.kind {
        ComponentExternalKind::Func if arg.index < wasm.component_function_count() => {
            ComponentEntityType::Func(wasm.component_function_at(arg.index))
        }
        ComponentExternalKind::Instance if arg.index < wasm.component_instance_count() => {
            ComponentEntityType::Instance(wasm.component_instance_at(arg.index))
        }
        ComponentExternalKind::Component if arg.index < wasm.component_count() => {
            ComponentEntityType::Component(wasm.component_at(arg.index))
        }
        ComponentExternalKind::Type if arg.index < wasm.component_type_count() => {
            let ty = wasm.component_any_type_at(arg.index);
            ComponentEntityType::Type { referenced: ty, created: ty }
        }
        ComponentExternalKind::Module if arg.index < wasm.module_count() => {
            ComponentEntityType::Module(wasm.module_at(arg.index))
        }
        _ => return None,
    };
    let item = ComponentItem { ty, implements: None, version_suffix: None, external_id: None };
    let (_, item) = reader.item("argument", arg.name, &item, Owner::World).ok()??;
    Some(item)
}
