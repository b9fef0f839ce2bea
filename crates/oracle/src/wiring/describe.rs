//! The store as text.
//!
//! In: everything that exists after instantiation. Out: the description, one line for each thing that can be asked.
//! Holds: things of modules that the encoder made have no names; they are numbered as they are first met, and they are
//! met in the order of what the given modules import.

use std::collections::{BTreeMap, HashMap};

use super::exec::{self, Effect, Program, Value};
use super::module::{Sort, unmarked};
use super::scope::{ComponentFunc, ComponentInst, Head, Item, Options, World};
use super::store::{CoreItem, Event, Func, FuncId, Instance, Store, ThingId};
use super::types::Names;

/// Shims that lead to shims stop here.
const DEEPEST: usize = 20;

pub fn all(store: &Store<'_>, world: &World<'_>, names: &Names<'_>) -> BTreeMap<String, String> {
    let mut describe = Describe { store, made: HashMap::new(), known: HashMap::new() };
    let mut lines = BTreeMap::new();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for given in store.instances.iter().filter_map(|instance| instance.given.as_deref()) {
        *times.entry(given).or_default() += 1;
    }
    lines.extend(times.into_iter().map(|(given, times)| (format!("module {given}"), format!("instances: {times}"))));
    for (key, item) in describe.imports() {
        let text = describe.core_item(item);
        lines.insert(key, text);
    }
    let mut exports = BTreeMap::new();
    for (name, item) in &world.exports {
        describe.export(name, item, &mut exports);
    }
    lines.extend(exports);
    for (index, dtor) in &world.resources {
        let dtor = dtor.map_or_else(|| "no destructor".to_owned(), |dtor| format!("dtor={}", describe.func(dtor, 0)));
        lines.insert(format!("resource {}", names.resource_at(*index)), dtor);
    }
    let start = describe.start();
    if !start.is_empty() {
        lines.insert("start".to_owned(), start.join("; "));
    }
    lines.extend(describe.tables());
    lines
}

struct Describe<'s, 'a> {
    store: &'s Store<'a>,
    made: HashMap<ThingId, usize>,
    known: HashMap<FuncId, String>,
}

impl<'s, 'a> Describe<'s, 'a> {
    /// All imports of given modules, by what they are called, in the order of that.
    fn imports(&self) -> BTreeMap<String, CoreItem> {
        let mut found = BTreeMap::new();
        let mut instances: HashMap<&str, usize> = HashMap::new();
        for instance in &self.store.instances {
            let Some(given) = &instance.given else { continue };
            let count = instances.entry(given).or_default();
            *count += 1;
            let label = if *count == 1 { given.clone() } else { format!("{given} ({count})") };
            let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
            for (module, field, item) in imports_of(instance) {
                let count = seen.entry((module, field)).or_default();
                *count += 1;
                let again = if *count == 1 { String::new() } else { format!(" ({count})") };
                found.insert(format!("{label}: import \"{module}\" \"{field}\"{again}"), item);
            }
        }
        found
    }

    fn core_item(&mut self, item: CoreItem) -> String {
        match item {
            CoreItem::Func(func) => self.func(func, 0),
            CoreItem::Other(_, thing) => self.thing(thing),
        }
    }

    fn thing(&mut self, id: ThingId) -> String {
        let thing = &self.store.things[id];
        let instance = &self.store.instances[thing.instance];
        if instance.given.is_some() {
            return name_in(instance, thing.sort, thing.index);
        }
        let next = self.made.len() + 1;
        let number = *self.made.entry(id).or_insert(next);
        let value = thing.value.clone();
        let value = if thing.sort == Sort::Global { format!(" = {}", self.value(&value, 0)) } else { String::new() };
        format!("made {number} ({}{value})", thing.ty)
    }

    fn func(&mut self, id: FuncId, depth: usize) -> String {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let text = match &self.store.funcs[id].0 {
            _ if depth > DEEPEST => "a circle of shims".to_owned(),
            Func::Canon(canon) => {
                let options = self.options(&canon.options, depth);
                match &canon.what {
                    Head::Text(text) => with(text.clone(), &options),
                    Head::Lower(func) => {
                        let func = self.component_func(func, depth);
                        format!("lower({})", [vec![func], options].concat().join(", "))
                    }
                }
            }
            Func::Code { instance, index } => match exec::program(self.store, id) {
                None => name_in(&self.store.instances[*instance], Sort::Func, *index),
                Some(Ok(program)) => self.program(id, &program, depth),
                Some(Err(why)) => {
                    let name = name_in(&self.store.instances[*instance], Sort::Func, *index);
                    format!("code that is not described ({name}: {why})")
                }
            },
        };
        if depth == 0 {
            self.known.insert(id, text.clone());
        }
        text
    }

    fn program(&mut self, id: FuncId, program: &Program, depth: usize) -> String {
        let ty = self.store.funcs[id].1.as_ref();
        if let Some(callee) = ty.and_then(|ty| program.forwards_to(ty)) {
            return self.func(callee, depth + 1);
        }
        let effects: Vec<_> = program.effects.iter().map(|effect| self.effect(effect, depth + 1)).collect();
        let returns: Vec<_> = program.returns.iter().map(|value| self.value(value, depth + 1)).collect();
        let returns = if returns.is_empty() { String::new() } else { format!(" -> {}", returns.join(", ")) };
        format!("{{{}{returns}}}", effects.join("; "))
    }

