//! Everything that exists once all core modules are instantiated.
//!
//! In: modules and what their imports are given. Out: functions, tables, memories and globals by their numbers here.
//! Holds: code of a given module is never run; of a module made by the encoder, segments and start are.

use std::collections::BTreeMap;
use std::rc::Rc;

use indexmap::IndexMap;
use wasmparser::{ConstExpr, DataKind, ElementItems, ElementKind, FuncType, Operator};

use super::exec::{self, Effect, Value};
use super::module::{Module, Sort, text};
use super::scope::Canon;

pub type FuncId = usize;
/// A table, memory, global or tag: which, of its sort.
pub type ThingId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoreItem {
    Func(FuncId),
    Other(Sort, ThingId),
}

pub type CoreInstance = IndexMap<String, CoreItem>;

pub enum Func {
    /// A function that a core instance defines, by its index there.
    Code { instance: usize, index: u32 },
    /// Defined by a canonical definition.
    Canon(Canon),
}

/// A table, memory, global or tag.
pub struct Thing {
    pub instance: usize,
    pub sort: Sort,
    pub index: u32,
    pub ty: String,
    /// Of a table or memory.
    pub limits: String,
    /// What a global holds.
    pub value: Value,
    pub mutable: bool,
    /// What made modules put into a table.
    pub slots: BTreeMap<u64, FuncId>,
}

pub struct Instance<'a> {
    pub module: Rc<Module<'a>>,
    /// The name of the given module; none for one that the encoder made.
    pub given: Option<String>,
    pub funcs: Vec<FuncId>,
    pub others: BTreeMap<Sort, Vec<ThingId>>,
}

/// What happens when the component is instantiated, in this order.
pub enum Event {
    /// A given module with a start function is instantiated.
    Start(usize),
    /// What a made module's start function does.
    Effect(Effect),
    Data {
        memory: ThingId,
        offset: Value,
        bytes: Vec<u8>,
    },
    /// Something of which only the text is known.
    Unknown(String),
}

#[derive(Default)]
pub struct Store<'a> {
    /// Whether libraries are linked, so that the encoder lays out memory and table.
    pub linked: bool,
    pub funcs: Vec<(Func, Option<FuncType>)>,
    pub things: Vec<Thing>,
    pub instances: Vec<Instance<'a>>,
    pub events: Vec<Event>,
}

impl<'a> Store<'a> {
    pub fn canon(&mut self, canon: Canon, ty: Option<FuncType>) -> FuncId {
        self.funcs.push((Func::Canon(canon), ty));
        self.funcs.len() - 1
    }

    pub fn instantiate(
        &mut self,
        module: &Rc<Module<'a>>,
        given: Option<String>,
        args: &IndexMap<&str, Rc<CoreInstance>>,
    ) -> Result<CoreInstance, String> {
        let mut instance = Instance { module: module.clone(), given, funcs: Vec::new(), others: BTreeMap::new() };
        for import in &module.imports {
            let item = args.get(import.module).and_then(|args| args.get(import.name));
            match *item.ok_or_else(|| format!("no argument for `{}` `{}`", import.module, import.name))? {
                CoreItem::Func(func) => instance.funcs.push(func),
                CoreItem::Other(sort, thing) => instance.others.entry(sort).or_default().push(thing),
            }
        }
        let number = self.instances.len();
        self.define(number, &mut instance)?;
        let exports = module.exports.iter().map(|(name, sort, index)| {
            let index = *index as usize;
            let item = match sort {
                Sort::Func => CoreItem::Func(instance.funcs[index]),
                other => CoreItem::Other(*other, instance.others[other][index]),
            };
            ((*name).to_owned(), item)
        });
        let exports = exports.collect();
        let made = instance.given.is_none();
        self.instances.push(instance);
        if made {
            self.run_segments(number)?;
        }
        match (module.start, made) {
            (Some(_), false) => self.events.push(Event::Start(number)),
            (Some(start), true) => self.run_start(number, start),
            (None, _) => {}
        }
        Ok(exports)
    }

    fn define(&mut self, number: usize, instance: &mut Instance<'a>) -> Result<(), String> {
        let module = instance.module.clone();
        for offset in 0..module.funcs.len() {
            let index = u32::try_from(module.imported(Sort::Func) + offset).map_err(text)?;
            self.funcs.push((Func::Code { instance: number, index }, module.func_type(index).cloned()));
            instance.funcs.push(self.funcs.len() - 1);
        }
        let limits = |initial: u64, max: Option<u64>| format!("{initial}..{}", max.map(text).unwrap_or_default());
        for table in &module.tables {
            let ty = table.ty;
            let limits = limits(ty.initial, ty.maximum);
            self.thing(number, instance, Sort::Table, format!("table {}", ty.element_type), limits);
        }
        for memory in &module.memories {
            let page = memory.page_size_log2.map_or(String::new(), |page| format!(" page 2^{page}"));
            let wide = if memory.memory64 { " i64" } else { "" };
            let limits = format!("{}{page}", limits(memory.initial, memory.maximum));
            self.thing(number, instance, Sort::Memory, format!("memory{wide}"), limits);
        }
        for global in &module.globals {
            let mutable = if global.ty.mutable { "mut " } else { "" };
            let text = format!("global {mutable}{}", global.ty.content_type);
            let thing = self.thing(number, instance, Sort::Global, text, String::new());
            let value = self.constant(instance, &global.init_expr)?;
            self.things[thing].mutable = global.ty.mutable;
            self.things[thing].value = value;
        }
        for _ in 0..module.tags {
            self.thing(number, instance, Sort::Tag, "tag".to_owned(), String::new());
        }
        Ok(())
    }

