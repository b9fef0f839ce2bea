//! Built-ins of asynchronous components as core functions.
//!
//! Specification: Canonical ABI, "Canonical Definitions".

use abi::{Results, Way};
use component::instantiation::{Canon, CanonKind, CoreDef, OptionsId, PartId};
use component::plan::PlainBuiltin;
use types::ValType;
use types::transfer::{Carrier, TransferOp};

use super::super::Builder;
use super::super::calls::function_scope;
use super::super::code::{Expr, Stmt};
use super::super::lower::Body;
use super::plan;
use crate::pieces::Piece;

/// A core function: its parameters, the letters of its type, what it begins with, what it returns.
struct Builtin {
    params: &'static str,
    results: &'static str,
    stmts: Vec<Stmt>,
    value: Expr,
}

impl Builtin {
    fn new(params: &'static str, results: &'static str, value: impl Into<Expr>) -> Self {
        Self { params, results, stmts: Vec::new(), value: value.into() }
    }
}

impl Builder<'_> {
    /// What a built-in is called in the module: `stream-read`, as the text format has it, without the dot.
    pub fn builtin_wish(kind: &CanonKind) -> String {
        let word = match kind {
            CanonKind::Lower { .. } => "lower",
            CanonKind::ResourceNew(_) => "resource.new",
            CanonKind::ResourceDrop(_) => "resource.drop",
            CanonKind::ResourceRep(_) => "resource.rep",
            CanonKind::TaskReturn { .. } => "task.return",
            CanonKind::Transfer { carrier, op, .. } => return format!("{}-{}", carrier.word(), op.word()),
            CanonKind::WaitableSetWait { .. } => "waitable-set.wait",
            CanonKind::WaitableSetPoll { .. } => "waitable-set.poll",
            CanonKind::SubtaskCancel { .. } => "subtask.cancel",
            CanonKind::ErrorContextNew(_) => "error-context.new",
            CanonKind::ErrorContextDebugMessage(_) => "error-context.debug-message",
            CanonKind::ContextGet { .. } => "context.get",
            CanonKind::ContextSet { .. } => "context.set",
            CanonKind::ThreadNewIndirect { .. } => "thread.new-indirect",
            CanonKind::Plain { builtin, .. } => builtin.word(),
        };
        word.replace('.', "-")
    }

    /// The core function of a canonical definition, if it is not made as in a synchronous component.
    pub fn async_canon(&mut self, name: &str, canon: &Canon) -> Option<Vec<Stmt>> {
        let part = canon.part;
        let builtin = match &canon.kind {
            CanonKind::Lower { callee, ty, options } => {
                return Some(self.async_lower(name, canon, *callee, *ty, *options));
            }
            CanonKind::ResourceNew(_) | CanonKind::ResourceDrop(_) | CanonKind::ResourceRep(_) => return None,
            CanonKind::TaskReturn { result, options } => return Some(self.task_return(name, *result, *options, part)),
            CanonKind::Transfer { carrier, op, payload, options } => {
                self.transfer(*carrier, *op, *payload, *options, part)
            }
            CanonKind::WaitableSetWait { memory, .. } => self.of_set(Piece::Waits, "waitSet", part, memory),
            CanonKind::WaitableSetPoll { memory, .. } => self.of_set(Piece::Poll, "pollSet", part, memory),
            CanonKind::SubtaskCancel { async_ } => self.subtask_cancel(*async_, part),
            CanonKind::ErrorContextNew(options) => self.error_new(*options, part),
            CanonKind::ErrorContextDebugMessage(options) => {
                return Some(self.error_message(name, *options, part));
            }
            CanonKind::ContextGet { ty, slot } => {
                let stored = format!("current?.storage[{slot}] ?? 0");
                let wide = ty.to_string() == "i64";
                let value = if wide { format!("BigInt({stored})") } else { stored };
                return Some(self.core_function(name, Vec::new(), vec![Stmt::returns(value)], None));
            }
            CanonKind::ContextSet { slot, .. } => {
                let body = vec![Stmt::plain(format!("if (current) current.storage[{slot}] = a0;"))];
                return Some(self.core_function(name, Self::core_params(1), body, None));
            }
            CanonKind::ThreadNewIndirect { table } => self.thread_new(table, part),
            CanonKind::Plain { builtin, .. } => self.plain_builtin(*builtin, part),
        };
        let check = if may_always(&canon.kind) { None } else { self.check_may_leave(part) };
        let waits = plan::may_wait(self.types, self.inst, &self.asyncs().waits.clone(), canon);
        let Builtin { params, results, stmts, value } = builtin;
        let mut body: Vec<Stmt> = check.into_iter().chain(stmts).collect();
        body.push(if results.is_empty() && !waits { Stmt::expr(value) } else { Stmt::returns(value) });
        let signature = (format!("'{params}'"), format!("'{results}'"));
        Some(self.core_function(name, Self::core_params(params.len()), body, waits.then_some(signature)))
    }

    fn of_part(&mut self, part: PartId) -> Expr {
        self.piece(Piece::Parts);
        Expr::Text(self.part(part))
    }

    fn of_set(&mut self, piece: Piece, callee: &str, part: PartId, memory: &CoreDef) -> Builtin {
        self.piece(piece);
        let memory = Expr::Text(self.core_def(memory));
        Builtin::new("ii", "i", Expr::call(callee, [self.of_part(part), memory, "a0".into(), "a1".into()]))
    }

    fn subtask_cancel(&mut self, is_async: bool, part: PartId) -> Builtin {
        let (piece, blocked) =
            if is_async { (Piece::Cancel, "cancelLater") } else { (Piece::CancelWait, "cancelWait") };
        self.piece(piece);
        Builtin::new("i", "i", Expr::call("cancelSubtask", [self.of_part(part), "a0".into(), blocked.into()]))
    }

    fn task_return(&mut self, name: &str, result: Option<ValType>, options: OptionsId, part: PartId) -> Vec<Stmt> {
        self.piece(Piece::Returns);
        let signature = self.abi.task_return(result);
        let mut scope = function_scope();
        let params: Vec<String> = (0..signature.params.len()).map(|at| scope.declare(format!("a{at}"))).collect();
        let mut stmts: Vec<Stmt> = self.check_may_leave(part).into_iter().collect();
        let number = self.result_type(result);
        let task = scope.declare("task");
        stmts.push(Stmt::constant(&task, format!("returning({number})")));
        let contents = self.abi.contents_of_all(result);
        let forms = if contents.own { vec![true, false] } else { vec![false] };
        let mut values = Vec::new();
        for inner in forms {
            let mut body = Body { stmts: Vec::new(), scope: &mut scope };
            values.push(self.returned(result, options, inner, &params, &mut body));
            stmts.extend(body.stmts);
        }
        let value = match values.as_slice() {
            [inner, host] => format!("{task}.lift.inner ? {inner} : {host}"),
            values => values.first().map_or_else(|| "undefined".to_owned(), Expr::to_string),
        };
        stmts.push(Stmt::expr(Expr::call("resolved", [Expr::Text(task), Expr::Text(value)])));
        self.core_function(name, params, stmts, None)
    }

    /// The value that a task returns.
    fn returned(
        &mut self,
        result: Option<ValType>,
        options: OptionsId,
        inner: bool,
        params: &[String],
        body: &mut Body,
    ) -> Expr {
        let Some(result) = result else { return Expr::text("undefined") };
        let options = &self.inst.options[options.0];
        let env = self.env(options, inner);
        let codec = self.codec(result, Way::Lift);
        let func = types::FuncType { async_: true, params: Vec::new(), result: Some(result) };
        let call = self.abi.call(&func, abi::Side::Lift, abi::Mode::Async);
        let Results::TaskReturn(signature) = &call.results else { return Expr::text("undefined") };
        if self.abi.flatten([result], abi::MAX_FLAT_PARAMS).is_some() {
            let args: Vec<Expr> = params.iter().map(Expr::text).collect();
            debug_assert_eq!(args.len(), signature.params.len(), "the function has these parameters");
            return self.lift(codec, env, &args);
        }
        let layout = self.abi.layout(result);
        let area = self.area(env, Expr::text(&params[0]), layout);
        let ptr = body.constant("ptr", area);
        let view = self.view(env);
        self.load(codec, env, &view, &ptr, 0)
    }

    fn transfer(
        &mut self,
        carrier: Carrier,
        op: TransferOp,
        payload: Option<ValType>,
        options: OptionsId,
        part: PartId,
    ) -> Builtin {
        let readable = match carrier {
            Carrier::Stream => 2,
            Carrier::Future => 4,
        };
        let writes = match op {
            TransferOp::Write | TransferOp::CancelWrite | TransferOp::DropWritable => 1,
            TransferOp::New | TransferOp::Read | TransferOp::CancelRead | TransferOp::DropReadable => 0,
            TransferOp::Forward => 0,
        };
        let kind = Expr::text((readable + writes).to_string());
        let of = self.of_part(part);
        let with = |builder: &mut Self, piece, callee: &str, tail: &[&str]| {
            builder.piece(piece);
            let element = Expr::Text(builder.element(payload).1);
            let head = [of.clone(), kind.clone(), element];
            Expr::call(callee, head.into_iter().chain(tail.iter().map(|arg| Expr::text(*arg))))
        };
        match op {
            TransferOp::New => Builtin::new("", "l", with(self, Piece::Ends, "newEnds", &[])),
            TransferOp::Read | TransferOp::Write => {
                let is_async = self.inst.options[options.0].async_;
                let (piece, callee) = if is_async {
                    (Piece::TransferLater, "transferLater")
                } else {
                    (Piece::TransferNow, "transferNow")
                };
                self.piece(piece);
                let codec = Expr::Text(self.element_codec(payload, op, options));
                let params = match carrier {
                    Carrier::Stream => "iii",
                    Carrier::Future => "ii",
                };
                let args = Self::core_params(params.len()).into_iter().map(Expr::Text);
                Builtin::new(params, "i", Expr::call(callee, [of, kind, codec].into_iter().chain(args)))
            }
            TransferOp::CancelRead | TransferOp::CancelWrite => {
                let is_async = self.inst.options[options.0].async_.to_string();
                Builtin::new("i", "i", with(self, Piece::Stop, "stop", &["a0", &is_async]))
            }
            TransferOp::DropReadable | TransferOp::DropWritable => {
                Builtin::new("i", "", with(self, Piece::DropEnd, "dropEnd", &["a0"]))
            }
            TransferOp::Forward => Builtin::new("ii", "", with(self, Piece::Forward, "forward", &["a0", "a1"])),
        }
    }

    fn error_new(&mut self, options: OptionsId, part: PartId) -> Builtin {
        self.piece(Piece::Errors);
        let env = self.env(&self.inst.options[options.0], false);
        let codec = self.codec(ValType::String, Way::Lift);
        let text = self.lift(codec, env, &["a0".into(), "a1".into()]);
        Builtin::new("ii", "i", Expr::call("newError", [self.of_part(part), text]))
    }

    fn error_message(&mut self, name: &str, options: OptionsId, part: PartId) -> Vec<Stmt> {
        self.piece(Piece::Errors);
        let env = self.env(&self.inst.options[options.0], false);
        let mut stmts: Vec<Stmt> = self.check_may_leave(part).into_iter().collect();
        let message = Expr::call("errorAt", [self.of_part(part), "a0".into()]);
        stmts.push(Stmt::constant("message", format!("{message}.message")));
        let area = self.area(env, "a1".into(), abi::Layout { size: 8, align: 4 });
        stmts.push(Stmt::constant("ret", area));
        let codec = self.codec(ValType::String, Way::Lower);
        stmts.push(Stmt::expr(self.store(codec, env, "message", "ret", 0)));
        self.core_function(name, Self::core_params(2), stmts, None)
    }

    fn thread_new(&mut self, table: &CoreDef, part: PartId) -> Builtin {
        self.piece(Piece::Switching);
        let entry = if self.waits(part) { "(core) => stacked(core, 'i', '')" } else { "direct" };
        self.piece(Piece::Direct);
        let args = [Expr::Text(self.core_def(table)), "a0".into(), "a1".into(), entry.into()];
        Builtin::new("ii", "i", Expr::call("newThreadAt", args))
    }

    fn plain_builtin(&mut self, builtin: PlainBuiltin, part: PartId) -> Builtin {
        let of = self.of_part(part);
        let with = |builder: &mut Self, piece, callee: &str, tail: &[&str]| {
            builder.piece(piece);
            Expr::call(callee, std::iter::once(of.clone()).chain(tail.iter().map(|arg| Expr::text(*arg))))
        };
        match builtin {
            PlainBuiltin::TaskCancel => {
                self.piece(Piece::Cancels);
                Builtin::new("", "", "cancelled(current.task)")
            }
            PlainBuiltin::BackpressureInc => Builtin::new("", "", with(self, Piece::Pressure, "press", &["1"])),
            PlainBuiltin::BackpressureDec => Builtin::new("", "", with(self, Piece::Pressure, "press", &["-1"])),
            PlainBuiltin::WaitableSetNew => Builtin::new("", "i", with(self, Piece::Sets, "newSet", &[])),
            PlainBuiltin::WaitableSetDrop => Builtin::new("i", "", with(self, Piece::Sets, "dropSet", &["a0"])),
            PlainBuiltin::WaitableJoin => Builtin::new("ii", "", with(self, Piece::Sets, "joinSet", &["a0", "a1"])),
            PlainBuiltin::SubtaskDrop => Builtin::new("i", "", with(self, Piece::DropSubtask, "dropSubtask", &["a0"])),
            PlainBuiltin::ErrorContextDrop => Builtin::new("i", "", with(self, Piece::Errors, "dropError", &["a0"])),
            PlainBuiltin::ThreadIndex => {
                self.piece(Piece::Switching);
                Builtin::new("", "i", "current.index")
            }
            PlainBuiltin::ThreadResumeLater => {
                Builtin::new("i", "", with(self, Piece::Switching, "resumeLater", &["a0"]))
            }
            PlainBuiltin::ThreadSuspend => self.switching("", "pause(null, zero)"),
            PlainBuiltin::ThreadYield => self.switching("", "pause(always, zero)"),
            PlainBuiltin::ThreadSuspendThenResume => {
                Builtin::new("i", "i", with(self, Piece::Switching, "switchTo", &["false", "a0"]))
            }
            PlainBuiltin::ThreadYieldThenResume => {
                Builtin::new("i", "i", with(self, Piece::Switching, "switchTo", &["true", "a0"]))
            }
            PlainBuiltin::ThreadSuspendThenPromote => {
                Builtin::new("i", "i", with(self, Piece::Switching, "promote", &["false", "a0"]))
            }
            PlainBuiltin::ThreadYieldThenPromote => {
                Builtin::new("i", "i", with(self, Piece::Switching, "promote", &["true", "a0"]))
            }
        }
    }

    fn switching(&mut self, params: &'static str, value: &str) -> Builtin {
        self.piece(Piece::Switching);
        Builtin::new(params, "i", value)
    }
}

/// Whether a built-in works even while its part may not leave: the specification says so of backpressure; engines let
/// error-contexts be dropped in post-return, which is where guests do it.
fn may_always(kind: &CanonKind) -> bool {
    let CanonKind::Plain { builtin, .. } = kind else { return false };
    use PlainBuiltin as P;
    matches!(builtin, P::BackpressureInc | P::BackpressureDec | P::ErrorContextDrop)
}