    fn effect(&mut self, effect: &Effect, depth: usize) -> String {
        match effect {
            Effect::Call { callee, args } => {
                let args: Vec<_> = args.iter().map(|arg| self.value(arg, depth)).collect();
                format!("call {}({})", self.func(*callee, depth), args.join(", "))
            }
            Effect::SetGlobal(global, value) => {
                let value = self.value(value, depth);
                format!("set {} = {value}", self.thing(*global))
            }
            Effect::Trap(why) => format!("trap: {why}"),
        }
    }

    fn value(&mut self, value: &Value, depth: usize) -> String {
        match value {
            Value::Param(index) => format!("p{index}"),
            Value::I32(number) => number.to_string(),
            Value::I64(number) => format!("{number}i64"),
            Value::Null => "null".to_owned(),
            Value::Func(func) => self.func(*func, depth + 1),
            Value::Global(global) => self.thing(*global),
            Value::Result(effect, 0) => format!("r{effect}"),
            Value::Result(effect, index) => format!("r{effect}.{index}"),
            Value::Op(name, args) => {
                let args: Vec<_> = args.iter().map(|arg| self.value(arg, depth)).collect();
                format!("{name}({})", args.join(", "))
            }
            Value::Unknown => "?".to_owned(),
        }
    }

    fn options(&mut self, options: &Options, depth: usize) -> Vec<String> {
        let mut out = Vec::new();
        if let Some(memory) = options.memory {
            out.push(format!("memory={}", self.thing(memory)));
        }
        if let Some(table) = options.table {
            out.push(format!("table={}", self.thing(table)));
        }
        if let Some(func) = options.realloc {
            out.push(format!("realloc={}", self.func(func, depth + 1)));
        }
        out.extend(options.encoding.map(str::to_owned));
        if options.asynchronous {
            out.push("async".to_owned());
        }
        for (name, func) in [("callback", options.callback), ("post-return", options.post_return)] {
            if let Some(func) = func {
                out.push(format!("{name}={}", self.func(func, depth + 1)));
            }
        }
        out.extend(options.other.iter().cloned());
        out
    }

    fn component_func(&mut self, func: &ComponentFunc, depth: usize) -> String {
        match func {
            ComponentFunc::Imported(name) => name.clone(),
            ComponentFunc::Lifted(lift) => {
                let core = self.func(lift.core, depth + 1);
                let options = self.options(&lift.options, depth + 1);
                format!("lift({})", [vec![core], options].concat().join(", "))
            }
        }
    }

    fn export(&mut self, name: &str, item: &Item<'a>, lines: &mut BTreeMap<String, String>) {
        let text = match item {
            Item::Func(func) => self.component_func(func, 0),
            Item::Instance(instance) => match &**instance {
                ComponentInst::Imported(import) => format!("import {import}"),
                ComponentInst::Made(exports) => {
                    for (inner, item) in exports {
                        self.export(&format!("{name}#{inner}"), item, lines);
                    }
                    return;
                }
            },
            Item::Component(_) => "a component".to_owned(),
            Item::Module(_) => "a core module".to_owned(),
            // The types of exports are the world, which is compared apart.
            Item::Type => return,
        };
        lines.insert(format!("export {name}"), text);
    }

    /// What happens at start. Writes to globals that follow one another are in no order.
    fn start(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut sets: Vec<String> = Vec::new();
        for event in &self.store.events {
            let line = match event {
                Event::Start(instance) => {
                    let given = self.store.instances[*instance].given.clone();
                    format!("start of {}", given.unwrap_or_default())
                }
                Event::Effect(effect @ Effect::SetGlobal(..)) => {
                    sets.push(self.effect(effect, 0));
                    continue;
                }
                Event::Effect(effect) => self.effect(effect, 0),
                Event::Data { memory, offset, bytes } => {
                    let offset = self.value(offset, 0);
                    format!("data {} at {offset}: {}", self.thing(*memory), hexadecimal(bytes))
                }
                Event::Unknown(why) => format!("what is not described: {why}"),
            };
            sets.sort();
            lines.append(&mut sets);
            lines.push(line);
        }
        sets.sort();
        lines.append(&mut sets);
        lines
    }

    /// The tables that a given module sees, with what made modules put into them.
    fn tables(&mut self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for (id, thing) in self.store.things.iter().enumerate() {
            let given = self.store.instances[thing.instance].given.is_some();
            if thing.sort == Sort::Table && (given || self.made.contains_key(&id)) {
                for (slot, func) in &thing.slots {
                    lines.push((format!("table {} slot {slot}", self.thing(id)), self.func(*func, 0)));
                }
            }
        }
        lines
    }
}

fn with(what: String, options: &[String]) -> String {
    if options.is_empty() { what } else { format!("{what} ({})", options.join(", ")) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The imports of an instance, without marks that make names unique.
fn imports_of<'i>(instance: &'i Instance<'_>) -> Vec<(&'i str, &'i str, CoreItem)> {
    let mut counts: BTreeMap<Sort, usize> = BTreeMap::new();
    let imports = instance.module.imports.iter().map(|import| {
        let sort = Sort::of_import(&import.ty);
        let index = counts.entry(sort).or_default();
        *index += 1;
        let item = match sort {
            Sort::Func => CoreItem::Func(instance.funcs[*index - 1]),
            other => CoreItem::Other(other, instance.others[&other][*index - 1]),
        };
        (import.module, unmarked(import.name), item)
    });
    imports.collect()
}

/// A definition of an instance by its export, or by its index.
fn name_in(instance: &Instance<'_>, sort: Sort, index: u32) -> String {
    let given = instance.given.as_deref().unwrap_or("made");
    match instance.module.export_name(sort, index) {
        Some(name) => format!("{given}.{name}"),
        None => format!("{given}.{sort:?} {index}"),
    }
}
