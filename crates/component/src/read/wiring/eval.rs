//! Following the definitions of a component, and of those that it instantiates.
//!
//! Holds: index spaces are those of the specification; types and values have none here, since nothing that is called
//! goes through them. What is not there, which a valid component never asks for, is `Value::Other`.

use std::collections::HashMap;
use std::rc::Rc;

use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport, ComponentInstance,
    ComponentOuterAliasKind, ComponentTypeRef, ExternalKind, Instance as CoreInstanceExpr, Payload, Result,
};

use super::value::{Component, CoreInstance, Found, Instance, OfHost, Outer, Value};
use super::{Callee, Exported, MOST_BYTES, MOST_LEVELS, MOST_PARTS, Part, PartId, TooMany, Wiring};
use crate::read::contents::{Names, name_sections};
use crate::read::shallow::{Go, as_range, each_payload};

pub(super) fn wiring(bytes: &[u8]) -> std::result::Result<Wiring, TooMany> {
    let mut eval = Eval { wiring: Wiring::default(), bytes: 0, names: HashMap::new(), imports: HashMap::new() };
    let root = Component { bytes, name: None, outer: Rc::new(Outer::default()) };
    let name = eval.names_of(bytes).component.unwrap_or_default().to_owned();
    let part = Part { name, ..Part::default() };
    let exports = eval.instance(&root, part, Given::Host, 0)?;
    eval.wiring.exports = exports
        .into_iter()
        .map(|(name, value)| {
            let mut found = Found::default();
            found.add(&value, 0);
            Exported { name: name.to_owned(), parts: found.parts, hosts: found.hosts }
        })
        .collect();
    Ok(eval.wiring)
}

struct Eval<'a> {
    wiring: Wiring,
    /// Read so far.
    bytes: usize,
    /// By the address of the component's bytes: an instance more costs no reading of names. Look-ups only.
    names: HashMap<usize, Rc<Names<'a>>>,
    /// What a core module imports, by its address.
    imports: HashMap<usize, Rc<Vec<(&'a str, &'a str)>>>,
}

/// What a component's imports are.
enum Given<'v, 'a> {
    Host,
    Args(&'v HashMap<&'a str, Value<'a>>),
}

/// Index spaces of one instance.
struct Scope<'a> {
    part: PartId,
    names: Rc<Names<'a>>,
    outer: Rc<Outer<'a>>,
    modules: Vec<Option<&'a [u8]>>,
    components: Vec<Option<Rc<Component<'a>>>>,
    funcs: Vec<Option<Callee>>,
    instances: Vec<Rc<Instance<'a>>>,
    core_funcs: Vec<Option<Callee>>,
    core_instances: Vec<CoreInstance<'a>>,
    exports: Vec<(&'a str, Value<'a>)>,
    /// The names of the parts in it. Look-ups only.
    taken: HashMap<String, usize>,
    depth: usize,
}

