//! The wiring that a component's bytes hold, in the words of `Graph::dump`: what was written is compared with what
//! was meant.

use std::collections::HashMap;

use wasmparser::{ComponentAlias, ComponentExternalKind as Kind, ComponentInstance, ComponentTypeRef, Parser, Payload};

/// The items of the root scope, each as `Graph::describe` would call it.
#[derive(Default)]
struct Spaces {
    items: HashMap<Sort, Vec<String>>,
    lines: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Sort {
    Module,
    Func,
    Type,
    Instance,
    Component,
}

fn sort(kind: Kind) -> Sort {
    match kind {
        Kind::Module => Sort::Module,
        Kind::Func => Sort::Func,
        Kind::Value | Kind::Type => Sort::Type,
        Kind::Instance => Sort::Instance,
        Kind::Component => Sort::Component,
    }
}

/// The wiring of `bytes`. `file` names an embedded component by its bytes.
pub fn wiring(bytes: &[u8], file: impl Fn(&[u8]) -> String) -> String {
    let mut spaces = Spaces::default();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.expect("own output parses");
        match &payload {
            Payload::ComponentSection { unchecked_range, .. } | Payload::ModuleSection { unchecked_range, .. } => {
                if depth == 0 {
                    let name = file(&bytes[unchecked_range.start as usize..unchecked_range.end as usize]);
                    let is_component = matches!(payload, Payload::ComponentSection { .. });
                    spaces.push(if is_component { Sort::Component } else { Sort::Module }, name);
                }
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => spaces.section(&payload),
            _ => {}
        }
    }
    spaces.lines
}

impl Spaces {
    fn push(&mut self, sort: Sort, name: String) {
        self.items.entry(sort).or_default().push(name);
    }

    fn get(&self, kind: Kind, index: u32) -> String {
        self.items[&sort(kind)][index as usize].clone()
    }

    fn section(&mut self, payload: &Payload<'_>) {
        match payload {
            Payload::ComponentTypeSection(section) => {
                for _ in section.clone() {
                    self.push(Sort::Type, "a definition".to_owned());
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section.clone() {
                    let import = import.expect("own output parses");
                    let sort = match import.ty {
                        ComponentTypeRef::Module(_) => Sort::Module,
                        ComponentTypeRef::Func(_) => Sort::Func,
                        ComponentTypeRef::Value(_) | ComponentTypeRef::Type(_) => Sort::Type,
                        ComponentTypeRef::Instance(_) => Sort::Instance,
                        ComponentTypeRef::Component(_) => Sort::Component,
                    };
                    self.lines.push_str(&format!("import {}\n", import.name.name));
                    self.push(sort, format!("import {}", import.name.name));
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section.clone() {
                    self.alias(&alias.expect("own output parses"));
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section.clone() {
                    self.instance(&instance.expect("own output parses"));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.clone() {
                    let export = export.expect("own output parses");
                    let of = self.get(export.kind, export.index);
                    self.lines.push_str(&format!("export {} = {of}\n", export.name.name));
                    self.push(sort(export.kind), of);
                }
            }
            _ => {}
        }
    }

    fn alias(&mut self, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let of = self.get(Kind::Instance, *instance_index);
                self.push(sort(*kind), format!("{of} / {name}"));
            }
            other => panic!("a composition aliases exports only, not {other:?}"),
        }
    }

    fn instance(&mut self, instance: &ComponentInstance<'_>) {
        let ComponentInstance::Instantiate { component_index, args } = instance else {
            panic!("a composition instantiates components only");
        };
        let name = self.get(Kind::Component, *component_index);
        self.lines.push_str(&format!("instance of {name}\n"));
        for arg in args {
            self.lines.push_str(&format!("  {} = {}\n", arg.name, self.get(arg.kind, arg.index)));
        }
        self.push(Sort::Instance, name);
    }
}
