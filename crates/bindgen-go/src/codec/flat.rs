//! Values as core values.

use abi::{Cast, CodecId, Scalar, Shape, Way};
use bindgen::Scope;

use super::memory::some;
use super::{Coder, Op, scalar_type};
use crate::model::View;
use crate::print::code::Code;

impl<'t> Coder<'_, 't> {
    /// An expression that makes a value of core values.
    pub(super) fn lift(&mut self, view: &mut View<'_, 't>, id: CodecId, cores: &[String]) -> String {
        if self.needs_rt(view, id, Way::Lift) {
            view.rt();
        }
        match self.codecs.get(id).shape.clone() {
            Shape::Nothing => unreachable!("only what is freed can be nothing"),
            Shape::Scalar(scalar) => lift_scalar(scalar, &cores[0]),
            Shape::String => format!("rt.LiftString({}, {})", cores[0], cores[1]),
            Shape::List { element } if self.is_plain(element) => {
                let ty = self.ty(view, element);
                format!("rt.LiftSlice[{ty}]({}, {})", cores[0], cores[1])
            }
            Shape::List { element } => {
                let (size, func) = (self.size(element), self.load_func(view, element));
                format!("rt.LiftList({}, {}, {}, {size}, {func})", self.call(), cores[0], cores[1])
            }
            Shape::Map { key, value, entry } => {
                let (first, second) = (self.load_func(view, key.codec), self.load_func(view, value.codec));
                let (size, offset) = (entry.size, value.offset);
                let (call, at, len) = (self.call(), &cores[0], &cores[1]);
                format!("rt.LiftMap({call}, {at}, {len}, {size}, {offset}, {first}, {second})")
            }
            Shape::Flags { .. } => self.lift_flags(view, id, &cores[0]),
            Shape::Enum { cases, .. } => format!("{}(rt.Case({}, {cases}))", self.ty(view, id), cores[0]),
            Shape::Own(resource) => self.lift_own(view, resource, &cores[0]),
            Shape::Borrow(resource) => self.lift_borrow(view, resource, &cores[0]),
            Shape::Stream(_) | Shape::Future(_) => self.lift_transfer(view, id, &cores[0]),
            Shape::ErrorContext => format!("rt.LiftErrorContext({})", cores[0]),
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) => self.lift_helped(view, id, cores),
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => self.lift_helped(view, id, cores),
        }
    }

    /// Whether the text of a flat value mentions the package `rt`; private functions do so for themselves.
    fn needs_rt(&self, view: &View<'_, 't>, id: CodecId, way: Way) -> bool {
        match &self.codecs.get(id).shape {
            Shape::Scalar(Scalar::Char) => way == Way::Lift,
            Shape::Scalar(Scalar::Bool) => way == Way::Lower,
            Shape::Flags { .. } => way == Way::Lift && self.flags_mask(id).is_some(),
            Shape::Enum { .. } => way == Way::Lift,
            Shape::String | Shape::List { .. } | Shape::Map { .. } => true,
            Shape::Own(resource) | Shape::Borrow(resource) => Self::is_imported(view, *resource),
            Shape::Nothing | Shape::Scalar(_) | Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) => false,
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => false,
            Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => true,
        }
    }

    fn lift_helped(&mut self, view: &mut View<'_, 't>, id: CodecId, cores: &[String]) -> String {
        let func = self.helper(view, id, Op::Lift);
        let args: Vec<String> = std::iter::once(self.call()).chain(cores.iter().cloned()).collect();
        format!("{func}({})", args.join(", "))
    }

    fn lift_flags(&self, view: &mut View<'_, 't>, id: CodecId, core: &str) -> String {
        let ty = self.ty(view, id);
        match self.flags_mask(id) {
            Some(mask) => format!("{ty}(rt.Mask({core}, {mask}))"),
            None => format!("{ty}({core})"),
        }
    }

    /// The bits that flags have; `None` if they are all.
    pub(super) fn flags_mask(&self, id: CodecId) -> Option<String> {
        let codec = self.codecs.get(id);
        let types::Kind::Flags(flags) = self.codecs.abi().types().kind(codec.ty) else { return None };
        let bits = codec.layout.size * 8;
        let len = flags.len() as u64;
        (len < bits).then(|| format!("{:#x}", (1_u128 << len) - 1))
    }

    /// The core values of a value, after statements that they need.
    pub(super) fn lower(
        &mut self,
        view: &mut View<'_, 't>,
        id: CodecId,
        value: &str,
        text: &mut Code,
        scope: &mut Scope,
    ) -> Vec<String> {
        if self.needs_rt(view, id, Way::Lower) {
            view.rt();
        }
        let (func, more) = match self.codecs.get(id).shape.clone() {
            Shape::Nothing => unreachable!("only what is freed can be nothing"),
            Shape::Scalar(scalar) => return vec![lower_scalar(scalar, value)],
            Shape::Enum { .. } | Shape::Flags { .. } => return vec![format!("uint32({value})")],
            Shape::Own(resource) => return vec![self.lower_own(view, resource, value)],
            Shape::Borrow(resource) => return vec![self.lower_borrow(view, resource, value)],
            Shape::Stream(_) | Shape::Future(_) => return vec![self.lower_transfer(view, id, value)],
            Shape::ErrorContext => return vec![format!("rt.LowerErrorContext({}, {value})", self.call())],
            Shape::String => ("rt.String".to_owned(), Vec::new()),
            Shape::List { element } if self.is_plain(element) => ("rt.Slice".to_owned(), Vec::new()),
            Shape::List { element } => ("rt.List".to_owned(), vec![self.size(element), self.store_func(view, element)]),
            Shape::Map { key, value, entry } => {
                let funcs = [self.store_func(view, key.codec), self.store_func(view, value.codec)];
                let sizes = [entry.size.to_string(), value.offset.to_string()];
                ("rt.Map".to_owned(), sizes.into_iter().chain(funcs).collect())
            }
            Shape::FixedList { .. } | Shape::Record(_) | Shape::Tuple(_) => {
                (self.helper(view, id, Op::Lower), Vec::new())
            }
            Shape::Variant(_) | Shape::Option(_) | Shape::Result(_) => (self.helper(view, id, Op::Lower), Vec::new()),
        };
        let count = self.codecs.get(id).flat.as_ref().map_or(0, Vec::len);
        let locals: Vec<String> = (0..count).map(|index| scope.declare(format!("x{index}"))).collect();
        let args: Vec<String> = [self.call(), value.to_owned()].into_iter().chain(more).collect();
        text.push(format!("{} := {func}({})", locals.join(", "), args.join(", ")));
        locals
    }

    /// The value that an option has, and whether, as core values; for results of functions.
    pub(super) fn option_payload(&self, id: CodecId) -> Option<(u64, CodecId)> {
        let Shape::Option(cases) = &self.codecs.get(id).shape else { return None };
        Some((cases.payload_offset, some(cases)))
    }
}

