//! Scripts of the specification (`.wast`), as plain commands.
//!
//! In: a script's text. Out: its commands in their order, each with its line; modules and components as bytes, values
//! as plain data that can be written as WAVE.
//! Holds: a form that is no command here is named in `Step::Other`, so that whoever runs a script must say what becomes
//! of it; `(component ..)` is two commands, a definition and an instance of it.
//!
//! ```wast
//! (component $A ...)                                  Define $A, Instance $A
//! (assert_return (invoke "f" (u32.const 1)) ...)      AssertReturn
//! ```

#![expect(clippy::wildcard_enum_match_arm, reason = "the parser's enums are foreign and grow")]

mod value;

use std::path::{Path, PathBuf};

use wast::core::{EncodeOptions, NanPattern, WastArgCore, WastRetCore};
use wast::lexer::Lexer;
use wast::parser::{ParseBuffer, parse};
use wast::token::{Id, Span};
use wast::{QuoteWat, QuoteWatTest, WastArg, WastDirective, WastExecute, WastInvoke, WastRet, Wat};

use crate::cases::entries;
use crate::{Trouble, read_text};
pub use value::Value;

/// A script.
#[derive(Clone, Debug)]
pub struct Script {
    pub commands: Vec<Command>,
}

/// A command of a script.
#[derive(Clone, Debug)]
pub struct Command {
    /// Counted from 1.
    pub line: usize,
    pub step: Step,
}

/// What a command does.
#[derive(Clone, Debug)]
pub enum Step {
    /// This is valid, and known by the name from here on.
    Define { name: Option<String>, wasm: Wasm },
    /// What was defined by the name `of`, or last, is instantiated; the instance is current from here on.
    Instance { name: Option<String>, of: Option<String> },
    /// The instance, or the current one, can be imported under the name `as_name`.
    Register { name: Option<String>, as_name: String },
    /// The call returns.
    Invoke(Invoke),
    /// The call returns the results; in components one at most.
    AssertReturn { call: Invoke, results: Vec<Value> },
    /// The call, or the instantiation, traps.
    AssertTrap { doing: Doing, message: String },
    /// This can be read, and is not valid.
    AssertInvalid { wasm: Wasm, message: String },
    /// This cannot be read.
    AssertMalformed { wasm: Wasm, message: String },
    /// This is valid, and its imports cannot be given.
    AssertUnlinkable { wasm: Wasm, message: String },
    /// Another form, by the name it has.
    Other(&'static str),
}

/// What is to trap.
#[derive(Clone, Debug)]
pub enum Doing {
    Call(Invoke),
    Instantiation(Wasm),
}

/// A call of an export.
#[derive(Clone, Debug)]
pub struct Invoke {
    /// The instance; without a name, the current one.
    pub instance: Option<String>,
    pub func: String,
    pub args: Vec<Value>,
}

impl Invoke {
    /// The call as an expression with WAVE values: `f(1, "two")`.
    pub fn wave(&self) -> String {
        let args: Vec<String> = self.args.iter().map(Value::wave).collect();
        format!("{}({})", self.func, args.join(", "))
    }
}

/// A module or a component of a script.
#[derive(Clone, Debug)]
pub struct Wasm {
    pub kind: Kind,
    /// The text, where the script has it as a quoted one.
    pub quoted: Option<String>,
    /// What the text parser makes of it, or why it refuses.
    pub bytes: Result<Vec<u8>, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Module,
    Component,
}

/// How often each command stands in a script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub defined: usize,
    pub instances: usize,
    pub invokes: usize,
    pub returns: usize,
    pub traps: usize,
    pub invalid: usize,
    pub malformed: usize,
    /// Everything else.
    pub other: usize,
}