impl<'a> Eval<'a> {
    fn names_of(&mut self, bytes: &'a [u8]) -> Rc<Names<'a>> {
        let read = || Rc::new(Names::read(&name_sections(bytes)));
        self.names.entry(bytes.as_ptr() as usize).or_insert_with(read).clone()
    }

    /// Instantiates a component: its exports, in order.
    fn instance(
        &mut self,
        component: &Component<'a>,
        part: Part,
        given: Given<'_, 'a>,
        depth: usize,
    ) -> std::result::Result<Vec<(&'a str, Value<'a>)>, TooMany> {
        if self.wiring.parts.len() >= MOST_PARTS {
            return Err(TooMany::Parts);
        }
        if depth >= MOST_LEVELS {
            return Err(TooMany::Levels);
        }
        self.wiring.parts.push(part);
        let mut scope = Scope {
            part: PartId(self.wiring.parts.len() - 1),
            names: self.names_of(component.bytes),
            outer: component.outer.clone(),
            modules: Vec::new(),
            components: Vec::new(),
            funcs: Vec::new(),
            instances: Vec::new(),
            core_funcs: Vec::new(),
            core_instances: Vec::new(),
            exports: Vec::new(),
            taken: HashMap::new(),
            depth,
        };
        let mut stopped = None;
        let walked = each_payload(component.bytes, |payload| {
            match self.payload(&mut scope, component.bytes, payload, &given)? {
                Ok(()) => Ok(Go::On),
                Err(too_many) => {
                    stopped = Some(too_many);
                    Ok(Go::Stop)
                }
            }
        });
        // The bytes are valid, so all of them can be walked; what could not is left out.
        debug_assert!(walked.is_ok(), "{walked:?}");
        stopped.map_or(Ok(scope.exports), Err)
    }

    fn payload(
        &mut self,
        scope: &mut Scope<'a>,
        bytes: &'a [u8],
        payload: Payload<'a>,
        given: &Given<'_, 'a>,
    ) -> Result<std::result::Result<(), TooMany>> {
        if let Some((_, range)) = payload.as_section().filter(|_| !is_skipped(&payload)) {
            self.bytes = self.bytes.saturating_add(as_range(&range).len());
        }
        if self.bytes > MOST_BYTES {
            return Ok(Err(TooMany::Bytes));
        }
        match payload {
            Payload::ModuleSection { unchecked_range, .. } => scope.modules.push(bytes.get(as_range(&unchecked_range))),
            Payload::ComponentSection { unchecked_range, .. } => {
                let bytes = bytes.get(as_range(&unchecked_range)).unwrap_or_default();
                scope.component(bytes);
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.core_instance(scope, instance?);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    if let Err(too_many) = self.component_instance(scope, instance?) {
                        return Ok(Err(too_many));
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    scope.alias(alias?);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for canon in section {
                    scope.canon(canon?);
                }
            }
            Payload::ComponentStartSection { start, .. } => {
                if let Some(Some(callee)) = scope.funcs.get(start.func_index as usize) {
                    self.wiring.parts[scope.part.0].calls.insert(callee.clone());
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    scope.import(&import?, given);
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    scope.export(&export?);
                }
            }
            _ => {}
        }
        Ok(Ok(()))
    }

    fn core_instance(&mut self, scope: &mut Scope<'a>, instance: CoreInstanceExpr<'a>) {
        let made = match instance {
            CoreInstanceExpr::FromExports(exports) => {
                let funcs = exports.iter().filter(|export| is_func(export.kind));
                let lowered = funcs
                    .filter_map(|export| Some((export.name, scope.core_funcs.get(export.index as usize)?.clone()?)));
                CoreInstance::Bag(lowered.collect())
            }
            CoreInstanceExpr::Instantiate { module_index, args } => {
                let part = scope.part.0;
                self.wiring.parts[part].has_core = true;
                let given = args.iter().filter_map(|arg| match scope.core_instances.get(arg.index as usize)? {
                    CoreInstance::Bag(funcs) => Some((arg.name, funcs)),
                    CoreInstance::OfModule => None,
                });
                let given: HashMap<&str, &HashMap<&str, Callee>> = given.collect();
                let module = scope.modules.get(module_index as usize).copied().flatten();
                let calls: Vec<Callee> = match module {
                    Some(bytes) => {
                        let imports = self.module_imports(bytes);
                        let funcs = imports.iter().filter_map(|(module, name)| given.get(module)?.get(name));
                        funcs.cloned().collect()
                    }
                    // Whoever imports a module does not know what it takes of what it is given.
                    None => {
                        let mut all: Vec<Callee> = given.values().flat_map(|bag| bag.values()).cloned().collect();
                        all.sort();
                        all
                    }
                };
                self.wiring.parts[part].calls.extend(calls);
                CoreInstance::OfModule
            }
        };
        scope.core_instances.push(made);
    }

    /// Module and field of what a core module imports.
    fn module_imports(&mut self, bytes: &'a [u8]) -> Rc<Vec<(&'a str, &'a str)>> {
        let read = || {
            let mut imports = Vec::new();
            let walked = each_payload(bytes, |payload| match payload {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        imports.push((import.module, import.name));
                    }
                    Ok(Go::Stop)
                }
                Payload::CodeSectionStart { .. } => Ok(Go::Stop),
                _ => Ok(Go::On),
            });
            debug_assert!(walked.is_ok(), "{walked:?}");
            Rc::new(imports)
        };
        self.imports.entry(bytes.as_ptr() as usize).or_insert_with(read).clone()
    }