fn lift_scalar(scalar: Scalar, core: &str) -> String {
    match scalar {
        Scalar::Bool => format!("{core} != 0"),
        Scalar::Char => format!("rt.Char({core})"),
        Scalar::U32 | Scalar::U64 | Scalar::F32 | Scalar::F64 => core.to_owned(),
        Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 | Scalar::S32 | Scalar::S64 => {
            format!("{}({core})", scalar_type(scalar))
        }
    }
}

fn lower_scalar(scalar: Scalar, value: &str) -> String {
    match scalar {
        Scalar::Bool => format!("rt.Bool({value})"),
        Scalar::U32 | Scalar::U64 | Scalar::F32 | Scalar::F64 => value.to_owned(),
        Scalar::U8 | Scalar::S8 | Scalar::U16 | Scalar::S16 | Scalar::S32 | Scalar::Char => format!("uint32({value})"),
        Scalar::S64 => format!("uint64({value})"),
    }
}

/// A core value as it stands in a slot that several cases share.
pub(super) fn into_slot(cast: Cast, value: &str) -> String {
    match cast {
        Cast::Same => value.to_owned(),
        Cast::I32InI64 => format!("uint64({value})"),
        Cast::F32InI32 => format!("rt.Bits32({value})"),
        Cast::F32InI64 => format!("uint64(rt.Bits32({value}))"),
        Cast::F64InI64 => format!("rt.Bits64({value})"),
    }
}

/// And back.
pub(super) fn out_of_slot(cast: Cast, slot: &str) -> String {
    match cast {
        Cast::Same => slot.to_owned(),
        Cast::I32InI64 => format!("uint32({slot})"),
        Cast::F32InI32 => format!("rt.Float32({slot})"),
        Cast::F32InI64 => format!("rt.Float32(uint32({slot}))"),
        Cast::F64InI64 => format!("rt.Float64({slot})"),
    }
}
