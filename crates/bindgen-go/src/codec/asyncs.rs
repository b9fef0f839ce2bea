//! Asynchronous functions: calls that go on after they have returned, and exports that run as tasks.
//!
//! Holds: what a call points to is in Go's heap until the callee has returned; borrowed handles of an export are
//! dropped before its task ends.
//!
//! Specification: Canonical ABI, "`canon lower`", "`canon lift`" and "`canon task.return`".

use abi::{MAX_FLAT_PARAMS, Results};
use bindgen::{Func, Interface, InterfaceKey, Scope, core_name};
use types::ValType;

use super::Coder;
use super::exports::Entry;
use crate::model::{GoFunc, Outcome, View};
use crate::print::code::Code;

impl<'t> Coder<'_, 't> {
    /// The body of an imported function that blocks its goroutine: its twin with a context that is never done.
    pub fn blocking_import(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>) -> Code {
        let mut scope = func.locals.clone();
        let twin = func.twin();
        let context = format!("{}.Background()", view.std("context"));
        let args: Vec<&str> =
            std::iter::once(context.as_str()).chain(func.params.iter().map(|param| param.name.as_str())).collect();
        let receiver = func.receiver.as_ref().map(|(_, name)| format!("{name}.")).unwrap_or_default();
        let call = format!("{receiver}{twin}({})", args.join(", "));
        let mut body = Code::new();
        match func.outcome {
            Outcome::Nothing => body.push(call),
            Outcome::Value(_) => {
                let value = scope.declare("v");
                body.push(format!("{value}, _ := {call}\nreturn {value}"));
            }
            Outcome::Option(_) => {
                let (value, ok) = (scope.declare("v"), scope.declare("ok"));
                body.push(format!("{value}, {ok}, _ := {call}\nreturn {value}, {ok}"));
            }
            Outcome::Result { .. } => body.push(format!("return {call}")),
        }
        body
    }

    /// The body of its twin, which a context can call off.
    pub fn async_import(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>) -> Code {
        let mut scope = func.locals.clone();
        self.call = scope.declare("t");
        self.call_used = false;
        let core = self.core_func(func);
        if is_timer(view, func) {
            self.timer(view, &core);
        }
        let values = func.receiver.iter().map(|(_, name)| name).chain(func.params.iter().map(|param| &param.name));
        let values: Vec<String> = values.cloned().collect();
        let (error, none) = (scope.declare("err"), scope.declare("none"));
        let mut body = Code::new();
        let mut args = self.lowered(view, func.func, &values, &mut body, &mut scope);
        let area = match &func.func.call.results {
            Results::Spilled(spill) => {
                let area = scope.declare("r");
                body.push(format!("{area} := {}.Area({})", self.call(), spill.layout.size));
                args.push(area.clone());
                area
            }
            Results::Flat(_) | Results::TaskReturn(_) => String::new(),
        };
        view.task();
        let context = func.context();
        let failed = failed(func, &none, &error);
        let held = if self.call_used { self.call() } else { "nil".to_owned() };
        let call = format!("task.CallContext({context}, {held}, {core}({}))", args.join(", "));
        body.push(format!("if {error} := {call}; {error} != nil {{\n{failed}\n}}"));
        match func.func.ty.result {
            None => body.push("return nil"),
            Some(ty) => self.called(view, func, ty, &area, &mut body, &mut scope),
        }
        let mut whole = Code::new();
        let cause = format!("{}.Cause({context})", view.std("context"));
        if let Some(ty) = value(func.outcome) {
            whole.push(format!("var {none} {}", view.ty(ty)));
        }
        whole.push(format!("if {error} := {cause}; {error} != nil {{\n{failed}\n}}"));
        if self.call_used {
            view.rt();
            whole.push(format!("{0} := rt.BeginLong()\ndefer {0}.End()", self.call));
        }
        whole.append(body);
        whole
    }

    /// With the host's timers, goroutines that sleep wait for an event.
    fn timer(&mut self, view: &mut View<'_, 't>, core: &str) {
        view.task();
        self.declaration().push(format!("func init() {{\ntask.SetTimer({core})\n}}"));
    }

    /// Gives back the result of a call, with an error that is nil or the WIT's own.
    fn called(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        ty: ValType,
        area: &str,
        body: &mut Code,
        scope: &mut Scope,
    ) {
        let id = self.lift_id(ty);
        view.rt();
        match func.outcome {
            Outcome::Nothing | Outcome::Value(_) => {
                let value = self.load(view, id, area);
                body.push(format!("return {value}, nil"));
            }
            Outcome::Option(_) => {
                let (offset, some) = self.option_payload(id).expect("the result is an option");
                let load = self.load_func(view, some);
                let (value, ok) = (scope.declare("v"), scope.declare("ok"));
                body.push(format!("{value}, {ok} := rt.LoadMaybe({}, {area}, {offset}, {load})", self.call()));
                body.push(format!("return {value}, {ok}, nil"));
            }
            Outcome::Result { .. } => self.loaded_result(view, func, id, area, body, scope),
        }
    }

    /// Writes an export that runs as a task.
    pub fn async_export(&mut self, view: &mut View<'_, 't>, func: &GoFunc<'t>, guest: &str) {
        let mut scope = view.locals();
        self.call = scope.declare("t");
        self.call_used = false;
        let entry = self.entry(view, func, &mut scope);
        let mut head = Code::new();
        let mut values = self.lifted(view, func.func, &entry.cores, &mut head, &mut scope);
        let lifted = std::mem::replace(&mut self.call_used, false);
        let task = scope.declare("running");
        let target = match func.receiver {
            Some(_) => format!("{}.{}", values.remove(0), func.name),
            None => format!("{guest}.{}", func.name),
        };
        values.insert(0, format!("{task}.Context()"));
        let call = format!("{target}({})", values.join(", "));
        let mut body = Code::new();
        let (locals, error) = results(func, &mut scope);
        let assign = if locals.is_empty() { String::new() } else { format!("{} := ", locals.join(", ")) };
        body.push(format!("{assign}{call}"));
        if lifted {
            body.push(format!("{}.End()", self.call));
        }
        body.push(match error {
            Some(error) => format!("{task}.ReturnUnless({error}, func() {{"),
            None => format!("{task}.Return(func() {{"),
        });
        self.answer(view, func, &locals, &mut body, &mut scope);
        body.push("})");
        self.task(view, func, entry, lifted, head, body, &task);
    }

    /// The core functions of the export, around the text of its task.
    #[expect(clippy::too_many_arguments, reason = "the parts of one text")]
    fn task(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        entry: Entry,
        lifted: bool,
        head: Code,
        body: Code,
        task: &str,
    ) {
        view.task();
        let callback = self.private.declare(format!("callback_{}", func.whole));
        let begin = lifted.then(|| format!("{} := rt.BeginLong()", self.call));
        let name = &func.func.core_name;
        let text = self.declaration();
        text.append(entry.head(" uint32"));
        begin.into_iter().for_each(|begin| text.push(begin));
        text.append(head);
        text.push(format!("return task.Start(func({task} *task.Task) {{"));
        text.append(body);
        text.push("})");
        text.push("}");
        text.gap();
        text.push(format!("//go:wasmexport {}", abi::names::callback(name)));
        text.push(format!("func {callback}(event, handle, code uint32) uint32 {{"));
        text.push("return task.Callback(event, handle, code)");
        text.push("}");
    }

    /// Passes the result on.
    fn answer(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        locals: &[String],
        out: &mut Code,
        scope: &mut Scope,
    ) {
        let core = self.task_return(view, func);
        let Some(ty) = func.func.ty.result else {
            out.push(format!("{core}()"));
            return;
        };
        let mut body = Code::new();
        let args = match self.codecs.abi().flatten([ty], MAX_FLAT_PARAMS) {
            Some(_) => {
                let value = self.one_value(view, func, ty, locals, &mut body, scope);
                let id = self.lower_id(ty);
                self.lower(view, id, &value, &mut body, scope)
            }
            None => {
                view.rt();
                let area = scope.declare("a");
                body.push(format!("{area} := {}.Alloc({})", self.call(), self.codecs.abi().layout(ty).size));
                self.stored_result(view, func, ty, locals, &area, &mut body);
                vec![area]
            }
        };
        if self.call_used {
            view.rt();
            out.push(format!("{} := rt.Begin()", self.call));
        }
        out.append(body);
        out.push(format!("{core}({})", args.join(", ")));
        if self.call_used {
            out.push(format!("{}.End()", self.call));
        }
    }

    /// What the guest gave back as one value of the result's type.
    fn one_value(
        &mut self,
        view: &mut View<'_, 't>,
        func: &GoFunc<'t>,
        ty: ValType,
        locals: &[String],
        body: &mut Code,
        scope: &mut Scope,
    ) -> String {
        match func.outcome {
            Outcome::Nothing | Outcome::Value(_) => locals[0].clone(),
            Outcome::Option(some) => {
                let whole = scope.declare("whole");
                let address = if view.is_nillable(some) { "" } else { "&" };
                body.push(format!("var {whole} {}", view.ty(ty)));
                body.push(format!("if {} {{\n{whole} = {address}{}\n}}", locals[1], locals[0]));
                whole
            }
            Outcome::Result { ok, err } => {
                let whole = scope.declare("whole");
                let error = locals.last().expect("a result has an error");
                body.push(format!("var {whole} {}", view.ty(ty)));
                body.push(format!("if {error} != nil {{\n{whole}.IsErr = true"));
                if let Some(err) = err {
                    let payload = super::exports::error_payload(view, func.func, err, error);
                    body.push(format!("{whole}.Err = {payload}"));
                }
                if ok.is_some() {
                    body.push(format!("}} else {{\n{whole}.Ok = {}", locals[0]));
                }
                body.push("}");
                whole
            }
        }
    }

    fn task_return(&mut self, view: &View<'_, 't>, func: &GoFunc<'t>) -> String {
        let name = self.private.declare(format!("wasm_return_{}", func.whole));
        let exports = view.model.packages[view.here].exports.expect("the package has this export");
        let module = core_name::resource_module(exports.role, exports.key);
        let field = core_name::task_return(&func.func.name.to_string());
        let signature = self.codecs.abi().task_return(func.func.ty.result);
        self.core_import(&module, &field, &name, &signature.params, &[]);
        name
    }
}

