//! Values that pass from memory to memory.
//!
//! Holds: what means the same as bytes is copied as bytes; nothing that lies between values is copied; views are taken
//! anew after anything that may allocate.
//!
//! Specification: Canonical ABI, "Loading", "Storing".

use abi::{CodecId, Discriminant, Layout, Scalar, Shape};
use component::StringEncoding;

use super::super::Builder;
use super::super::code::{Expr, Stmt};
use super::super::codecs::Form;
use super::super::lift::{load_discriminant, load_unsigned, place};
use super::super::lower::{Body, store_unsigned};
use super::pass::{cases, masked};
use super::{Course, Pair};
use crate::runtime::Helper;

impl Builder<'_> {
    /// Moves what a pointer and a length stand for: the names of the new ones.
    pub(super) fn move_pointer(
        &mut self,
        pair: Pair,
        way: Course,
        ptr: &str,
        len: &str,
        body: &mut Body,
    ) -> (String, String) {
        let from = self.codecs.get(pair.from).clone();
        let both = |builder: &Self| {
            let [from, to] = [way.from, way.to].map(|side| builder.bytes_of(side.env));
            format!("{from}, {to}, {}", builder.allocate(way.to))
        };
        if let Shape::String = from.shape {
            let encodings = (way.from.env.encoding, way.to.env.encoding);
            if encodings == (StringEncoding::Utf8, StringEncoding::Utf8) {
                let copy = self.helper(Helper::CopyUtf8);
                let moved = format!("{copy}({}, {ptr}, {len})", both(self));
                return (body.constant("ptr", moved), len.to_owned());
            }
            let name = self.move_function(pair, Form::Elements, way);
            self.helper(Helper::Done);
            let moved = body.constant("ptr", format!("{name}({ptr}, {len})"));
            return (moved, body.constant("len", "length"));
        }
        if let Shape::List { element } = from.shape
            && self.is_bytes(element)
        {
            let Layout { align, size } = self.codecs.get(element).layout;
            let bytes = if size == 1 { format!("{len} >>> 0") } else { format!("({len} >>> 0) * {size}") };
            let copy = self.helper(Helper::Copy);
            let moved = format!("{copy}('list', {}, {ptr}, {align}, {bytes})", both(self));
            return (body.constant("ptr", moved), len.to_owned());
        }
        let name = self.move_function(pair, Form::Elements, way);
        (body.constant("ptr", format!("{name}({ptr}, {len})")), len.to_owned())
    }

    /// Whether a value means the same as bytes on both sides, and fills all of its bytes.
    fn is_bytes(&self, codec: CodecId) -> bool {
        let found = self.codecs.get(codec);
        match &found.shape {
            Shape::Scalar(Scalar::Bool | Scalar::Char) => false,
            Shape::Scalar(Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 | Scalar::U32 | Scalar::S32) => true,
            Shape::Scalar(Scalar::U64 | Scalar::S64 | Scalar::F32 | Scalar::F64) => true,
            Shape::FixedList { element, .. } => self.is_bytes(*element),
            Shape::Record(parts) | Shape::Tuple(parts) => {
                let filled: u64 = parts.iter().map(|part| self.codecs.get(part.codec).layout.size).sum();
                filled == found.layout.size && parts.iter().all(|part| self.is_bytes(part.codec))
            }
            Shape::Flags { size } => self.labels(found.ty).len() as u64 == size * 8,
            Shape::Nothing | Shape::String | Shape::List { .. } | Shape::Map { .. } | Shape::Enum { .. } => false,
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) | Shape::Own(_) | Shape::Borrow(_) => false,
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => false,
        }
    }

    /// Moves the value at `from` and `offset` to `to` and `offset`.
    pub(super) fn shift(&mut self, pair: Pair, way: Course, (from, to): (&str, &str), offset: u64, body: &mut Body) {
        let found = self.codecs.get(pair.from).clone();
        let [at, there] = [from, to].map(|ptr| place(ptr, offset));
        match &found.shape {
            Shape::Scalar(scalar) => {
                let stmt = self.shift_scalar(*scalar, way, &at, &there);
                body.stmts.push(stmt);
            }
            Shape::Enum { discriminant, cases } => self.shift_tag(*discriminant, *cases, way, (&at, &there), body),
            Shape::Flags { size } => {
                let bits = load_unsigned(*size, &self.view(way.from.env), &at);
                let bits = masked(&bits, self.labels(found.ty).len());
                body.stmts.push(Stmt::expr(store_unsigned(*size, &self.view(way.to.env), &there, bits.into())));
            }
            Shape::Own(_) | Shape::Borrow(_) => {
                let index = load_unsigned(4, &self.view(way.from.env), &at);
                let index = self.pass_handle(pair, way, &index);
                body.stmts.push(Stmt::expr(store_unsigned(4, &self.view(way.to.env), &there, index)));
            }
            Shape::String | Shape::List { .. } | Shape::Map { .. } => {
                let view = self.view(way.from.env);
                let ptr = body.constant("start", load_unsigned(4, &view, &at));
                let len = body.constant("size", load_unsigned(4, &view, &place(from, offset + 4)));
                let (ptr, len) = self.move_pointer(pair, way, &ptr, &len, body);
                let view = self.view(way.to.env);
                let beyond = place(to, offset + 4);
                body.stmts.push(Stmt::expr(store_unsigned(4, &view, &there, ptr.into())));
                body.stmts.push(Stmt::expr(store_unsigned(4, &view, &beyond, len.into())));
            }
            Shape::Record(_) | Shape::Tuple(_) | Shape::FixedList { .. } => {
                let name = self.move_function(pair, Form::Memory, way);
                body.stmts.push(Stmt::expr(Expr::call(name, [at.into(), there.into()])));
            }
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => {
                let name = self.move_function(pair, Form::Memory, way);
                body.stmts.push(Stmt::expr(Expr::call(name, [at.into(), there.into()])));
            }
            // Only in asynchronous components, whose calls are made otherwise.
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext | Shape::Nothing => {}
        }
    }

    fn shift_scalar(&mut self, scalar: Scalar, way: Course, at: &str, there: &str) -> Stmt {
        let [from, to] = [way.from, way.to].map(|side| self.view(side.env));
        let same = |kind: &str| Expr::text(format!("{to}.set{kind}({there}, {from}.get{kind}({at}, true), true)"));
        Stmt::expr(match scalar {
            Scalar::Bool => Expr::text(format!("{to}.setUint8({there}, {from}.getUint8({at}) ? 1 : 0)")),
            Scalar::U8 | Scalar::S8 => store_unsigned(1, &to, there, load_unsigned(1, &from, at).into()),
            Scalar::U16 | Scalar::S16 => same("Uint16"),
            Scalar::U32 | Scalar::S32 => same("Uint32"),
            Scalar::U64 | Scalar::S64 => same("BigUint64"),
            Scalar::F32 => same("Float32"),
            Scalar::F64 => same("Float64"),
            Scalar::Char => {
                let code = format!("{}({})", self.helper(Helper::CharCode), load_unsigned(4, &from, at));
                store_unsigned(4, &to, there, code.into())
            }
        })
    }

    fn shift_tag(&mut self, tag: Discriminant, cases: usize, way: Course, (at, there): (&str, &str), body: &mut Body) {
        let [from, to] = [way.from, way.to].map(|side| self.view(side.env));
        let checked = self.pass_tag(&load_discriminant(tag, &from, at), cases);
        body.stmts.push(Stmt::expr(store_unsigned(tag.size(), &to, there, checked.into())));
    }

    /// A function of `from` and `to`.
    pub(super) fn shift_function(&mut self, pair: Pair, way: Course, body: &mut Body) {
        let found = self.codecs.get(pair.from).clone();
        let pairs = self.parts_of(pair);
        match &found.shape {
            Shape::Record(parts) | Shape::Tuple(parts) => {
                for (part, pair) in parts.iter().zip(pairs) {
                    self.shift(pair, way, ("from", "to"), part.offset, body);
                }
            }
            Shape::FixedList { element, len } => {
                let size = self.codecs.get(*element).layout.size;
                let mut inner = Body { stmts: Vec::new(), scope: &mut *body.scope };
                for pair in pairs {
                    self.shift(pair, way, ("from", "to"), 0, &mut inner);
                }
                let stmts = inner.stmts;
                let head = format!("for (let i = 0; i < {len}; i++, from += {size}, to += {size})");
                body.stmts.push(Stmt::block(head, stmts));
            }
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => self.shift_cases(pair, way, body),
            Shape::Nothing | Shape::Scalar(_) | Shape::String | Shape::List { .. } | Shape::Map { .. } => {}
            Shape::Flags { .. } | Shape::Enum { .. } | Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) => {}
            Shape::Future(_) | Shape::ErrorContext => {}
        }
    }

    fn shift_cases(&mut self, pair: Pair, way: Course, body: &mut Body) {
        let found = self.codecs.get(pair.from).clone();
        let Some(cases) = cases(&found.shape) else { return };
        let tag = load_discriminant(cases.discriminant, &self.view(way.from.env), "from");
        let tag = self.pass_tag(&tag, cases.payloads.len());
        let tag = body.constant("tag", tag);
        let store = store_unsigned(cases.discriminant.size(), &self.view(way.to.env), "to", tag.as_str().into());
        body.stmts.push(Stmt::expr(store));
        let with_value = cases.payloads.iter().enumerate().filter(|(_, payload)| payload.is_some());
        let mut arms = Vec::new();
        for ((at, _), pair) in with_value.zip(self.parts_of(pair)) {
            let mut arm = Body { stmts: Vec::new(), scope: &mut *body.scope };
            self.shift(pair, way, ("from", "to"), cases.payload_offset, &mut arm);
            let word = if arms.is_empty() { "" } else { "else " };
            let stmts = arm.stmts;
            arms.push((format!("{word}if ({tag} === {at})"), stmts));
        }
        body.stmts.extend((!arms.is_empty()).then_some(Stmt::Blocks(arms)));
    }

    /// A function of `ptr` and `len`.
    pub(super) fn elements_function(&mut self, pair: Pair, way: Course, body: &mut Body) {
        let found = self.codecs.get(pair.from).clone();
        if let Shape::String = found.shape {
            self.string_function(way, body);
            return;
        }
        let Layout { align, size } = self.stride(&found);
        let (range, room) = (self.helper(Helper::Range), self.helper(Helper::Room));
        let [source, target] = [way.from, way.to].map(|side| self.bytes_of(side.env));
        let bytes = if size == 1 { "len".to_owned() } else { format!("len * {size}") };
        body.stmts.push(Stmt::plain("len >>>= 0;"));
        let from = format!("{range}({source}(), ptr, {align}, {bytes}, 'list')");
        body.stmts.push(Stmt::plain(format!("let from = {from};")));
        let start = format!("{room}({target}, {}, {align}, {bytes}, 'list')", self.allocate(way.to));
        let start = body.constant("start", start);
        ["from", "to"].iter().for_each(|name| body.scope.reserve(*name));
        let mut inner = Body { stmts: Vec::new(), scope: &mut *body.scope };
        let pairs = self.parts_of(pair);
        if let Shape::Map { key, value, .. } = &found.shape {
            for (part, pair) in [key, value].into_iter().zip(pairs) {
                self.shift(pair, way, ("from", "to"), part.offset, &mut inner);
            }
        } else {
            for pair in pairs {
                self.shift(pair, way, ("from", "to"), 0, &mut inner);
            }
        }
        let stmts = inner.stmts;
        let head = format!("for (let i = 0, to = {start}; i < len; i++, from += {size}, to += {size})");
        body.stmts.push(Stmt::block(head, stmts));
        body.stmts.push(Stmt::returns(start));
    }
}
