//! An instantiation as text, for tests: names instead of numbers where there are names.
//!
//! Holds: two instantiations that do the same things in the same order have the same text; a resource has the number of
//! its place in the list of resources behind its name, so identities show.

use std::collections::HashMap;
use std::fmt::Write;

use ::types::{ExternName, FuncId, ResourceId, Types, ValType, dump};
use indexmap::IndexMap;

use super::{
    Callee, CanonKind, CoreDef, Export, ImportId, ImportKind, InstanceId, Instantiation, ModuleId, ModuleSource,
    OptionsId, Origin, PartId, Step,
};

impl Instantiation<'_> {
    /// The instantiation as text.
    pub fn dump(&self, types: &Types) -> String {
        let mut dump = Dump::new(self, types);
        dump.given();
        dump.steps();
        dump.functions();
        dump.out.push_str("exports\n");
        dump.exports(&self.exports, 1);
        dump.out
    }
}

struct Dump<'a> {
    it: &'a Instantiation<'a>,
    types: &'a Types,
    parts: Vec<String>,
    modules: Vec<String>,
    instances: Vec<String>,
    resources: HashMap<ResourceId, usize>,
    out: String,
}

impl<'a> Dump<'a> {
    fn new(it: &'a Instantiation<'a>, types: &'a Types) -> Self {
        let modules = labels("module", it.modules.iter().map(|module| module.name.as_deref()));
        let of = |source| match source {
            ModuleSource::Embedded(ModuleId(at)) => it.modules[at].name.as_deref(),
            ModuleSource::Imported(_) => None,
        };
        Self {
            it,
            types,
            parts: labels(
                "part",
                it.parts.iter().map(|part| part.parent.map_or(Some("root"), |_| part.name.as_deref())),
            ),
            instances: labels("instance", it.instances.iter().map(|instance| of(instance.module))),
            modules,
            resources: it.resources.iter().enumerate().map(|(at, resource)| (resource.id, at)).collect(),
            out: String::new(),
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        self.out.extend(std::iter::repeat_n("  ", depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn given(&mut self) {
        let it = self.it;
        if let Some(name) = &it.name {
            self.line(0, &format!("component {name}"));
        }
        self.line(0, "parts");
        for (part, label) in it.parts.iter().zip(self.parts.clone()) {
            let parent = part.parent.map(|parent| format!(" in {}", self.part(parent))).unwrap_or_default();
            self.line(1, &format!("{label}{parent}"));
        }
        self.line(0, "modules");
        for (module, label) in it.modules.iter().zip(self.modules.clone()) {
            self.line(1, &format!("{label}: {} bytes", module.bytes.len()));
        }
        self.line(0, "imports");
        for (at, import) in it.imports.iter().enumerate() {
            let kind = match import.kind {
                ImportKind::Func(ty) => self.func(ty),
                ImportKind::CoreModule => "core module".to_owned(),
                ImportKind::Resource(id) => format!("resource {}", self.resource(id)),
            };
            self.line(1, &format!("{}: {kind}", self.import(ImportId(at))));
        }
        self.line(0, "resources");
        for resource in &it.resources {
            let origin = match &resource.origin {
                Origin::Host(import) => format!("of the host: {}", self.import(*import)),
                Origin::Part { part, dtor } => {
                    let dtor = dtor.as_ref().map(|dtor| format!(", destructor {}", self.def(dtor))).unwrap_or_default();
                    format!("of {}{dtor}", self.part(*part))
                }
            };
            let name = resource.name.as_deref().unwrap_or("_");
            self.line(1, &format!("{} as {name} {origin}", self.resource(resource.id)));
        }
    }

    fn steps(&mut self) {
        let it = self.it;
        self.line(0, "steps");
        for step in &it.steps {
            match step {
                Step::Resource(id) => self.line(1, &format!("resource {}", self.resource(*id))),
                Step::Ready(part) => self.line(1, &format!("ready {}", self.part(*part))),
                Step::Instance(id) => {
                    let instance = &it.instances[id.0];
                    let (module, part) = (self.source(instance.module), self.part(instance.part));
                    self.line(1, &format!("{} = instantiate {module} in {part}", self.instance(*id)));
                    for arg in &instance.args {
                        self.line(2, &format!("{:?} {:?} = {}", arg.module, arg.field, self.def(&arg.def)));
                    }
                }
            }
        }
    }

    fn functions(&mut self) {
        let it = self.it;
        self.line(0, "canons");
        for (at, canon) in it.canons.iter().enumerate() {
            self.line(1, &format!("canon{at} in {} = {}", self.part(canon.part), self.canon(&canon.kind)));
        }
        self.line(0, "lifts");
        for (at, lift) in it.lifts.iter().enumerate() {
            let (core, ty, options) = (self.def(&lift.core), self.func(lift.ty), self.options(lift.options));
            let part = self.part(it.options[lift.options.0].part);
            self.line(1, &format!("lift{at} in {part} = {core} as {ty}{options}"));
        }
    }

    fn canon(&self, kind: &CanonKind) -> String {
        let cancellable = |is: bool| if is { " cancellable" } else { "" };
        match kind {
            CanonKind::Lower { callee, ty, options } => {
                format!("lower {} as {}{}", self.callee(*callee), self.func(*ty), self.options(*options))
            }
            CanonKind::ResourceNew(id) => format!("resource.new {}", self.resource(*id)),
            CanonKind::ResourceDrop(id) => format!("resource.drop {}", self.resource(*id)),
            CanonKind::ResourceRep(id) => format!("resource.rep {}", self.resource(*id)),
            CanonKind::TaskReturn { result, options } => {
                format!("task.return {}{}", self.optional(*result), self.options(*options))
            }
            CanonKind::Transfer { carrier, op, payload, options } => {
                let (carrier, op) = (carrier.word(), op.word());
                format!("{carrier}.{op} {}{}", self.optional(*payload), self.options(*options))
            }
            CanonKind::WaitableSetWait { memory, cancellable: is } => {
                format!("waitable-set.wait {}{}", self.def(memory), cancellable(*is))
            }
            CanonKind::WaitableSetPoll { memory, cancellable: is } => {
                format!("waitable-set.poll {}{}", self.def(memory), cancellable(*is))
            }
            CanonKind::SubtaskCancel { async_ } => format!("subtask.cancel{}", if *async_ { " async" } else { "" }),
            CanonKind::ErrorContextNew(options) => format!("error-context.new{}", self.options(*options)),
            CanonKind::ErrorContextDebugMessage(options) => {
                format!("error-context.debug-message{}", self.options(*options))
            }
            CanonKind::ContextGet { ty, slot } => format!("context.get {ty} {slot}"),
            CanonKind::ContextSet { ty, slot } => format!("context.set {ty} {slot}"),
            CanonKind::ThreadNewIndirect { table } => format!("thread.new-indirect {}", self.def(table)),
            CanonKind::Plain { builtin, cancellable: is } => format!("{}{}", builtin.word(), cancellable(*is)),
        }
    }

    fn exports(&mut self, exports: &[(ExternName, Export)], depth: usize) {
        for (name, export) in exports {
            let text = match export {
                Export::Func { callee, ty } => format!("{} as {}", self.callee(*callee), self.func(*ty)),
                Export::Instance { items } => {
                    self.line(depth, &format!("{name}: instance"));
                    self.exports(items, depth + 1);
                    continue;
                }
                Export::Type(ty) => format!("type {}", self.structure(*ty)),
                Export::Resource(id) => format!("resource {}", self.resource(*id)),
                Export::CoreModule(source) => self.source(*source),
                Export::Component => "component".to_owned(),
                Export::OtherType => "type of no values".to_owned(),
            };
            self.line(depth, &format!("{name}: {text}"));
        }
    }

    fn part(&self, part: PartId) -> &str {
        &self.parts[part.0]
    }

    fn instance(&self, instance: InstanceId) -> &str {
        &self.instances[instance.0]
    }

    fn import(&self, import: ImportId) -> String {
        let path: Vec<String> = self.it.imports[import.0].path.iter().map(ToString::to_string).collect();
        format!("`{}`", path.join(" "))
    }

    fn source(&self, source: ModuleSource) -> String {
        match source {
            ModuleSource::Embedded(module) => self.modules[module.0].clone(),
            ModuleSource::Imported(import) => format!("host {}", self.import(import)),
        }
    }

    fn callee(&self, callee: Callee) -> String {
        match callee {
            Callee::Host(import) => format!("host {}", self.import(import)),
            Callee::Lift(lift) => format!("lift{}", lift.0),
        }
    }

    fn def(&self, def: &CoreDef) -> String {
        match def {
            CoreDef::Export { instance, name } => format!("{}.{name}", self.instance(*instance)),
            CoreDef::Canon(canon) => format!("canon{}", canon.0),
        }
    }

    fn options(&self, options: OptionsId) -> String {
        let options = &self.it.options[options.0];
        let mut out = String::new();
        let named = [
            (if options.memory64 { "memory64" } else { "memory" }, &options.memory),
            ("realloc", &options.realloc),
            ("callback", &options.callback),
            ("post-return", &options.post_return),
        ];
        for (word, def) in named {
            if let Some(def) = def {
                write!(out, " {word} {}", self.def(def)).expect("writing to a string cannot fail");
            }
        }
        let encoding = if options.memory.is_some() { format!(" {}", options.encoding.text()) } else { String::new() };
        format!("{}{out}{encoding}", if options.async_ { " async" } else { "" })
    }

    fn resource(&self, id: ResourceId) -> String {
        format!("{}{}", self.types.resource(id).name, self.mark(id))
    }

    fn mark(&self, id: ResourceId) -> String {
        self.resources.get(&id).map_or("#?".to_owned(), |at| format!("#{at}"))
    }

    fn func(&self, ty: FuncId) -> String {
        dump::func(self.types, self.types.func(ty), &|id| self.mark(id))
    }

    fn structure(&self, ty: ValType) -> String {
        dump::structure(self.types, ty, &|id| self.mark(id))
    }

    fn optional(&self, ty: Option<ValType>) -> String {
        ty.map_or("_".to_owned(), |ty| self.structure(ty))
    }
}

/// Names, or the word and a number; the second of a name gets a number behind it.
fn labels<'n>(word: &str, names: impl Iterator<Item = Option<&'n str>>) -> Vec<String> {
    let mut seen: IndexMap<&str, usize> = IndexMap::new();
    let mut labels = Vec::new();
    for (at, name) in names.enumerate() {
        let Some(name) = name else {
            labels.push(format!("{word}{at}"));
            continue;
        };
        let times = seen.entry(name).or_default();
        *times += 1;
        labels.push(if *times == 1 { name.to_owned() } else { format!("{name}#{times}") });
    }
    labels
}
