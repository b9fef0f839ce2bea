//! Asynchronous components: what of the runtime they need, and how their calls and built-ins use it.
//!
//! In: an instantiation of which something is asynchronous. Out: statements in place of those of synchronous ones.
//! Holds: a synchronous component has nothing of this; only what may have to wait is made so that it can.
//!
//! Specification: Canonical ABI, "Concurrency", `canon_lift`, `canon_lower`, and the built-ins.

mod builtins;
mod lifts;
mod lowers;
mod plan;
mod values;

use std::collections::{BTreeSet, HashMap};

use abi::CoreType;
use component::instantiation::{LiftId, PartId};
use indexmap::IndexMap;
use types::ValType;

use super::Builder;
use super::code::{Expr, Function, Stmt};
use crate::pieces::{self, Piece};

pub(crate) use plan::is_async;

/// What is decided about an asynchronous component.
#[derive(Debug, Default)]
pub(crate) struct Asyncs {
    /// Whether something may have to wait in a core function of the part.
    pub waits: Vec<bool>,
    pub pieces: BTreeSet<Piece>,
    /// The constant of each part.
    pub parts: Vec<String>,
    /// The constant of each lift that is called, by whether parts call it.
    pub lifts: IndexMap<(LiftId, bool), String>,
    /// Payloads of streams and futures, no two of them equal, and the constants that stand for them.
    pub elements: Vec<(Option<ValType>, String)>,
    pub codecs: HashMap<values::Key, String>,
    /// Results of tasks, no two of them equal.
    pub results: Vec<Option<ValType>>,
}

impl Builder<'_> {
    /// Keeps the names of the runtime free.
    pub fn plan_asyncs(&mut self) {
        if !is_async(self.types, self.inst) {
            return;
        }
        Piece::ALL.iter().flat_map(|piece| piece.names()).for_each(|name| self.scope.reserve(name));
        self.asyncs = Some(Asyncs { waits: plan::waits(self.types, self.inst), ..Asyncs::default() });
    }

    pub fn is_async(&self) -> bool {
        self.asyncs.is_some()
    }

    pub(super) fn asyncs(&mut self) -> &mut Asyncs {
        self.asyncs.as_mut().expect("only asynchronous components come here")
    }

    pub(super) fn piece(&mut self, piece: Piece) {
        let new = pieces::closure([piece]);
        new.iter().flat_map(|piece| piece.helpers()).for_each(|helper| {
            self.helper(helper);
        });
        self.asyncs().pieces.extend(new);
    }

    pub(super) fn waits(&self, part: PartId) -> bool {
        self.asyncs.as_ref().is_some_and(|asyncs| asyncs.waits[part.0])
    }

    /// The constants of parts, whose names are declared when state is.
    pub(super) fn declare_parts(&mut self) {
        if self.is_async() {
            let names = self.inst.parts.iter().map(|_| self.numbered("part")).collect();
            self.asyncs().parts = names;
            self.piece(Piece::Parts);
        }
    }

    pub(super) fn part(&mut self, part: PartId) -> String {
        self.asyncs().parts[part.0].clone()
    }

    /// The runtime, then the parts.
    pub(super) fn async_state(&self) -> Vec<Stmt> {
        let Some(asyncs) = &self.asyncs else { return Vec::new() };
        let pieces = asyncs.pieces.iter().map(|piece| Stmt::Piece(piece.text(&asyncs.pieces)));
        let parts = asyncs.parts.iter().zip(&self.parts).map(|(name, state)| {
            let handles = state.handles.clone().unwrap_or_default();
            Stmt::constant(name, format!("newPart({handles})"))
        });
        pieces.chain(parts).collect()
    }
}

/// Core types as the runtime is told them.
pub(super) fn letters(types: &[CoreType]) -> String {
    let letter = |ty: &CoreType| match ty {
        CoreType::I32 => 'i',
        CoreType::I64 => 'l',
        CoreType::F32 => 'f',
        CoreType::F64 => 'd',
    };
    format!("'{}'", types.iter().map(letter).collect::<String>())
}

/// A function as a value: an arrow if it only returns, else the name of a function that is put into `out`.
pub(super) fn closure(name: &str, params: &str, body: Vec<Stmt>, out: &mut Vec<Stmt>) -> Expr {
    match body.as_slice() {
        [] => Expr::text(format!("({params}) => undefined")),
        [Stmt::Value { head, value }] if head == "return" => {
            let value = value.to_string();
            let value = if value.starts_with('{') { format!("({value})") } else { value };
            Expr::text(format!("({params}) => {value}"))
        }
        _ => {
            let params = if params.is_empty() { Vec::new() } else { vec![params.to_owned()] };
            out.push(Stmt::Function(Function { docs: Vec::new(), head: format!("function {name}"), params, body }));
            Expr::text(name)
        }
    }
}