/// Whether a function is the one of WASI that returns after some nanoseconds.
fn is_timer(view: &View<'_, '_>, func: &GoFunc<'_>) -> bool {
    let package = &view.model.packages[view.here];
    let params = &func.func.ty.params;
    let is_u64 = |ty| view.model.bindings.types.unaliased(ty) == ValType::U64;
    func.func.core_name == "[async-lower]wait-for"
        && package.imports.is_some_and(is_clock)
        && params.len() == 1
        && is_u64(params[0].ty)
        && func.func.ty.result.is_none()
}

/// Whether an interface is WASI's clock, in any version that has asynchronous functions.
pub fn is_clock(interface: &Interface<'_>) -> bool {
    let InterfaceKey::Name(name) = interface.key else { return false };
    let package = &name.package;
    (&*package.namespace, &*package.name, &*name.interface) == ("wasi", "clocks", "monotonic-clock")
        && interface.funcs.iter().any(Func::is_async)
}

/// The type of the first thing that a function gives back, an error aside.
fn value(outcome: Outcome) -> Option<ValType> {
    match outcome {
        Outcome::Nothing => None,
        Outcome::Value(ty) | Outcome::Option(ty) => Some(ty),
        Outcome::Result { ok, .. } => ok,
    }
}

/// What a call that was called off gives back.
fn failed(func: &GoFunc<'_>, none: &str, error: &str) -> String {
    match func.outcome {
        Outcome::Nothing | Outcome::Result { ok: None, .. } => format!("return {error}"),
        Outcome::Value(_) | Outcome::Result { ok: Some(_), .. } => format!("return {none}, {error}"),
        Outcome::Option(_) => format!("return {none}, false, {error}"),
    }
}

/// Locals for what the guest gives back, and the one that is an error.
fn results(func: &GoFunc<'_>, scope: &mut Scope) -> (Vec<String>, Option<String>) {
    let mut local = |name: &str| scope.declare(name);
    match func.outcome {
        Outcome::Nothing => (Vec::new(), None),
        Outcome::Value(_) => (vec![local("v")], None),
        Outcome::Option(_) => (vec![local("v"), local("ok")], None),
        Outcome::Result { ok, .. } => {
            let mut locals: Vec<String> = ok.map(|_| local("v")).into_iter().collect();
            let error = local("err");
            locals.push(error.clone());
            (locals, Some(error))
        }
    }
}
