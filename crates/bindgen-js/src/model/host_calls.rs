//! Functions of the host as core functions: their arguments are lifted, what they give or throw is lowered.
//!
//! In: an import, and the lower that names it. Out: parameters and statements of a function.
//! Holds: a result of a wrong type is a `TypeError` that names the function, and ends the instance.
//!
//! Specification: Canonical ABI, `canon_lower`.

use abi::{Call, Mode, Params, Results, Side, Way};
use component::instantiation::{Import, OptionsId, PartId};
use types::name::AccessorOf;
use types::{ExternName, FuncId, FuncType, Kind};

use super::Builder;
use super::calls::{Answer, LONG, answer, function_scope, is_scalar, shown};
use super::code::{Expr, Stmt};
use super::codecs::Env;
use super::lower::Body;
use crate::names;
use crate::runtime::Helper;

impl Builder<'_> {
    /// A function of the host as a core function.
    pub fn lowered_import(
        &mut self,
        import: &Import,
        ty: FuncId,
        options: OptionsId,
        part: PartId,
    ) -> (Vec<String>, Vec<Stmt>) {
        let func = self.func(ty);
        let options = &self.inst.options[options.0];
        let env = self.env(options, false);
        let call = self.abi.call(func, Side::Lower, Mode::Sync);
        let mut scope = function_scope();
        let params: Vec<String> = (0..call.signature.params.len()).map(|at| scope.declare(format!("a{at}"))).collect();
        let mut body = Body { stmts: self.check_may_leave(part).into_iter().collect(), scope: &mut scope };
        let args = self.lift_params(func, &call, env, &params, &mut body);
        let args = self.give_back(func, env, args, &mut body);
        let called = self.host_call(import, args);
        self.lower_result(import, func, &call, env, called, &params, &mut body);
        (params, body.stmts)
    }

    /// Where handles are lent and given away in one call, none is both.
    fn give_back(&mut self, func: &FuncType, env: Env, args: Vec<Expr>, body: &mut Body) -> Vec<Expr> {
        if !self.lends_to_host || self.is_async() || !func.params.iter().any(|param| self.abi.contents(param.ty).borrow)
        {
            return args;
        }
        let lent = format!("{}.lent", self.handles(env.part));
        let count = body.scope.declare("lent");
        let first = body.stmts.iter().position(|stmt| !matches!(stmt, Stmt::Plain(_))).unwrap_or(body.stmts.len());
        body.stmts.insert(first, Stmt::constant(&count, format!("{lent}.length")));
        let args = args.into_iter().map(|arg| body.constant("value", arg).into()).collect();
        let give_back = self.helper(Helper::GiveBack);
        body.stmts.push(Stmt::plain(format!("{give_back}({lent}, {count});")));
        args
    }

    /// The values of a caller's core values.
    pub fn lift_params(
        &mut self,
        func: &FuncType,
        call: &Call,
        env: Env,
        params: &[String],
        body: &mut Body,
    ) -> Vec<Expr> {
        match &call.params {
            Params::Flat(flat) => {
                let mut args = params.iter().map(Expr::text);
                let all = func.params.iter().zip(flat).map(|(param, flat)| {
                    let args: Vec<Expr> = args.by_ref().take(flat.len()).collect();
                    let codec = self.codec(param.ty, Way::Lift);
                    self.lift(codec, env, &args)
                });
                all.collect()
            }
            Params::Spilled(spill) => {
                let ptr = self.area(env, Expr::text(&params[0]), spill.layout);
                let ptr = body.constant("ptr", ptr);
                let view = self.view(env);
                let data = body.scope.declare("data");
                let all = func.params.iter().zip(&spill.offsets).map(|(param, offset)| {
                    let codec = self.codec(param.ty, Way::Lift);
                    self.load(codec, env, &data, &ptr, *offset)
                });
                let all: Vec<Expr> = all.collect();
                let uses = [format!("{data}."), format!("({data}, ")];
                if all.iter().any(|arg| uses.iter().any(|used| arg.mentions(used))) {
                    body.stmts.push(Stmt::constant(&data, view));
                }
                all
            }
        }
    }

    /// The call of a function that the host gives.
    pub(super) fn host_call(&mut self, import: &Import, mut args: Vec<Expr>) -> Expr {
        let name = import.path.last().expect("an import has a name").clone();
        let own = names::access(&self.host_names.of(&import.path));
        match &name {
            ExternName::Label(_) | ExternName::Interface(_) => Expr::call(self.bind(import), args),
            ExternName::Constructor(_) => Expr::call(format!("new {}", self.bind_class(&import.path)), args),
            ExternName::Method(..) => {
                let receiver = args.remove(0);
                Expr::call(format!("{receiver}{own}"), args)
            }
            ExternName::Static(..) => Expr::call(format!("{}{own}", self.bind_class(&import.path)), args),
            ExternName::Accessor(accessor) => {
                let of = match &accessor.of {
                    AccessorOf::Scope => self.bind_scope(&import.path),
                    AccessorOf::Method(_) => args.remove(0).to_string(),
                    AccessorOf::Static(_) => self.bind_class(&import.path),
                };
                let place = format!("{of}{own}");
                match args.pop() {
                    Some(value) if accessor.set => format!("{place} = {value}").into(),
                    Some(_) | None => place.into(),
                }
            }
        }
    }

    /// Gives the core caller what the host's function returned or threw.
    #[expect(clippy::too_many_arguments, reason = "a call has as many parts")]
    fn lower_result(
        &mut self,
        import: &Import,
        func: &FuncType,
        call: &Call,
        env: Env,
        called: Expr,
        params: &[String],
        body: &mut Body,
    ) {
        let Some(result) = func.result else {
            body.stmts.push(Stmt::expr(called));
            return;
        };
        let place = format!("{}: result", shown_path(&import.path));
        if let Some(answer) = answer(self, func) {
            self.lower_answer(answer, call, env, called, params, &place, body);
            return;
        }
        let codec = self.codec(result, Way::Lower);
        // What a class makes is of the class.
        if let (Some(ExternName::Constructor(_)), Kind::Own(id)) = (import.path.last(), self.types.kind(result)) {
            let (handles, token) = (self.handles(env.part), self.token(id));
            body.stmts.push(Stmt::returns(Expr::call(format!("{handles}.add"), [token.into(), called, "true".into()])));
            return;
        }
        match &call.results {
            Results::Flat(_) => {
                let text = called.to_string();
                let (value, at) = if is_scalar(self.types.kind(result)) && text.len() < LONG {
                    (text, Some(place))
                } else {
                    let value = body.constant("result", called);
                    (value, self.place(result, &place, body))
                };
                let lowered = self.lower(codec, env, &value, at.as_deref(), body);
                body.stmts.extend(lowered.into_iter().next().map(Stmt::returns));
            }
            Results::Spilled(spill) => {
                let value = body.constant("result", called);
                self.helper(Helper::Expected);
                body.stmts.push(Stmt::plain(format!("at = {};", names::literal(&place))));
                let last = params.last().expect("a spilled result has a parameter");
                let area = self.area(env, Expr::text(last), spill.layout);
                // What allocates takes its view afterwards.
                let store = self.store(codec, env, &value, &area.to_string(), 0);
                body.stmts.push(Stmt::expr(store));
            }
            Results::TaskReturn(_) => {}
        }
    }

    /// The caller's area for the result, checked.
    pub fn return_area(&mut self, env: Env, layout: abi::Layout, params: &[String], body: &mut Body) -> String {
        let last = params.last().expect("a spilled result has a parameter");
        let area = self.area(env, Expr::text(last), layout);
        body.constant("ret", area)
    }

    #[expect(clippy::too_many_arguments, reason = "a call has as many parts")]
    fn lower_answer(
        &mut self,
        (ok, err): Answer,
        call: &Call,
        env: Env,
        called: Expr,
        params: &[String],
        place: &str,
        body: &mut Body,
    ) {
        let payload_of = self.helper(Helper::PayloadOf);
        let [result, tag] = ["result", "tag"].map(|wish| body.scope.declare(wish));
        body.stmts.push(Stmt::plain(format!("let {result};")));
        body.stmts.push(Stmt::plain(format!("let {tag} = 0;")));
        let keep = Stmt::Value { head: format!("{result} ="), value: called };
        let failed = vec![Stmt::plain(format!("{result} = {payload_of}(error);")), Stmt::plain(format!("{tag} = 1;"))];
        let tried = vec![("try".to_owned(), vec![keep]), ("catch (error)".to_owned(), failed)];
        body.stmts.push(Stmt::Blocks(tried));
        let layout = self.abi.variant_layout([ok, err]);
        match &call.results {
            Results::Flat(_) | Results::TaskReturn(_) => body.stmts.push(Stmt::returns(tag)),
            Results::Spilled(spill) => {
                self.helper(Helper::Expected);
                body.stmts.push(Stmt::plain(format!("at = {};", names::literal(place))));
                let ret = self.return_area(env, spill.layout, params, body);
                let view = self.view(env);
                body.stmts.push(Stmt::plain(format!("{view}.setUint8({ret}, {tag});")));
                let [ok, err] = [ok, err].map(|ty| {
                    let codec = self.codec(ty?, Way::Lower);
                    Some(Stmt::expr(self.store(codec, env, &result, &ret, layout.payload_offset)))
                });
                match (ok, err) {
                    (Some(ok), Some(err)) => body.stmts.push(Stmt::Blocks(vec![
                        (format!("if ({tag} === 0)"), vec![ok]),
                        ("else".to_owned(), vec![err]),
                    ])),
                    (Some(only), None) => body.stmts.push(Stmt::block(format!("if ({tag} === 0)"), vec![only])),
                    (None, Some(only)) => body.stmts.push(Stmt::block(format!("if ({tag} === 1)"), vec![only])),
                    (None, None) => {}
                }
            }
        }
    }
}

fn shown_path(path: &[ExternName]) -> String {
    path.iter().map(shown).collect::<Vec<_>>().join("#")
}
