//! A script's commands on the embedded runtime.
//!
//! In: commands. Out: what went otherwise than the script says and is not known; what was done, counted.
//! Holds: each call is the expression `f(1, "two")`, its result is compared as a value and as a WAVE text.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use diag::Source;
use testing::wast::{Doing, Invoke, Kind, Script, Step, Value, Wasm};
use verify::session::{Expr, Literal, Mocks, Notation, Scope};
use verify::{Called, Grants, Input, Limits, Output, Program, Session, Setup, Stdio, Stub};
use withe_verify as verify;

use crate::known;
use crate::ways::{Rewritten, Way};

/// How long one instance may take; a script's longest takes a fraction of it.
const TIMEOUT: Duration = Duration::from_secs(20);

/// What was done in all scripts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Components that were compiled.
    pub compiled: usize,
    /// Of these: that were run as they are, since this way has no form for them.
    pub refused: usize,
    pub instances: usize,
    pub invokes: usize,
    pub returns: usize,
    pub traps: usize,
    /// Commands that `known` says go otherwise.
    pub otherwise: usize,
    /// Commands on components that the runtime cannot run.
    pub unreachable: usize,
}

pub struct Runner<'a> {
    way: Way,
    script: &'a str,
    done: &'a mut Done,
    definitions: HashMap<Option<String>, Option<Program>>,
    instances: HashMap<Option<String>, Option<usize>>,
    sessions: Vec<Live>,
}

struct Live {
    session: Session,
    scope: Scope,
    /// Whether the runtime gave it up, and nothing can be said of what comes after.
    is_lost: bool,
}

/// Why a command did not do what the script says.
enum Stop {
    Wrong(String),
    /// Its component is one that `known` names.
    Unreachable,
}

impl From<String> for Stop {
    fn from(text: String) -> Self {
        Self::Wrong(text)
    }
}

impl<'a> Runner<'a> {
    pub fn new(way: Way, script: &'a str, done: &'a mut Done) -> Self {
        Self { way, script, done, definitions: HashMap::new(), instances: HashMap::new(), sessions: Vec::new() }
    }

    /// Runs all commands; what is wrong, by line.
    pub fn run(mut self, script: &Script) -> Vec<String> {
        let mut wrong = Vec::new();
        for command in &script.commands {
            let outcome = self.step(&command.step);
            // A definition and its instance stand in one line; what is known is said of the definition.
            let known =
                known::reason(self.script, command.line).filter(|_| !matches!(command.step, Step::Instance { .. }));
            match (outcome, known) {
                (Ok(()), None) => {}
                (Ok(()), Some(why)) => wrong.push(format!("line {}: no longer so: {why}", command.line)),
                (Err(Stop::Wrong(_)), Some(_)) => self.done.otherwise += 1,
                (Err(Stop::Wrong(why)), None) => wrong.push(format!("line {}: {why}", command.line)),
                (Err(Stop::Unreachable), _) => self.done.unreachable += 1,
            }
        }
        wrong
    }

    fn step(&mut self, step: &Step) -> Result<(), Stop> {
        match step {
            Step::Define { name, wasm } => self.define(name, wasm),
            Step::Instance { name, of } => self.instance(name, of),
            Step::Invoke(call) => {
                self.call(call)?;
                self.done.invokes += 1;
                Ok(())
            }
            Step::AssertReturn { call, results } => self.returns(call, results),
            Step::AssertTrap { doing: Doing::Call(call), .. } => self.traps(call),
            Step::AssertTrap { doing: Doing::Instantiation(wasm), .. } => self.instantiation_traps(wasm),
            // What is not valid is `validate`'s and the readers' matter.
            Step::AssertInvalid { .. } | Step::AssertMalformed { .. } => Ok(()),
            Step::Register { .. } | Step::AssertUnlinkable { .. } => {
                Err(Stop::Wrong("instances that are imports of others are not run here".to_owned()))
            }
            Step::Other(what) => Err(Stop::Wrong(format!("`{what}` is not run here"))),
        }
    }

    fn define(&mut self, name: &Option<String>, wasm: &Wasm) -> Result<(), Stop> {
        let defined = self.compiled(wasm);
        let kept = defined.as_ref().ok().cloned();
        // A definition without a name is the one that an instance without a name is of; so is the last with a name.
        self.definitions.insert(None, kept.clone());
        self.definitions.insert(name.clone(), kept);
        defined.map(drop).map_err(Stop::Wrong)
    }

    fn compiled(&mut self, wasm: &Wasm) -> Result<Program, String> {
        if wasm.kind == Kind::Module {
            return Err("core modules are not run here".to_owned());
        }
        let bytes = wasm.bytes.as_ref()?;
        let bytes: Arc<[u8]> = match self.way.rewrite(bytes)? {
            Rewritten::Bytes(bytes) => bytes.into(),
            Rewritten::Refused => {
                self.done.refused += 1;
                bytes.as_slice().into()
            }
        };
        let program = Program::load("component.wasm", bytes, &limits()).map_err(|errors| said(&errors.0))?;
        self.done.compiled += 1;
        Ok(program)
    }

