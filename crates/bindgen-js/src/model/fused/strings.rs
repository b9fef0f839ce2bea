//! Strings that pass from memory to memory and change their encoding.
//!
//! Holds: what is allocated, in which order and how much, is what the specification says: the callee can see it.
//!
//! Specification: Canonical ABI, `store_string`.

use component::StringEncoding;

use super::super::Builder;
use super::super::code::{Expr, Stmt};
use super::super::lower::Body;
use super::Course;
use crate::runtime::Helper;

impl Builder<'_> {
    /// A function of `ptr` and `len`, which gives the pointer and sets `length`.
    pub(super) fn string_function(&mut self, way: Course, body: &mut Body) {
        let (from, to) = (way.from.env.encoding, way.to.env.encoding);
        let [source, target] = [way.from, way.to].map(|side| self.bytes_of(side.env));
        let allocate = self.allocate(way.to);
        let range = self.helper(Helper::Range);
        let (count, align, size) = match from {
            StringEncoding::Utf8 => ("len >>> 0", 1, "units"),
            StringEncoding::Utf16 => ("len >>> 0", 2, "units * 2"),
            StringEncoding::CompactUtf16 => ("len & 0x7fffffff", 2, "units * (1 + (len >>> 31))"),
        };
        body.stmts.push(Stmt::constant("units", Expr::text(count)));
        body.stmts.push(Stmt::plain(format!("{range}({source}(), ptr, {align}, {size}, 'string');")));
        let read = self.helper(Self::string_helpers(from).0);
        let value = format!("{read}(ptr, len, {source}())");
        let last = match (from, to) {
            (StringEncoding::Utf16, StringEncoding::Utf16) => {
                let (copy, done) = (self.helper(Helper::Copy), self.helper(Helper::Done));
                body.stmts.push(Stmt::plain(format!("{value};")));
                format!("{done}({copy}('string', {source}, {target}, {allocate}, ptr, 2, units * 2), units)")
            }
            (_, StringEncoding::Utf8) => {
                let worst = match from {
                    StringEncoding::CompactUtf16 => "units * (2 + (len >>> 31))",
                    StringEncoding::Utf16 | StringEncoding::Utf8 => "units * 3",
                };
                let encode = self.helper(Helper::EncodeUtf8);
                format!("{encode}({value}, units, {worst}, {target}, {allocate})")
            }
            (_, StringEncoding::Utf16) => {
                format!("{}({value}, units, {target}, {allocate})", self.helper(Helper::EncodeUtf16))
            }
            (StringEncoding::CompactUtf16, StringEncoding::CompactUtf16) => {
                let wide = format!("{}(value, {target}, {allocate})", self.helper(Helper::EncodeWide));
                body.stmts.push(Stmt::constant("value", Expr::text(value)));
                body.stmts.push(Stmt::plain(format!("if (len >>> 31) return {wide};")));
                format!("{}(value, units, {target}, {allocate})", self.helper(Helper::EncodeCompact))
            }
            (_, StringEncoding::CompactUtf16) => {
                format!("{}({value}, units, {target}, {allocate})", self.helper(Helper::EncodeCompact))
            }
        };
        body.stmts.push(Stmt::returns(last));
    }
}
