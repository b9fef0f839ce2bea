//! Where things stand inside a component: which nested component holds a piece of code, and which asks for an import.
//!
//! In: a valid component's bytes. Out: `Parts`, a flat list of its nested components and core modules.
//! Holds: names come from the binary's name sections; a part without one is told by its place in its parent.

use std::ops::Range;

use wasmparser_embedded::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentName, ComponentNameSectionReader,
    ComponentOuterAliasKind, KnownCustom, NameMap, Parser, Payload, TypeRef,
};

/// Of a list of names, only so many are said.
const MOST_SAID: usize = 4;

/// The nested components and core modules of a binary, outer before inner.
#[derive(Debug, Default)]
pub(crate) struct Parts(Vec<Part>);

/// Position in `Parts`.
type PartId = usize;

#[derive(Debug)]
struct Part {
    /// Bytes from the start of the binary.
    range: Range<usize>,
    parent: Option<PartId>,
    kind: Kind,
    name: Option<String>,
    /// Position among the parent's components, or among its core modules.
    position: usize,
    imports: Vec<String>,
    /// What the indices of core modules, of components and of instances mean here: the part, or the part that an
    /// instance is made of. `None` for what comes from outside.
    core_modules: Vec<Option<PartId>>,
    components: Vec<Option<PartId>>,
    instances: Vec<Option<PartId>>,
    /// How many core modules and components it holds, so far.
    met: [usize; 2],
    /// The names of the instances made of this component.
    made: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    CoreModule,
    Component,
}

/// Reads the parts of a binary. What cannot be read is left out: this serves messages only.
pub(crate) fn parts(bytes: &[u8]) -> Parts {
    let mut parts = Parts::default();
    let mut open = vec![parts.enter(None, 0..bytes.len(), Kind::Component)];
    for payload in Parser::new(0).parse_all(bytes) {
        let (Ok(payload), Some(&here)) = (payload, open.last()) else {
            break;
        };
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => {
                open.push(parts.enter(Some(here), unchecked_range, Kind::CoreModule));
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                open.push(parts.enter(Some(here), unchecked_range, Kind::Component));
            }
            Payload::End(_) => {
                open.pop();
            }
            other => parts.take(here, other),
        }
    }
    parts
}

impl Parts {
    fn enter(&mut self, parent: Option<PartId>, range: Range<usize>, kind: Kind) -> PartId {
        let id = self.0.len();
        let position = parent.map_or(0, |parent| {
            let (space, met) = self.space(parent, kind);
            space.push(Some(id));
            *met += 1;
            *met - 1
        });
        self.0.push(Part {
            range,
            parent,
            kind,
            name: None,
            position,
            imports: Vec::new(),
            core_modules: Vec::new(),
            components: Vec::new(),
            instances: Vec::new(),
            met: [0; 2],
            made: Vec::new(),
        });
        id
    }

    /// What the indices of a kind mean in a part, and how many of the kind it holds.
    fn space(&mut self, part: PartId, kind: Kind) -> (&mut Vec<Option<PartId>>, &mut usize) {
        let part = &mut self.0[part];
        match kind {
            Kind::CoreModule => (&mut part.core_modules, &mut part.met[0]),
            Kind::Component => (&mut part.components, &mut part.met[1]),
        }
    }