    fn instance(&mut self, name: &Option<String>, of: &Option<String>) -> Result<(), Stop> {
        let program = self.definitions.get(of).ok_or_else(|| "there is no such definition".to_owned())?.clone();
        self.instances.insert(None, None);
        self.instances.insert(name.clone(), None);
        let mut session = started(&program.ok_or(Stop::Unreachable)?)?;
        let called = caught(|| session.instantiate())?;
        if !matches!(called, Called::Nothing) {
            return Err(Stop::Wrong(format!("its instantiation: {}", in_words(&called))));
        }
        let at = self.sessions.len();
        self.sessions.push(Live { session, scope: Scope::default(), is_lost: false });
        self.instances.insert(None, Some(at));
        self.instances.insert(name.clone(), Some(at));
        self.done.instances += 1;
        Ok(())
    }

    /// Calls an export of an instance, and says what its result's type is.
    fn call(&mut self, call: &Invoke) -> Result<(Called, Option<verify::value::ValueType>), Stop> {
        let at = self.instances.get(&call.instance).ok_or_else(|| "there is no such instance".to_owned())?;
        let live = &mut self.sessions[at.ok_or(Stop::Unreachable)?];
        let source = Arc::new(Source::new("expression", call.wave()));
        let expr = Arc::new(Expr::parse(&source, Notation::PLAIN).map_err(|error| said(&[error]))?);
        let typed = live.session.check(&expr, &mut Scope::default()).map_err(|errors| said(&errors))?;
        if live.is_lost {
            return Err(Stop::Unreachable);
        }
        let called = caught(|| live.session.call(&typed, &mut live.scope));
        live.is_lost = called.is_err();
        Ok((called?, typed.result()))
    }

    fn returns(&mut self, call: &Invoke, results: &[Value]) -> Result<(), Stop> {
        let (called, ty) = self.call(call)?;
        match (called, results, ty) {
            (Called::Nothing, [], _) => {}
            (Called::Value(found), [expected], Some(ty)) => {
                let source = Arc::new(Source::new("result", expected.wave()));
                let literal = Literal::parse(&source, Notation::PLAIN).map_err(|error| said(&[error]))?;
                let expected = literal.read(&ty, &mut Scope::default()).map_err(|errors| said(&errors))?;
                if found != expected || found.to_string() != expected.to_string() {
                    return Err(Stop::Wrong(format!("{} is {found}, not {expected}", call.wave())));
                }
            }
            (called, ..) => return Err(Stop::Wrong(format!("{}: {}", call.wave(), in_words(&called)))),
        }
        self.done.returns += 1;
        Ok(())
    }

    fn traps(&mut self, call: &Invoke) -> Result<(), Stop> {
        let called = self.call(call)?.0;
        self.trapped(&called, &call.wave())
    }

    fn instantiation_traps(&mut self, wasm: &Wasm) -> Result<(), Stop> {
        let mut session = started(&self.compiled(wasm)?)?;
        let called = caught(|| session.instantiate())?;
        self.trapped(&called, "its instantiation")
    }

    fn trapped(&mut self, called: &Called, what: &str) -> Result<(), Stop> {
        match called {
            Called::Trapped { diagnostic, .. } if diagnostic.code.0 == "run/trap" => {
                self.done.traps += 1;
                Ok(())
            }
            Called::Value(_) | Called::Nothing | Called::Exited(_) | Called::Trapped { .. } | Called::Failed(_) => {
                Err(Stop::Wrong(format!("{what} does not trap: {}", in_words(called))))
            }
        }
    }
}

fn started(program: &Program) -> Result<Session, String> {
    let setup = Setup {
        grants: &Grants::default(),
        limits: &limits(),
        stdio: &stdio(),
        stub: Stub::Refuse,
        mocks: &Mocks::default(),
    };
    program.start(&setup).map_err(|errors| said(&errors.0))
}

/// A failed check of the embedded runtime is told as a trap, and is none that a script may expect.
fn caught(call: impl FnOnce() -> Called) -> Result<Called, String> {
    let called = call();
    if let Called::Trapped { reason, .. } = &called
        && reason.starts_with("the embedded runtime failed")
    {
        return Err(reason.clone());
    }
    Ok(called)
}

fn limits() -> Limits {
    Limits { timeout: Some(TIMEOUT), ..Limits::default() }
}

fn stdio() -> Stdio {
    Stdio { stdin: Input::Closed, stdout: Output::memory(), stderr: Output::memory() }
}

fn in_words(called: &Called) -> String {
    match called {
        Called::Value(value) => format!("it gives {value}"),
        Called::Nothing => "it gives nothing".to_owned(),
        Called::Exited(status) => format!("it exits with {status}"),
        Called::Trapped { reason, diagnostic } => format!("it ends with {}: {reason}", diagnostic.code.0),
        Called::Failed(diagnostic) => said(std::slice::from_ref(diagnostic)),
    }
}

fn said(errors: &[diag::Diagnostic]) -> String {
    let one = |error: &diag::Diagnostic| {
        format!("{}: {} {:?}", error.code.0, error.headline, error.labels.first().map(|label| &label.text))
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}