impl Count {
    pub fn add(&mut self, step: &Step) {
        *match step {
            Step::Define { .. } => &mut self.defined,
            Step::Instance { .. } => &mut self.instances,
            Step::Invoke(_) => &mut self.invokes,
            Step::AssertReturn { .. } => &mut self.returns,
            Step::AssertTrap { .. } => &mut self.traps,
            Step::AssertInvalid { .. } => &mut self.invalid,
            Step::AssertMalformed { .. } => &mut self.malformed,
            Step::Register { .. } | Step::AssertUnlinkable { .. } | Step::Other(_) => &mut self.other,
        } += 1;
    }
}

/// The scripts below a folder, one folder deep, by name.
pub fn scripts(folder: &Path) -> Vec<PathBuf> {
    let is_script = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wast");
    let all = entries(folder).into_iter().flat_map(|entry| if entry.is_dir() { entries(&entry) } else { vec![entry] });
    all.filter(is_script).collect()
}

/// Reads a file.
///
/// # Errors
/// When it is not there, or what `parse_script` says, with the file's name.
pub fn read_script(path: &Path) -> Result<Script, Trouble> {
    let text = read_text(path)?;
    parse_script(&text).map_err(|error| Trouble::Failed(format!("{}:{error}", path.display())))
}

/// Reads a script.
///
/// # Errors
/// When the text is no script, as `LINE:COLUMN: message`.
pub fn parse_script(text: &str) -> Result<Script, String> {
    let at = |error: wast::Error| {
        let (line, column) = error.span().linecol_in(text);
        format!("{}:{}: {}", line + 1, column + 1, error.message())
    };
    let mut lexer = Lexer::new(text);
    // Scripts test strings with any character, also those that read in another order than they are written.
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer).map_err(at)?;
    let script = parse::<wast::Wast<'_>>(&buffer).map_err(at)?;
    let mut commands = Vec::new();
    for directive in script.directives {
        let line = line(text, directive.span());
        commands.extend(steps(directive).into_iter().map(|step| Command { line, step }));
    }
    Ok(Script { commands })
}

fn line(text: &str, span: Span) -> usize {
    span.linecol_in(text).0 + 1
}

fn steps(directive: WastDirective<'_>) -> Vec<Step> {
    vec![match directive {
        WastDirective::Module(wat) => {
            let name = wat.name().map(text_of);
            return vec![
                Step::Define { name: name.clone(), wasm: wasm(wat) },
                Step::Instance { name: name.clone(), of: name },
            ];
        }
        WastDirective::ModuleDefinition(wat) => Step::Define { name: wat.name().map(text_of), wasm: wasm(wat) },
        WastDirective::ModuleInstance { instance, module, .. } => {
            Step::Instance { name: instance.map(text_of), of: module.map(text_of) }
        }
        WastDirective::Register { name, module, .. } => {
            Step::Register { name: module.map(text_of), as_name: name.to_owned() }
        }
        WastDirective::Invoke(call) => invoke(call).map_or_else(Step::Other, Step::Invoke),
        WastDirective::AssertReturn { exec, results, .. } => assert_return(exec, results),
        WastDirective::AssertTrap { exec, message, .. } => assert_trap(exec, message),
        WastDirective::AssertInvalid { module, message, .. } => {
            Step::AssertInvalid { wasm: wasm(module), message: message.to_owned() }
        }
        WastDirective::AssertMalformed { module, message, .. } => {
            Step::AssertMalformed { wasm: wasm(module), message: message.to_owned() }
        }
        WastDirective::AssertUnlinkable { module, message, .. } => {
            Step::AssertUnlinkable { wasm: wasm(QuoteWat::Wat(module)), message: message.to_owned() }
        }
        WastDirective::AssertInvalidCustom { .. } => Step::Other("assert_invalid_custom"),
        WastDirective::AssertMalformedCustom { .. } => Step::Other("assert_malformed_custom"),
        WastDirective::AssertExhaustion { .. } => Step::Other("assert_exhaustion"),
        WastDirective::AssertException { .. } => Step::Other("assert_exception"),
        WastDirective::AssertSuspension { .. } => Step::Other("assert_suspension"),
        WastDirective::Thread(_) => Step::Other("thread"),
        WastDirective::Wait { .. } => Step::Other("wait"),
    }]
}

