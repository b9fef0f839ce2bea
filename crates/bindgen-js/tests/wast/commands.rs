//! A script's commands as JavaScript, and what is said of those that need none.
//!
//! In: a script, a way. Out: the files of its transpiled components, the text of the program that does the commands, and
//! a verdict for each command or none yet.
//! Holds: a command is what `wasm-tools json-from-wast` counts as one: a component that is defined and instantiated at
//! once is one; each has a verdict in the end.

use std::collections::HashMap;

use testing::wast::{Doing, Invoke, Kind, Script, Step, Value, Wasm};
use types::{ExternName, FuncType, ItemKind, Types};
use withe_bindgen_js::names;

use crate::literal::{expected, literal};
use crate::transpiled::{Transpiled, refused_for, transpiled};
use crate::way::Way;

/// How a command went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong(String),
    /// It needs what another command was to make, which went wrong.
    Follows,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// Counted from 1.
    pub line: usize,
    /// Whether it says what a call gives, or that it traps.
    pub is_assertion: bool,
    /// None until the program has run.
    pub verdict: Option<Verdict>,
}

/// Commands as they become a program.
pub struct Program<'t> {
    way: Way,
    pub commands: Vec<Command>,
    pub files: Vec<(String, Vec<u8>)>,
    /// The elements of the array of commands.
    pub lines: Vec<String>,
    /// By name; `None` in the end for what could not be transpiled.
    definitions: HashMap<Option<String>, Option<&'t Transpiled>>,
    instances: HashMap<Option<String>, Option<&'t Transpiled>>,
}

