//! Where things stand inside a component: which nested component holds a piece of code, and which asks for an import.
//!
//! In: a valid component's bytes. Out: `Parts`, a flat list of its nested components and core modules.
//! Holds: names come from the binary's name sections; a part without one is told by its place in its parent.

use std::ops::Range;

use wasmparser_embedded::{ComponentName, ComponentNameSectionReader, KnownCustom, Parser, Payload};

/// The nested components and core modules of a binary, outer before inner.
#[derive(Debug, Default)]
pub(crate) struct Parts(Vec<Part>);

#[derive(Debug)]
struct Part {
    /// Bytes from the start of the binary.
    range: Range<usize>,
    parent: Option<usize>,
    component: bool,
    name: Option<String>,
    /// Position among the parent's components, or among its core modules.
    position: u32,
    imports: Vec<String>,
    /// How many components and core modules were met inside so far.
    met: [u32; 2],
}

/// Reads the parts of a binary. What cannot be read is left out: this serves messages only.
pub(crate) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::default();
    let mut open = vec![parts.enter(None, 0..bytes.len(), true)];
    for payload in Parser::new(0).parse_all(bytes) {
        let (Ok(payload), Some(&here)) = (payload, open.last()) else {
            break;
        };
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                open.push(parts.enter(Some(here), unchecked_range, false));
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                open.push(parts.enter(Some(here), unchecked_range, true));
            }
            Payload::ComponentImportSection(imports) => {
                let names = imports.into_iter().flatten().map(|import| import.name.name.to_owned());
                parts.0[here].imports.extend(names);
            }
            Payload::CustomSection(custom) => {
                if let KnownCustom::ComponentName(names) = custom.as_known() {
                    parts.take_names(here, names);
                }
            }
            Payload::End(_) => {
                open.pop();
            }
            _ => {}
        }
    }
    parts
}

impl Parts {
    fn enter(&mut self, parent: Option<usize>, range: Range<usize>, component: bool) -> usize {
        let position = parent.map_or(0, |parent| {
            let met = &mut self.0[parent].met[usize::from(component)];
            *met += 1;
            *met - 1
        });
        self.0.push(Part { range, parent, component, name: None, position, imports: Vec::new(), met: [0, 0] });
        self.0.len() - 1
    }

    /// The component's own name, and the names it gives to what it holds.
    fn take_names(&mut self, here: usize, names: ComponentNameSectionReader<'_>) {
        for name in names.into_iter().flatten() {
            let (map, component) = match name {
                ComponentName::Component { name, .. } => {
                    self.0[here].name = Some(name.to_owned());
                    continue;
                }
                ComponentName::Components(map) => (map, true),
                ComponentName::CoreModules(map) => (map, false),
                _ => continue,
            };
            for naming in map.into_iter().flatten() {
                let named = self.0.iter_mut().find(|part| {
                    part.parent == Some(here) && part.component == component && part.position == naming.index
                });
                if let Some(part) = named {
                    part.name.get_or_insert_with(|| naming.name.to_owned());
                }
            }
        }
    }

    /// The component that holds the code at `offset`, in words; `None` if it is the whole binary and has no name.
    pub(crate) fn component_at(&self, offset: usize) -> Option<String> {
        let (index, _) = self.0.iter().enumerate().rev().find(|(_, p)| p.component && p.range.contains(&offset))?;
        self.describe(index)
    }

    /// The parts around `offset`, outer before inner, in words; the whole binary only if it has a name.
    pub(crate) fn path_at(&self, offset: usize) -> Vec<String> {
        let around = self.0.iter().enumerate().filter(|(_, part)| part.range.contains(&offset));
        around.filter_map(|(index, _)| self.describe(index)).collect()
    }

    /// The nested core modules that begin at or after `offset`.
    pub(crate) fn modules_after(&self, offset: usize) -> Vec<Range<usize>> {
        let after = self.0.iter().filter(|part| !part.component && part.parent.is_some() && part.range.start >= offset);
        after.map(|part| part.range.clone()).collect()
    }

    /// The nested components that import `name`, in words.
    pub(crate) fn asking_for(&self, name: &str) -> Vec<String> {
        let asking = self.0.iter().enumerate().filter(|(_, part)| {
            part.component && part.parent.is_some() && part.imports.iter().any(|import| import == name)
        });
        asking.filter_map(|(index, _)| self.describe(index)).collect()
    }

    fn describe(&self, index: usize) -> Option<String> {
        let part = &self.0[index];
        let kind = if part.component { "component" } else { "core module" };
        match (&part.name, part.parent) {
            (Some(name), _) => Some(format!("{kind} `{name}`")),
            (None, None) => None,
            (None, Some(_)) => Some(format!("nested {kind} {}", part.position + 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_components_are_found_by_offset_and_by_import() {
        let bytes = wat::parse_str(
            r#"(component $outer
                (import "a:b/c" (instance $c))
                (component $inner
                    (import "a:b/c" (instance))
                    (core module $m (func unreachable)))
                (component (import "x" (func))))"#,
        )
        .unwrap();
        let parts = parts(&bytes);
        assert_eq!(parts.asking_for("a:b/c"), ["component `inner`"]);
        assert_eq!(parts.asking_for("x"), ["nested component 2"]);
        let inner = parts.0.iter().find(|part| part.name.as_deref() == Some("inner")).unwrap();
        assert_eq!(parts.component_at(inner.range.end - 1).as_deref(), Some("component `inner`"));
        assert_eq!(parts.component_at(9).as_deref(), Some("component `outer`"));
    }
}