    fn component_instance(
        &mut self,
        scope: &mut Scope<'a>,
        instance: ComponentInstance<'a>,
    ) -> std::result::Result<(), TooMany> {
        let made = match instance {
            ComponentInstance::FromExports(exports) => {
                let values = exports.iter().map(|export| (export.name.name, scope.item(export.kind, export.index)));
                Instance::Made(values.collect())
            }
            ComponentInstance::Instantiate { component_index, args } => {
                let given: HashMap<&str, Value<'a>> =
                    args.iter().map(|arg| (arg.name, scope.item(arg.kind, arg.index))).collect();
                let mut found = Found::default();
                args.iter().for_each(|arg| found.add(&given[arg.name], 0));
                match scope.components.get(component_index as usize).cloned().flatten() {
                    Some(component) => {
                        let part = scope.part_of(&component, found, self);
                        let exports = self.instance(&component, part, Given::Args(&given), scope.depth + 1)?;
                        Instance::Made(exports.into_iter().collect())
                    }
                    // What the host's component does with what it is given, nobody knows.
                    None => {
                        self.wiring.parts[scope.part.0].calls.extend(found.calls);
                        Instance::Host { import: "an imported component".to_owned(), path: Vec::new() }
                    }
                }
            }
        };
        scope.instances.push(Rc::new(made));
        Ok(())
    }
}

/// What nothing that is called goes through.
fn is_skipped(payload: &Payload<'_>) -> bool {
    matches!(
        payload,
        Payload::ModuleSection { .. }
            | Payload::ComponentSection { .. }
            | Payload::ComponentTypeSection(_)
            | Payload::CoreTypeSection(_)
            | Payload::CustomSection(_)
    )
}

fn is_func(kind: ExternalKind) -> bool {
    matches!(kind, ExternalKind::Func | ExternalKind::FuncExact)
}

impl<'a> Scope<'a> {
    /// A component that is defined here.
    fn component(&mut self, bytes: &'a [u8]) {
        let index = u32::try_from(self.components.len()).unwrap_or(u32::MAX);
        let name = self.names.components.get(&index).map(|name| (*name).to_owned());
        let outer = Outer {
            modules: self.modules.clone(),
            components: self.components.clone(),
            around: Some(self.outer.clone()),
        };
        self.components.push(Some(Rc::new(Component { bytes, name, outer: Rc::new(outer) })));
    }

    /// The part that an instance of a component is, under a name that no other has here.
    fn part_of(&mut self, component: &Component<'a>, found: Found, eval: &mut Eval<'a>) -> Part {
        let index = u32::try_from(self.instances.len()).unwrap_or(u32::MAX);
        let of_instance = self.names.instances.get(&index).map(|name| (*name).to_owned());
        let own = || eval.names_of(component.bytes).component.map(str::to_owned);
        let name = of_instance.or_else(|| component.name.clone()).or_else(own);
        let name = name.unwrap_or_else(|| telling_name(component.bytes));
        let times = self.taken.entry(name.clone()).or_default();
        *times += 1;
        let name = if *times == 1 { name } else { format!("{name}#{times}") };
        Part { name, parent: Some(self.part), takes: found.hosts, ..Part::default() }
    }

