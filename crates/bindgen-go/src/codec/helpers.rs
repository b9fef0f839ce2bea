//! The private functions of types: one for each type and way.
//!
//! Holds: a function is written once, after those of its parts.

use abi::{Cases, CodecId, Part, Payload, Shape};
use bindgen::Scope;
use types::{TypeId, ValType};

use super::flat::{into_slot, out_of_slot};
use super::memory::Form;
use super::{Coder, Op, at, core_type};
use crate::model::View;
use crate::print::code::Code;

/// Longest part of a private name that comes from a type.
const LONGEST: usize = 40;

impl<'t> Coder<'_, 't> {
    /// The name of the function for a type, which is written if it is not there yet.
    pub(super) fn helper(&mut self, view: &mut View<'_, 't>, id: CodecId, op: Op) -> String {
        if let Some(known) = self.helpers.get(&(id, op)) {
            return known.clone();
        }
        let outer = (std::mem::replace(&mut self.call, self.names.call.clone()), self.call_used);
        let name = self.helper_name(view, id, op);
        self.helpers.insert((id, op), name.clone());
        let mut body = Code::new();
        match op {
            Op::Load => self.load_body(view, id, &mut body),
            Op::Store => self.store_body(view, id, &mut body),
            Op::Lift => self.lift_body(view, id, &mut body),
            Op::Lower => self.lower_body(view, id, &mut body),
        }
        let signature = self.helper_signature(view, id, op);
        let text = self.declaration();
        text.push(format!("func {name}{signature} {{"));
        text.append(body);
        text.push("}");
        (self.call, self.call_used) = outer;
        name
    }

    /// The name of a function that calls one with more arguments than loaders and storers have.
    pub(super) fn form_helper(&mut self, view: &mut View<'_, 't>, id: CodecId, op: Op, form: Form) -> String {
        if let Some(known) = self.helpers.get(&(id, op)) {
            return known.clone();
        }
        let name = self.helper_name(view, id, op);
        self.helpers.insert((id, op), name.clone());
        let (call, at, value) = (&self.names.call, &self.names.at, &self.names.value);
        let (usual, word, types) = match op {
            Op::Store | Op::Lower => (format!("{call}, {at}, {value}"), "", String::new()),
            Op::Load | Op::Lift => (format!("{call}, {at}"), "return ", form.types),
        };
        let body = format!("{word}{}{types}({usual}, {})", form.func, form.more.join(", "));
        let signature = self.helper_signature(view, id, op);
        self.declaration().push(format!("func {name}{signature} {{\n{body}\n}}"));
        name
    }

    fn helper_name(&mut self, view: &mut View<'_, 't>, id: CodecId, op: Op) -> String {
        let word = match op {
            Op::Load => "load",
            Op::Store => "store",
            Op::Lift => "lift",
            Op::Lower => "lower",
        };
        let ty: String = self.ty(view, id).chars().filter(char::is_ascii_alphanumeric).take(LONGEST).collect();
        self.private.declare(format!("{word}_{ty}"))
    }

    fn helper_signature(&self, view: &mut View<'_, 't>, id: CodecId, op: Op) -> String {
        view.rt();
        let ty = self.ty(view, id);
        let (call, at, value) = (&self.names.call, &self.names.at, &self.names.value);
        let cores = self.codecs.get(id).flat.iter().flatten().zip(&self.names.cores);
        let cores: Vec<String> = cores.map(|(ty, name)| format!("{name} {}", core_type(*ty))).collect();
        let cores = cores.join(", ");
        match op {
            Op::Load => format!("({call} *rt.Call, {at} uint32) ({value} {ty})"),
            Op::Store => format!("({call} *rt.Call, {at} uint32, {value} {ty})"),
            Op::Lift => format!("({call} *rt.Call, {cores}) ({value} {ty})"),
            Op::Lower => format!("({call} *rt.Call, {value} {ty}) ({cores})"),
        }
    }

    /// The Go names of the parts of a record or tuple.
    fn part_names(&self, view: &View<'_, 't>, id: CodecId, parts: &[Part]) -> Vec<String> {
        let codec = self.codecs.get(id);
        match (&codec.shape, codec.ty) {
            (Shape::Record(_), ValType::Def(id)) => view.model.members(id).to_vec(),
            _ => (0..parts.len()).map(|index| format!("F{index}")).collect(),
        }
    }

    fn definition(&self, id: CodecId) -> TypeId {
        let ValType::Def(id) = self.codecs.get(id).ty else { unreachable!("a variant is a definition") };
        id
    }

    fn load_body(&mut self, view: &mut View<'_, 't>, id: CodecId, body: &mut Code) {
        let (base, value) = (self.names.at.clone(), self.names.value.clone());
        match self.codecs.get(id).shape.clone() {
            Shape::Record(parts) | Shape::Tuple(parts) => {
                for (part, name) in parts.iter().zip(self.part_names(view, id, &parts)) {
                    let part = self.load(view, part.codec, &at(&base, part.offset));
                    body.push(format!("{value}.{name} = {part}"));
                }
                body.push(format!("return {value}"));
            }
            Shape::FixedList { element, .. } => {
                let (size, func) = (self.size(element), self.load_func(view, element));
                body.push(format!("rt.LoadArray({}, {base}, {size}, {value}[:], {func})", self.names.call));
                body.push(format!("return {value}"));
            }
            Shape::Flags { .. } => {
                let ty = self.ty(view, id);
                let load = format!("rt.Load[{ty}]({}, {base})", self.names.call);
                let load = self.flags_mask(id).map_or(load.clone(), |mask| format!("rt.Mask({load}, {mask})"));
                body.push(format!("return {load}"));
            }
            Shape::Enum { cases, discriminant } => {
                let case = self.load_case(discriminant, cases);
                body.push(format!("return {}({case})", self.ty(view, id)));
            }
            Shape::Variant(cases) | Shape::Result(cases) => {
                let case = self.load_case(cases.discriminant, cases.payloads.len());
                let payload = at(&base, cases.payload_offset);
                self.switch_loaded(view, id, &cases, &case, body, &mut |coder, view, payload_of| {
                    coder.load(view, payload_of.codec, &payload)
                });
            }
            Shape::Nothing
            | Shape::Scalar(_)
            | Shape::String
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Option(_) => {
                unreachable!("no function loads this")
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                unreachable!("no function loads this")
            }
        }
    }

    fn load_case(&self, discriminant: abi::Discriminant, cases: usize) -> String {
        let ty = format!("uint{}", discriminant.size() * 8);
        format!("rt.Case(rt.Load[{ty}]({}, {}), {cases})", self.names.call, self.names.at)
    }

    /// A switch over the cases of a variant or result, each of which gives back its value.
    fn switch_loaded(
        &mut self,
        view: &mut View<'_, 't>,
        id: CodecId,
        cases: &Cases,
        case: &str,
        body: &mut Code,
        payload_text: &mut dyn FnMut(&mut Self, &mut View<'_, 't>, &Payload) -> String,
    ) {
        let value = self.names.value.clone();
        let is_result = matches!(self.codecs.get(id).shape, Shape::Result(_));
        body.push(format!("switch {case} {{"));
        for (index, payload) in cases.payloads.iter().enumerate() {
            let is_last = index + 1 == cases.payloads.len();
            body.push(if is_last { "default:".to_owned() } else { format!("case {index}:") });
            let payload = payload.as_ref().map(|payload| payload_text(self, view, payload));
            if is_result {
                if index == 1 {
                    body.push(format!("{value}.IsErr = true"));
                }
                let field = if index == 0 { "Ok" } else { "Err" };
                payload.into_iter().for_each(|payload| body.push(format!("{value}.{field} = {payload}")));
                body.push(format!("return {value}"));
            } else {
                let definition = self.definition(id);
                let case = view.member(definition, index);
                let payload = payload.map_or_else(String::new, |payload| format!("Value: {payload}"));
                body.push(format!("return {case}{{{payload}}}"));
            }
        }
        body.push("}");
    }

    fn store_body(&mut self, view: &mut View<'_, 't>, id: CodecId, body: &mut Code) {
        let (base, value) = (self.names.at.clone(), self.names.value.clone());
        match self.codecs.get(id).shape.clone() {
            Shape::Record(parts) | Shape::Tuple(parts) => {
                for (part, name) in parts.iter().zip(self.part_names(view, id, &parts)) {
                    let line = self.store(view, part.codec, &at(&base, part.offset), &format!("{value}.{name}"));
                    body.push(line);
                }
            }
            Shape::FixedList { element, .. } => {
                let (size, func) = (self.size(element), self.store_func(view, element));
                body.push(format!("rt.StoreArray({}, {base}, {value}[:], {size}, {func})", self.names.call));
            }
            Shape::Variant(cases) | Shape::Result(cases) => {
                let ty = format!("uint{}", cases.discriminant.size() * 8);
                let payload_at = at(&base, cases.payload_offset);
                self.switch_value(view, id, &cases, body, &mut |coder, view, body, index, payload| {
                    body.push(format!("rt.Store({}, {base}, {ty}({index}))", coder.names.call));
                    if let Some((payload, value)) = payload {
                        let line = coder.store(view, payload.codec, &payload_at, value);
                        body.push(line);
                    }
                });
            }
            Shape::Nothing
            | Shape::Scalar(_)
            | Shape::String
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Flags { .. }
            | Shape::Enum { .. }
            | Shape::Option(_) => {
                unreachable!("no function stores this")
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                unreachable!("no function stores this")
            }
        }
    }

    /// Branches for the cases of a variant, option or result, by the value.
    fn switch_value<'v>(
        &mut self,
        view: &mut View<'v, 't>,
        id: CodecId,
        cases: &Cases,
        body: &mut Code,
        branch: &mut Branch<'_, 'v, 't, Self>,
    ) {
        let value = self.names.value.clone();
        if let Shape::Result(_) = self.codecs.get(id).shape {
            let (ok, err) = (format!("{value}.Ok"), format!("{value}.Err"));
            body.push(format!("if !{value}.IsErr {{"));
            branch(self, view, body, 0, cases.payloads[0].as_ref().map(|payload| (payload, ok.as_str())));
            body.push("} else {");
            branch(self, view, body, 1, cases.payloads[1].as_ref().map(|payload| (payload, err.as_str())));
            body.push("}");
            return;
        }
        let definition = self.definition(id);
        let has_payloads = cases.payloads.iter().any(Option::is_some);
        let bound = if has_payloads { format!("{value} := {value}.(type)") } else { format!("{value}.(type)") };
        body.push(format!("switch {bound} {{"));
        let payload_value = format!("{value}.Value");
        for (index, payload) in cases.payloads.iter().enumerate() {
            body.push(format!("case {}:", view.member(definition, index)));
            branch(self, view, body, index, payload.as_ref().map(|payload| (payload, payload_value.as_str())));
        }
        body.push("default:");
        body.push(format!("panic(\"withe: a {} is nil, or a pointer to a case\")", self.ty(view, id)));
        body.push("}");
    }

    fn lift_body(&mut self, view: &mut View<'_, 't>, id: CodecId, body: &mut Code) {
        let value = self.names.value.clone();
        let cores = self.names.cores.clone();
        match self.codecs.get(id).shape.clone() {
            Shape::Record(parts) | Shape::Tuple(parts) => {
                for (part, name) in parts.iter().zip(self.part_names(view, id, &parts)) {
                    let part = self.lift(view, part.codec, &cores[part.flat.clone()]);
                    body.push(format!("{value}.{name} = {part}"));
                }
                body.push(format!("return {value}"));
            }
            Shape::FixedList { element, len } => {
                let each = self.codecs.get(element).flat.as_ref().map_or(0, Vec::len);
                for index in 0..len as usize {
                    let part = self.lift(view, element, &cores[index * each..(index + 1) * each]);
                    body.push(format!("{value}[{index}] = {part}"));
                }
                body.push(format!("return {value}"));
            }
            Shape::Option(cases) => {
                body.push(format!("if rt.Case({}, 2) == 0 {{", cores[0]));
                body.push("return nil");
                body.push("}");
                let payload = cases.payloads[1].as_ref().expect("the second case of an option has a value");
                let lifted = self.lift_payload(view, payload, &cores[1..]);
                if self.is_nillable(view, &cases) {
                    body.push(format!("return {lifted}"));
                } else {
                    let ty = self.ty(view, payload.codec);
                    body.push(format!("{value} = new({ty})"));
                    body.push(format!("*{value} = {lifted}"));
                    body.push(format!("return {value}"));
                }
            }
            Shape::Variant(cases) | Shape::Result(cases) => {
                let case = format!("rt.Case({}, {})", cores[0], cases.payloads.len());
                self.switch_loaded(view, id, &cases, &case, body, &mut |coder, view, payload| {
                    coder.lift_payload(view, payload, &cores[1..])
                });
            }
            Shape::Nothing
            | Shape::Scalar(_)
            | Shape::String
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Flags { .. }
            | Shape::Enum { .. } => {
                unreachable!("no function lifts this")
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                unreachable!("no function lifts this")
            }
        }
    }

    fn lift_payload(&mut self, view: &mut View<'_, 't>, payload: &Payload, slots: &[String]) -> String {
        let cores: Vec<String> = payload.casts.iter().zip(slots).map(|(cast, slot)| out_of_slot(*cast, slot)).collect();
        self.lift(view, payload.codec, &cores)
    }

    fn lower_body(&mut self, view: &mut View<'_, 't>, id: CodecId, body: &mut Code) {
        let value = self.names.value.clone();
        let cores = self.names.cores.clone();
        let count = self.codecs.get(id).flat.as_ref().map_or(0, Vec::len);
        let mut scope = view.locals();
        [&self.names.call, &value].into_iter().chain(&cores).for_each(|name| scope.reserve(name));
        match self.codecs.get(id).shape.clone() {
            Shape::Record(parts) | Shape::Tuple(parts) => {
                let mut all = Vec::new();
                for (part, name) in parts.iter().zip(self.part_names(view, id, &parts)) {
                    all.extend(self.lower(view, part.codec, &format!("{value}.{name}"), body, &mut scope));
                }
                body.push(format!("return {}", all.join(", ")));
            }
            Shape::FixedList { element, len } => {
                let mut all = Vec::new();
                for index in 0..len {
                    all.extend(self.lower(view, element, &format!("{value}[{index}]"), body, &mut scope));
                }
                body.push(format!("return {}", all.join(", ")));
            }
            Shape::Option(cases) => {
                let payload = cases.payloads[1].as_ref().expect("the second case of an option has a value");
                let inner = if self.is_nillable(view, &cases) { value.clone() } else { format!("*{value}") };
                body.push(format!("if {value} != nil {{"));
                self.lower_case(view, 1, Some((payload, &inner)), body, &mut scope);
                body.push("}");
                body.push(format!("return {}", cores[..count].join(", ")));
            }
            Shape::Variant(cases) | Shape::Result(cases) => {
                self.switch_value(view, id, &cases, body, &mut |coder, view, body, index, payload| {
                    coder.lower_case(view, index, payload, body, &mut scope.clone());
                });
                body.push(format!("return {}", cores[..count].join(", ")));
            }
            Shape::Nothing
            | Shape::Scalar(_)
            | Shape::String
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Flags { .. }
            | Shape::Enum { .. } => {
                unreachable!("no function lowers this")
            }
            Shape::Own(_) | Shape::Borrow(_) | Shape::Stream(_) | Shape::Future(_) | Shape::ErrorContext => {
                unreachable!("no function lowers this")
            }
        }
    }

    /// Sets the core values of one case; those that it does not use stay 0.
    fn lower_case(
        &mut self,
        view: &mut View<'_, 't>,
        index: usize,
        payload: Option<(&Payload, &str)>,
        body: &mut Code,
        scope: &mut Scope,
    ) {
        let cores = self.names.cores.clone();
        if index > 0 || payload.is_none() {
            body.push(format!("{} = {index}", cores[0]));
        }
        let Some((payload, value)) = payload else { return };
        let lowered = self.lower(view, payload.codec, value, body, scope);
        for ((cast, value), core) in payload.casts.iter().zip(lowered).zip(&cores[1..]) {
            body.push(format!("{core} = {}", into_slot(*cast, &value)));
        }
    }
}

/// Writes what happens to a case: its number, and its payload with the text of its value.
type Branch<'f, 'v, 't, C> = dyn FnMut(&mut C, &mut View<'v, 't>, &mut Code, usize, Option<(&Payload, &str)>) + 'f;
