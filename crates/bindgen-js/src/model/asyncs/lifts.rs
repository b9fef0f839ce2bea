//! Lifted functions as the runtime calls them, and the functions that the host calls.
//!
//! Specification: Canonical ABI, `canon_lift`.

use abi::{Mode, Side};
use component::instantiation::{CoreDef, Lift, LiftId, Options};
use types::{ExternName, FuncId, FuncType, Kind, ValType};

use super::super::Builder;
use super::super::calls::{Given, function_scope, shown};
use super::super::code::{Expr, Stmt};
use super::super::lower::Body;
use super::{closure, letters};
use crate::names;
use crate::pieces::Piece;

/// How a core function of these options is called.
pub(super) fn mode(options: &Options) -> Mode {
    match (options.async_, &options.callback) {
        (false, _) => Mode::Sync,
        (true, Some(_)) => Mode::Async,
        (true, None) => Mode::AsyncStackful,
    }
}

impl Builder<'_> {
    /// The constant of a lift; `inner` if parts call it.
    pub fn lift_constant(&mut self, id: LiftId, inner: bool, wish: &str) -> String {
        let func = self.func(self.inst.lifts[id.0].ty);
        let contents = self.abi.contents_of_all(func.params.iter().map(|param| param.ty).chain(func.result));
        let key = (id, inner && (contents.own || contents.borrow));
        if let Some(known) = self.asyncs().lifts.get(&key) {
            return known.clone();
        }
        let name = self.numbered(&names::member(&format!("lift-{wish}")));
        self.asyncs().lifts.insert(key, name.clone());
        name
    }

    /// The body of an exported function.
    pub fn async_export(&mut self, lift: &Lift, ty: FuncId, name: &ExternName) -> (Vec<String>, Vec<Stmt>) {
        let id = self.lift_id(lift);
        self.shown_lifts.push((id, name.clone()));
        let constant = self.lift_constant(id, false, &shown(name).replace([' ', '.'], "-"));
        let func = self.func(ty);
        let is_method = matches!(name, ExternName::Method(..)) || super::super::calls::is_method_accessor(name);
        let mut scope = function_scope();
        self.asyncs().pieces.iter().for_each(|piece| piece.names().for_each(|name| scope.reserve(name)));
        scope.reserve(constant.clone());
        let skip = usize::from(is_method);
        let params = names::parameters(func.params.iter().skip(skip).map(|param| param.name.as_str()), &mut scope);
        let values = is_method.then(|| "this".to_owned()).into_iter().chain(params.iter().cloned());
        let args = [constant.into(), Expr::Array(values.map(Expr::Text).collect())];
        let is_answer = func.result.is_some_and(|result| matches!(self.types.kind(result), Kind::Result { .. }));
        let value = self.host_calls(func.async_, is_answer, args);
        (params, vec![Stmt::returns(value)])
    }

    fn host_calls(&mut self, is_async: bool, is_answer: bool, args: [Expr; 2]) -> Expr {
        if is_answer {
            self.piece(Piece::Unwrap);
        }
        if is_async {
            self.piece(Piece::CallAsync);
            let call = Expr::call("callAsync", args);
            return if is_answer { Expr::text(format!("{call}.then(unwrap)")) } else { call };
        }
        self.piece(Piece::CallSync);
        let open = is_answer.then(|| Expr::text("unwrap"));
        Expr::call("callSync", args.into_iter().chain(open))
    }

    /// The constants of the lifts whose core functions are there after so many instances.
    pub fn lifts_after(&mut self, instances: usize) -> Vec<Stmt> {
        let Some(asyncs) = &self.asyncs else { return Vec::new() };
        let ready = |lift: &Lift| {
            let options = &self.inst.options[lift.options.0];
            let defs = [Some(&lift.core), options.callback.as_ref(), options.post_return.as_ref()];
            let last = defs.into_iter().flatten().map(|def| match def {
                CoreDef::Export { instance, .. } => instance.0 + 1,
                CoreDef::Canon(_) => 0,
            });
            last.max().unwrap_or(0) == instances
        };
        let found = asyncs.lifts.iter().filter(|((id, _), _)| ready(&self.inst.lifts[id.0]));
        let found: Vec<_> = found.map(|((id, inner), name)| (*id, *inner, name.clone())).collect();
        found.into_iter().map(|(id, inner, name)| self.lift_statement(id, inner, &name)).collect()
    }

    fn lift_statement(&mut self, id: LiftId, inner: bool, name: &str) -> Stmt {
        let lift = &self.inst.lifts[id.0];
        let (func, options) = (self.func(lift.ty), self.canonical(lift));
        let mode = mode(options);
        self.piece(Piece::Tasks);
        let signature = self.abi.call(func, Side::Lift, mode).signature;
        let part = self.part(options.part);
        let exclusive = func.async_ && mode != Mode::AsyncStackful;
        let core = self.entry(options, &lift.core, &letters(&signature.params), &letters(&signature.results));
        let mut entries = vec![("part", Expr::text(part))];
        entries.extend(func.async_.then(|| ("async", Expr::text("true"))));
        entries.extend(exclusive.then(|| ("exclusive", Expr::text("true"))));
        entries.extend(inner.then(|| ("inner", Expr::text("true"))));
        entries.push(("core", core));
        if let Some(callback) = &options.callback {
            self.piece(Piece::Callback);
            entries.push(("callback", self.entry(options, callback, "'iii'", "'i'")));
        }
        entries.push(("params", self.params_of(lift, func, inner)));
        match mode {
            Mode::Sync => entries.extend(self.results_of(lift, func, inner)),
            Mode::Async | Mode::AsyncStackful => {
                let returns = self.result_type(func.result).to_string();
                entries.push(("returns", Expr::text(returns)));
            }
        }
        let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Stmt::constant(name, Expr::Object(entries))
    }

    /// A core function as the runtime calls it.
    pub(super) fn entry(&mut self, options: &Options, core: &CoreDef, params: &str, results: &str) -> Expr {
        let core = Expr::text(self.core_def(core));
        if self.waits(options.part) {
            self.piece(Piece::Blocking);
            return Expr::call("stacked", [core, params.into(), results.into()]);
        }
        self.piece(Piece::Direct);
        Expr::call("direct", [core])
    }

    /// Lowers the arguments.
    fn params_of(&mut self, lift: &Lift, func: &FuncType, inner: bool) -> Expr {
        let options = self.canonical(lift);
        let env = self.env(options, inner);
        let call = self.abi.call(func, Side::Lift, mode(options));
        let mut scope = function_scope();
        let names = names::parameters(func.params.iter().map(|param| param.name.as_str()), &mut scope);
        let place = |name: &String| format!("{}({name})", self.shown_lift(lift));
        let places = func.params.iter().map(|param| place(&param.name)).collect();
        let given = Given { exprs: names.clone(), places, is_first_told: false };
        let mut body = Body { stmts: Vec::new(), scope: &mut scope };
        let args = self.lower_all_or_none(func, &call, env, &given, &mut body);
        let mut stmts = body.stmts;
        stmts.push(Stmt::returns(Expr::Array(args)));
        let params = if names.is_empty() { String::new() } else { format!("[{}]", names.join(", ")) };
        let wish = self.of_lift("params", lift);
        let name = self.numbered(&wish);
        let mut out = Vec::new();
        let closure = closure(&name, &params, stmts, &mut out);
        self.functions.extend(out);
        closure
    }

    /// The name that messages know a lift by: that of its export.
    fn shown_lift(&self, lift: &Lift) -> String {
        let id = self.lift_id(lift);
        self.shown_lifts.iter().find(|(one, _)| *one == id).map_or_else(String::new, |(_, name)| shown(name))
    }

    /// `paramsOfRun`
    fn of_lift(&self, what: &str, lift: &Lift) -> String {
        let shown = self.shown_lift(lift).replace([' ', '.'], "-");
        if shown.is_empty() { what.to_owned() } else { format!("{what}Of{}", names::class(&shown)) }
    }

    fn lift_id(&self, lift: &Lift) -> LiftId {
        LiftId(self.inst.lifts.iter().position(|one| std::ptr::eq(one, lift)).unwrap_or_default())
    }

    /// Lifts the result, and tells the part that its memory is free.
    fn results_of(&mut self, lift: &Lift, func: &FuncType, inner: bool) -> Vec<(&'static str, Expr)> {
        let options = self.canonical(lift);
        let mut scope = function_scope();
        let flat = scope.declare("flat");
        let mut body = Body { stmts: Vec::new(), scope: &mut scope };
        let mut value = None;
        if func.result.is_some() {
            value = self.lift_result(lift, func, Expr::Text(flat.clone()), inner, None, &mut body).value;
        }
        let mut stmts = body.stmts;
        stmts.extend(value.map(Stmt::returns));
        let mut out = Vec::new();
        let param = if func.result.is_some() { flat.as_str() } else { "" };
        let wish = self.of_lift("result", lift);
        let name = self.numbered(&wish);
        let mut entries = vec![("result", closure(&name, param, stmts, &mut out))];
        if options.post_return.is_some() {
            let body = self.post_return(lift, func.result.map(|_| flat.as_str()));
            let wish = self.of_lift("postReturn", lift);
            let name = self.numbered(&wish);
            entries.push(("postReturn", closure(&name, param, body, &mut out)));
        }
        self.functions.extend(out);
        entries
    }

    /// The number of a result's type.
    pub(super) fn result_type(&mut self, result: Option<ValType>) -> usize {
        let types = self.types;
        let same = |one: &Option<ValType>| match (one, result) {
            (Some(one), Some(result)) => types::equal::val_types(types, *one, result),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let results = &mut self.asyncs().results;
        results.iter().position(same).unwrap_or_else(|| {
            results.push(result);
            results.len() - 1
        })
    }
}