    fn item(&self, kind: ComponentExternalKind, index: u32) -> Value<'a> {
        let index = index as usize;
        let value = match kind {
            ComponentExternalKind::Func => self.funcs.get(index).cloned().flatten().map(Value::Func),
            ComponentExternalKind::Instance => self.instances.get(index).cloned().map(Value::Instance),
            ComponentExternalKind::Component => self.components.get(index).cloned().map(Value::Component),
            ComponentExternalKind::Module => self.modules.get(index).copied().map(Value::Module),
            ComponentExternalKind::Type | ComponentExternalKind::Value => None,
        };
        value.unwrap_or(Value::Other)
    }

    /// Gives a value the next index of its sort.
    fn add(&mut self, kind: ComponentExternalKind, value: Value<'a>) {
        match (kind, value) {
            (ComponentExternalKind::Func, Value::Func(callee)) => self.funcs.push(Some(callee)),
            (ComponentExternalKind::Func, _) => self.funcs.push(None),
            (ComponentExternalKind::Instance, Value::Instance(instance)) => self.instances.push(instance),
            (ComponentExternalKind::Instance, _) => self.instances.push(Rc::new(Instance::Made(HashMap::new()))),
            (ComponentExternalKind::Component, Value::Component(component)) => self.components.push(component),
            (ComponentExternalKind::Component, _) => self.components.push(None),
            (ComponentExternalKind::Module, Value::Module(module)) => self.modules.push(module),
            (ComponentExternalKind::Module, _) => self.modules.push(None),
            (ComponentExternalKind::Type | ComponentExternalKind::Value, _) => {}
        }
    }

    fn import(&mut self, import: &ComponentImport<'a>, given: &Given<'_, 'a>) {
        let (kind, of_host) = match import.ty {
            ComponentTypeRef::Func(_) => (ComponentExternalKind::Func, OfHost::Func),
            ComponentTypeRef::Instance(_) => (ComponentExternalKind::Instance, OfHost::Instance),
            ComponentTypeRef::Component(_) => (ComponentExternalKind::Component, OfHost::Component),
            ComponentTypeRef::Module(_) => (ComponentExternalKind::Module, OfHost::Module),
            ComponentTypeRef::Type(_) => (ComponentExternalKind::Type, OfHost::Other),
            ComponentTypeRef::Value(_) => (ComponentExternalKind::Value, OfHost::Other),
        };
        let value = match given {
            Given::Args(args) => args.get(import.name.name).cloned().unwrap_or(Value::Other),
            Given::Host => of_import(import.name.full_name().into_owned(), of_host),
        };
        self.add(kind, value);
    }

    /// An export gets an index of its own.
    fn export(&mut self, export: &ComponentExport<'a>) {
        let value = self.item(export.kind, export.index);
        self.exports.push((export.name.name, value.clone()));
        self.add(export.kind, value);
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let of_host = match kind {
                    ComponentExternalKind::Func => OfHost::Func,
                    ComponentExternalKind::Instance => OfHost::Instance,
                    ComponentExternalKind::Component => OfHost::Component,
                    ComponentExternalKind::Module => OfHost::Module,
                    ComponentExternalKind::Type | ComponentExternalKind::Value => OfHost::Other,
                };
                let instance = self.instances.get(instance_index as usize);
                let value = instance.map_or(Value::Other, |instance| instance.export(name, of_host));
                self.add(kind, value);
            }
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } if is_func(kind) => {
                let func = match self.core_instances.get(instance_index as usize) {
                    Some(CoreInstance::Bag(funcs)) => funcs.get(name).cloned(),
                    Some(CoreInstance::OfModule) | None => None,
                };
                self.core_funcs.push(func);
            }
            ComponentAlias::CoreInstanceExport { .. } => {}
            ComponentAlias::Outer { kind, count, index } => self.alias_outer(kind, count, index as usize),
        }
    }

    fn alias_outer(&mut self, kind: ComponentOuterAliasKind, count: u32, index: usize) {
        let mut around = Some(&self.outer);
        for _ in 1..count {
            around = around.and_then(|outer| outer.around.as_ref());
        }
        match kind {
            ComponentOuterAliasKind::CoreModule if count == 0 => {
                self.modules.push(self.modules.get(index).copied().flatten());
            }
            ComponentOuterAliasKind::CoreModule => {
                self.modules.push(around.and_then(|outer| outer.modules.get(index).copied().flatten()));
            }
            ComponentOuterAliasKind::Component if count == 0 => {
                self.components.push(self.components.get(index).cloned().flatten());
            }
            ComponentOuterAliasKind::Component => {
                self.components.push(around.and_then(|outer| outer.components.get(index).cloned().flatten()));
            }
            ComponentOuterAliasKind::CoreType | ComponentOuterAliasKind::Type => {}
        }
    }

    fn canon(&mut self, canon: CanonicalFunction) {
        match canon {
            CanonicalFunction::Lift { .. } => self.funcs.push(Some(Callee::Part(self.part))),
            CanonicalFunction::Lower { func_index, .. } => {
                self.core_funcs.push(self.funcs.get(func_index as usize).cloned().flatten());
            }
            // All others make a core function that no component function is behind.
            _ => self.core_funcs.push(None),
        }
    }
}

fn of_import<'a>(import: String, sort: OfHost) -> Value<'a> {
    match sort {
        OfHost::Func => Value::Func(Callee::Host { import, name: None }),
        OfHost::Instance => Value::Instance(Rc::new(Instance::Host { import, path: Vec::new() })),
        OfHost::Component => Value::Component(None),
        OfHost::Module => Value::Module(None),
        OfHost::Other => Value::Other,
    }
}

/// What to call a component that nobody named: by its first exported interface, else by its first export.
fn telling_name(bytes: &[u8]) -> String {
    let mut names = Vec::new();
    // What cannot be walked has no names; the bytes are valid.
    let _ = each_payload(bytes, |payload| {
        if let Payload::ComponentExportSection(section) = payload {
            for export in section {
                names.push(export?.name.name);
            }
        }
        Ok(Go::On)
    });
    let interface = names.iter().find_map(|name| name.split_once('/')?.1.split('@').next());
    interface.or(names.first().copied()).unwrap_or("component").to_owned()
}
