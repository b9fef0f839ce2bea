//! Value types as TypeScript writes them.
//!
//! In: a value type, and whether its values come from the runtime or go to it. Out: one type expression.
//! Holds: names come from the model; what has no name is written out; no helper type is needed.

use types::{Kind, TypeKind, Types, ValType};

use super::model::{Model, ModuleId};
use crate::names;

/// Which way values go at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The runtime makes them.
    Given,
    /// The runtime takes them.
    Taken,
    /// Both, as in a named type.
    Both,
}

/// Types, seen from one module.
#[derive(Clone, Copy)]
pub struct Values<'m, 't> {
    pub model: &'m Model<'t>,
    pub here: ModuleId,
}

/// The payload of an option whose `none` is `undefined`: one that is not `undefined` itself in some case.
pub fn nullable(types: &Types, ty: ValType) -> Option<ValType> {
    let Kind::Option(some) = types.kind(ty) else { return None };
    // `option<option<u32>>` is tagged, so an option of it is not.
    let mut tagged = false;
    let mut inner = some;
    while let Kind::Option(next) = types.kind(inner) {
        tagged = !tagged;
        inner = next;
    }
    (!tagged).then_some(some)
}

/// The typed array that a list of this element is.
pub fn typed_array(types: &Types, element: ValType) -> Option<&'static str> {
    Some(match types.kind(element) {
        Kind::U8 => "Uint8Array",
        Kind::S8 => "Int8Array",
        Kind::U16 => "Uint16Array",
        Kind::S16 => "Int16Array",
        Kind::U32 => "Uint32Array",
        Kind::S32 => "Int32Array",
        Kind::U64 => "BigUint64Array",
        Kind::S64 => "BigInt64Array",
        Kind::F32 => "Float32Array",
        Kind::F64 => "Float64Array",
        Kind::Bool
        | Kind::Char
        | Kind::String
        | Kind::ErrorContext
        | Kind::Record(_)
        | Kind::Variant(_)
        | Kind::List(_)
        | Kind::FixedList(..)
        | Kind::Map(..)
        | Kind::Tuple(_)
        | Kind::Flags(_)
        | Kind::Enum(_)
        | Kind::Option(_)
        | Kind::Result { .. }
        | Kind::Own(_)
        | Kind::Borrow(_)
        | Kind::Stream(_)
        | Kind::Future(_) => return None,
    })
}

impl Values<'_, '_> {
    pub fn types(&self) -> &Types {
        self.model.types
    }

    pub fn global(&self, name: &str) -> String {
        self.model.global(self.here, name)
    }

    /// A type at a place where values go one way.
    pub fn value(&self, ty: ValType, way: Way) -> String {
        let ValType::Def(id) = ty else { return self.written_out(ty, way) };
        self.model.type_name(self.here, id).unwrap_or_else(|| self.written_out(ty, way))
    }

    /// What a name stands for.
    pub fn target(&self, ty: ValType) -> String {
        let ValType::Def(id) = ty else { return self.written_out(ty, Way::Both) };
        if let TypeKind::Alias(target) = self.types().def(id).kind {
            return self.value(target, Way::Both);
        }
        self.written_out(ty, Way::Both)
    }