    /// Notes what a section of `here` defines.
    fn take(&mut self, here: PartId, payload: Payload<'_>) {
        match payload {
            Payload::ComponentImportSection(imports) => {
                for import in imports.into_iter().flatten() {
                    self.0[here].imports.push(import.name.name.to_owned());
                    self.come(here, import.ty.kind(), None);
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases.into_iter().flatten() {
                    self.alias(here, &alias);
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports.into_iter().flatten() {
                    let meant = self.meant(here, export.kind, export.index);
                    self.come(here, export.kind, meant);
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances.into_iter().flatten() {
                    let of = match instance {
                        ComponentInstance::Instantiate { component_index, .. } => {
                            self.meant(here, ComponentExternalKind::Component, component_index)
                        }
                        ComponentInstance::FromExports(_) => None,
                    };
                    self.0[here].instances.push(of);
                }
            }
            Payload::CustomSection(custom) => {
                if let KnownCustom::ComponentName(names) = custom.as_known() {
                    self.take_names(here, names);
                }
            }
            _ => {}
        }
    }

    /// The next index of a kind means this.
    fn come(&mut self, here: PartId, kind: ComponentExternalKind, meant: Option<PartId>) {
        match kind {
            ComponentExternalKind::Module => self.0[here].core_modules.push(meant),
            ComponentExternalKind::Component => self.0[here].components.push(meant),
            ComponentExternalKind::Instance => self.0[here].instances.push(meant),
            _ => {}
        }
    }

    fn meant(&self, here: PartId, kind: ComponentExternalKind, index: u32) -> Option<PartId> {
        let part = &self.0[here];
        let space = match kind {
            ComponentExternalKind::Module => &part.core_modules,
            ComponentExternalKind::Component => &part.components,
            ComponentExternalKind::Instance => &part.instances,
            _ => return None,
        };
        *space.get(usize::try_from(index).ok()?)?
    }

    fn alias(&mut self, here: PartId, alias: &ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport { kind, .. } => self.come(here, *kind, None),
            ComponentAlias::Outer { kind, count, index } => {
                let kind = match kind {
                    ComponentOuterAliasKind::CoreModule => ComponentExternalKind::Module,
                    ComponentOuterAliasKind::Component => ComponentExternalKind::Component,
                    _ => return,
                };
                let mut outer = Some(here);
                for _ in 0..*count {
                    outer = outer.and_then(|part| self.0[part].parent);
                    if outer.is_none() {
                        break;
                    }
                }
                let meant = outer.and_then(|outer| self.meant(outer, kind, *index));
                self.come(here, kind, meant);
            }
            _ => {}
        }
    }

    /// The component's own name, and the names it gives to what it holds.
    fn take_names(&mut self, here: PartId, names: ComponentNameSectionReader<'_>) {
        for name in names.into_iter().flatten() {
            match name {
                ComponentName::Component { name, .. } => self.0[here].name = Some(name.to_owned()),
                ComponentName::Components(map) => self.name_parts(here, ComponentExternalKind::Component, map),
                ComponentName::CoreModules(map) => self.name_parts(here, ComponentExternalKind::Module, map),
                ComponentName::Instances(map) => {
                    for naming in map.into_iter().flatten() {
                        let of = self.meant(here, ComponentExternalKind::Instance, naming.index);
                        if let Some(of) = of {
                            self.0[of].made.push(naming.name.to_owned());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn name_parts(&mut self, here: PartId, kind: ComponentExternalKind, names: NameMap<'_>) {
        for naming in names.into_iter().flatten() {
            if let Some(part) = self.meant(here, kind, naming.index) {
                self.0[part].name.get_or_insert_with(|| naming.name.to_owned());
            }
        }
    }

    /// The components that hold the code at `offset`, in words, outer before inner; empty if that is the whole binary
    /// and it has no name.
    pub(crate) fn components_at(&self, offset: usize) -> String {
        self.path(offset, |part| part.kind == Kind::Component).join(" / ")
    }

    /// The core module that holds the code at `offset`, in words.
    pub(crate) fn core_module_at(&self, offset: usize) -> Option<String> {
        self.path(offset, |part| part.kind == Kind::CoreModule).pop()
    }

    /// The index of the core function whose body is at `offset` of the binary that the parts are of.
    pub(crate) fn function_at(&self, bytes: &[u8], offset: usize) -> Option<u32> {
        let holds = |part: &&Part| part.kind == Kind::CoreModule && part.range.contains(&offset);
        let module = self.0.iter().rev().find(holds)?;
        let mut index = 0;
        for payload in Parser::new(0).parse_all(bytes.get(module.range.clone())?).map_while(Result::ok) {
            match payload {
                Payload::ImportSection(imports) => {
                    let funcs = imports.into_imports().flatten().filter(|import| is_func(import.ty));
                    index += u32::try_from(funcs.count()).ok()?;
                }
                Payload::CodeSectionEntry(body) if body.range().contains(&(offset - module.range.start)) => {
                    return Some(index);
                }
                Payload::CodeSectionEntry(_) => index += 1,
                _ => {}
            }
        }
        None
    }

    /// The parts around `offset`, outer before inner, in words; the whole binary only if it has a name.
    pub(crate) fn path_at(&self, offset: usize) -> Vec<String> {
        self.path(offset, |_| true)
    }

    fn path(&self, offset: usize, wanted: impl Fn(&Part) -> bool) -> Vec<String> {
        let around = self.0.iter().filter(|part| part.range.contains(&offset) && wanted(part));
        around.filter_map(|part| part.describe()).collect()
    }

    /// The first nested part that begins at or after `offset`, and whether it is a component.
    pub(crate) fn next_after(&self, offset: usize) -> Option<(Range<usize>, bool)> {
        let part = self.0.iter().find(|part| part.parent.is_some() && part.range.start >= offset)?;
        Some((part.range.clone(), part.kind == Kind::Component))
    }

    /// The bytes of the nested core module around `offset`.
    pub(crate) fn module_at(&self, offset: usize) -> Option<Range<usize>> {
        let around = self.0.iter().find(|part| part.kind == Kind::CoreModule && part.range.contains(&offset))?;
        Some(around.range.clone())
    }

    /// The nested components that import `name`, in words: the first few, and how many there are beside them.
    pub(crate) fn asking_for(&self, name: &str) -> Option<String> {
        let asks = |part: &&Part| {
            part.kind == Kind::Component && part.parent.is_some() && part.imports.iter().any(|import| import == name)
        };
        let asking: Vec<String> = self.0.iter().filter(asks).filter_map(Part::describe).collect();
        let said = asking.len().min(MOST_SAID);
        let mut words: Vec<String> = asking[..said].to_vec();
        if asking.len() > said {
            words.push(format!("{} more", asking.len() - said));
        }
        match words.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
        }
    }
}

fn is_func(ty: TypeRef) -> bool {
    matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_))
}

impl Part {
    /// In words, by its name or by its place in its parent; `None` for a whole binary without a name.
    fn describe(&self) -> Option<String> {
        let kind = match self.kind {
            Kind::CoreModule => "core module",
            Kind::Component => "component",
        };
        let described = match (&self.name, self.parent) {
            (Some(name), _) => format!("{kind} `{name}`"),
            (None, None) => return None,
            (None, Some(_)) => format!("nested {kind} {}", self.position + 1),
        };
        if self.made.len() < 2 {
            return Some(described);
        }
        let names: Vec<String> = self.made.iter().take(MOST_SAID).map(|name| format!("`{name}`")).collect();
        let more = if self.made.len() > MOST_SAID { ", ..." } else { "" };
        Some(format!("{described} (one of its instances {}{more})", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Parts {
        parts(&wat::parse_str(text).unwrap())
    }

    fn named<'p>(parts: &'p Parts, name: &str) -> &'p Part {
        parts.0.iter().find(|part| part.name.as_deref() == Some(name)).unwrap()
    }

    #[test]
    fn nested_components_are_found_by_offset_and_by_import() {
        let bytes = wat::parse_str(
            r#"(component $outer
                (import "a:b/c" (instance $c))
                (component $inner
                    (import "a:b/c" (instance))
                    (core module $m (import "h" "f" (func)) (func unreachable)))
                (component (import "x" (func))))"#,
        )
        .unwrap();
        let parts = parts(&bytes);
        assert_eq!(parts.asking_for("a:b/c").as_deref(), Some("component `inner`"));
        assert_eq!(parts.asking_for("x").as_deref(), Some("nested component 2"));
        assert_eq!(parts.asking_for("y"), None);
        // `unreachable` and `end`, before the names of the module.
        let code = bytes.windows(3).position(|bytes| bytes == [0, 0, 0x0b]).unwrap() + 1;
        assert_eq!(parts.components_at(code), "component `outer` / component `inner`");
        assert_eq!(parts.core_module_at(named(&parts, "m").range.end - 1).as_deref(), Some("core module `m`"));
        assert_eq!((parts.function_at(&bytes, code), parts.function_at(&bytes, 9)), (Some(1), None));
        assert_eq!((parts.components_at(9).as_str(), parts.core_module_at(9)), ("component `outer`", None));
    }

    #[test]
    fn long_lists_are_cut() {
        let asking = |count: usize| {
            let inner: Vec<String> =
                (0..count).map(|number| format!(r#"(component $c{number} (import "x" (func)))"#)).collect();
            read(&format!("(component {})", inner.join(""))).asking_for("x").unwrap()
        };
        assert_eq!(asking(2), "component `c0` and component `c1`");
        assert_eq!(asking(4), "component `c0`, component `c1`, component `c2` and component `c3`");
        assert_eq!(asking(9), "component `c0`, component `c1`, component `c2`, component `c3` and 5 more");
    }

    #[test]
    fn indices_count_what_comes_from_outside_and_exports() {
        let parts = read(
            r#"(component
                (import "given" (component $given))
                (component $own (core module $code (func unreachable)))
                (export $again "again" (component $own))
                (component $user
                    (alias outer 1 $own (component $theirs))
                    (instance $third (instantiate $theirs)))
                (instance $first (instantiate $again))
                (instance $second (instantiate $own))
                (instance $other (instantiate $given)))"#,
        );
        assert_eq!(named(&parts, "own").made, ["third", "first", "second"]);
        let offset = named(&parts, "code").range.end - 1;
        assert_eq!(parts.components_at(offset), "component `own` (one of its instances `third`, `first`, `second`)");
    }
}
