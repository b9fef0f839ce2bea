//! Making one codec.
//!
//! In: a representative type and a way. Out: its `Codec`, after those of its parts.
//! Holds: what is not freed has the shape `Nothing`, whatever its type.

use types::{Kind, ValType};

use super::{Cases, Cast, Codec, Codecs, Part, Payload, Scalar, Shape, Way};
use crate::{CoreType, Discriminant, MAX_FLAT_PARAMS};

impl Codecs<'_, '_> {
    pub(super) fn build(&mut self, ty: ValType, way: Way) -> Codec {
        let abi = self.abi;
        let layout = abi.layout(ty);
        let flat = abi.flatten([ty], MAX_FLAT_PARAMS);
        let contents = abi.contents(ty);
        let nothing = way == Way::Free && !contents.memory && !contents.error_context;
        let shape = if nothing { Shape::Nothing } else { self.shape(ty, way, flat.as_deref()) };
        Codec { way, ty, layout, flat, shape }
    }

    fn shape(&mut self, ty: ValType, way: Way, flat: Option<&[CoreType]>) -> Shape {
        match self.abi.types().kind(ty) {
            Kind::Bool => Shape::Scalar(Scalar::Bool),
            Kind::U8 => Shape::Scalar(Scalar::U8),
            Kind::S8 => Shape::Scalar(Scalar::S8),
            Kind::U16 => Shape::Scalar(Scalar::U16),
            Kind::S16 => Shape::Scalar(Scalar::S16),
            Kind::U32 => Shape::Scalar(Scalar::U32),
            Kind::S32 => Shape::Scalar(Scalar::S32),
            Kind::U64 => Shape::Scalar(Scalar::U64),
            Kind::S64 => Shape::Scalar(Scalar::S64),
            Kind::F32 => Shape::Scalar(Scalar::F32),
            Kind::F64 => Shape::Scalar(Scalar::F64),
            Kind::Char => Shape::Scalar(Scalar::Char),
            Kind::String => Shape::String,
            Kind::ErrorContext => Shape::ErrorContext,
            Kind::List(element) => Shape::List { element: self.id(element, way) },
            Kind::FixedList(element, len) => Shape::FixedList { element: self.id(element, way), len },
            Kind::Map(key, value) => self.map(key, value, way),
            Kind::Record(fields) => {
                Shape::Record(self.parts(&fields.iter().map(|field| field.ty).collect::<Vec<_>>(), way))
            }
            Kind::Tuple(parts) => Shape::Tuple(self.parts(parts, way)),
            Kind::Flags(_) => Shape::Flags { size: self.abi.layout(ty).size },
            Kind::Enum(labels) => Shape::Enum { discriminant: Discriminant::of(labels.len()), cases: labels.len() },
            Kind::Variant(cases) => {
                Shape::Variant(self.cases(&cases.iter().map(|case| case.ty).collect::<Vec<_>>(), way, flat))
            }
            Kind::Option(some) => Shape::Option(self.cases(&[None, Some(some)], way, flat)),
            Kind::Result { ok, err } => Shape::Result(self.cases(&[ok, err], way, flat)),
            Kind::Own(resource) => Shape::Own(resource),
            Kind::Borrow(resource) => Shape::Borrow(resource),
            Kind::Stream(payload) => Shape::Stream(payload),
            Kind::Future(payload) => Shape::Future(payload),
        }
    }

    fn map(&mut self, key: ValType, value: ValType, way: Way) -> Shape {
        let entry = self.abi.record_layout([key, value]);
        let [key, value] = <[Part; 2]>::try_from(self.parts(&[key, value], way)).expect("two types give two parts");
        Shape::Map { key, value, entry }
    }

    fn parts(&mut self, types: &[ValType], way: Way) -> Vec<Part> {
        let offsets = self.abi.field_offsets(types.iter().copied());
        let mut end = 0;
        let mut parts = Vec::new();
        for (ty, offset) in types.iter().zip(offsets) {
            let codec = self.id(*ty, way);
            let len = self.get(codec).flat.as_ref().map_or(0, Vec::len);
            parts.push(Part { codec, offset, flat: end..end + len });
            end += len;
        }
        if end > MAX_FLAT_PARAMS {
            parts.iter_mut().for_each(|part| part.flat = 0..0);
        }
        parts
    }

    fn cases(&mut self, types: &[Option<ValType>], way: Way, flat: Option<&[CoreType]>) -> Cases {
        let layout = self.abi.variant_layout(types.iter().copied());
        let slots = flat.map_or(&[][..], |flat| &flat[1..]);
        let payloads = types.iter().map(|ty| ty.map(|ty| self.payload(ty, way, slots))).collect();
        Cases { discriminant: layout.discriminant, payload_offset: layout.payload_offset, payloads }
    }

    fn payload(&mut self, ty: ValType, way: Way, slots: &[CoreType]) -> Payload {
        let codec = self.id(ty, way);
        let values = self.get(codec).flat.as_deref().unwrap_or_default();
        let casts = values.iter().zip(slots).map(|(value, slot)| Cast::into_slot(*value, *slot)).collect();
        Payload { codec, casts }
    }
}