    /// A type without the name that it may have.
    fn written_out(&self, ty: ValType, way: Way) -> String {
        match self.types().kind(ty) {
            Kind::Bool => "boolean".to_owned(),
            Kind::U8 | Kind::S8 | Kind::U16 | Kind::S16 | Kind::U32 | Kind::S32 | Kind::F32 | Kind::F64 => {
                "number".to_owned()
            }
            Kind::U64 | Kind::S64 => "bigint".to_owned(),
            Kind::Char | Kind::String => "string".to_owned(),
            Kind::ErrorContext => self.global("Error"),
            Kind::Record(fields) => {
                let labels = names::members(fields.iter().map(|field| field.name.as_str()));
                let fields = fields.iter().zip(labels).map(|(field, name)| self.field(&name, field.ty));
                format!("{{ {} }}", fields.collect::<Vec<_>>().join("; "))
            }
            Kind::Variant(cases) => {
                let cases = cases.iter().map(|case| self.case(&case.name, case.ty));
                cases.collect::<Vec<_>>().join(" | ")
            }
            Kind::List(element) => typed_array(self.types(), element)
                .map_or_else(|| array(&self.value(element, way)), |name| self.global(name)),
            Kind::FixedList(element, _) => array(&self.value(element, way)),
            Kind::Map(key, value) => {
                format!("{}<{}, {}>", self.global("Map"), self.value(key, way), self.value(value, way))
            }
            Kind::Tuple(parts) => {
                format!("[{}]", parts.iter().map(|part| self.value(*part, way)).collect::<Vec<_>>().join(", "))
            }
            Kind::Flags(labels) => {
                let labels = names::members(labels.iter().map(|label| label.name.as_str()));
                let labels = labels.iter().map(|name| flag(name));
                format!("{{ {} }}", labels.collect::<Vec<_>>().join("; "))
            }
            Kind::Enum(labels) => {
                labels.iter().map(|label| names::literal(&label.name)).collect::<Vec<_>>().join(" | ")
            }
            Kind::Option(_) => self.option(ty, way),
            Kind::Result { ok, err } => {
                // What is given has all that it can have.
                let val = if way == Way::Given { "val: undefined" } else { "val?: undefined" };
                let case = |tag: &str, ty: Option<ValType>| match ty {
                    Some(ty) => format!("{{ tag: '{tag}'; val: {} }}", self.value(ty, way)),
                    None => format!("{{ tag: '{tag}'; {val} }}"),
                };
                format!("{} | {}", case("ok", ok), case("err", err))
            }
            Kind::Own(resource) | Kind::Borrow(resource) => self.model.resource_name(self.here, resource),
            Kind::Stream(payload) => self.stream(payload, way),
            Kind::Future(payload) => format!("{}<{}>", self.global("PromiseLike"), self.payload(payload, way)),
        }
    }

    /// `name: string`, `name?: string | undefined`
    pub fn field(&self, name: &str, ty: ValType) -> String {
        let key = names::key(name);
        match nullable(self.types(), ty) {
            Some(_) => format!("{key}?: {}", self.value_or_undefined(ty, Way::Both)),
            None => format!("{key}: {}", self.value(ty, Way::Both)),
        }
    }

    /// An option as what it may hold, and `undefined`, even if its type has a name: so that all of it is seen.
    pub fn value_or_undefined(&self, ty: ValType, way: Way) -> String {
        if matches!(ty, ValType::Def(id) if self.model.type_name(self.here, id).is_some()) {
            return format!("{} | undefined", self.value(ty, way));
        }
        self.option(ty, way)
    }

    /// `{ tag: 'circle'; val: number }`
    pub fn case(&self, tag: &str, ty: Option<ValType>) -> String {
        let val = ty.map(|ty| format!("; val: {}", self.value(ty, Way::Both))).unwrap_or_default();
        format!("{{ tag: {}{val} }}", names::literal(tag))
    }

    fn option(&self, ty: ValType, way: Way) -> String {
        let Kind::Option(some) = self.types().kind(ty) else { return self.value(ty, way) };
        let value = self.value(some, way);
        match nullable(self.types(), ty) {
            Some(_) => format!("{value} | undefined"),
            None => format!("{{ tag: 'none' }} | {{ tag: 'some'; val: {value} }}"),
        }
    }

    /// Whoever takes a stream of numbers may get many of them at once.
    fn stream(&self, payload: Option<ValType>, way: Way) -> String {
        let each = self.payload(payload, way);
        match way {
            Way::Given => format!("{}<{each}>", self.global("AsyncIterableIterator")),
            Way::Both => format!("{}<{each}>", self.global("AsyncIterable")),
            Way::Taken => {
                let many = payload.and_then(|ty| typed_array(self.types(), ty));
                let each = many.map_or_else(|| each.clone(), |many| format!("{each} | {}", self.global(many)));
                format!("{}<{each}> | {}<{each}>", self.global("AsyncIterable"), self.global("Iterable"))
            }
        }
    }

    /// What a future is settled with by whom it is taken from.
    pub fn payload_of(&self, ty: ValType) -> String {
        let Kind::Future(payload) = self.types().kind(ty) else { return self.value(ty, Way::Taken) };
        self.payload(payload, Way::Taken)
    }

    fn payload(&self, payload: Option<ValType>, way: Way) -> String {
        payload.map_or_else(|| "void".to_owned(), |ty| self.value(ty, way))
    }
}

/// `read?: boolean | undefined`
pub fn flag(name: &str) -> String {
    format!("{}?: boolean | undefined", names::key(name))
}

/// `T[]`, with parentheses where `T` is more than a name.
fn array(element: &str) -> String {
    if element.contains(" | ") { format!("({element})[]") } else { format!("{element}[]") }
}
