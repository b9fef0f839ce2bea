//! The functions that an encoder makes, run on symbols.
//!
//! In: a function's body. Out: what it does, in order, and what it returns, with its parameters as symbols.
//! Holds: only straight code and conditions without effects are run; anything else is an error that names the operator.

use wasmparser::{BlockType, FuncType, Operator};

use super::module::{Sort, text};
use super::store::{Func, FuncId, Store, ThingId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Param(u32),
    I32(i32),
    I64(i64),
    Null,
    Func(FuncId),
    /// Whatever a global holds then.
    Global(ThingId),
    /// A result of the effect with that number.
    Result(usize, usize),
    Op(String, Vec<Value>),
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Call {
        callee: FuncId,
        args: Vec<Value>,
    },
    SetGlobal(ThingId, Value),
    /// A value at an address with an offset.
    Store(u64, Value, Value),
    /// Ends here, with the reason.
    Trap(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    pub effects: Vec<Effect>,
    pub returns: Vec<Value>,
}

impl Program {
    /// The function that is called with the same parameters, if that is all.
    pub fn forwards_to(&self, ty: &FuncType) -> Option<FuncId> {
        let [Effect::Call { callee, args }] = self.effects.as_slice() else { return None };
        let params = ty.params().iter().enumerate().map(|(index, _)| Value::Param(u32::try_from(index).unwrap_or(0)));
        let results = ty.results().iter().enumerate().map(|(index, _)| Value::Result(0, index));
        (params.eq(args.iter().cloned()) && results.eq(self.returns.iter().cloned())).then_some(*callee)
    }
}

/// Whether a function is code of a module that the encoder made.
pub fn is_made_code(store: &Store<'_>, func: FuncId) -> bool {
    matches!(store.funcs[func].0, Func::Code { instance, .. } if store.instances[instance].given.is_none())
}

/// What a function does; none if it is not code that the encoder made.
pub fn program(store: &Store<'_>, func: FuncId) -> Option<Result<Program, String>> {
    let Func::Code { instance, index } = store.funcs[func].0 else { return None };
    is_made_code(store, func).then(|| run(store, instance, index))
}

fn run(store: &Store<'_>, instance: usize, index: u32) -> Result<Program, String> {
    let module = &store.instances[instance].module;
    let ty = module.func_type(index).ok_or("a function without a type")?;
    let body = &module.bodies[index as usize - module.imported(Sort::Func)];
    let params = u32::try_from(ty.params().len()).map_err(text)?;
    let mut locals: Vec<Value> = (0..params).map(Value::Param).collect();
    for group in body.get_locals_reader().map_err(text)? {
        let (count, ty) = group.map_err(text)?;
        let zero = match ty {
            wasmparser::ValType::I32 => Value::I32(0),
            wasmparser::ValType::I64 => Value::I64(0),
            _ => Value::Unknown,
        };
        locals.extend(std::iter::repeat_n(zero, count as usize));
    }
    let operators: Result<Vec<_>, _> = body.get_operators_reader().map_err(text)?.into_iter().collect();
    let operators = operators.map_err(text)?;
    let (stack, program, results) = (Vec::new(), Program::default(), ty.results().len());
    let mut run = Run { store, instance, locals, stack, program, results, done: false, operators };
    run.block(0)?;
    if !run.done {
        run.leave()?;
    }
    Ok(run.program)
}

#[derive(Clone)]
struct Run<'s, 'a> {
    store: &'s Store<'a>,
    instance: usize,
    locals: Vec<Value>,
    stack: Vec<Value>,
    program: Program,
    /// How many values the function returns.
    results: usize,
    done: bool,
    operators: Vec<Operator<'a>>,
}

impl<'a> Run<'_, 'a> {
    /// Runs from an operator to the end of its block, or to where the function ends; answers where it stopped.
    fn block(&mut self, mut at: usize) -> Result<usize, String> {
        while !self.done {
            let operator = self.operators.get(at).ok_or("a body without an end")?.clone();
            match operator {
                Operator::End | Operator::Else => return Ok(at),
                Operator::If { blockty } => at = self.condition(at, blockty)?,
                other => self.operator(&other)?,
            }
            at += 1;
        }
        Ok(at)
    }

    /// `if` of which the two ways differ in one value only; answers where its `end` is.
    fn condition(&mut self, at: usize, ty: BlockType) -> Result<usize, String> {
        let BlockType::Type(_) = ty else { return Err("an `if` without a value".to_owned()) };
        let condition = self.pop()?;
        let (mut yes, mut no) = (self.clone(), self.clone());
        let other = yes.block(at + 1)?;
        let end = no.block(other + 1)?;
        let (then, otherwise) = (yes.pop()?, no.pop()?);
        let same = |run: &Self| run.program == self.program && run.stack == self.stack && run.locals == self.locals;
        if !same(&yes) || !same(&no) || yes.done || no.done {
            return Err("an `if` with effects".to_owned());
        }
        self.stack.push(select(then, otherwise, condition));
        Ok(end)
    }

    fn pop(&mut self) -> Result<Value, String> {
        self.stack.pop().ok_or_else(|| "a value is missing".to_owned())
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Value>, String> {
        let at = self.stack.len().checked_sub(count).ok_or("values are missing")?;
        Ok(self.stack.split_off(at))
    }

    fn leave(&mut self) -> Result<(), String> {
        self.program.returns = self.pop_many(self.results)?;
        self.done = true;
        Ok(())
    }

    fn trap(&mut self, why: impl Into<String>) {
        self.program.effects.push(Effect::Trap(why.into()));
        self.program.returns = Vec::new();
        self.done = true;
    }

    fn operator(&mut self, operator: &Operator<'a>) -> Result<(), String> {
        let instance = &self.store.instances[self.instance];
        match operator {
            Operator::Nop => {}
            Operator::LocalGet { local_index } => self.stack.push(self.locals[*local_index as usize].clone()),
            Operator::LocalSet { local_index } => self.locals[*local_index as usize] = self.pop()?,
            Operator::LocalTee { local_index } => {
                self.locals[*local_index as usize] = self.stack.last().cloned().ok_or("a value is missing")?;
            }
            Operator::I32Const { value } => self.stack.push(Value::I32(*value)),
            Operator::I64Const { value } => self.stack.push(Value::I64(*value)),
            Operator::RefFunc { function_index } => {
                self.stack.push(Value::Func(instance.funcs[*function_index as usize]));
            }
            Operator::GlobalGet { global_index } => {
                self.global_get(instance.others[&Sort::Global][*global_index as usize])
            }
            Operator::GlobalSet { global_index } => {
                let (global, value) = (instance.others[&Sort::Global][*global_index as usize], self.pop()?);
                self.program.effects.push(Effect::SetGlobal(global, value));
            }
            Operator::Drop => drop(self.pop()?),
            Operator::Select | Operator::TypedSelect { .. } => {
                let (condition, otherwise, then) = (self.pop()?, self.pop()?, self.pop()?);
                self.stack.push(select(then, otherwise, condition));
            }
            Operator::I32Add => {
                let (right, left) = (self.pop()?, self.pop()?);
                self.stack.push(add(left, right));
            }
            Operator::I32Sub | Operator::I32And | Operator::I32Eq | Operator::I32Ne => {
                let args = self.pop_many(2)?;
                self.stack.push(Value::Op(format!("{operator:?}"), args));
            }
            Operator::I32Load { memarg } => {
                let address = self.pop()?;
                self.stack.push(Value::Op(format!("load +{}", memarg.offset), vec![address]));
            }
            Operator::I32Store { memarg } => {
                let (value, address) = (self.pop()?, self.pop()?);
                self.program.effects.push(Effect::Store(memarg.offset, address, value));
            }
            Operator::I32Eqz => {
                let value = self.pop()?;
                self.stack.push(Value::Op("i32.eqz".to_owned(), vec![value]));
            }
            Operator::Unreachable => self.trap("unreachable"),
            Operator::Return => self.leave()?,
            other => return self.call_operator(other),
        }
        Ok(())
    }

    fn call_operator(&mut self, operator: &Operator<'a>) -> Result<(), String> {
        let instance = &self.store.instances[self.instance];
        match operator {
            Operator::Call { function_index } => self.call(instance.funcs[*function_index as usize]),
            Operator::ReturnCall { function_index } => {
                self.call(instance.funcs[*function_index as usize])?;
                self.leave_after_call()
            }
            Operator::CallIndirect { type_index, table_index } => self.call_slot(*type_index, *table_index),
            Operator::ReturnCallIndirect { type_index, table_index } => {
                self.call_slot(*type_index, *table_index)?;
                self.leave_after_call()
            }
            Operator::CallRef { .. } => self.call_ref(),
            Operator::ReturnCallRef { .. } => {
                self.call_ref()?;
                self.leave_after_call()
            }
            other => Err(format!("{other:?}")),
        }
    }

    /// What was written before in the same function, else what is known of it.
    fn global_get(&mut self, global: ThingId) {
        let written = self.program.effects.iter().rev().find_map(|effect| match effect {
            Effect::SetGlobal(other, value) if *other == global => Some(value.clone()),
            _ => None,
        });
        self.stack.push(written.unwrap_or_else(|| self.store.global(global)));
    }

    /// A call in tail position ends the function with what it returns.
    fn leave_after_call(&mut self) -> Result<(), String> {
        if self.done { Ok(()) } else { self.leave() }
    }

    fn call_slot(&mut self, ty: u32, table: u32) -> Result<(), String> {
        let instance = &self.store.instances[self.instance];
        let table = &self.store.things[instance.others[&Sort::Table][table as usize]];
        let Value::I32(slot) = self.pop()? else { return Err("a call through a slot that is not fixed".to_owned()) };
        let wanted = instance.module.types.get(ty as usize).cloned().flatten();
        match table.slots.get(&u64::from(slot.cast_unsigned())) {
            None => self.trap("an empty slot"),
            Some(func) if self.store.funcs[*func].1 != wanted => self.trap("a slot of another type"),
            Some(func) => return self.call(*func),
        }
        Ok(())
    }

    fn call_ref(&mut self) -> Result<(), String> {
        match self.pop()? {
            Value::Func(func) => self.call(func),
            Value::Null => {
                self.trap("null");
                Ok(())
            }
            other => Err(format!("a call of {other:?}")),
        }
    }

    fn call(&mut self, callee: FuncId) -> Result<(), String> {
        let ty = self.store.funcs[callee].1.clone().ok_or("a call of a function without a type")?;
        let args = self.pop_many(ty.params().len())?;
        let number = self.program.effects.len();
        self.program.effects.push(Effect::Call { callee, args });
        self.stack.extend((0..ty.results().len()).map(|index| Value::Result(number, index)));
        Ok(())
    }
}

pub fn add(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::I32(left), Value::I32(right)) => Value::I32(left.wrapping_add(right)),
        (left, right) => Value::Op("i32.add".to_owned(), vec![left, right]),
    }
}

/// `select`, in one form whichever way the condition is asked.
fn select(then: Value, otherwise: Value, condition: Value) -> Value {
    match condition {
        Value::Op(name, mut inner) if name == "i32.eqz" && inner.len() == 1 => select(otherwise, then, inner.remove(0)),
        condition => Value::Op("select".to_owned(), vec![then, otherwise, condition]),
    }
}
