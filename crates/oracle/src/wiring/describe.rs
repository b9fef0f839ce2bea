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
    let layout = Layout::of(store);
    let mut describe =
        Describe { store, layout, addresses: HashMap::new(), made: HashMap::new(), known: HashMap::new() };
    let mut lines = BTreeMap::new();
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for given in store.instances.iter().filter_map(|instance| instance.given.as_deref()) {
        *times.entry(given).or_default() += 1;
    }
    lines.extend(times.into_iter().map(|(given, times)| (format!("module {given}"), format!("instances: {times}"))));
    for (key, (role, item)) in describe.imports() {
        let text = match item {
            CoreItem::Func(func) => describe.func(func, 0),
            CoreItem::Other(Sort::Global, thing) if store.linked => describe.linked_global(role, thing),
            CoreItem::Other(_, thing) => describe.thing(thing),
        };
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
    lines.extend(describe.layout.overlaps().map(|overlaps| ("data of libraries".to_owned(), overlaps)));
    lines
}

struct Describe<'s, 'a> {
    store: &'s Store<'a>,
    layout: Layout,
    addresses: HashMap<i32, usize>,
    made: HashMap<ThingId, usize>,
    known: HashMap<FuncId, String>,
}

impl<'s, 'a> Describe<'s, 'a> {
    /// All imports of given modules, by what they are called, in the order of that.
    fn imports(&self) -> BTreeMap<String, (Role, CoreItem)> {
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
                found.insert(
                    format!("{label}: import \"{module}\" \"{field}\"{again}"),
                    (Role::of(module, field), item),
                );
            }
        }
        found
    }

    /// A global that the encoder made for libraries: what it means, wherever things lie in memory and table.
    fn linked_global(&mut self, role: Role, id: ThingId) -> String {
        let thing = &self.store.things[id];
        let made = self.store.instances[thing.instance].given.is_none();
        let Some(number) = self.store.number(&thing.value).filter(|_| made) else { return self.thing(id) };
        let ty = thing.ty.clone();
        let next = self.made.len() + 1;
        let label = *self.made.entry(id).or_insert(next);
        let value = match role {
            Role::MemoryBase => "where its data are".to_owned(),
            Role::Slot => self.slot(number),
            Role::Stack => number.to_string(),
            Role::Heap if self.layout.libraries.iter().all(|(_, _, end)| *end <= number) => "behind data".to_owned(),
            Role::Heap => format!("{number}, which is in data"),
            Role::Table => "a table of the linker".to_owned(),
            Role::Other => self.layout.place(number),
        };
        format!("made {label} ({ty} = {value})")
    }

    /// The function in a slot of the one table that the encoder made.
    fn slot(&mut self, slot: u32) -> String {
        let is_made = |thing: &&super::store::Thing| {
            thing.sort == Sort::Table && self.store.instances[thing.instance].given.is_none()
        };
        let func = self.store.things.iter().filter(is_made).find_map(|table| table.slots.get(&u64::from(slot)));
        match func.copied() {
            Some(func) => format!("the slot of {}", self.func(func, 1)),
            None => format!("slot {slot}, which is empty"),
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
        // Where libraries are linked, how large memory and table are follows from the layout.
        let limits =
            if self.store.linked || thing.limits.is_empty() { String::new() } else { format!(" {}", thing.limits) };
        format!("made {number} ({}{limits}{value})", thing.ty)
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
            Effect::Store(offset, address, value) => {
                format!("store +{offset} {} = {}", self.address(address, depth), self.value(value, depth))
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
            Value::Op(name, args) if name.starts_with("load") && args.len() == 1 => {
                format!("{name}({})", self.address(&args[0], depth))
            }
            Value::Op(name, args) => {
                let args: Vec<_> = args.iter().map(|arg| self.value(arg, depth)).collect();
                format!("{name}({})", args.join(", "))
            }
            Value::Unknown => "?".to_owned(),
        }
    }

    /// An address that the encoder chose has a number, as it is first met.
    fn address(&mut self, value: &Value, depth: usize) -> String {
        let Value::I32(number) = value else { return self.value(value, depth) };
        let next = self.addresses.len() + 1;
        format!("address {}", self.addresses.entry(*number).or_insert(next))
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

    /// What happens at start.
    ///
    /// Writes to globals that follow one another are in no order. Nor are the initialisations of libraries of one kind:
    /// here those come first that others need, there those that were named first.
    fn start(&mut self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut sets: Vec<String> = Vec::new();
        let mut previous = None;
        for event in &self.store.events {
            let kind = self.unordered(event);
            if kind.is_none() || kind != previous {
                sets.sort();
                lines.append(&mut sets);
            }
            previous = kind;
            let line = match event {
                Event::Effect(effect) if kind.is_some() => {
                    sets.push(self.effect(effect, 0));
                    continue;
                }
                Event::Data { bytes, .. } if self.store.linked && is_empty_table(bytes) => continue,
                Event::Start(instance) => {
                    let given = self.store.instances[*instance].given.clone();
                    format!("start of {}", given.unwrap_or_default())
                }
                Event::Effect(effect) => self.effect(effect, 0),
                Event::Data { memory, offset, bytes } => {
                    let offset = self.value(offset, 0);
                    format!("data {} at {offset}: {}", self.thing(*memory), hexadecimal(bytes))
                }
                Event::Unknown(why) => format!("what is not described: {why}"),
            };
            lines.push(line);
        }
        sets.sort();
        lines.append(&mut sets);
        lines
    }

    /// Which of the things it is that may follow one another in any order.
    fn unordered(&self, event: &Event) -> Option<&'static str> {
        match event {
            Event::Effect(Effect::SetGlobal(..)) => Some("set"),
            Event::Effect(Effect::Call { callee, args }) if self.store.linked && args.is_empty() => {
                let Func::Code { instance, index } = self.store.funcs[*callee].0 else { return None };
                match self.store.instances[instance].module.export_name(Sort::Func, index)? {
                    "__wasm_apply_data_relocs" => Some("relocate"),
                    "__wasm_call_ctors" | "_initialize" => Some("initialise"),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The tables that a given module sees, with what made modules put into them. Where libraries are linked, a slot is
    /// described by the global that names it.
    fn tables(&mut self) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for (id, thing) in self.store.things.iter().enumerate() {
            let given = self.store.instances[thing.instance].given.is_some();
            let seen = given || self.made.contains_key(&id) && !self.store.linked;
            if thing.sort == Sort::Table && seen {
                for (slot, func) in &thing.slots {
                    lines.push((format!("table {} slot {slot}", self.thing(id)), self.func(*func, 0)));
                }
            }
        }
        lines
    }
}

/// What an imported global of a library is for.
#[derive(Clone, Copy)]
enum Role {
    MemoryBase,
    /// The address of a function.
    Slot,
    Stack,
    Heap,
    /// Where the linker says what there is: libraries to open, variables of threads.
    Table,
    Other,
}

impl Role {
    fn of(module: &str, field: &str) -> Self {
        match (module, field) {
            ("env", "__memory_base") => Self::MemoryBase,
            ("GOT.func", _) => Self::Slot,
            (_, "__stack_pointer" | "__init_stack_pointer" | "__stack_high" | "__stack_low") => Self::Stack,
            (_, "__heap_base" | "__heap_end") => Self::Heap,
            ("GOT.mem", "__wasm_program_tls_info" | "__wasm_libdl_libraries") => Self::Table,
            _ => Self::Other,
        }
    }
}

/// Where the data of libraries lie.
#[derive(Default)]
struct Layout {
    /// Name, beginning, end.
    libraries: Vec<(String, u32, u32)>,
}

impl Layout {
    fn of(store: &Store<'_>) -> Self {
        let mut layout = Self::default();
        for instance in &store.instances {
            let base = imports_of(instance).into_iter().find_map(|(module, field, item)| match item {
                CoreItem::Other(_, thing) if (module, field) == ("env", "__memory_base") => {
                    store.number(&store.things[thing].value)
                }
                _ => None,
            });
            if let (Some(given), Some(base)) = (&instance.given, base) {
                layout.libraries.push((given.clone(), base, base.saturating_add(instance.module.memory_size)));
            }
        }
        layout.libraries.sort_by_key(|(_, base, end)| (*base, *end));
        layout
    }

    /// An address by the library whose data it is in, or as it is.
    fn place(&self, number: u32) -> String {
        let holds = |(_, base, end): &&(String, u32, u32)| (*base..*end).contains(&number);
        match self.libraries.iter().find(holds) {
            Some((name, base, _)) => format!("{name} +{}", number - base),
            None => number.to_string(),
        }
    }

    /// Libraries whose data lie over those of others.
    fn overlaps(&self) -> Option<String> {
        let pairs = self.libraries.windows(2).filter(|pair| pair[0].2 > pair[1].1);
        let told: Vec<_> = pairs.map(|pair| format!("{} over {}", pair[1].0, pair[0].0)).collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// A list of no libraries, which one encoder writes always and another only where it is asked for.
fn is_empty_table(bytes: &[u8]) -> bool {
    bytes.len() == 8 && bytes[..4] == [0; 4]
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
