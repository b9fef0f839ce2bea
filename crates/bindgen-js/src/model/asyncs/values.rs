//! Streams, futures and error-contexts as values, and how the elements of streams stand in memory.
//!
//! Specification: Canonical ABI, `lift_stream`, `lower_stream`, `lift_future`, `lower_future`, `lift_error_context`.

use abi::{Layout, Way};
use component::instantiation::OptionsId;
use types::transfer::{Carrier, TransferOp};
use types::{Kind, ValType};

use super::super::Builder;
use super::super::code::{Expr, Stmt};
use super::super::codecs::Env;
use crate::pieces::Piece;

/// What a constant for elements in memory depends on: the payload's number, the options, whether they are loaded.
pub(crate) type Key = (usize, OptionsId, bool);

impl Builder<'_> {
    /// The constant that stands for a payload: one for all equal types.
    pub(super) fn element(&mut self, payload: Option<ValType>) -> (usize, String) {
        let types = self.types;
        let same = |(one, _): &(Option<ValType>, String)| match (*one, payload) {
            (Some(one), Some(payload)) => types::equal::val_types(types, one, payload),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if let Some(at) = self.asyncs().elements.iter().position(same) {
            return (at, self.asyncs().elements[at].1.clone());
        }
        let numeric = payload.is_none_or(|payload| is_number(self.types.kind(payload)));
        let wish = payload.map_or_else(|| "nothing".to_owned(), |payload| self.type_name(payload));
        let name = self.scope.declare(format!("elementOf{}", crate::names::class(&wish)));
        self.functions.push(Stmt::constant(&name, Expr::text(format!("{{ numeric: {numeric} }}"))));
        self.asyncs().elements.push((payload, name.clone()));
        (self.asyncs().elements.len() - 1, name)
    }

    /// The constant that says how elements stand in memory.
    pub(super) fn element_codec(&mut self, payload: Option<ValType>, op: TransferOp, options: OptionsId) -> String {
        let (at, element) = self.element(payload);
        let loads = op == TransferOp::Write;
        let key = (at, options, loads);
        if let Some(known) = self.asyncs().codecs.get(&key) {
            return known.clone();
        }
        let canonical = &self.inst.options[options.0];
        let env = self.env(canonical, true);
        let layout = payload.map_or(Layout { size: 0, align: 1 }, |payload| self.abi.layout(payload));
        let mut entries = vec![
            ("element", Expr::text(element)),
            ("size", Expr::text(layout.size.to_string())),
            ("align", Expr::text(layout.align.to_string())),
        ];
        if let (Some(payload), Some(memory)) = (payload, &canonical.memory) {
            let codec = self.codec(payload, Way::Lift);
            entries.push(("memory", Expr::text(format!("() => {}", self.core_def(memory)))));
            match self.typed_array(codec) {
                Some(array) => entries.push(("array", Expr::text(array))),
                None => {
                    let names = if loads { ["load", "give"] } else { ["store", "accept"] };
                    entries.push((names[0], self.mover(payload, env, loads)));
                    if self.abi.contents(payload).own {
                        let env = Env { inner: false, ..env };
                        entries.push((names[1], self.mover(payload, env, loads)));
                    }
                }
            }
        }
        let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let name = self.numbered("codec");
        self.asyncs().codecs.insert(key, name.clone());
        self.functions.push(Stmt::constant(&name, Expr::Object(entries)));
        name
    }

    /// Loads or stores one element: between parts, or for the host.
    fn mover(&mut self, payload: ValType, env: Env, loads: bool) -> Expr {
        if loads {
            let view = self.view(env);
            let codec = self.codec(payload, Way::Lift);
            let load = self.load(codec, env, &view, "ptr", 0).to_string();
            let load = if load.starts_with('{') { format!("({load})") } else { load };
            return Expr::text(format!("(ptr) => {load}"));
        }
        let codec = self.codec(payload, Way::Lower);
        let store = self.store(codec, env, "value", "ptr", 0);
        Expr::text(format!("(value, ptr) => {store}"))
    }

    fn carrier(carrier: Carrier) -> (Piece, &'static str) {
        match carrier {
            Carrier::Stream => (Piece::Stream, "Stream"),
            Carrier::Future => (Piece::Future, "Future"),
        }
    }

    /// A readable end leaves its part.
    pub fn lift_end(&mut self, carrier: Carrier, payload: Option<ValType>, env: Env, index: &Expr) -> Expr {
        let (piece, name) = Self::carrier(carrier);
        self.piece(piece);
        let (part, element) = (self.part(env.part), self.element(payload).1);
        Expr::call(format!("lift{name}"), [part.into(), element.into(), index.clone()])
    }

    /// A part gets a readable end.
    pub fn lower_end(&mut self, carrier: Carrier, payload: Option<ValType>, env: Env, value: &str) -> Expr {
        let (piece, name) = Self::carrier(carrier);
        self.piece(piece);
        let (part, element) = (self.part(env.part), self.element(payload).1);
        Expr::call(format!("lower{name}"), [part.into(), element.into(), value.into()])
    }

    pub fn lift_error(&mut self, env: Env, index: &Expr) -> Expr {
        self.piece(Piece::Errors);
        Expr::call("errorAt", [self.part(env.part).into(), index.clone()])
    }

    pub fn lower_error(&mut self, env: Env, value: &str) -> Expr {
        self.piece(Piece::Errors);
        Expr::call("lowerError", [self.part(env.part).into(), value.into()])
    }
}

/// Types whose values may be copied between ends of one part.
fn is_number(kind: Kind<'_>) -> bool {
    match kind {
        Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::U64 | Kind::S64 => true,
        Kind::F32 | Kind::F64 => true,
        Kind::Bool | Kind::Char | Kind::String | Kind::ErrorContext | Kind::Record(_) | Kind::Variant(_) => false,
        Kind::List(_) | Kind::FixedList(..) | Kind::Map(..) | Kind::Tuple(_) | Kind::Flags(_) | Kind::Enum(_) => false,
        Kind::Option(_) | Kind::Result { .. } | Kind::Own(_) | Kind::Borrow(_) => false,
        Kind::Stream(_) | Kind::Future(_) => false,
    }
}
