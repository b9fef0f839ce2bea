//! What a module consists of, counted: to say what was removed from it, and what remains.

use indexmap::IndexMap;
use wasmparser::{BinaryReader, Parser, Payload};

use crate::CoreModule;

/// The contents of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Of the whole module.
    pub bytes: usize,
    /// How many items each section has, by the plural of what they are. Functions are those that the module defines.
    pub counts: IndexMap<&'static str, usize>,
    /// Bytes of each section, without id and size; custom sections by their names, those of one name together.
    pub sections: IndexMap<String, usize>,
    /// Module and field of each import.
    pub imports: Vec<(String, String)>,
    pub exports: Vec<String>,
}

/// The sections that are lists, by id, and what they list.
const LISTS: [(u8, &str); 10] = [
    (1, "types"),
    (2, "imports"),
    (3, "functions"),
    (4, "tables"),
    (5, "memories"),
    (13, "tags"),
    (6, "globals"),
    (7, "exports"),
    (9, "element segments"),
    (11, "data segments"),
];

impl Inventory {
    pub fn of(module: &CoreModule<'_>) -> Self {
        let mut inventory = Self {
            bytes: module.bytes.len(),
            counts: LISTS.iter().map(|(_, what)| (*what, 0)).collect(),
            sections: IndexMap::new(),
            imports: module.imports.iter().map(|import| (import.module.to_owned(), import.field.to_string())).collect(),
            exports: module.exports.keys().map(|name| (*name).to_owned()).collect(),
        };
        for section in &module.sections {
            let name = match section.custom {
                Some(custom) => module.customs[custom].name.to_owned(),
                None => section_name(section.id).to_owned(),
            };
            *inventory.sections.entry(name).or_default() += section.contents.len();
            if let Some((_, what)) = LISTS.iter().find(|(id, _)| *id == section.id) {
                let mut contents = BinaryReader::new(&module.bytes[section.contents.clone()], 0);
                inventory.counts[*what] = contents.read_var_u32().map_or(0, |count| count as usize);
            }
        }
        // One entry of the section may stand for several imports.
        inventory.counts["imports"] = inventory.imports.len();
        inventory
    }
}

fn section_name(id: u8) -> &'static str {
    match id {
        1 => "type",
        2 => "import",
        3 => "function",
        4 => "table",
        5 => "memory",
        6 => "global",
        7 => "export",
        8 => "start",
        9 => "element",
        10 => "code",
        11 => "data",
        12 => "data count",
        13 => "tag",
        _ => "unknown",
    }
}

/// The core modules of a component, in their order; of nested components none.
pub fn core_modules(component: &[u8]) -> Vec<&[u8]> {
    let mut depth = 0_u32;
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                let at = |offset: u64| usize::try_from(offset).ok();
                let range = at(unchecked_range.start).zip(at(unchecked_range.end));
                let bytes = range.and_then(|(start, end)| component.get(start..end));
                found.extend(bytes.filter(|_| depth == 0));
                depth += 1;
            }
            Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_and_sections_weighed() {
        let text = r#"(module (import "a" "f" (func)) (func (export "g")) (memory 1) (data (i32.const 0) "xyz")
            (@custom "twice" "12") (@custom "twice" "3"))"#;
        let bytes = wat::parse_str(text).unwrap();
        let inventory = Inventory::of(&crate::read_module("m.wasm", &bytes).unwrap());
        let counts: Vec<_> = inventory.counts.iter().filter(|(_, count)| **count > 0).collect();
        assert_eq!(
            counts.iter().map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>(),
            ["1 types", "1 imports", "1 functions", "1 memories", "1 exports", "1 data segments"]
        );
        assert_eq!(inventory.sections["twice"], 15);
        assert_eq!(inventory.imports, [("a".to_owned(), "f".to_owned())]);
    }

    #[test]
    fn modules_of_a_component_are_found() {
        let text = "(component (core module (func)) (component (core module)) (core module (memory 1)))";
        let bytes = wat::parse_str(text).unwrap();
        let sizes: Vec<usize> = core_modules(&bytes).iter().map(|module| module.len()).collect();
        assert_eq!(sizes.len(), 2);
        assert!(core_modules(&bytes).iter().all(|module| crate::read_module("m.wasm", module).is_ok()));
    }
}
