//! Components, instantiated symbolically.
//!
//! In: the definitions of a component. Out: what its exports are, and the store of everything in it.
//! Holds: canonical definitions and core instances stand in the root component only; a component in it only passes on.

use std::rc::Rc;

use indexmap::IndexMap;
use wasmparser::{
    CanonicalFunction, CanonicalOption, ComponentAlias, ComponentExternalKind, ComponentInstance,
    ComponentOuterAliasKind, ComponentType, Instance,
};

use super::Input;
use super::component::{Definition, Parsed};
use super::module::{Module, Sort};
use super::store::{CoreInstance, CoreItem, FuncId, Store, ThingId};
use super::types::Names;

#[derive(Clone)]
pub enum Item<'a> {
    Func(ComponentFunc),
    Instance(Rc<ComponentInst<'a>>),
    Component(Rc<Closure<'a>>),
    Module(Rc<Module<'a>>),
    Type,
}

/// A function of the component level.
#[derive(Clone)]
pub enum ComponentFunc {
    /// By the import's name, and the function's in it.
    Imported(String),
    Lifted(Rc<Lift>),
}

pub struct Lift {
    pub core: FuncId,
    pub options: Options,
}

pub enum ComponentInst<'a> {
    Imported(String),
    Made(IndexMap<String, Item<'a>>),
}

/// A component with what it takes from around it.
pub struct Closure<'a> {
    parsed: Rc<Parsed<'a>>,
    /// The scopes around it, the nearest first.
    around: Vec<Around<'a>>,
}

/// What a component may take from a scope around it.
#[derive(Clone)]
struct Around<'a> {
    components: Vec<Rc<Closure<'a>>>,
    modules: Vec<Rc<Module<'a>>>,
}

/// A core function that a canonical definition makes.
pub struct Canon {
    pub what: Head,
    pub options: Options,
}

pub enum Head {
    Text(String),
    Lower(ComponentFunc),
}

/// Canonical options, and what else a canonical definition names.
#[derive(Default)]
pub struct Options {
    pub encoding: Option<&'static str>,
    pub memory: Option<ThingId>,
    pub table: Option<ThingId>,
    pub realloc: Option<FuncId>,
    pub post_return: Option<FuncId>,
    pub callback: Option<FuncId>,
    pub asynchronous: bool,
    pub other: Vec<String>,
}

/// What the root component amounts to.
pub struct World<'a> {
    pub exports: IndexMap<String, Item<'a>>,
    /// The resources that the component defines, by the index of their type, with their destructors.
    pub resources: Vec<(u32, Option<FuncId>)>,
}

/// Instantiates a component without arguments: its imports stay names.
pub fn instantiate<'a>(
    root: &Parsed<'a>,
    names: &Names<'_>,
    inputs: &[Input<'_>],
) -> Result<(Store<'a>, World<'a>), String> {
    let linked = !inputs.iter().any(|input| input.name == "main");
    let mut store = Store { linked, ..Store::default() };
    let root_only = Root { names, given: given_modules(root, inputs)?, store: &mut store };
    let mut scope = Scope { root: Some(root_only), ..Scope::default() };
    scope.define_all(root)?;
    let world = World { exports: scope.exports, resources: scope.resources };
    Ok((store, world))
}

/// Which of the root's core modules are given ones: first those that are equal, then those that something is left of.
fn given_modules<'a>(root: &Parsed<'a>, inputs: &[Input<'_>]) -> Result<Vec<(Rc<Module<'a>>, String)>, String> {
    let inputs = inputs.iter().map(|input| Ok((input.name.clone(), Module::parse(input.bytes)?)));
    let mut left = inputs.collect::<Result<Vec<_>, String>>()?;
    let mut given: Vec<(Rc<Module<'a>>, String)> = Vec::new();
    for fits in [Module::is, Module::is_part_of] {
        for definition in &root.definitions {
            let Definition::CoreModule(module) = definition else { continue };
            if given.iter().any(|(other, _)| Rc::ptr_eq(other, module)) {
                continue;
            }
            if let Some(found) = left.iter().position(|(_, input)| fits(module, input)) {
                given.push((module.clone(), left.remove(found).0));
            }
        }
    }
    Ok(given)
}

/// What only the root component has.
struct Root<'s, 'n, 'a> {
    names: &'s Names<'n>,
    given: Vec<(Rc<Module<'a>>, String)>,
    store: &'s mut Store<'a>,
}

/// The index spaces of one component.
#[derive(Default)]
struct Scope<'s, 'n, 'a> {
    root: Option<Root<'s, 'n, 'a>>,
    args: IndexMap<String, Item<'a>>,
    around: Vec<Around<'a>>,
    core_funcs: Vec<FuncId>,
    core_others: std::collections::BTreeMap<Sort, Vec<ThingId>>,
    core_instances: Vec<Rc<CoreInstance>>,
    modules: Vec<Rc<Module<'a>>>,
    components: Vec<Rc<Closure<'a>>>,
    instances: Vec<Rc<ComponentInst<'a>>>,
    funcs: Vec<ComponentFunc>,
    types: u32,
    exports: IndexMap<String, Item<'a>>,
    resources: Vec<(u32, Option<FuncId>)>,
}

