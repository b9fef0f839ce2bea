//! Calls from part to part: how a lower whose callee is a lift is made.
//!
//! In: the lower and the lift. Out: one core function.
//! Holds: values pass from core values to core values and from memory to memory; no object stands for one in between;
//! handles pass from table to table.
//!
//! Specification: Canonical ABI, `canon_lift`, `canon_lower`.

mod memory;
mod pass;
mod strings;

use abi::{Call, CodecId, Mode, Params, Results, Side as CallSide, Spill, Way};
use component::instantiation::{CoreDef, Lift, Options, OptionsId, PartId};
use types::{FuncId, FuncType, Kind, ValType};

use super::Builder;
use super::calls::function_scope;
use super::code::{Expr, Stmt};
use super::codecs::{Env, Form};
use super::lower::Body;
use crate::runtime::Helper;

/// A lower whose callee is a lift.
#[derive(Clone, Copy, Debug)]
pub struct Between<'i> {
    pub lift: &'i Lift,
    /// As the caller knows the function.
    pub ty: FuncId,
    /// The caller's.
    pub options: OptionsId,
    pub part: PartId,
}

/// One side of a value that passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Side {
    /// Its realloc is never used: what it checks, it tells the host.
    pub env: Env,
    /// Of `Builder::allocators`.
    pub allocate: Option<usize>,
}

/// Where a value comes from, and where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Course {
    pub from: Side,
    pub to: Side,
}

/// The type of a value as both sides know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    pub from: CodecId,
    pub to: CodecId,
}

/// A function of values that pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pair: Pair,
    form: Form,
    way: Course,
}

