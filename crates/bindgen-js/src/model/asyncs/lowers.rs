//! Lowered functions: calls of another part or of the host that may take their time.
//!
//! Specification: Canonical ABI, `canon_lower`.

use abi::{Mode, Results, Side, Way};
use component::instantiation::{Callee, Canon, ImportId, OptionsId};
use types::{ExternName, FuncId, Kind};

use super::super::Builder;
use super::super::calls::function_scope;
use super::super::code::{Expr, Function, Stmt};
use super::super::lower::Body;
use super::{closure, letters, plan};
use crate::names;
use crate::pieces::Piece;

impl Builder<'_> {
    /// The core function of a lower.
    pub(super) fn async_lower(
        &mut self,
        name: &str,
        canon: &Canon,
        callee: Callee,
        ty: FuncId,
        options: OptionsId,
    ) -> Vec<Stmt> {
        let func = self.func(ty);
        let options = &self.inst.options[options.0];
        let mode = if options.async_ { Mode::Async } else { Mode::Sync };
        let inner = matches!(callee, Callee::Lift(_));
        let env = self.env(options, inner);
        let call = self.abi.call(func, Side::Lower, mode);
        let mut scope = function_scope();
        let params: Vec<String> = (0..call.signature.params.len()).map(|at| scope.declare(format!("a{at}"))).collect();
        let mut stmts: Vec<Stmt> = self.check_may_leave(canon.part).into_iter().collect();

        let mut body = Body { stmts: Vec::new(), scope: &mut scope };
        let args = self.lift_params(func, &call, env, &params, &mut body);
        let mut lifting = body.stmts;
        lifting.push(Stmt::returns(Expr::Array(args)));
        let lifting = closure("params", "", lifting, &mut stmts);

        let mut body = Body { stmts: Vec::new(), scope: &mut scope };
        if let Some(result) = func.result {
            let codec = self.codec(result, Way::Lower);
            match &call.results {
                Results::Flat(_) => {
                    let lowered = self.lower(codec, env, "value", None, &mut body);
                    body.stmts.extend(lowered.into_iter().next().map(Stmt::returns));
                }
                Results::Spilled(spill) => {
                    let ret = self.return_area(env, spill.layout, &params, &mut body);
                    let store = self.store(codec, env, "value", &ret, 0);
                    body.stmts.push(Stmt::expr(store));
                }
                Results::TaskReturn(_) => {}
            }
        }
        let lowering = body.stmts;
        let lowering = closure("result", if func.result.is_some() { "value" } else { "" }, lowering, &mut stmts);

        let callee = self.callee(callee, ty);
        let waits = plan::may_wait(self.types, self.inst, &self.asyncs().waits.clone(), canon);
        let tail = [callee, lifting, lowering];
        let call_of = match (mode, waits) {
            (Mode::Async | Mode::AsyncStackful, _) => {
                self.piece(Piece::Later);
                Expr::call("callLater", std::iter::once(Expr::Text(self.part(canon.part))).chain(tail))
            }
            (Mode::Sync, true) => {
                self.piece(Piece::NowWait);
                Expr::call("callWait", tail)
            }
            (Mode::Sync, false) => {
                self.piece(Piece::Now);
                Expr::call("callNow", tail)
            }
        };
        stmts.push(Stmt::returns(call_of));
        let signature = (letters(&call.signature.params), letters(&call.signature.results));
        self.core_function(name, params, stmts, waits.then_some(signature))
    }

    /// A core function, which may have to wait if its signature is given.
    pub(super) fn core_function(
        &mut self,
        name: &str,
        params: Vec<String>,
        body: Vec<Stmt>,
        waiting: Option<(String, String)>,
    ) -> Vec<Stmt> {
        let function = |head: String| Stmt::Function(Function { docs: Vec::new(), head, params, body });
        let Some((params, results)) = waiting else { return vec![function(format!("function {name}"))] };
        self.piece(Piece::Blocking);
        let inner = self.scope.declare(format!("{name}_"));
        let wrapped = Expr::call("blocking", [Expr::text(&inner), params.into(), results.into()]);
        vec![function(format!("function {inner}")), Stmt::constant(name, wrapped)]
    }

    fn callee(&mut self, callee: Callee, ty: FuncId) -> Expr {
        match callee {
            Callee::Lift(lift) => {
                let lift = self.lift_constant(lift, true, "part");
                Expr::text(format!("(start, resolve) => call({lift}, start, resolve)"))
            }
            Callee::Host(import) => self.host_callee(import, ty),
        }
    }

    fn host_callee(&mut self, import: ImportId, ty: FuncId) -> Expr {
        let func = self.func(ty);
        let import = self.inst.imports[import.0].clone();
        let mut work = match import.path.last() {
            Some(ExternName::Label(_) | ExternName::Interface(_)) => self.bind(&import),
            Some(_) | None => {
                let args: Vec<String> = (0..func.params.len()).map(|at| format!("p{at}")).collect();
                let call = self.host_call(&import, args.iter().map(Expr::text).collect());
                format!("({}) => {call}", args.join(", "))
            }
        };
        if func.result.is_some_and(|result| matches!(self.types.kind(result), Kind::Result { .. })) {
            self.piece(Piece::Answered);
            work = format!("answered({work})");
        }
        let (piece, host) = if func.async_ { (Piece::Host, "host") } else { (Piece::HostNow, "hostNow") };
        self.piece(piece);
        Expr::call(host, [Expr::Text(work)])
    }

    /// `a0` and so on.
    pub(super) fn core_params(count: usize) -> Vec<String> {
        (0..count).map(|at| names::member(&format!("a{at}"))).collect()
    }
}