fn text_of(id: Id<'_>) -> String {
    id.name().to_owned()
}

fn assert_return(exec: WastExecute<'_>, results: Vec<WastRet<'_>>) -> Step {
    let values: Option<Vec<Value>> = results.iter().map(result).collect();
    match (exec, values) {
        (WastExecute::Invoke(call), Some(results)) => {
            invoke(call).map_or_else(Step::Other, |call| Step::AssertReturn { call, results })
        }
        (WastExecute::Invoke(_), None) => Step::Other("assert_return of a core function"),
        (WastExecute::Wat(_), _) => Step::Other("assert_return of an instantiation"),
        (WastExecute::Get { .. }, _) => Step::Other("assert_return of a global"),
    }
}

fn assert_trap(exec: WastExecute<'_>, message: &str) -> Step {
    let message = message.to_owned();
    match exec {
        WastExecute::Invoke(call) => {
            invoke(call).map_or_else(Step::Other, |call| Step::AssertTrap { doing: Doing::Call(call), message })
        }
        WastExecute::Wat(wat) => Step::AssertTrap { doing: Doing::Instantiation(wasm(QuoteWat::Wat(wat))), message },
        WastExecute::Get { .. } => Step::Other("assert_trap of a global"),
    }
}

/// A call, or the form's name if it is one of a core function.
fn invoke(call: WastInvoke<'_>) -> Result<Invoke, &'static str> {
    let args: Option<Vec<Value>> = call.args.iter().map(argument).collect();
    let args = args.ok_or("invoke of a core function")?;
    Ok(Invoke { instance: call.module.map(text_of), func: call.name.to_owned(), args })
}

/// `None` for a value that only core functions have: floats are written in the same way for both.
fn argument(value: &WastArg<'_>) -> Option<Value> {
    match value {
        WastArg::Component(value) => Some(Value::of(value)),
        WastArg::Core(WastArgCore::F32(number)) => Some(Value::F32(number.bits)),
        WastArg::Core(WastArgCore::F64(number)) => Some(Value::F64(number.bits)),
        _ => None,
    }
}

fn result(value: &WastRet<'_>) -> Option<Value> {
    match value {
        WastRet::Component(value) => Some(Value::of(value)),
        WastRet::Core(WastRetCore::F32(NanPattern::Value(number))) => Some(Value::F32(number.bits)),
        WastRet::Core(WastRetCore::F64(NanPattern::Value(number))) => Some(Value::F64(number.bits)),
        WastRet::Core(WastRetCore::F32(_)) => Some(Value::F32(f32::NAN.to_bits())),
        WastRet::Core(WastRetCore::F64(_)) => Some(Value::F64(f64::NAN.to_bits())),
        _ => None,
    }
}

fn wasm(mut wat: QuoteWat<'_>) -> Wasm {
    let kind = match &wat {
        QuoteWat::Wat(Wat::Component(_)) | QuoteWat::QuoteComponent(..) => Kind::Component,
        QuoteWat::Wat(Wat::Module(_)) | QuoteWat::QuoteModule(..) => Kind::Module,
    };
    match wat.to_test() {
        Ok(QuoteWatTest::Binary(bytes)) => Wasm { kind, quoted: None, bytes: Ok(bytes) },
        Ok(QuoteWatTest::Text(text)) => match String::from_utf8(text) {
            Ok(text) => Wasm { kind, bytes: encode(&text), quoted: Some(text) },
            Err(error) => Wasm { kind, quoted: None, bytes: Err(error.to_string()) },
        },
        Err(error) => Wasm { kind, quoted: None, bytes: Err(error.message()) },
    }
}

/// The bytes of a text of its own.
fn encode(text: &str) -> Result<Vec<u8>, String> {
    let bytes = || {
        let buffer = ParseBuffer::new(text)?;
        EncodeOptions::default().encode_wat(&mut parse::<Wat<'_>>(&buffer)?)
    };
    bytes().map_err(|error: wast::Error| error.message())
}

#[cfg(test)]
mod tests;