impl<'a> Scope<'_, '_, 'a> {
    fn define_all(&mut self, parsed: &Parsed<'a>) -> Result<(), String> {
        parsed.definitions.iter().try_for_each(|definition| self.define(definition))
    }

    fn define(&mut self, definition: &Definition<'a>) -> Result<(), String> {
        match definition {
            Definition::CoreModule(module) => self.modules.push(module.clone()),
            Definition::CoreInstance(instance) => return self.core_instance(instance),
            Definition::Component(parsed) => {
                let mut around = vec![Around { components: self.components.clone(), modules: self.modules.clone() }];
                around.extend(self.around.iter().cloned());
                self.components.push(Rc::new(Closure { parsed: parsed.clone(), around }));
            }
            Definition::Instance(instance) => return self.instance(instance),
            Definition::Alias(alias) => return self.alias(alias),
            Definition::Type(ty) => self.define_type(ty)?,
            Definition::Canon(canon) => return self.canon(canon),
            Definition::Import(import) => {
                let name = import.name.full_name().into_owned();
                let item = match self.root {
                    Some(_) => imported(&name, import.ty.kind())?,
                    None => self.args.get(import.name.name).cloned().ok_or_else(|| format!("no argument `{name}`"))?,
                };
                self.push(item);
            }
            Definition::Export(export) => {
                let item = self.item(export.kind, export.index)?;
                self.exports.insert(export.name.full_name().into_owned(), item.clone());
                self.push(item);
            }
            Definition::Unknown(what) => return Err(format!("{what} is not described")),
        }
        Ok(())
    }

    fn define_type(&mut self, ty: &ComponentType<'a>) -> Result<(), String> {
        if let ComponentType::Resource { dtor, .. } = ty {
            if self.root.is_none() {
                return Err("a resource that a nested component defines is not described".to_owned());
            }
            let dtor = dtor.map(|index| self.core_funcs[index as usize]);
            self.resources.push((self.types, dtor));
        }
        self.types += 1;
        Ok(())
    }

    fn push(&mut self, item: Item<'a>) {
        match item {
            Item::Func(func) => self.funcs.push(func),
            Item::Instance(instance) => self.instances.push(instance),
            Item::Component(component) => self.components.push(component),
            Item::Module(module) => self.modules.push(module),
            Item::Type => self.types += 1,
        }
    }

