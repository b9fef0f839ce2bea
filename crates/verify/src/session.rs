//! Sessions: a component, instantiated once, and called expression by expression.
//!
//! In: a component, what it may touch and use, expressions. Out: values, traps, exits.
//! Holds: `Program` is compiled once and started any number of times; sessions know nothing of each other; no guest,
//! however it blocks, keeps a call longer than the time limit and half a second.
//!
//! ```text
//! Program::load ─► Program::start ─► Session::check for each expression, then Session::call for each, then end
//! ```

mod check;
mod ends;
pub(crate) mod exports;
mod layout;
mod misread;
pub(crate) mod mocks;
pub(crate) mod parse;
mod resolve;
mod running;
pub(crate) mod scope;
mod signature;
pub(crate) mod written;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diag::{Diagnostic, Diagnostics, Place, Source};
use wasmtime::component::Component;

pub use check::Typed;
pub(crate) use check::example;
pub use mocks::{Mock, Mocks};
pub use parse::{Expr, Literal, Notation};
pub use scope::Scope;
pub use signature::Shown;

use crate::engine::engine;
use crate::grants::Grants;
use crate::guest::{self, Guest, Request};
use crate::interrupt::Signal;
use crate::limits::{Limits, Usage};
use crate::stdio::Stdio;
use crate::trap::{Stop, explain, time_limit};
use crate::unmet::Stub;
use crate::value::read::Reader;
use crate::value::{Data, Value, ValueType};
use exports::Exports;
use running::{Ended, Endless, Live, Runner};
use scope::Bound;

/// A compiled component; cheap to clone; started any number of times.
#[derive(Clone)]
pub struct Program {
    file: Arc<str>,
    bytes: Arc<[u8]>,
    limits: Limits,
    component: Component,
    exports: Arc<Exports>,
}

/// What a session gets.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    pub grants: &'a Grants,
    /// The timeout is for all calls of the session together, instantiation included.
    pub limits: &'a Limits,
    pub stdio: &'a Stdio,
    /// What imports do that neither the host nor a mock meets.
    pub stub: Stub,
    pub mocks: &'a Mocks,
}

/// A component with one store: not instantiated before the first call.
pub struct Session {
    id: u64,
    program: Program,
    grants: Grants,
    limits: Limits,
    stdio: Stdio,
    stub: Stub,
    runner: Runner,
    interrupted: Option<Signal>,
}

/// How a call ended.
#[derive(Debug)]
pub enum Called {
    /// With a result. Handles in it are dropped already, unless `let` names it.
    Value(Value),
    /// Well, from a function without a result.
    Nothing,
    /// The guest ended itself, with this status.
    Exited(u8),
    /// It trapped or reached a limit, which the diagnostic's code says: `run/trap`, `run/timeout`, `run/fuel-limit`,
    /// `run/memory-limit`. The reason stands alone: `wasm unreachable instruction executed`.
    Trapped { reason: String, diagnostic: Diagnostic },
    /// The call was well, and its result cannot be used: `let` was to name a handle and got none.
    Failed(Diagnostic),
}

/// A function that a component imports or exports.
#[derive(Clone, Debug)]
pub struct Signature {
    /// `None` for a function at the root.
    pub interface: Option<String>,
    /// As in the binary: `get`, `[method]bucket.get`.
    pub name: String,
    pub is_async: bool,
    pub params: Vec<(String, ValueType)>,
    pub result: Option<ValueType>,
}

impl Program {
    /// Compiles a component.
    ///
    /// # Errors
    /// When the embedded runtime does not accept it.
    pub fn load(file: &str, bytes: Arc<[u8]>, limits: &Limits) -> Result<Self, Diagnostics> {
        let component = guest::compile(file, &bytes, &engine(limits))?;
        let exports = Arc::new(exports::exports(&component));
        Ok(Self { file: file.into(), bytes, limits: limits.clone(), component, exports })
    }