    fn thing(&mut self, number: usize, instance: &mut Instance<'a>, sort: Sort, ty: String, limits: String) -> ThingId {
        let (value, slots) = (Value::Unknown, BTreeMap::new());
        let list = instance.others.entry(sort).or_default();
        let index = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.push(self.things.len());
        self.things.push(Thing { instance: number, sort, index, ty, limits, value, mutable: false, slots });
        self.things.len() - 1
    }

    /// The value of a constant expression, if it has a form that encoders write.
    fn constant(&self, instance: &Instance<'a>, expr: &ConstExpr<'a>) -> Result<Value, String> {
        let mut stack = Vec::new();
        for operator in expr.get_operators_reader() {
            match operator.map_err(text)? {
                Operator::I32Const { value } => stack.push(Value::I32(value)),
                Operator::I64Const { value } => stack.push(Value::I64(value)),
                Operator::RefFunc { function_index } => {
                    stack.push(Value::Func(instance.funcs[function_index as usize]));
                }
                Operator::RefNull { .. } => stack.push(Value::Null),
                Operator::GlobalGet { global_index } => {
                    stack.push(self.global(instance.others[&Sort::Global][global_index as usize]));
                }
                Operator::I32Add => {
                    let (right, left) = (stack.pop(), stack.pop());
                    stack.push(exec::add(left.unwrap_or(Value::Unknown), right.unwrap_or(Value::Unknown)));
                }
                Operator::End => {}
                _ => return Ok(Value::Unknown),
            }
        }
        Ok(stack.pop().unwrap_or(Value::Unknown))
    }

    /// What is known of a global's value: it is the encoder's and never changes, or it holds a function.
    pub fn global(&self, thing: ThingId) -> Value {
        let global = &self.things[thing];
        let made = self.instances.get(global.instance).is_some_and(|instance| instance.given.is_none());
        let fixed = !global.mutable || matches!(global.value, Value::Func(_) | Value::Null);
        if made && fixed { global.value.clone() } else { Value::Global(thing) }
    }

    /// The number that a value is before any code ran.
    pub fn number(&self, value: &Value) -> Option<u32> {
        match value {
            Value::I32(number) => Some(number.cast_unsigned()),
            Value::Global(thing) if !self.things[*thing].mutable => self.number(&self.things[*thing].value),
            Value::Op(name, args) if name == "i32.add" => {
                let [left, right] = args.as_slice() else { return None };
                Some(self.number(left)?.wrapping_add(self.number(right)?))
            }
            _ => None,
        }
    }

    /// Whether a function was called at start already.
    fn code_ran(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Effect(Effect::Call { .. })))
    }

    fn run_segments(&mut self, number: usize) -> Result<(), String> {
        let module = self.instances[number].module.clone();
        for element in &module.elements {
            let ElementKind::Active { table_index, offset_expr } = &element.kind else { continue };
            let items = self.element_items(number, &element.items)?;
            let instance = &self.instances[number];
            let table = instance.others[&Sort::Table][table_index.unwrap_or(0) as usize];
            match self.constant(instance, offset_expr)? {
                Value::I32(offset) => {
                    let offset = u64::from(offset.cast_unsigned());
                    self.things[table].slots.extend((offset..).zip(items));
                }
                Value::I64(offset) => self.things[table].slots.extend((offset.cast_unsigned()..).zip(items)),
                other => self.events.push(Event::Unknown(format!("{} functions at {other:?}", items.len()))),
            }
        }
        for data in &module.data {
            let DataKind::Active { memory_index, offset_expr } = &data.kind else { continue };
            let instance = &self.instances[number];
            let memory = instance.others[&Sort::Memory][*memory_index as usize];
            let offset = self.constant(instance, offset_expr)?;
            self.events.push(Event::Data { memory, offset, bytes: data.data.to_vec() });
        }
        Ok(())
    }

    fn element_items(&self, number: usize, items: &ElementItems<'a>) -> Result<Vec<FuncId>, String> {
        let instance = &self.instances[number];
        match items {
            ElementItems::Functions(indices) => {
                let funcs = indices.clone().into_iter().map(|index| Ok(instance.funcs[index.map_err(text)? as usize]));
                funcs.collect()
            }
            ElementItems::Expressions(_, exprs) => {
                let funcs =
                    exprs.clone().into_iter().map(|expr| match self.constant(instance, &expr.map_err(text)?)? {
                        Value::Func(func) => Ok(func),
                        other => Err(format!("an element segment holds {other:?}")),
                    });
                funcs.collect()
            }
        }
    }

    fn run_start(&mut self, number: usize, start: u32) {
        let func = self.instances[number].funcs[start as usize];
        self.run(func, 0);
    }

    /// Runs a function without parameters at start: as events, and what it sets is set.
    fn run(&mut self, func: FuncId, depth: usize) {
        let program = match exec::program(self, func) {
            Some(Ok(program)) if depth < 10 => program,
            Some(Err(why)) => return self.events.push(Event::Unknown(why)),
            _ => return self.events.push(Event::Effect(Effect::Call { callee: func, args: Vec::new() })),
        };
        for effect in program.effects {
            match effect {
                Effect::Call { callee, ref args } if args.is_empty() && exec::is_made_code(self, callee) => {
                    self.run(callee, depth + 1);
                }
                Effect::SetGlobal(global, Value::Func(func)) => self.things[global].value = Value::Func(func),
                // A constant that could have been there from the beginning.
                Effect::SetGlobal(global, ref value) if !self.code_ran() && self.number(value).is_some() => {
                    let number = self.number(value).map(u32::cast_signed);
                    self.things[global].value = number.map_or(Value::Unknown, Value::I32);
                }
                other => self.events.push(Event::Effect(other)),
            }
        }
    }
}