    fn item(&self, kind: ComponentExternalKind, index: u32) -> Result<Item<'a>, String> {
        let index = index as usize;
        Ok(match kind {
            ComponentExternalKind::Func => Item::Func(self.funcs[index].clone()),
            ComponentExternalKind::Instance => Item::Instance(self.instances[index].clone()),
            ComponentExternalKind::Component => Item::Component(self.components[index].clone()),
            ComponentExternalKind::Module => Item::Module(self.modules[index].clone()),
            ComponentExternalKind::Type => Item::Type,
            ComponentExternalKind::Value => return Err("a value is not described".to_owned()),
        })
    }

    fn instance(&mut self, instance: &ComponentInstance<'a>) -> Result<(), String> {
        let exports = match instance {
            ComponentInstance::FromExports(exports) => {
                let items = exports
                    .iter()
                    .map(|export| Ok((export.name.full_name().into_owned(), self.item(export.kind, export.index)?)));
                items.collect::<Result<_, String>>()?
            }
            ComponentInstance::Instantiate { component_index, args } => {
                let component = self.components[*component_index as usize].clone();
                let args = args.iter().map(|arg| Ok((arg.name.to_owned(), self.item(arg.kind, arg.index)?)));
                let args = args.collect::<Result<_, String>>()?;
                let mut inner = Scope { args, around: component.around.clone(), ..Scope::default() };
                inner.define_all(&component.parsed)?;
                inner.exports
            }
        };
        self.instances.push(Rc::new(ComponentInst::Made(exports)));
        Ok(())
    }

    fn alias(&mut self, alias: &ComponentAlias<'a>) -> Result<(), String> {
        match alias {
            ComponentAlias::InstanceExport { kind, instance_index, name } => {
                let item = match &*self.instances[*instance_index as usize] {
                    ComponentInst::Imported(instance) => imported(&format!("{instance}#{name}"), *kind)?,
                    ComponentInst::Made(exports) => {
                        exports.get(*name).cloned().ok_or_else(|| format!("no export `{name}`"))?
                    }
                };
                self.push(item);
            }
            ComponentAlias::CoreInstanceExport { instance_index, name, .. } => {
                let instance = &self.core_instances[*instance_index as usize];
                match *instance.get(*name).ok_or_else(|| format!("no core export `{name}`"))? {
                    CoreItem::Func(func) => self.core_funcs.push(func),
                    CoreItem::Other(sort, thing) => self.core_others.entry(sort).or_default().push(thing),
                }
            }
            ComponentAlias::Outer { kind, count, index } => self.outer(*kind, *count as usize, *index as usize)?,
        }
        Ok(())
    }

    fn outer(&mut self, kind: ComponentOuterAliasKind, count: usize, index: usize) -> Result<(), String> {
        match (kind, count) {
            (ComponentOuterAliasKind::Type, _) => self.types += 1,
            (ComponentOuterAliasKind::CoreType, _) => {}
            (ComponentOuterAliasKind::Component, 0) => self.components.push(self.components[index].clone()),
            (ComponentOuterAliasKind::CoreModule, 0) => self.modules.push(self.modules[index].clone()),
            (ComponentOuterAliasKind::Component, _) => {
                self.components.push(self.around.get(count - 1).ok_or("no such scope")?.components[index].clone());
            }
            (ComponentOuterAliasKind::CoreModule, _) => {
                self.modules.push(self.around.get(count - 1).ok_or("no such scope")?.modules[index].clone());
            }
        }
        Ok(())
    }

    fn core_instance(&mut self, instance: &Instance<'a>) -> Result<(), String> {
        let exports = match instance {
            Instance::FromExports(exports) => exports
                .iter()
                .map(|export| (export.name.to_owned(), self.core_item(Sort::of(export.kind), export.index)))
                .collect(),
            Instance::Instantiate { module_index, args } => {
                let args = args.iter().map(|arg| (arg.name, self.core_instances[arg.index as usize].clone())).collect();
                let module = self.modules[*module_index as usize].clone();
                let root = self.root.as_mut().ok_or("a core instance in a nested component is not described")?;
                let given = root.given.iter().find(|(other, _)| Rc::ptr_eq(other, &module));
                let given = given.map(|(_, name)| name.clone());
                root.store.instantiate(&module, given, &args)?
            }
        };
        self.core_instances.push(Rc::new(exports));
        Ok(())
    }

    fn core_item(&self, sort: Sort, index: u32) -> CoreItem {
        match sort {
            Sort::Func => CoreItem::Func(self.core_funcs[index as usize]),
            other => CoreItem::Other(other, self.core_others[&other][index as usize]),
        }
    }

    fn options(&self, options: &[CanonicalOption]) -> Options {
        let mut out = Options::default();
        let func = |index: &u32| Some(self.core_funcs[*index as usize]);
        for option in options {
            match option {
                CanonicalOption::UTF8 => out.encoding = Some("utf8"),
                CanonicalOption::UTF16 => out.encoding = Some("utf16"),
                CanonicalOption::CompactUTF16 => out.encoding = Some("latin1+utf16"),
                CanonicalOption::Memory(index) => out.memory = Some(self.thing(Sort::Memory, *index)),
                CanonicalOption::Realloc(index) => out.realloc = func(index),
                CanonicalOption::PostReturn(index) => out.post_return = func(index),
                CanonicalOption::Callback(index) => out.callback = func(index),
                CanonicalOption::Async => out.asynchronous = true,
                CanonicalOption::CoreType(_) | CanonicalOption::Gc => out.other.push(format!("{option:?}")),
            }
        }
        out
    }

    fn thing(&self, sort: Sort, index: u32) -> ThingId {
        self.core_others[&sort][index as usize]
    }

    fn canon(&mut self, canon: &CanonicalFunction) -> Result<(), String> {
        if let CanonicalFunction::Lift { core_func_index, options, .. } = canon {
            let lift = Lift { core: self.core_funcs[*core_func_index as usize], options: self.options(options) };
            self.funcs.push(ComponentFunc::Lifted(Rc::new(lift)));
            return Ok(());
        }
        let canon = self.core_func(canon)?;
        let index = u32::try_from(self.core_funcs.len()).unwrap_or(u32::MAX);
        let root = self.root.as_mut().ok_or("a canonical definition in a nested component is not described")?;
        let ty = root.names.core_func_type(index);
        self.core_funcs.push(root.store.canon(canon, ty));
        Ok(())
    }

    /// What a canonical definition of a core function is, with all that it names.
    fn core_func(&self, canon: &CanonicalFunction) -> Result<Canon, String> {
        use CanonicalFunction as F;
        let root = self.root.as_ref().ok_or("a canonical definition in a nested component is not described")?;
        let names = root.names;
        let on = |what: &str, ty: &u32| Head::Text(format!("{what} {}", names.type_at(*ty)));
        let waiting = |what: &str, ty: &u32, asynchronous: &bool| Canon {
            what: on(what, ty),
            options: Options { asynchronous: *asynchronous, ..Options::default() },
        };
        let (what, options) = match canon {
            F::Lower { func_index, options } => {
                (Head::Lower(self.funcs[*func_index as usize].clone()), self.options(options))
            }
            F::ResourceNew { resource } => {
                (Head::Text(format!("resource-new {}", names.resource_at(*resource))), Options::default())
            }
            F::ResourceRep { resource } => {
                (Head::Text(format!("resource-rep {}", names.resource_at(*resource))), Options::default())
            }
            F::ResourceDrop { resource } => {
                (Head::Text(format!("drop {}", names.resource_at(*resource))), Options::default())
            }
            F::TaskReturn { result, options } => {
                let result = result.as_ref().map_or_else(|| "_".to_owned(), |ty| names.type_use(ty));
                (Head::Text(format!("task.return {result}")), self.options(options))
            }
            F::StreamRead { ty, options } => (on("stream.read", ty), self.options(options)),
            F::StreamWrite { ty, options } => (on("stream.write", ty), self.options(options)),
            F::FutureRead { ty, options } => (on("future.read", ty), self.options(options)),
            F::FutureWrite { ty, options } => (on("future.write", ty), self.options(options)),
            F::StreamCancelRead { ty, async_ } => return Ok(waiting("stream.cancel-read", ty, async_)),
            F::StreamCancelWrite { ty, async_ } => return Ok(waiting("stream.cancel-write", ty, async_)),
            F::FutureCancelRead { ty, async_ } => return Ok(waiting("future.cancel-read", ty, async_)),
            F::FutureCancelWrite { ty, async_ } => return Ok(waiting("future.cancel-write", ty, async_)),
            F::StreamNew { ty } => (on("stream.new", ty), Options::default()),
            F::StreamForward { ty } => (on("stream.forward", ty), Options::default()),
            F::StreamDropReadable { ty } => (on("stream.drop-readable", ty), Options::default()),
            F::StreamDropWritable { ty } => (on("stream.drop-writable", ty), Options::default()),
            F::FutureNew { ty } => (on("future.new", ty), Options::default()),
            F::FutureForward { ty } => (on("future.forward", ty), Options::default()),
            F::FutureDropReadable { ty } => (on("future.drop-readable", ty), Options::default()),
            F::FutureDropWritable { ty } => (on("future.drop-writable", ty), Options::default()),
            F::ErrorContextNew { options } => (Head::Text("error-context.new".to_owned()), self.options(options)),
            F::ErrorContextDebugMessage { options } => {
                (Head::Text("error-context.debug-message".to_owned()), self.options(options))
            }
            F::WaitableSetWait { memory } | F::WaitableSetPoll { memory } => {
                let what = if matches!(canon, F::WaitableSetWait { .. }) { "wait" } else { "poll" };
                let memory = Some(self.thing(Sort::Memory, *memory));
                (Head::Text(format!("waitable-set.{what}")), Options { memory, ..Options::default() })
            }
            F::ThreadNewIndirect { table_index, .. } => {
                let table = Some(self.thing(Sort::Table, *table_index));
                (Head::Text("thread.new-indirect".to_owned()), Options { table, ..Options::default() })
            }
            // The rest names nothing: what is printed of it is all there is.
            other => (Head::Text(format!("{other:?}")), Options::default()),
        };
        Ok(Canon { what, options })
    }
}

fn imported<'a>(name: &str, kind: ComponentExternalKind) -> Result<Item<'a>, String> {
    Ok(match kind {
        ComponentExternalKind::Func => Item::Func(ComponentFunc::Imported(name.to_owned())),
        ComponentExternalKind::Instance => Item::Instance(Rc::new(ComponentInst::Imported(name.to_owned()))),
        ComponentExternalKind::Type => Item::Type,
        ComponentExternalKind::Module | ComponentExternalKind::Component | ComponentExternalKind::Value => {
            return Err(format!("the imported {} `{name}` is not described", kind.desc()));
        }
    })
}