    /// Makes a session. Nothing of the guest runs.
    ///
    /// # Errors
    /// All that is wrong without running: imports that nothing meets, folders that cannot be granted.
    pub fn start(&self, setup: &Setup<'_>) -> Result<Session, Diagnostics> {
        let instrumented = |limits: &Limits| (limits.counts_fuel(), limits.timeout.is_some());
        if instrumented(setup.limits) != instrumented(&self.limits) {
            return Self::load(&self.file, Arc::clone(&self.bytes), setup.limits)?.start(setup);
        }
        let request = self.request(setup);
        let (pre, mocked) = guest::link(&request, &self.component, setup.mocks)?;
        let mut guest: Guest = guest::with_store(&request, self.component.clone(), pre)?;
        guest.store.data_mut().mocked = mocked;
        static SESSIONS: AtomicU64 = AtomicU64::new(0);
        Ok(Session {
            id: SESSIONS.fetch_add(1, Ordering::Relaxed),
            program: self.clone(),
            grants: setup.grants.clone(),
            limits: setup.limits.clone(),
            stdio: setup.stdio.clone(),
            stub: setup.stub,
            runner: Runner::new(Live::new(guest), setup.limits.timeout, setup.limits.signals),
            interrupted: None,
        })
    }

    /// What there is to run with this setup.
    pub(crate) fn request<'a>(&'a self, setup: &Setup<'a>) -> Request<'a> {
        Request {
            file: &self.file,
            bytes: &self.bytes,
            grants: setup.grants,
            limits: setup.limits,
            stdio: setup.stdio,
            stub: setup.stub,
        }
    }

    /// The name to show in messages.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    pub(crate) fn component(&self) -> &Component {
        &self.component
    }

    /// The functions that it exports, in its order.
    pub fn exports(&self) -> Vec<Signature> {
        let funcs = self.exports.funcs.iter();
        funcs.map(|func| self.signature(func.interface.as_deref(), &func.name, &func.ty)).collect()
    }

    /// The functions that it imports, in its order: what mocks may stand for.
    pub fn imports(&self) -> Vec<Signature> {
        let funcs = exports::imported_funcs(&self.component);
        funcs.iter().map(|(interface, name, ty)| self.signature(interface.as_deref(), name, ty)).collect()
    }

    /// How a function is declared and called; `name` names it as an expression does: `add`, `new counter`,
    /// `counter.inc`, `local:calc/ops#add`, or a whole expression.
    ///
    /// # Errors
    /// When there is no such function, or more than one.
    pub fn show(&self, name: &Arc<Source>) -> Result<Shown, Diagnostic> {
        check::shown(name, &self.exports)
    }

    /// How each exported function is declared and called, in the component's order.
    pub fn show_all(&self) -> Vec<Shown> {
        self.exports.funcs.iter().map(|func| signature::shown(func, &self.exports)).collect()
    }

    fn signature(
        &self,
        interface: Option<&str>,
        name: &str,
        ty: &wasmtime::component::types::ComponentFunc,
    ) -> Signature {
        let typed = |ty| ValueType { ty, exports: Arc::clone(&self.exports) };
        Signature {
            interface: interface.map(str::to_owned),
            name: name.to_owned(),
            is_async: ty.async_(),
            params: ty.params().map(|(name, ty)| (name.to_owned(), typed(ty))).collect(),
            result: ty.results().next().map(typed),
        }
    }
}

impl Session {
    /// Types an expression; runs nothing. What `let` binds is in the scope from then on, without a value: check all
    /// expressions with one scope, then call them with a new one.
    ///
    /// # Errors
    /// Every mistake in the expression.
    pub fn check(&self, expr: &Arc<Expr>, scope: &mut Scope) -> Result<Typed, Vec<Diagnostic>> {
        check::check(expr, &self.program.exports, scope, self.id)
    }

    /// Calls what was typed, with the values that the scope has for names; binds the result if `let` says so.
    pub fn call(&mut self, typed: &Typed, scope: &mut Scope) -> Called {
        let args = match check::arguments(typed, scope, self.id) {
            Ok(args) => args,
            Err(mut mistakes) => return Called::Failed(mistakes.swap_remove(0)),
        };
        let ended = self.runner.call(typed, args);
        let data = match ended {
            Ended::Well(Some(data)) => data,
            Ended::Well(None) => return Called::Nothing,
            Ended::Error(error) => {
                return match error.downcast_ref::<Endless>() {
                    Some(endless) => Called::Failed(unread(endless, typed)),
                    None if self.runner.is_instantiated() => self.stopped(&error, typed.place()),
                    None => self.stopped(&error, Place::file(&*self.program.file)),
                };
            }
            Ended::LeftBehind => return self.left_behind(typed.place()),
        };
        let ty = typed.result().expect("only a function with a result gives one");
        let value = Value { data, ty };
        match &typed.expr.binds {
            None => Called::Value(value),
            Some(name) => match named(&value) {
                Some(data) => {
                    scope.bind(&name.text, Bound::of(&value.ty.ty), Some(data), self.id);
                    Called::Value(value)
                }
                None => {
                    let place = Place::text(&typed.expr.called.source, name.span.clone());
                    let what = format!("the call gave no handle that `{}` could name", name.text);
                    let error = diag::error("call/no-handle", what);
                    let told = format!("the result is `{value}`");
                    Called::Failed(error.label(place, told).help("call it with other arguments"))
                }
            },
        }
    }