impl Program<'static> {
    pub fn new(script: &Script, way: Way) -> Self {
        let (definitions, instances) = (HashMap::new(), HashMap::new());
        let mut program =
            Self { way, commands: Vec::new(), files: Vec::new(), lines: Vec::new(), definitions, instances };
        let mut steps = script.commands.iter().peekable();
        while let Some(command) = steps.next() {
            let next = steps.next_if(|next| {
                next.line == command.line
                    && matches!((&command.step, &next.step),
                        (Step::Define { name, .. }, Step::Instance { name: of, .. }) if name == of)
            });
            let verdict = program.step(&command.step);
            // The definition is loaded as its instance is made.
            let verdict = match next {
                Some(next) if verdict.is_none() => {
                    program.lines.pop();
                    program.step(&next.step)
                }
                Some(_) => {
                    program.lost(&command.step);
                    verdict
                }
                None => verdict,
            };
            let is_assertion =
                matches!(command.step, Step::AssertReturn { .. } | Step::AssertTrap { doing: Doing::Call(_), .. });
            program.commands.push(Command { line: command.line, is_assertion, verdict });
        }
        program
    }

    /// A verdict, or a line of the program that will give one.
    fn step(&mut self, step: &Step) -> Option<Verdict> {
        let outcome = match step {
            Step::Define { name, wasm } => self.define(name, wasm),
            Step::Instance { name, of } => self.instance(name, of),
            Step::Invoke(call) => self.call(call, None),
            Step::AssertReturn { call, results } => self.call(call, Some(Ok(results))),
            Step::AssertTrap { doing: Doing::Call(call), message } => self.call(call, Some(Err(message))),
            Step::AssertTrap { doing: Doing::Instantiation(wasm), message } => self.instance_traps(wasm, message),
            Step::AssertInvalid { wasm, message } | Step::AssertMalformed { wasm, message } => {
                return Some(refused_for(wasm, message).map_or_else(Verdict::Wrong, |()| Verdict::Right));
            }
            Step::Register { .. } | Step::AssertUnlinkable { .. } => {
                Err(Verdict::Wrong("instances that are imports of others are not run here".to_owned()))
            }
            Step::Other(what) => Err(Verdict::Wrong(format!("`{what}` is not run here"))),
        };
        match outcome {
            Err(verdict) => Some(verdict),
            Ok(line) => {
                self.lines.push(format!("{{ n: {}, {line} }}", self.commands.len()));
                None
            }
        }
    }

    fn define(&mut self, name: &Option<String>, wasm: &Wasm) -> Result<String, Verdict> {
        let defined = self.transpiled(wasm);
        let kept = defined.as_ref().ok().copied();
        // What has no name, and the last with a name, are what an instance without a name is of.
        self.definitions.insert(None, kept);
        self.definitions.insert(name.clone(), kept);
        let Transpiled { file, cores, .. } = defined?;
        let cores: Vec<String> = cores.iter().map(|core| names::literal(core)).collect();
        Ok(format!("do: 'define', file: {}, cores: [{}]", names::literal(file), cores.join(", ")))
    }

    fn transpiled(&mut self, wasm: &Wasm) -> Result<&'static Transpiled, Verdict> {
        if wasm.kind == Kind::Module {
            return Err(Verdict::Wrong("core modules are not run here".to_owned()));
        }
        let bytes = wasm.bytes.as_ref().map_err(|why| Verdict::Wrong(why.clone()))?;
        let name = format!("c{}", self.commands.len());
        let (made, files) = transpiled(bytes, &name, self.way.instantiate).map_err(Verdict::Wrong)?;
        self.files.extend(files);
        // A test's program ends soon.
        Ok(Box::leak(Box::new(made)))
    }

    fn instance(&mut self, name: &Option<String>, of: &Option<String>) -> Result<String, Verdict> {
        let known = self.definitions.get(of).copied();
        let known = known.ok_or_else(|| Verdict::Wrong("there is no such definition".to_owned()))?;
        self.instances.insert(None, known);
        self.instances.insert(name.clone(), known);
        let file = &known.ok_or(Verdict::Follows)?.file;
        Ok(format!("do: 'instance', file: {}, name: {}", names::literal(file), name_of(name)))
    }

    /// The instance of a definition that went wrong is not there.
    fn lost(&mut self, define: &Step) {
        if let Step::Define { name, .. } = define {
            self.instances.insert(None, None);
            self.instances.insert(name.clone(), None);
        }
    }

    fn instance_traps(&mut self, wasm: &Wasm, message: &str) -> Result<String, Verdict> {
        let file = &self.transpiled(wasm)?.file;
        Ok(format!("do: 'instance-traps', file: {}, trap: {}", names::literal(file), names::literal(message)))
    }

    /// A call, and the values or the trap that it gives.
    fn call(&self, call: &Invoke, gives: Option<Result<&Vec<Value>, &String>>) -> Result<String, Verdict> {
        let on = self.instances.get(&call.instance).copied();
        let on = on.ok_or_else(|| Verdict::Wrong("there is no such instance".to_owned()))?.ok_or(Verdict::Follows)?;
        let func = on.func(&call.func).map_err(Verdict::Wrong)?;
        let args = arguments(&on.types, func, &call.args).map_err(Verdict::Wrong)?;
        let expect = match gives {
            None => Ok("{ value: undefined }".to_owned()),
            Some(Ok(results)) => expected(&on.types, func.result, results).map_err(Verdict::Wrong),
            Some(Err(message)) => Ok(format!("{{ trap: {} }}", names::literal(message))),
        };
        let (name, func, is_async) = (name_of(&call.instance), names::member(&call.func), func.async_);
        Ok(format!(
            "do: 'call', name: {name}, func: '{func}', args: [{args}], isAsync: {is_async}, expect: {}",
            expect?
        ))
    }
}

impl Transpiled {
    fn func(&self, name: &str) -> Result<&FuncType, String> {
        let item = self.exports.get(&ExternName::label(name)).map(|item| item.kind);
        match item {
            Some(ItemKind::Func(id)) => Ok(self.types.func(id)),
            Some(_) | None => Err(format!("it exports no function {name}")),
        }
    }
}

fn arguments(types: &Types, func: &FuncType, args: &[Value]) -> Result<String, String> {
    if args.len() != func.params.len() {
        return Err(format!("{} arguments, not {}", func.params.len(), args.len()));
    }
    let args = func.params.iter().zip(args).map(|(param, value)| literal(types, param.ty, value));
    Ok(args.collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// The current instance has no name.
fn name_of(name: &Option<String>) -> String {
    name.as_deref().map_or_else(|| "null".to_owned(), names::literal)
}