impl Builder<'_> {
    /// The core function for a call from part to part.
    pub fn call_between(&mut self, between: Between<'_>) -> (Vec<String>, Vec<Stmt>) {
        let Between { lift, ty, options, part } = between;
        let (outer, inner) = (self.func(ty), self.func(lift.ty));
        let [caller, callee] = [&self.inst.options[options.0], self.canonical(lift)].map(|one| self.side(one));
        let [called, made] = [(inner, CallSide::Lift), (outer, CallSide::Lower)]
            .map(|(func, side)| self.abi.call(func, side, Mode::Sync));
        let mut scope = function_scope();
        let params: Vec<String> = (0..made.signature.params.len()).map(|at| scope.declare(format!("a{at}"))).collect();
        let mut body = Body { stmts: self.check_may_leave(part).into_iter().collect(), scope: &mut scope };

        let lends = outer.params.iter().any(|param| self.abi.contents(param.ty).borrow);
        let lent = lends.then(|| {
            let lent = format!("{}.lent", self.handles(part));
            (body.constant("lent", format!("{lent}.length")), lent)
        });
        let borrows = self.borrows_of(inner, callee.env.part);
        let before = borrows.as_ref().map(|handles| {
            let before = body.constant("before", format!("{handles}.call"));
            body.stmts.push(Stmt::plain(format!("{handles}.call = {{ borrows: 0 }};")));
            before
        });
        let way = Course { from: caller, to: callee };
        let args = self.pass_params((outer, &made), (inner, &called), way, &params, &mut body);

        let call = Expr::call(self.core_def(&lift.core), args);
        let ret = match inner.result {
            Some(_) => Some(body.constant("ret", call)),
            None => {
                body.stmts.push(Stmt::expr(call));
                None
            }
        };
        if let Some((handles, before)) = borrows.zip(before) {
            let settle = self.helper(Helper::Settle);
            body.stmts.push(Stmt::plain(format!("{settle}({handles});")));
            body.stmts.push(Stmt::plain(format!("{handles}.call = {before};")));
        }
        let way = Course { from: callee, to: caller };
        let types = inner.result.zip(outer.result);
        let result = ret.as_ref().zip(types).and_then(|(ret, types)| {
            self.pass_result(types, (&called.results, &made.results), way, ret, params.last(), &mut body)
        });
        let end = self.post_return(lift, ret.as_deref());
        body.stmts.extend(end);
        if let Some((count, lent)) = lent {
            let give_back = self.helper(Helper::GiveBack);
            body.stmts.push(Stmt::plain(format!("{give_back}({lent}, {count});")));
        }
        body.stmts.extend(result.map(Stmt::returns));
        let stmts = without_name(body.stmts);
        (params, stmts)
    }

    fn side(&mut self, options: &Options) -> Side {
        let memory = options.memory.as_ref().map(|def| self.memory(def));
        let allocate = options.realloc.as_ref().map(|realloc: &CoreDef| self.allocator(options.part, realloc));
        let env = Env { memory, realloc: None, encoding: options.encoding, part: options.part, inner: true };
        Side { env, allocate }
    }

    /// The callee's table, if a borrow is a handle in it.
    fn borrows_of(&mut self, inner: &FuncType, part: PartId) -> Option<String> {
        let has = |ty: ValType| match self.types.kind(ty) {
            Kind::Borrow(resource) => self.lends_to(resource, part),
            Kind::Bool | Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 => false,
            Kind::S64 | Kind::F32 | Kind::F64 | Kind::Char | Kind::Enum(_) | Kind::Flags(_) | Kind::Own(_) => false,
            Kind::String | Kind::ErrorContext => false,
            Kind::Record(_) | Kind::Variant(_) | Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) => {
                self.abi.contents(ty).borrow
            }
            Kind::Tuple(_) | Kind::Option(_) | Kind::Result { .. } | Kind::Stream(_) | Kind::Future(_) => {
                self.abi.contents(ty).borrow
            }
        };
        let is_lent = inner.params.iter().any(|param| has(param.ty));
        is_lent.then(|| self.handles(part))
    }

    /// The core values that the callee is given.
    fn pass_params(
        &mut self,
        (outer, made): (&FuncType, &Call),
        (inner, called): (&FuncType, &Call),
        way: Course,
        params: &[String],
        body: &mut Body,
    ) -> Vec<Expr> {
        let pairs: Vec<Pair> =
            outer.params.iter().zip(&inner.params).map(|(from, to)| self.pair((from.ty, to.ty))).collect();
        if let (Params::Spilled(spill), Params::Spilled(_)) = (&made.params, &called.params) {
            let from = self.checked_area(way.from, &params[0], spill, "from", body);
            let ptr =
                body.constant("params", format!("{}(0, 0, {}, {})", self.allocate(way.to), align(spill), size(spill)));
            let to = self.checked_area(way.to, &ptr, spill, "to", body);
            for (pair, offset) in pairs.into_iter().zip(&spill.offsets) {
                self.shift(pair, way, (&from, &to), *offset, body);
            }
            return vec![to.into()];
        }
        let mut args = params.iter().map(Expr::text);
        let all = pairs.into_iter().map(|pair| {
            let count = self.codecs.get(pair.from).flat.as_ref().map_or(0, Vec::len);
            let args: Vec<Expr> = args.by_ref().take(count).collect();
            self.pass(pair, way, &args, body)
        });
        all.collect::<Vec<_>>().concat()
    }

    /// What the core function returns to its caller, if it is not put into the caller's memory.
    fn pass_result(
        &mut self,
        types: (ValType, ValType),
        results: (&Results, &Results),
        way: Course,
        ret: &str,
        area: Option<&String>,
        body: &mut Body,
    ) -> Option<Expr> {
        let pair = self.pair(types);
        if let ((Results::Spilled(spill), Results::Spilled(_)), Some(area)) = (results, area) {
            let from = self.checked_area(way.from, ret, spill, "from", body);
            let to = self.checked_area(way.to, area, spill, "to", body);
            self.shift(pair, way, (&from, &to), 0, body);
            return None;
        }
        let value = self.pass(pair, way, &[ret.into()], body).into_iter().next()?;
        Some(if value.mentions("(") { body.constant("result", value).into() } else { value })
    }

    fn checked_area(&mut self, side: Side, ptr: &str, spill: &Spill, wish: &str, body: &mut Body) -> String {
        let area = self.area(side.env, Expr::text(ptr), spill.layout);
        body.constant(wish, area)
    }

    pub(super) fn pair(&mut self, (from, to): (ValType, ValType)) -> Pair {
        Pair { from: self.codec(from, Way::Lift), to: self.codec(to, Way::Lower) }
    }

    /// The pairs of what a value consists of.
    fn parts_of(&self, pair: Pair) -> Vec<Pair> {
        let [from, to] = [pair.from, pair.to].map(|codec| self.codecs.get(codec).children());
        from.into_iter().zip(to).map(|(from, to)| Pair { from, to }).collect()
    }

    /// What allocates on a side.
    fn allocate(&self, side: Side) -> String {
        let at = side.allocate.expect("valid options name a realloc where values are lowered into memory");
        self.allocator_name(at)
    }
}

/// What is returned at once needs no name.
fn without_name(mut stmts: Vec<Stmt>) -> Vec<Stmt> {
    if let [.., Stmt::Value { head, value }, Stmt::Value { head: last, value: Expr::Text(name) }] = stmts.as_slice()
        && last == "return"
        && *head == format!("const {name} =")
    {
        let value = value.clone();
        stmts.truncate(stmts.len() - 2);
        stmts.push(Stmt::returns(value));
    }
    stmts
}

fn align(spill: &Spill) -> u64 {
    spill.layout.align
}

fn size(spill: &Spill) -> u64 {
    spill.layout.size
}