    /// Instantiates the component, which the first call does otherwise.
    pub fn instantiate(&mut self) -> Called {
        let place = Place::file(&*self.program.file);
        match self.runner.instantiate() {
            Ended::Well(_) => Called::Nothing,
            Ended::Error(error) => self.stopped(&error, place),
            Ended::LeftBehind => self.left_behind(place),
        }
    }

    /// Ends the session: drops the handles that it gave and that nobody was passed, so that destructors run.
    /// The scope stays usable for other sessions.
    pub fn end(&mut self, scope: &mut Scope) -> Called {
        let owned = scope.take_owned(self.id);
        let place = Place::file(&*self.program.file);
        match self.runner.end(owned) {
            Ended::Well(_) => Called::Nothing,
            Ended::Error(error) => self.stopped(&error, place),
            Ended::LeftBehind => self.left_behind(place),
        }
    }

    /// Tells sessions apart: a scope has it with each handle.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// What was used so far; `None` if the guest had to be left behind.
    pub fn usage(&self) -> Option<Usage> {
        self.runner.usage()
    }

    /// Notes about what the guest was refused so far.
    pub fn refused(&self) -> Vec<Diagnostic> {
        self.runner.guest().map(|guest| crate::run::refused(guest, &self.request())).unwrap_or_default()
    }

    fn request(&self) -> Request<'_> {
        Request {
            file: &self.program.file,
            bytes: &self.program.bytes,
            grants: &self.grants,
            limits: &self.limits,
            stdio: &self.stdio,
            stub: self.stub,
        }
    }

    /// The status that a signal gives which ended a call.
    pub(crate) fn interrupted(&self) -> Option<u8> {
        self.interrupted.map(Signal::status)
    }

    fn stopped(&mut self, error: &wasmtime::Error, place: Place) -> Called {
        if let Some(signal) = error.downcast_ref::<Signal>() {
            self.interrupted = Some(*signal);
            return Called::Trapped { reason: signal.to_string(), diagnostic: crate::run::interrupted(*signal) };
        }
        match explain(error, &self.request(), place) {
            Stop::Exit(status) => Called::Exited(status),
            Stop::Failed(diagnostic) => {
                let reason = error.root_cause().to_string();
                let reason = reason.strip_prefix("wasm trap: ").map(str::to_owned).unwrap_or(reason);
                Called::Trapped { reason, diagnostic }
            }
        }
    }

    fn left_behind(&self, place: Place) -> Called {
        let reason = guest::TimeLimit.to_string();
        Called::Trapped { reason, diagnostic: time_limit(&self.request(), place) }
    }
}

impl Literal {
    /// Reads the value as one of the type; names stand for what the scope has bound to them. Handles are not passed on.
    ///
    /// # Errors
    /// Every mistake in the value.
    pub fn read(&self, ty: &ValueType, scope: &mut Scope) -> Result<Value, Vec<Diagnostic>> {
        let mut reader = Reader {
            source: &self.source,
            written: &self.written,
            exports: &ty.exports,
            scope,
            session: u64::MAX,
            errors: Vec::new(),
        };
        let data = reader.value(&self.node, &ty.ty);
        check::told(reader.errors).map(|()| Value { data, ty: ty.clone() })
    }
}

fn unread(endless: &Endless, typed: &Typed) -> Diagnostic {
    diag::error("call/endless", "the result cannot be read to its end")
        .label(typed.place(), endless.to_string())
        .help("call a function whose streams end")
}

/// What `let` names: the handle inside `ok(..)` or `some(..)`, else the result itself.
/// `None` if there should be a handle inside and is none.
fn named(value: &Value) -> Option<Data> {
    match (Bound::of(&value.ty.ty), &value.data) {
        (Bound::Handle(_), Data::Handle(_)) | (Bound::Value(_), _) => Some(value.data.clone()),
        (Bound::Handle(_), Data::Option(Some(handle)) | Data::Result(Ok(Some(handle)))) => Some((**handle).clone()),
        (Bound::Handle(_), _) => None,
    }
}
